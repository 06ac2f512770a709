#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Statistics (-z) of some traces are what tests/statistics has: each line of the file
# `cases' there is a name, a capture of traces/, and options; the expected output has
# the name of the case.  Every statistic of "-z help" has to be in every form; records
# and CSV are read back where python3 is there to do it.
#
#	T=NAME  only this case      UPDATE=1  writes the expectations anew
set -u
top=$(pwd)
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
case $smtpscope in /*) ;; *) smtpscope=$top/$smtpscope ;; esac
test -x "$smtpscope" || { echo "statistics: $smtpscope is not built"; exit 99; }
cases=$src/tests/statistics/cases

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
cd "$tmp" || exit 99
ncases=0
bad=0

fault() {
	echo "$1"
	bad=$((bad + 1))
}

while read -r name capture options; do
	case $name in '#'* | '') continue ;; esac
	case $name in ${T:-*}) ;; *) continue ;; esac
	ncases=$((ncases + 1))
	expect=$src/tests/statistics/$name
	# shellcheck disable=SC2086 # options are words without blanks
	"$smtpscope" -N $options -r "$src/traces/$capture" >"$name" 2>err </dev/null
	rc=$?
	test $rc -eq 0 || fault "$name: left with status $rc: $(head -n 1 err)"
	test -s err && fault "$name: wrote to standard error: $(head -n 1 err)"
	if cmp -s "$name" "$expect"; then
		:
	elif [ -n "${UPDATE:-}" ]; then
		cp "$name" "$expect" && echo "wrote ${expect#"$src"/}"
	else
		fault "$name: differs from ${expect#"$src"/}"
		diff -u "$expect" "$name" 2>&1 | sed -n '3,30p'
	fi
done <"$cases"

if [ -z "${T:-}" ]; then
	"$smtpscope" -z help | sed 's/ .*//' >all || fault "-z help fails"
	test "$(wc -l <all)" -ge 9 || fault "-z help names too few statistics"
	while read -r statistic; do
		for form in text jsonl csv; do
			grep -q -- "^[^#]*-T $form .*-z [a-z,]*$statistic\\>" "$cases" ||
				fault "no case for -T $form -z $statistic"
		done
	done <all
	for old in "$src"/tests/statistics/*; do
		old=${old##*/}
		test "$old" = cases || grep -q "^$old " "$cases" || fault "nothing makes $old any more"
	done
	if command -v python3 >/dev/null 2>&1; then
		python3 "$src/tests/statistics.py" "$src/man/smtpscope-jsonl.schema.json" ./*-csv ./*-jsonl ||
			bad=$((bad + 1))
	else
		echo "statistics: python3 is not installed; the forms were not read back"
	fi
fi
echo "statistics: $ncases cases, $bad faults"
test "$ncases" -gt 0 && test "$bad" -eq 0
