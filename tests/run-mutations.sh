#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# MUTATIONS (200) damaged captures, the same ones every time (MUTATION_SEED, 1): each
# must be analysed, or refused, with a status of 0 to 4 within ten seconds, and what
# is written must be whole JSON lines.  A capture that fails stays as
# tests/failed-NUMBER.pcap in the build folder.
set -u
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
mktrace=${MKTRACE:-tests/mktrace/mktrace}
mutate=${MUTATE:-tests/mutate}
for tool in "$smtpscope" "$mktrace" "$mutate"; do
	test -x "$tool" || { echo "mutations: $tool is not built"; exit 99; }
done

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
mkdir "$tmp/good" "$tmp/bad" || exit 99
for trace in "$src"/traces/*.trace; do
	"$mktrace" "$trace" "$tmp/good/$(basename "$trace" .trace).pcap" || exit 1
done
"$mutate" "${MUTATION_SEED:-1}" "${MUTATIONS:-200}" "$tmp/bad" "$tmp"/good/*.pcap || exit 1

n=0 bad=0 refused=0
for capture in "$tmp"/bad/*.pcap; do
	n=$((n + 1))
	reporter=jsonl
	test $((n % 4)) -eq 0 && reporter=text
	timeout 10 "$smtpscope" -N -v -T $reporter -r "$capture" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
	why=
	test $rc -le 4 || why="status $rc"
	test $rc -ge 3 && refused=$((refused + 1))
	# Every line of the records is an object of its own, the last one included.
	if [ -z "$why" ] && [ $reporter = jsonl ] && grep -qv '^{.*}$' "$tmp/out"; then
		why="broken records"
	fi
	grep -q 'runtime error\|AddressSanitizer\|LeakSanitizer' "$tmp/err" && why="sanitizer"
	if [ -n "$why" ]; then
		bad=$((bad + 1))
		mkdir -p tests
		cp "$capture" "tests/failed-${capture##*/}"
		echo "-T $reporter -r tests/failed-${capture##*/}: $why"
		head -n 3 "$tmp/err"
	fi
done
echo "mutations: $n captures, $refused refused, $bad faults"
test $n -gt 0 && test $bad -eq 0
