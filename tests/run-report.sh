#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The incident reports of all traces, with all names that strangers chose: the HTML
# pages and the pictures stand alone and are valid, nothing from the wire is markup, JSON and SARIF are
# of the form they have to be of (tests/report.py).  tidy, where it is installed, has a
# say too.
#
#	T=NAME  only this trace
set -u
top=$(pwd)
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
case $smtpscope in /*) ;; *) smtpscope=$top/$smtpscope ;; esac
test -x "$smtpscope" || { echo "report: $smtpscope is not built"; exit 99; }
command -v python3 >/dev/null 2>&1 || { echo "report: skipped, python3 is not installed"; exit 77; }

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
cd "$tmp" || exit 99
ntraces=0
bad=0

check() { # NAME WHAT...
	name=$1
	shift
	"$@" >said 2>&1 && return
	echo "$name: $1 fails"
	head -n 10 said
	bad=$((bad + 1))
}

for trace in "$src"/traces/${T:-*}.trace; do
	name=$(basename "$trace" .trace)
	capture=$src/traces/$name.pcap
	test -r "$capture" || { echo "$name: no capture"; bad=$((bad + 1)); continue; }
	ntraces=$((ntraces + 1))
	for format in markdown html; do
		check "$name" "$smtpscope" -N -T $format --redact=none -o "$name.$format" \
			-r "$capture"
	done
	for format in mermaid svg; do
		check "$name" "$smtpscope" -N -T $format -o "$name.$format" -r "$capture"
	done
	case $name in
	seed* | report-*)
		options=$(sed -n 's/^options: //p' "$trace" | tr '\n' ' ')
		for format in sarif json jsonl; do
			# shellcheck disable=SC2086 # options are words without blanks
			check "$name" "$smtpscope" -N -v -T $format $options -o "$name.$format" \
				-r "$capture"
		done
		;;
	esac
done
check markdown python3 "$src/tests/report.py" markdown ./*.markdown
check mermaid python3 "$src/tests/report.py" markdown ./*.mermaid
check svg python3 "$src/tests/report.py" svg ./*.svg
check html python3 "$src/tests/report.py" html ./*.html
check json python3 "$src/tests/report.py" json ./*.json ./*.jsonl ./*.sarif
check sarif python3 "$src/tests/report.py" sarif ./*.sarif
if command -v tidy >/dev/null 2>&1; then
	check tidy tidy -quiet -errors ./*.html
else
	echo "report: tidy is not installed and was not asked"
fi
echo "report: $ntraces traces, $bad faults"
test "$ntraces" -gt 0 && test "$bad" -eq 0
