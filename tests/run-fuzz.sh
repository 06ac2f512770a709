#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each fuzz target over seeds from the traces; with FUZZ_SECONDS, and built for it, a
# search from there.  Faults end a target with a status other than 0.
set -u
top=$(pwd)
src=$(cd "${srcdir:-.}" && pwd) || exit 99
mktrace=${MKTRACE:-tests/mktrace/mktrace}
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
mkdir "$tmp/capture" "$tmp/dialogue" "$tmp/words" || exit 99

for trace in "$src"/traces/*.trace; do
	"$mktrace" "$trace" "$tmp/capture/$(basename "$trace" .trace).pcap" 2>"$tmp/err" || {
		cat "$tmp/err"; exit 99; }
done
if command -v python3 >/dev/null; then
	python3 "$src/tests/fuzz/seeds.py" "$tmp/dialogue" "$tmp"/capture/*.pcap || exit 99
fi
printf '\000SMTP client with QUIT' >"$tmp/dialogue/short"
i=0
while read -r line; do
	i=$((i + 1))
	printf ' %s' "$line" >"$tmp/words/filter-$i"
done <<'END'
severity >= warning and rcpt ~ @example.net
not (closure = fin or duration > 1.5s) and client in 192.0.2.0/24
size > 10M or from != "<>" and finding in reply-mid-data,dot-unstuffed
*
(((
"unfinished
END
printf '\001set theme mono\nbind list x quit\nalias ll list\ncolor error red\n-T jsonl\n' \
	>"$tmp/words/rc"

bad=0
for name in capture dialogue words; do
	ls "$tmp/$name" | wc -l >"$tmp/n"
	read -r n <"$tmp/n"
	"tests/fuzz/$name" "$tmp/$name"/* >"$tmp/out" 2>&1 || {
		echo "fuzz: $name: status $?"; tail -n 20 "$tmp/out"; bad=1; continue; }
	echo "fuzz: $name: $n seeds"
	test -n "${FUZZ_SECONDS:-}" || continue
	grep -q INFO: "$tmp/out" || {
		echo "fuzz: configure --enable-fuzzing CC=clang to search" >&2; exit 2; }
	mkdir -p "$top/fuzz-corpus/$name"
	(cd "$top/fuzz-corpus" && "$top/tests/fuzz/$name" -max_total_time="$FUZZ_SECONDS" -timeout=10 \
		-max_len=65536 -print_final_stats=1 "$name" "$tmp/$name" >"$tmp/out" 2>&1) || {
		echo "fuzz: $name: found something, see fuzz-corpus"; tail -n 40 "$tmp/out"; bad=1; }
	grep -E 'DONE|stat::(number_of_executed|average_exec|new_units)' "$tmp/out"
done
exit $bad
