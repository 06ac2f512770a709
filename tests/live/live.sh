#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Live capture against real TCP: a server and clients talk while one smtpscope
# saves the packets and writes records, and another prints text.  The records
# must be those of the saved capture read back, and lines of a session that is
# still open must be on the text report already.
#
# In two network namespaces of its own where that is allowed, else on the
# loopback interface.  Needs root and python3; skips otherwise.  Every wait is
# bounded; all processes are ended by their number.
set -u

smtpscope=${SMTPSCOPE:-./smtpscope}
here=${srcdir:-.}/tests/live
pids=
nets=
dir=

skip()
{
	echo "live: skipped: $*"
	exit 77
}

cleanup()
{
	for pid in $pids; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	for net in $nets; do
		ip netns del "$net"
	done
	[ -z "$dir" ] || rm -rf "$dir"
}

fail()
{
	echo "live: FAILED: $*"
	for file in "$dir"/*.err "$dir"/text; do
		echo "--- ${file##*/}"
		tail -n 30 "$file"
	done
	exit 1
}

# until_true SECONDS COMMAND...: does it succeed within this time?
until_true()
{
	tries=$(($1 * 10))
	shift
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.1
	done
}

# start NET COMMAND...: in the background, in a namespace if there is one; the
# caller redirects.  ip replaces itself by the command, so $! is the command's.
start()
{
	net=$1
	shift
	if [ -n "$net" ]; then
		ip netns exec "$net" "$@" &
	else
		"$@" &
	fi
	pids="$pids $!"
}

run_in()
{
	net=$1
	shift
	if [ -n "$net" ]; then
		ip netns exec "$net" "$@"
	else
		"$@"
	fi
}

is_gone()
{
	! kill -0 "$1"
}

# finish PID NAME: SIGINT must end it with status 0, soon.
finish()
{
	kill -INT "$1"
	until_true 10 is_gone "$1" || fail "$2 still runs 10 s after SIGINT"
	wait "$1"
	status=$?
	[ "$status" -eq 0 ] || fail "$2 ended with status $status, want 0"
}

# Namespaces "NAME-s" and "NAME-c" joined by a cable; false where that is not allowed.
make_nets()
{
	name=smtpscope-$$
	for side in s c; do
		ip netns add "$name-$side" || return 1
		nets="$nets $name-$side"
	done
	ip -n "$name-s" link add s0 type veth peer name c0 netns "$name-c" &&
	    ip -n "$name-s" addr add 192.0.2.1/24 dev s0 &&
	    ip -n "$name-c" addr add 192.0.2.2/24 dev c0 &&
	    ip -n "$name-s" link set s0 up && ip -n "$name-c" link set c0 up
}

has_lines()
{
	[ "$(grep -c "$1" "$2")" -ge "$3" ]
}

[ "$(id -u)" -eq 0 ] || skip "capturing needs root"
command -v python3 >/dev/null || skip "python3 not found (Debian: apt-get install python3)"
python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)' 2>/dev/null ||
	skip "no right to open a packet socket"

trap cleanup EXIT
trap 'exit 1' HUP INT PIPE TERM
dir=$(mktemp -d) || exit 99

if make_nets 2>/dev/null; then
	server=$name-s client=$name-c interface=s0 address=192.0.2.1 port=25
else
	echo "live: no network namespaces here, using the loopback interface"
	for net in $nets; do
		ip netns del "$net"
	done
	nets=
	server='' client='' interface=lo address=127.0.0.1 port=$((20000 + $$ % 10000))
fi

# ---- everything is running -------------------------------------------------

start "$server" python3 "$here/peers.py" server "$address" "$port" "$dir/ready" \
	2>"$dir/server.err"
start "$server" "$smtpscope" -i "$interface" -d "$port" -T jsonl -o "$dir/live.jsonl" \
	-w "$dir/saved.pcap" tcp port "$port" 2>"$dir/jsonl.err"
jsonl=$!
start "$server" "$smtpscope" -i "$interface" -d "$port" tcp port "$port" \
	>"$dir/text" 2>"$dir/text.err"
text=$!
until_true 10 test -e "$dir/ready" || fail "the server does not start"
until_true 10 grep -q listening "$dir/jsonl.err" || fail "the capture (jsonl) does not start"
until_true 10 grep -q listening "$dir/text.err" || fail "the capture (text) does not start"

# ---- a session that stays open shows ------------------------------------------

start "$client" python3 "$here/peers.py" held "$address" "$port" "$dir/release" \
	2>"$dir/held.err"
held=$!
until_true 10 grep -q 'RCPT TO:<b@example.net>' "$dir/text" ||
	fail "nothing of the open session is on the text report"
kill -0 "$held" || fail "the held session ended too early, so this proves nothing"

# ---- others come and go --------------------------------------------------------

if command -v swaks >/dev/null; then
	run_in "$client" swaks --server "$address" --port "$port" --helo client.example.org \
		--from a@example.org --to b@example.net --timeout 10 >"$dir/swaks.err" 2>&1 ||
		fail "swaks could not deliver"
else
	run_in "$client" python3 "$here/peers.py" clean "$address" "$port" 2>"$dir/clean.err" ||
		fail "the client could not deliver"
fi
run_in "$client" python3 "$here/peers.py" full "$address" "$port" 2>"$dir/full.err" ||
	fail "the client of the full mailbox failed"

until_true 15 has_lines '"event_type":"flow"' "$dir/live.jsonl" 2 ||
	fail "two sessions are over, but not on the report"
kill -0 "$held" || fail "the held session ended too early, so this proves nothing"
kill -USR1 "$jsonl"
until_true 5 grep -q 'connections open' "$dir/jsonl.err" || fail "SIGUSR1 shows no statistics"
: >"$dir/release"
until_true 15 has_lines '"event_type":"flow"' "$dir/live.jsonl" 3 ||
	fail "three sessions are over, but not on the report"

# ---- the end -------------------------------------------------------------------

finish "$jsonl" "the capture (jsonl)"
finish "$text" "the capture (text)"
for line in 'packets captured' 'packets received by filter' '^0 packets dropped by kernel'; do
	grep -q "$line" "$dir/jsonl.err" || fail "got no line \"$line\" at the end"
done

"$smtpscope" -r "$dir/saved.pcap" -d "$port" -T jsonl -o "$dir/saved.jsonl" \
	2>"$dir/saved.err" || fail "the saved capture cannot be read back"
python3 "$here/compare.py" "$dir/live.jsonl" "$dir/saved.jsonl" ||
	fail "live and saved differ"
echo "live: passed on $interface"
