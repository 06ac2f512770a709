#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two TCP engines, one story.  A trace with "engines: equal" gives the same records
# with --engine=native and --engine=nids, but for the engine's name; any other trace
# must only be survived by libnids.  Then RANDOM_TRACES (20) made-up conversations:
# equal in both engines, and as their generator knows them to be (tests/judge.py).
# Skipped when smtpscope was built without libnids.
set -u
top=$(pwd)
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
mktrace=${MKTRACE:-tests/mktrace/mktrace}
case $smtpscope in /*) ;; *) smtpscope=$top/$smtpscope ;; esac
case $mktrace in /*) ;; *) mktrace=$top/$mktrace ;; esac
for tool in "$smtpscope" "$mktrace"; do
	test -x "$tool" || { echo "engines: $tool is not built"; exit 99; }
done

"$smtpscope" --version >/dev/null || exit 1
if ! "$smtpscope" --version | grep -q '^engines:.* nids'; then
	echo "engines: skipped, smtpscope was built without libnids"
	exit 77
fi

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
mkdir "$tmp/random" && cd "$tmp" || exit 99

equal=0 survived=0 random=0 bad=0

run() { # ENGINE CAPTURE OUT OPTIONS...
	engine=$1 capture=$2 out=$3
	shift 3
	timeout 60 "$smtpscope" -N -v -T jsonl --engine="$engine" "$@" -r "$capture" \
		>"$out" 2>err </dev/null
}

# The engine names itself, and needs its own memory; nothing else may differ.
plain() {
	sed -e 's/"engine":"[a-z]*"/"engine":"x"/g' "$1"
}

compare() { # NAME CAPTURE OPTIONS...
	name=$1 capture=$2
	shift 2
	if ! run native "$capture" native.jsonl "$@" || ! run nids "$capture" nids.jsonl "$@"; then
		echo "$name: smtpscope failed: $(head -n 3 err)"
		return 1
	fi
	plain native.jsonl >native.plain
	plain nids.jsonl >nids.plain
	cmp -s native.plain nids.plain && return 0
	echo "$name: the engines differ"
	diff native.plain nids.plain | cut -c1-300 | head -n 6
	return 1
}

for trace in "$src"/traces/*.trace; do
	name=$(basename "$trace" .trace)
	"$mktrace" "$trace" trace.pcap && "$mktrace" --headers "$trace" >headers || {
		bad=$((bad + 1))
		continue
	}
	class=$(sed -n 's/^engines: //p' headers)
	options=$(sed -n 's/^options: //p' headers | tr '\n' ' ')
	case $class in
	equal)
		equal=$((equal + 1))
		# shellcheck disable=SC2086 # options are words without blanks
		compare "$name" trace.pcap $options || bad=$((bad + 1))
		;;
	prefix | skip)
		survived=$((survived + 1))
		# shellcheck disable=SC2086
		run nids trace.pcap nids.jsonl $options || {
			bad=$((bad + 1))
			echo "$name: --engine=nids failed: $(head -n 3 err)"
		}
		;;
	*)
		bad=$((bad + 1))
		echo "$name: no class in its header \"engines:\""
		;;
	esac
done

seed=1
while [ $seed -le "${RANDOM_TRACES:-20}" ]; do
	name=random-$seed
	if "$mktrace" --random $seed >random.trace && "$mktrace" random.trace "$name.pcap" &&
	    "$mktrace" --headers random.trace >"random/$name.headers" && compare "$name" "$name.pcap"; then
		cp native.jsonl "random/$name.jsonl"
	else
		bad=$((bad + 1))
		rm -f "random/$name.headers"
		echo "$name: mktrace --random $seed shows the conversation"
	fi
	rm -f "$name.pcap"
	random=$((random + 1))
	seed=$((seed + 1))
done
if [ $random -gt 0 ] && command -v python3 >/dev/null 2>&1; then
	python3 "$src/tests/judge.py" random || bad=$((bad + 1))
fi
echo "engines: $equal equal, $survived survived, $random random, $bad faults"
test $equal -gt 0 && test $bad -eq 0
