#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Speed and memory of the program on a large capture, against tcpdump copying
# the same file.  Fails above BENCH_MAX_RATIO times tcpdump's time, above
# BENCH_MAX_MB of memory, or when the findings are not the planted violations.
#
# Environment: SMTPSCOPE, LOADGEN, MEASURE   the programs (set by `make bench')
#              BENCH_BYTES          size of the capture (1000000000)
#              BENCH_DIR            where it is made (a temporary folder)
#              BENCH_RUNS           runs of each program (5)
#              BENCH_MAX_RATIO      3.0
#              BENCH_MAX_MB         100
set -eu

smtpscope=${SMTPSCOPE:-./smtpscope}
loadgen=${LOADGEN:-tests/bench/loadgen}
measure=${MEASURE:-tests/bench/measure}
bytes=${BENCH_BYTES:-1000000000}
runs=${BENCH_RUNS:-5}
max_ratio=${BENCH_MAX_RATIO:-3.0}
max_mb=${BENCH_MAX_MB:-100}

for tool in python3 tcpdump; do
	command -v "$tool" >/dev/null || {
		echo "bench: $tool is needed (Debian: apt-get install $tool)" >&2
		exit 2
	}
done

dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/smtpscope-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
capture=$dir/load.pcap

"$loadgen" -o "$capture" -j "$dir/load.json" -b "$bytes" -s 1 -v 5
# One full read, so that every measured run finds the file in the page cache.
cat "$capture" >/dev/null

# Appends one run to the file of that name.
run() {
	name=$1
	shift
	"$measure" "$dir/$name" "$@" >/dev/null 2>"$dir/err" || {
		cat "$dir/err" >&2
		echo "bench: failed: $*" >&2
		exit 1
	}
}

i=0
while [ "$i" -lt "$runs" ]; do
	run smtpscope "$smtpscope" -N -T jsonl -o /dev/null -r "$capture"
	run tcpdump tcpdump -r "$capture" -w /dev/null
	i=$((i + 1))
done
if command -v tshark >/dev/null; then
	run tshark tshark -r "$capture" -q -z conv,tcp
fi

# The measured work has to be the real work: one more run is judged.
run judged "$smtpscope" -N -T jsonl -o "$dir/out.jsonl" -r "$capture"

python3 - "$dir" "$max_ratio" "$max_mb" <<'PY'
import json, os, statistics, sys

dir, max_ratio, max_mb = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
load = json.load(open(dir + "/load.json"))
bad = []

def runs(name):
    lines = [line.split() for line in open(dir + "/" + name)]
    return [float(l[0]) for l in lines], max(int(l[1]) for l in lines) / 1024

print("capture: %.1f MB, %d frames, %d sessions" %
      (load["octets"] / 1e6, load["frames"], load["sessions"]))
median = {}
for name in ("smtpscope", "tcpdump", "tshark"):
    if not os.path.exists(dir + "/" + name):
        continue
    seconds, peak = runs(name)
    median[name] = statistics.median(seconds)
    print("%-9s  median %7.3f s of %d (%.3f .. %.3f)  %7.1f MB/s  peak %6.1f MB" %
          (name, median[name], len(seconds), min(seconds), max(seconds),
           load["octets"] / 1e6 / median[name], peak))
    if name == "smtpscope" and peak > max_mb:
        bad.append("peak memory %.1f MB is above %.1f MB" % (peak, max_mb))
ratio = median["smtpscope"] / median["tcpdump"]
print("ratio to tcpdump: %.2f (limit %.2f)" % (ratio, max_ratio))
if ratio > max_ratio:
    bad.append("ratio %.2f is above %.2f" % (ratio, max_ratio))

found, notes, sessions, stats = set(), set(), 0, None
for line in open(dir + "/out.jsonl", encoding="utf-8"):
    record = json.loads(line)
    if record["event_type"] == "anomaly" and "consequence_of" not in record["finding"]:
        finding = record["finding"]
        found.add((finding["id"], finding["frame"]))
        if finding["severity"] == "note":
            notes.add((finding["id"], finding["frame"]))
    elif record["event_type"] == "flow":
        sessions += 1
    elif record["event_type"] == "stats":
        stats = record["stats"]
planted = {(p["check"], p["frame"]) for p in load["planted"]}
# Some loss and some splitting of segments is natural, and noted.
other = found - planted
print("planted violations: %d, found: %d, others: %d, and %d notes" %
      (len(planted), len(planted & found), len(other - notes), len(other & notes)))
for text, findings in (("planted but not found", planted - found),
                       ("found but not planted", other - notes)):
    for check, frame in sorted(findings, key=lambda f: f[1])[:20]:
        bad.append("%s: %s at frame %d" % (text, check, frame))
if sessions != load["sessions"]:
    bad.append("%d sessions reported, %d in the capture" % (sessions, load["sessions"]))
if stats is None or stats["packets"] != load["frames"]:
    bad.append("stats: packets are not the %d frames of the capture" % load["frames"])
for name, got in (("delivered", ("delivered", "delivered-in-part")),
                  ("rejected", ("rejected", "rejected-mid-data")), ("aborted", ("aborted",))):
    if stats and sum(stats["results"][g] for g in got) != load[name]:
        bad.append("messages %s: %s, want %d" % (name, stats["results"], load[name]))
for text in bad:
    print("bench: " + text)
sys.exit(bool(bad))
PY
