#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The report does not depend on the number of threads: each format, and the records
# under ever tighter memory limits, of all traces read as one capture.
set -u
top=$(pwd)
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
mktrace=${MKTRACE:-tests/mktrace/mktrace}
case $smtpscope in /*) ;; *) smtpscope=$top/$smtpscope ;; esac
case $mktrace in /*) ;; *) mktrace=$top/$mktrace ;; esac
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
cd "$tmp" || exit 99

n=0
for trace in "$src"/traces/*.trace; do
	name=$(basename "$trace" .trace)
	"$mktrace" "$trace" "$name.pcap" 2>err || { echo "threads: $name: $(cat err)"; exit 99; }
	n=$((n + 1))
done
test $n -gt 100 || { echo "threads: only $n traces found"; exit 99; }

bad=0 runs=0
compare() { # OPTIONS...
	for threads in 1 2 3; do
		timeout 120 "$smtpscope" -N --threads=$threads "$@" *.pcap \
			>out$threads 2>err$threads </dev/null
		echo "exit $?" >>err$threads
	done
	runs=$((runs + 1))
	for threads in 2 3; do
		cmp -s out1 out$threads && cmp -s err1 err$threads && test -s out1 && continue
		echo "threads: one and $threads differ: $*"
		diff out1 out$threads | cut -c1-300 | head -n 6
		diff err1 err$threads | head -n 4
		bad=$((bad + 1))
	done
}

for format in text transcript jsonl markdown html json sarif; do
	compare -T $format
done
for limit in 4M 5M 6M 8M 16M; do
	compare -T jsonl -v --max-memory=$limit
done
echo "threads: $n captures, $runs comparisons, $bad differ"
test $bad -eq 0
