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

test=live
. "${srcdir:-.}/tests/live/common.sh"
may_capture

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
