#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every trace makes its capture octet by octet (a transcript, NAME.txt, is read as it
# is, and its headers are lines with a "#"), every reporter says about it what
# tests/expect/NAME.REPORTER says, and the findings are what the headers of the
# trace demand (tests/judge.py).  Fails also when a trace has no expectation, an
# expectation has no trace, or a check has no traces.
#
#	T=NAME  only this trace      R=REPORTER  only this reporter
#	UPDATE=1  writes captures and expectations anew instead of comparing
#	JUDGE_ONLY=1  leaves the expectations out
#
# make check sets $srcdir and $SMTPSCOPE; the current folder is the build folder.
set -u
top=$(pwd)
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
mktrace=${MKTRACE:-tests/mktrace/mktrace}
case $smtpscope in /*) ;; *) smtpscope=$top/$smtpscope ;; esac
case $mktrace in /*) ;; *) mktrace=$top/$mktrace ;; esac
for tool in "$smtpscope" "$mktrace"; do
	test -x "$tool" || { echo "golden: $tool is not built"; exit 99; }
done

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
cd "$tmp" || exit 99
: >faults
ntraces=0

fault() {
	echo "$1"
	echo "$1" >>faults
}

# Compares or, when asked to, writes: settle NEW OLD NAME
settle() {
	cmp -s "$1" "$2" && return
	if [ -n "${UPDATE:-}" ]; then
		mkdir -p "${2%/*}" && cp "$1" "$2" && echo "wrote ${2#"$src"/}"
	elif [ ! -e "$2" ]; then
		fault "$3: no ${2#"$src"/} (make update-golden T=${3%.*}, then read it)"
	else
		fault "$3: differs from ${2#"$src"/}"
		diff -u "$2" "$1" 2>/dev/null | sed -n '3,30p'
	fi
}

report() { # NAME REPORTER OPTIONS...
	name=$1 reporter=$2
	shift 2
	"$smtpscope" -N -T "$reporter" "$@" -r "$name.$kind" >"$name.$reporter" 2>"$name.err" </dev/null
	rc=$?
	if [ $rc -ne 0 ]; then
		fault "$name: smtpscope -T $reporter $* left with status $rc"
		head -n 5 "$name.err"
	fi
	if [ -s "$name.err" ] && [ $rc -eq 0 ]; then
		fault "$name: smtpscope -T $reporter wrote to standard error"
		head -n 5 "$name.err"
	fi
}

for trace in "$src"/traces/${T:-*}.trace "$src"/traces/${T:-*}.txt; do
	name=$(basename "$trace" .trace)
	kind=pcap
	case $trace in *.txt) name=$(basename "$trace" .txt) kind=txt ;; esac
	if ! test -r "$trace"; then
		test -r "$src/traces/$name.trace" || test -r "$src/traces/$name.txt" ||
			fault "$name: no such trace"
		continue
	fi
	ntraces=$((ntraces + 1))
	if [ $kind = txt ]; then
		cp "$trace" "$name.txt"
		sed -n 's/^# *\([a-z-]*: \)/\1/p' "$trace" >"$name.headers"
	elif ! "$mktrace" "$trace" "$name.pcap" || ! "$mktrace" --headers "$trace" >"$name.headers"; then
		fault "$name: mktrace refuses the trace"
		rm -f "$name.headers"
		continue
	fi
	test $kind = txt || settle "$name.pcap" "$src/traces/$name.pcap" "$name.pcap"
	options=$(sed -n 's/^options: //p' "$name.headers" | tr '\n' ' ')
	for reporter in text transcript jsonl $(sed -n 's/^reports: //p' "$name.headers"); do
		case " ${R:-$reporter} " in *" $reporter "*) ;; *) continue ;; esac
		verbose=
		test "$reporter" = jsonl && verbose=-v
		# shellcheck disable=SC2086 # options are words without blanks
		report "$name" "$reporter" $verbose $options
		test -n "${JUDGE_ONLY:-}" && continue
		settle "$name.$reporter" "$src/tests/expect/$name.$reporter" "$name.$reporter"
	done
done

# What nothing makes any more would be compared with nothing.
if [ -z "${T:-}" ]; then
	for old in "$src"/traces/*.pcap "$src"/tests/expect/*.*; do
		test -e "$old" || continue
		name=${old##*/}
		name=${name%.*}
		test -e "$src/traces/$name.trace" || test -e "$src/traces/$name.txt" ||
			fault "${old#"$src"/}: there is no trace $name"
	done
fi

if [ -z "${R:-}" ] || [ "${R:-}" = jsonl ]; then
	if command -v python3 >/dev/null 2>&1; then
		set --
		test -r "$src/man/smtpscope-jsonl.schema.json" &&
			set -- --schema "$src/man/smtpscope-jsonl.schema.json"
		if [ -z "${T:-}" ]; then
			"$smtpscope" --list-checks >list 2>&1 </dev/null || fault "--list-checks fails"
			awk '$1 ~ /^[a-z0-9]+(-[a-z0-9]+)*$/ && $2 ~ /^(error|warning|note)$/ { print $1 }' list >ids
			test -s ids || fault "--list-checks names no check"
			set -- "$@" --checks ids
		fi
		python3 "$src/tests/judge.py" "$@" . || echo judge >>faults
	else
		fault "python3 is needed to judge the findings"
	fi
fi

bad=$(wc -l <faults)
echo "golden: $ntraces traces, $((bad)) faults"
test "$ntraces" -gt 0 && test "$bad" -eq 0
