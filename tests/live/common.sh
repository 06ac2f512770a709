# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the tests of live capture share; to be sourced.  $test is their name in messages,
# $dir a folder of their own, $pids the processes that cleanup() ends by their number.

smtpscope=${SMTPSCOPE:-./smtpscope}
here=${srcdir:-.}/tests/live
pids=
nets=
dir=

skip()
{
	echo "$test: skipped: $*"
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
	echo "$test: FAILED: $*"
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

may_capture()
{
	[ "$(id -u)" -eq 0 ] || skip "capturing needs root"
	command -v python3 >/dev/null || skip "python3 not found (Debian: apt-get install python3)"
	python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)' 2>/dev/null ||
		skip "no right to open a packet socket"
}
