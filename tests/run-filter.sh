#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Display filters (-Y) on traces: the sessions that a filter lets through are those
# that the records of the whole report say should come through, and their records are
# the same octet by octet (tests/filter.py).  Text reports say how many were hidden.
set -u
top=$(pwd)
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
case $smtpscope in /*) ;; *) smtpscope=$top/$smtpscope ;; esac
test -x "$smtpscope" || { echo "filter: $smtpscope is not built"; exit 99; }

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
bad=0

fault() {
	echo "filter: $1"
	bad=$((bad + 1))
}

# run STATUS ARGUMENT...: leaves the streams in $tmp/out and $tmp/err.
run() {
	want=$1
	shift
	"$smtpscope" -N "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	got=$?
	test $got -eq "$want" || fault "$*: got status $got, want $want: $(head -n 1 "$tmp/err")"
}

says() { # STREAM TEXT
	grep -q -F -e "$2" "$tmp/$1" || fault "$1 does not say \"$2\": $(head -n 3 "$tmp/$1")"
}

capture=$src/traces/seed1-full.pcap
run 0 -Y 'severity = error' -r "$capture"
says out 'Session 1'
says out 'Run: 1 session, 1 message'
says out 'display filter: severity = error'
run 0 -Y 'not severity = error' -r "$capture"
says out 'Run: 0 sessions of 1, 0 messages'
says out '1 session not shown: the display filter hides them'
grep -q 'Session 1' "$tmp/out" && fault 'a hidden session is shown'
run 1 --fail-on=error -Y 'severity = error' -r "$capture"
run 0 --fail-on=error -Y 'severity < error' -r "$capture"
for format in transcript markdown html json sarif csv; do
	run 0 -T $format -Y 'finding = reply-mid-data' -r "$capture"
	grep -q '198.51.100.25\|reply-mid-data\|^[SC]>' "$tmp/out" || fault "$format: nothing shown"
	run 0 -T $format -Y 'finding = tarpit' -r "$capture"
	! grep -q '^[SC]>\|"reply-mid-data",$' "$tmp/out" || fault "$format: something shown"
done
# What is to be hidden is not told by the filter either.
run 0 -T markdown --redact -Y 'rcpt != nobody@hidden.example' -r "$capture"
grep -q 'hidden.example' "$tmp/out" && fault 'a redacted report names what the filter names'

run 2 -Y 'severty = error' -r "$capture"
says err 'do you mean severity?'
says err '  severty = error'
says err '  ^'
run 2 -Y '' -r "$capture"
run 0 -Y help
says out 'session.closure, closure'

if command -v python3 >/dev/null 2>&1; then
	python3 "$src/tests/filter.py" "$smtpscope" "$src/traces" || bad=$((bad + 1))
else
	echo 'filter: python3 is not installed: records were not compared'
fi
test $bad -eq 0
