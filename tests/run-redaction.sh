#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# No name, subject, line of a message or secret of a trace is in any of its reports
# with --redact, and the findings are those without it (tests/redaction.py).
#
#	T=NAME  only these traces (a pattern); otherwise all but NAME-near and NAME-gap,
#	        which say hardly anything that NAME does not
set -u
top=$(pwd)
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
case $smtpscope in /*) ;; *) smtpscope=$top/$smtpscope ;; esac
test -x "$smtpscope" || { echo "redaction: $smtpscope is not built"; exit 99; }
command -v python3 >/dev/null 2>&1 || { echo "redaction: skipped, python3 is not installed"; exit 77; }

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
: >"$tmp/faults"

report() { # OUTPUT OPTIONS...
	output=$1
	shift
	"$smtpscope" -N -o "$tmp/$output" "$@" </dev/null >"$tmp/said" 2>&1 && return
	echo "$output: smtpscope $* fails"
	head -n 3 "$tmp/said"
	echo fault >>"$tmp/faults"
}

set --
for trace in "$src"/traces/${T:-*}.trace "$src"/traces/${T:-*}.txt; do
	test -r "$trace" || continue
	case $trace in *-near.trace | *-gap.trace | *-near.txt | *-gap.txt) test -n "${T:-}" || continue ;; esac
	name=$(basename "${trace%.*}")
	input=$src/traces/$name.pcap
	case $trace in *.txt) input=$trace ;; esac
	set -- "$@" "$trace"
	for format in markdown html json jsonl sarif text transcript; do
		report "$name.$format" -v -T $format --redact -r "$input"
	done
	for format in markdown json jsonl; do
		report "$name.$format.open" -v -T $format --redact=none -r "$input"
	done
done
test $# -gt 0 || { echo "redaction: no trace"; exit 99; }
python3 "$src/tests/redaction.py" "$tmp" "$@" || echo names >>"$tmp/faults"
test ! -s "$tmp/faults"
