#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Messages of more segments than the ledger of a connection keeps apart (32,768): what is
# folded there may neither hide a fault nor make one.  The captures are made here, since
# they are too large to be kept.
set -u
smtpscope=${SMTPSCOPE:-./smtpscope}
mktrace=${MKTRACE:-tests/mktrace/mktrace}
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM

segments=34000

dialogue() { # WHAT: lawful, early (its first 1000 segments before 354), refused (552 near the end)
	cat <<-'END'
		open 192.0.2.10:40001 198.51.100.25:25
		S> 220 mx.example.net ESMTP
		C> HELO client.example.org
		S> 250 mx.example.net
		C> MAIL FROM:<alice@client.example.org>
		S> 250 2.1.0 Ok
		C> RCPT TO:<bob@example.net>
		S> 250 2.1.5 Ok
		C> DATA
	END
	[ "$1" = early ] || echo 'S> 354 Go'
	awk -v n=$segments -v early="$1" 'BEGIN {
		for (i = 1; i <= n; i++) {
			print "C text 100\nS."
			if (early == "early" && i == 1000)
				print "S> 354 Go"
		}
	}'
	[ "$1" != refused ] || echo 'S> 552 5.3.4 Message too big'
	cat <<-'END'
		C text 64
		C> .
	END
	[ "$1" = refused ] || echo 'S> 250 2.0.0 Ok: queued as 4F1A2'
	cat <<-'END'
		C> QUIT
		S> 221 2.0.0 Bye
		close S
	END
}

bad=0
wrong() {
	echo "long: $*"
	cut -c1-900 "$tmp/findings" | head -n 20
	bad=$((bad + 1))
}

for what in lawful early refused; do
	dialogue $what >"$tmp/$what.trace"
	"$mktrace" "$tmp/$what.trace" "$tmp/$what.pcap" || exit 99
	timeout 120 "$smtpscope" -N -T jsonl "$tmp/$what.pcap" >"$tmp/records" 2>&1 ||
		wrong "$what: exit status $?"
	grep '"event_type":"anomaly"' "$tmp/records" >"$tmp/findings"
	case $what in
	lawful) want='' ;;
	early) want='"data-before-354","[^}]*"error","confidence":"certain".*"frame":12,' ;;
	refused) want='"reply-mid-data","[^}]*"error","confidence":"certain".*had received 3400000 octets' ;;
	esac
	[ -z "$want" ] || grep -q "$want" "$tmp/findings" || wrong "$what: not found: $want"
	grep -E '"severity":"(error|warning)"' "$tmp/findings" | grep -qv "${want:-nothing}" &&
		wrong "$what: something else is blamed"
	grep -q '"closure":"quit"' "$tmp/records" || wrong "$what: not ended by QUIT"
done
echo "long: 3 messages of $segments segments, $bad wrong"
test $bad -eq 0
