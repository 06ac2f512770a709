#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The program as a command: exit status, which stream gets what, where output
# goes, and signals.  What it finds is judged elsewhere.
set -u

smtpscope=${SMTPSCOPE:-./smtpscope}
traces=${srcdir:-.}/traces
good=$traces/ok-bdat.pcap
bad=$traces/seed1-full.pcap
failed=0
pid=

work=$(mktemp -d) || exit 99
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT PIPE TERM
for file in "$good" "$bad"; do
	[ -f "$file" ] || { echo "cli: $file is missing"; exit 1; }
done

wrong()
{
	echo "cli: $*"
	failed=$((failed + 1))
}

# want STATUS NAME [ARGUMENT...]: runs it with nothing on standard input, and
# leaves the streams in $work/out and $work/err.
want()
{
	wanted=$1
	name=$2
	shift 2
	"$smtpscope" "$@" </dev/null >"$work/out" 2>"$work/err"
	got=$?
	[ "$got" -eq "$wanted" ] || wrong "$name: got status $got, want $wanted: $(head -n 3 "$work/err")"
}

# says STREAM TEXT: is the text in what the last command wrote there?
says()
{
	grep -q -e "$2" "$work/$1" || wrong "$name: got no \"$2\" on $1: $(head -n 3 "$work/$1")"
}

is_empty()
{
	[ ! -s "$work/$1" ] || wrong "$name: got text on $1, want none: $(head -n 3 "$work/$1")"
}

# A pcap header of little-endian microseconds, Ethernet; and 8 octets of a record.
printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\000\000\004\000\001\000\000\000' \
	>"$work/empty.pcap"
{ cat "$good"; printf '\001\000\000\000\001\000\000\000'; } >"$work/cut.pcap"
echo 'not a capture at all, only some text' >"$work/text.pcap"

# ---- status ------------------------------------------------------------------

want 0 'a capture' -r "$good" && is_empty err
want 0 'no frames' -r "$work/empty.pcap" && is_empty err
want 0 'a file as a word, a filter' "$good" tcp port 25 && is_empty err
want 0 'findings do not change the status' -r "$bad"
want 1 'fail-on' --fail-on=error -r "$bad"
want 0 'fail-on without such a finding' --fail-on=error -r "$good"
want 2 'unknown option' --frobnicate -r "$good" && is_empty out && says err '--frobnicate'
want 2 'nothing to read' && is_empty out && says err 'nothing to read'
want 2 'misspelt filter' -r "$good" 'prot 25' && says err 'prot 25'
want 3 'no such file' -r "$work/none.pcap" && is_empty out && says err "none.pcap"
want 3 'not a capture' -r "$work/text.pcap" && is_empty out && says err "text.pcap"
want 3 'one of two is none' -r "$good" -r "$work/text.pcap" && says err "text.pcap"
want 4 'cut in a record' -r "$work/cut.pcap" && says err 'cut.pcap' && says out 'Session 1'
want 4 'report to a full disk' -r "$good" -o /dev/full && says err 'full'
want 4 'packets to a full disk' -r "$good" -w /dev/full && says err 'full'
want 2 'explain: unknown' --explain=reply-mid-dat && says err 'reply-mid-data'
want 0 'explain' --explain=reply-mid-data && says out 'What to do' && is_empty err
want 0 'list-checks' --list-checks && says out '^reply-mid-data' && is_empty err
want 0 'version' --version && says out 'engines: native' && is_empty err
want 0 'help' --help && says out '--read-file=FILE' && is_empty err

# ---- where output goes ----------------------------------------------------------

want 0 'report to a file' -r "$good" -o "$work/report" && is_empty out
want 0 'report to standard output' -r "$good"
cmp -s "$work/report" "$work/out" || wrong 'the report differs with -o'
want 0 'saved packets' -r "$good" -w "$work/saved.pcap"
cmp -s "$good" "$work/saved.pcap" || wrong 'the saved packets are not those of the input'
want 0 'saved packets to standard output' -r "$good" -w - -o "$work/report"
cmp -s "$good" "$work/out" || wrong 'the packets on standard output are not those of the input'
cp "$good" "$work/input.pcap"
want 2 'output over the input' -r "$work/input.pcap" -o "$work/input.pcap"
cmp -s "$good" "$work/input.pcap" || wrong 'the input was overwritten'
want 0 'first' -r "$good"
for how in '-r -' ''; do
	# shellcheck disable=SC2086,SC2002 # no word or two; a pipe is wanted
	cat "$good" | "$smtpscope" $how >"$work/piped" 2>"$work/err" || wrong "pipe $how: status $?"
	cmp -s "$work/out" "$work/piped" || wrong "pipe $how: another report than of the file"
