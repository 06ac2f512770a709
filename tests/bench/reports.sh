#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Time of the incident reports on a large capture, against -T jsonl on the same
# file in turn, the size of the page, and the incidents against the planted faults
# (tests/planted.py).  Fails above BENCH_MAX_REPORT times the time of -T jsonl, above
# BENCH_MAX_PAGE octets of HTML, or when the incidents are not the planted ones.
#
# Environment: SMTPSCOPE, LOADGEN, MEASURE   the programs (set by `make bench-reports')
#              srcdir               top of the source
#              BENCH_BYTES          size of the capture (1000000000)
#              BENCH_DIR            where it is made (a temporary folder)
#              BENCH_RUNS           runs of each format (5)
#              BENCH_MAX_REPORT     1.3
#              BENCH_MAX_PAGE       2000000
set -eu

src=${srcdir:-.}
smtpscope=${SMTPSCOPE:-./smtpscope}
loadgen=${LOADGEN:-tests/bench/loadgen}
measure=${MEASURE:-tests/bench/measure}
formats="jsonl markdown html json"

command -v python3 >/dev/null || { echo "bench: python3 is needed" >&2; exit 2; }
dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/smtpscope-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
capture=$dir/load.pcap

"$loadgen" -o "$capture" -j "$dir/load.json" -b "${BENCH_BYTES:-1000000000}" -s 1 -v 5
# One full read, so that every measured run finds the file in the page cache.
cat "$capture" >/dev/null

i=0
while [ "$i" -lt "${BENCH_RUNS:-5}" ]; do
	for format in $formats; do
		"$measure" "$dir/time.$format" "$smtpscope" -N -T "$format" -o /dev/null \
			-r "$capture" || { echo "bench: -T $format fails" >&2; exit 1; }
	done
	i=$((i + 1))
done

# The measured work has to be the real work: one more run of each is judged.
for format in json markdown html; do
	"$smtpscope" -N -T "$format" --redact=none -o "$dir/report.$format" -r "$capture"
done

python3 - "$dir" "${BENCH_MAX_REPORT:-1.3}" "${BENCH_MAX_PAGE:-2000000}" $formats <<'PY'
import os, statistics, sys

dir, max_ratio, max_page, formats = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
times = {f: [float(line.split()[0]) for line in open(f"{dir}/time.{f}")] for f in formats}
first, bad = statistics.median(times[formats[0]]), 0
for f in formats:
    median = statistics.median(times[f])
    print(f"{f:9}  median {median:7.3f} s of {len(times[f])} ({min(times[f]):.3f} .. "
          f"{max(times[f]):.3f})  {median / first:5.2f} of {formats[0]} (limit {max_ratio:.2f})")
    if median > max_ratio * first:
        print(f"bench: -T {f} takes {median / first:.2f} times the time of -T {formats[0]}")
        bad = 1
page = os.path.getsize(f"{dir}/report.html")
print(f"html: {page} octets (limit {max_page})")
if page > max_page:
    print("bench: the page is too large")
    bad = 1
sys.exit(bad)
PY
python3 "$src/tests/planted.py" "$dir/load.json" "$dir/report.json" "$dir/report.markdown" \
	"$dir/report.html"
