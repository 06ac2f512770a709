#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Reports of a generated capture, some ten megabytes of lawful sessions with a few
# faults: the incidents are the planted ones (tests/planted.py).
#
#	PLANTED_SESSIONS=N  (300)   PLANTED=N  faults of each kind (2)
#	PLANTED_SEED=N      (3)
set -u
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
loadgen=${LOADGEN:-tests/bench/loadgen}
for tool in "$smtpscope" "$loadgen"; do
	test -x "$tool" || { echo "planted: $tool is not built"; exit 99; }
done
command -v python3 >/dev/null 2>&1 || { echo "planted: skipped, python3 is not installed"; exit 77; }

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
"$loadgen" -o "$tmp/load.pcap" -j "$tmp/load.json" -n "${PLANTED_SESSIONS:-300}" \
	-s "${PLANTED_SEED:-3}" -v "${PLANTED:-2}" || exit 99
for format in json markdown html; do
	"$smtpscope" -N -T $format --redact=none -r "$tmp/load.pcap" -o "$tmp/report.$format" \
		</dev/null || { echo "planted: -T $format fails"; exit 1; }
done
python3 "$src/tests/planted.py" "$tmp/load.json" "$tmp/report.json" "$tmp/report.markdown" \
	"$tmp/report.html"