done

# ---- capturing: files one after the other, another user ----------------------------

want 2 'no names' -V - && says err 'names no file'
printf '%s\n' "$good" "$bad" | "$smtpscope" -V - >"$work/out" 2>"$work/err" ||
	wrong "-V -: status $?: $(cat "$work/err")"
"$smtpscope" -r "$good" -r "$bad" >"$work/first" && cmp -s "$work/first" "$work/out" ||
	wrong '-V -: not the report on both files'
want 0 'a ring of files' -r "$bad" -w "$work/ring" -C 4K -W 2
if [ "$(cd "$work" && echo ring*)" != 'ring0 ring1' ]; then
	wrong "a ring of files: got $(cd "$work" && echo ring*)"
fi
want 3 'an unknown user' -r "$good" -Z no-such-user && says err 'no-such-user' && is_empty out
if [ "$(id -u)" -eq 0 ] && id nobody >/dev/null 2>&1; then
	mkdir -m 777 "$work/theirs"
	chmod 711 "$work"
	want 0 'another user' -r "$good" -Z nobody -w "$work/theirs/x.pcap" -o "$work/theirs/report"
	cmp -s "$good" "$work/theirs/x.pcap" || wrong '-Z: the saved packets are not those of the input'
	for file in x.pcap report; do
		[ "$(stat -c %U "$work/theirs/$file")" = nobody ] || wrong "-Z: $file is not nobody's"
	done
	want 2 'a folder of root' -r "$good" -Z nobody -o "$work/report2" && says err 'denied'
	if "$smtpscope" -i lo -N -a duration:1 port 25 >"$work/out" 2>"$work/err"; then
		name='end after a second'
		says out '^Run: 0 sessions' && says err '^0 packets captured'
	else
		grep -q 'permission\|not permitted' "$work/err" ||
			wrong "end after a second: status $?: $(cat "$work/err")"
	fi
fi

# A reader that goes away is no error: nothing is said, and it ends.
{
	"$smtpscope" -v -r "$good" -r "$bad" 2>"$work/err"
	echo $? >"$work/status"
} | :
[ "$(cat "$work/status")" -eq 0 ] || wrong "closed pipe: got status $(cat "$work/status"), want 0"
name='closed pipe' && is_empty err

# ---- the same twice, and with colours only where asked --------------------------

for format in text transcript jsonl; do
	want 0 "$format" -T "$format" -r "$bad"
	mv "$work/out" "$work/first"
	want 0 "$format again" -T "$format" -r "$bad"
	cmp -s "$work/first" "$work/out" || wrong "$format: two runs differ"
done
escape=$(printf '\033')
want 0 'no colour into a file' -r "$bad"
! grep -q "$escape" "$work/out" || wrong 'got escape sequences in a file'
want 0 'colour when asked' --color=always -r "$bad" && says out "$escape"

# ---- signals ---------------------------------------------------------------------

is_gone()
{
	! kill -0 "$pid" 2>/dev/null
}

until_true()
{
	tries=100
	while ! "$@" 2>/dev/null; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.1
	done
}

# Bit 1 of the mask of caught signals is SIGINT; the handlers come together.
catches_signals()
{
	grep -q '^SigCgt:.*[2367abef]$' "/proc/$pid/status"
}

# The capture comes through a pipe that stays open, so that only a signal ends
# this.  It is enough of one to be noticed between the steps of the program.
mkfifo "$work/pipe"
for signal in INT TERM HUP; do
	name="SIG$signal"
	"$smtpscope" -r - <"$work/pipe" >"$work/out" 2>"$work/err" &
	pid=$!
	exec 3>"$work/pipe"
	cat "$good" >&3
	until_true catches_signals || wrong "$name: does not catch signals"
	kill -USR1 "$pid"
	for _ in 1 2 3 4 5 6; do
		tail -c +25 "$good" >&3
	done
	until_true grep -q 'connections open' "$work/err" || wrong "$name: no answer to SIGUSR1"
	kill -"$signal" "$pid"
	if until_true is_gone; then
		wait "$pid"
		got=$?
		[ "$got" -eq 0 ] || wrong "$name: got status $got, want 0"
	else
		wrong "$name: still runs 10 s later"
		kill -KILL "$pid"
	fi
	pid=
	exec 3>&-
	says out 'Session 1'
done

[ "$failed" -eq 0 ] && echo 'cli: passed'
[ "$failed" -eq 0 ]
