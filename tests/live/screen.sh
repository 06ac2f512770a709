#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The terminal interface while packets rain: the capture loses none of them, whatever the
# screen is doing.  Frames are put on one end of a cable between two network namespaces
# (flood), the program captures at the other end, in tmux.  Meanwhile it draws, has dialogs
# open, reads sessions again, and its window is pulled at.  In the end, as many packets
# must have been counted as were sent, none dropped, and the file of -w must have every
# frame, octet for octet, in order.
#
# FLOOD_SESSIONS, FLOOD_RATE: how much, and how fast (frames in a second).
# Needs root, tmux and the right to make network namespaces; skips otherwise.
set -u

smtpscope=$(cd "$(dirname "${SMTPSCOPE:-./smtpscope}")" && pwd)/smtpscope
flood=$(pwd)/tests/live/flood
loadgen=$(pwd)/tests/bench/loadgen
sessions=${FLOOD_SESSIONS:-300}
rate=${FLOOD_RATE:-4000}
lc=${TUI_LC:-C.UTF-8}
name=smtpscope-flood-$$
nets=
dir=
flooding=

skip()
{
	echo "screen: skipped: $*"
	exit 77
}

term()
{
	TMUX='' LC_ALL=$lc tmux -L "$name" -f /dev/null "$@"
}

cleanup()
{
	[ -z "$flooding" ] || kill "$flooding" 2>/dev/null
	term kill-server 2>/dev/null
	for net in $nets; do
		ip netns del "$net"
	done
	[ -z "$dir" ] || rm -rf "$dir"
}

screen()
{
	term capture-pane -p -t live
}

fail()
{
	echo "screen: FAILED: $*"
	screen | sed 's/^/  | /'
	cat "$dir"/*.err
	exit 1
}

# until_shown SECONDS PATTERN
until_shown()
{
	tries=$(($1 * 5))
	until screen | grep -qE -- "$2"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || fail "the screen never showed \"$2\""
		sleep 0.2
	done
}

make_nets()
{
	for side in a b; do
		ip netns add "$name-$side" || return 1
		nets="$nets $name-$side"
	done
	ip -n "$name-a" link add a0 type veth peer name b0 netns "$name-b" &&
	    ip -n "$name-a" link set a0 up && ip -n "$name-b" link set b0 up
}

# keys KEY...: typed, and time to see what comes of them
keys()
{
	term send-keys -t live "$@"
	rounds=$((rounds + 1))
	sleep "${FLOOD_PAUSE:-0.2}"
}

size()
{
	term resize-window -t live -x "$1" -y "$2"
}

# What a user might do; each line ends where it began, in the list.
disturb()
{
	keys s x . p c a p
	size 200 50
	keys C-u BSpace Escape
	keys '?'
	size 20 5
	keys q
	size 100 30
	keys '&' s e v e r i t y
	size 200 60
	keys C-u Escape
	keys Enter
	keys L G
	size 3 1
	keys t
	size 80 24
	keys : g o t o Space s e s s i o n Space 1 Enter
	keys i
	keys G
	keys q
	keys G j k '>' '>' z
}

[ "$(id -u)" -eq 0 ] || skip 'capturing needs root'
command -v tmux >/dev/null || skip 'no tmux'
[ "$(LC_ALL=$lc locale charmap 2>/dev/null)" = UTF-8 ] || skip "no locale $lc"
"$smtpscope" --tui -r /dev/null </dev/null 2>&1 | grep -q 'built without' &&
	skip 'built without the interface'

trap cleanup EXIT
trap 'exit 1' HUP INT PIPE TERM
dir=$(mktemp -d) || exit 99
make_nets 2>/dev/null || skip 'no right to make network namespaces'

"$loadgen" -o "$dir/sent.pcap" -n "$sessions" -s 3 || fail 'there is nothing to send'
term new-session -d -s live -x 80 -y 24 -c "$dir" \
	"TERM=tmux-256color SMTPSCOPERC= ip netns exec $name-b '$smtpscope' -i b0 -w saved.pcap \
	${FLOOD_OPTIONS-} tcp port 25 2>program.err; echo \$? >status; sleep 1000" || exit 99
until_shown 20 LIVE

ip netns exec "$name-a" "$flood" -i a0 -r "$rate" "$dir/sent.pcap" >"$dir/flood" \
	2>"$dir/flood.err" &
flooding=$!
rounds=0
while kill -0 "$flooding" 2>/dev/null; do
	disturb
done
wait "$flooding" || fail 'not everything could be sent'
flooding=
sent=$(sed -n 's/^sent \([0-9]*\) .*/\1/p' "$dir/flood")
size 120 35
until_shown 20 LIVE
grouped=$(echo "$sent" | sed -e :a -e 's/^\([0-9][0-9]*\)\([0-9]\{3\}\)/\1,\2/;ta')
# In the short words of the line where the long ones do not fit.
until_shown 60 "(packets|pkts) $grouped  dropped 0 "
term send-keys -t live C-c
until_shown 20 complete
screen | sed -n 's/^/screen: /;1,3p'
term send-keys -t live Q
tries=100
until [ -s "$dir/status" ]; do
	tries=$((tries - 1))
	[ "$tries" -gt 0 ] || fail 'it does not end'
	sleep 0.1
done
[ "$(cat "$dir/status")" = 0 ] || fail "got status $(cat "$dir/status"), want 0"
"$flood" -c "$dir/sent.pcap" "$dir/saved.pcap" || fail 'the file that was written is not whole'
echo "screen: $(cat "$dir/flood"), all of them captured and saved; $rounds times keys meanwhile"
