#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Live capture of Postfix and swaks as Debian has them, in a network namespace made for
# it: ordinary mail, a pipelining client, a recipient refused, a message too big, a client
# that goes away, STARTTLS.  Two of these deserve a warning, and nobody else may get one;
# what the live report tells must be what the saved capture tells; and a session must
# show while it is open.  Postfix runs with a configuration and a queue of its own, discards what it
# accepts, and is ended by its own "stop".  Skips where one of them is missing.
set -u

test=postfix
. "${srcdir:-.}/tests/live/common.sh"
may_capture
for tool in postfix postconf swaks openssl; do
	command -v "$tool" >/dev/null || skip "$tool not found (Debian: apt-get install postfix swaks openssl)"
done
case $(postconf -h mail_version 2>/dev/null) in
[3-9].*) ;;
*) skip "Postfix 3.4 or later is wanted" ;;
esac

stop_all()
{
	[ -z "$started" ] || run_in "$server" postfix -c "$dir/etc" stop >/dev/null 2>&1 ||
		echo "postfix: did not stop"
	cleanup
}
started=
trap stop_all EXIT
trap 'exit 1' HUP INT PIPE TERM
dir=$(mktemp -d) || exit 99
chmod 755 "$dir"

make_nets 2>/dev/null || skip "no network namespaces here"
ip -n "$name-s" link set lo up
server=$name-s client=$name-c

# ---- Postfix -------------------------------------------------------------------

configure_postfix()
{
	mkdir "$dir/etc" "$dir/queue" "$dir/data"
	chown postfix "$dir/data"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/etc/key.pem" -out "$dir/etc/cert.pem" \
		-days 2 -subj /CN=mail.example.net 2>"$dir/openssl.err" || return 1
	printf 'b@example.net x\nc@example.net x\n' >"$dir/etc/users"
	cat >"$dir/etc/main.cf" <<-END
		compatibility_level = 3.6
		queue_directory = $dir/queue
		data_directory = $dir/data
		command_directory = $(postconf -h command_directory)
		daemon_directory = $(postconf -h daemon_directory)
		mail_owner = postfix
		setgid_group = postdrop
		myhostname = mail.example.net
		mydestination = example.net
		alias_maps =
		local_recipient_maps = inline:{ b@example.net=x, c@example.net=x }
		local_transport = discard:
		default_transport = discard:
		inet_interfaces = 192.0.2.1
		inet_protocols = ipv4
		mynetworks = 127.0.0.0/8
		smtpd_recipient_restrictions = reject_unauth_destination
		message_size_limit = 200000
		smtpd_tls_cert_file = $dir/etc/cert.pem
		smtpd_tls_key_file = $dir/etc/key.pem
		smtpd_tls_security_level = may
		smtpd_peername_lookup = no
		smtp_dns_support_level = disabled
		maillog_file = $dir/queue/mail.log
		maillog_file_prefixes = $dir
	END
	cat >"$dir/etc/master.cf" <<-END
		smtp inet n - n - - smtpd
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		rewrite unix - - n - - trivial-rewrite
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		trace unix - - n - 0 bounce
		proxymap unix - - n - - proxymap
		tlsmgr unix - - n 1000? 1 tlsmgr
		error unix - - n - - error
		discard unix - - n - - discard
		anvil unix - - n - 1 anvil
		postlog unix-dgram n - n - 1 postlogd
	END
}

greets()
{
	run_in "$client" python3 -c '
import socket, sys
s = socket.create_connection(("192.0.2.1", 25), 2)
s.settimeout(2)
sys.exit(not s.recv(100).startswith(b"220"))'
}

configure_postfix || fail "openssl makes no certificate"
run_in "$server" postfix -c "$dir/etc" start >"$dir/postfix.err" 2>&1 || {
	cat "$dir/postfix.err"; skip "Postfix does not start here"; }
started=yes
until_true 10 greets || { tail -n 5 "$dir/queue/mail.log"; skip "Postfix does not answer here"; }

# ---- the capture -----------------------------------------------------------------

start "$server" "$smtpscope" -i s0 -T jsonl -o "$dir/live.jsonl" -w "$dir/saved.pcap" tcp port 25 \
	2>"$dir/jsonl.err"
jsonl=$!
start "$server" "$smtpscope" -i s0 tcp port 25 >"$dir/text" 2>"$dir/text.err"
text=$!
until_true 10 grep -q listening "$dir/jsonl.err" || fail "the capture (jsonl) does not start"
until_true 10 grep -q listening "$dir/text.err" || fail "the capture (text) does not start"

# say STATUS NAME OPTIONS...: swaks must end so.
say()
{
	want=$1 name=$2
	shift 2
	run_in "$client" timeout 30 swaks --server 192.0.2.1 --helo client.example.org \
		--from a@example.org --to b@example.net --timeout 10 "$@" >"$dir/swaks.err" 2>&1
	[ $? -eq "$want" ] || fail "swaks, $name: not status $want"
}

start "$client" python3 "$here/peers.py" held 192.0.2.1 25 "$dir/release" 2>"$dir/held.err"
held=$!
until_true 10 grep -q 'RCPT TO:<b@example.net>' "$dir/text" ||
	fail "nothing of the open session is on the text report"
kill -0 "$held" || fail "the held session ended too early, so this proves nothing"

head -c 300000 /dev/zero | tr '\0' x | fold -w 70 >"$dir/big"
say 0 "ordinary mail"
say 0 "two recipients" --to b@example.net,c@example.net
say 0 "pipelined" --pipeline --to b@example.net,c@example.net
say 24 "refused recipient" --to nobody@example.net
say 26 "too big" --body "@$dir/big"
say 0 "leaves after RCPT" --quit-after RCPT
say 0 "goes away after MAIL" --drop-after MAIL
say 0 "STARTTLS" --tls
: >"$dir/release"
until_true 15 has_lines '"event_type":"flow"' "$dir/live.jsonl" 9 ||
	fail "nine sessions are over, but not on the report"

finish "$jsonl" "the capture (jsonl)"
finish "$text" "the capture (text)"
"$smtpscope" -r "$dir/saved.pcap" -T jsonl -o "$dir/saved.jsonl" 2>"$dir/saved.err" ||
	fail "the saved capture cannot be read back"
python3 "$here/compare.py" "$dir/live.jsonl" "$dir/saved.jsonl" \
	size-exceeded closed-with-open-transaction ||
	fail "live and saved differ, or the wrong one is accused"
echo "postfix: passed, $(postconf -h mail_version)"
