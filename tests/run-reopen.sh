#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A session opened again from its frames is the session of the first pass: every session
# of every trace, read from its file and from a spool, gives the same records, octet for
# octet; so do the captures of SMTPSCOPE_CORPUS, or of ../shared/corpus beside the sources.
# With the frames changed under it, the second pass says so and shows nothing.
set -u
top=$(pwd)
src=$(cd "${srcdir:-.}" && pwd) || exit 99
mktrace=$top/tests/mktrace/mktrace
reopen=$top/tests/reopen
browse=$top/tests/browse
smtpscope=$top/smtpscope
for tool in "$mktrace" "$reopen" "$browse" "$smtpscope"; do
	test -x "$tool" || { echo "reopen: $tool is not built"; exit 99; }
done
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
cd "$tmp" || exit 99
captures=0 sessions=0 bad=0

again() { # NAME ARGUMENTS...
	name=$1
	shift
	timeout 60 "$reopen" "$@" >out 2>err </dev/null
	status=$?
	# Not a plain file: the spool's part of the test.
	test $status -eq 77 && return
	captures=$((captures + 1))
	n=$(sed -n 's/^\([0-9]*\) sessions.*/\1/p' out)
	sessions=$((sessions + ${n:-0}))
	test $status -eq 0 && return
	bad=$((bad + 1))
	echo "$name: status $status: $(cat err out | head -n 3 | cut -c1-400)"
}

for trace in "$src"/traces/*.trace; do
	name=$(basename "$trace" .trace)
	"$mktrace" "$trace" trace.pcap && "$mktrace" --headers "$trace" >headers || {
		bad=$((bad + 1))
		continue
	}
	options=$(sed -n 's/^options: //p' headers | tr '\n' ' ')
	# shellcheck disable=SC2086 # options are words without blanks
	again "$name" $options -r trace.pcap
	# shellcheck disable=SC2086
	again "$name, spool" --from-spool $options -r trace.pcap
done

corpus=${SMTPSCOPE_CORPUS:-$src/../shared/corpus}
if [ -d "$corpus" ]; then
	find "$corpus" -type f -name '*.pcap*' | LC_ALL=C sort >list
	while read -r file; do
		again "$file" -r "$file"
		again "$file, spool" --from-spool -r "$file"
	done <list
fi

# Numbers, filters and engines of the first pass.
"$mktrace" "$src/traces/message-resent.trace" resent.pcap || bad=$((bad + 1))
again "first frame" --first-frame=1000 -r resent.pcap
again "filter" -r resent.pcap port 25
again "libnids" --engine=nids -r resent.pcap
again "two files" --from-spool -r resent.pcap -r trace.pcap

# The file is changed between the two passes.
for change in cut moved; do
	CHANGE=$change "$reopen" -r resent.pcap >out 2>err
	if [ $? -ne 1 ] || ! grep -q 'has been changed' out; then
		bad=$((bad + 1))
		echo "file $change: no error: $(head -n 2 out)"
	fi
	"$mktrace" "$src/traces/message-resent.trace" resent.pcap
done

# The source of the terminal interface: what it saves of all sessions is what the program
# reports, whatever the input came through; their frames give the same dialogues.
records() { # FILE
	sed -e '/"event_type":"stats"/d' -e 's/"pcap_filename":"[^"]*",//' "$1"
}

saved() { # NAME FORMAT ARGUMENTS...: from standard input, into "saved"
	name=$1 format=$2
	shift 2
	rm -f saved
	if ! timeout 60 "$browse" "$format" saved -- "$@" >out 2>err; then
		bad=$((bad + 1))
		echo "browse $name: $(cat err out | head -n 3)"
	fi
}

for name in message-resent auth-bruteforce-many greylisting-later decode-frag tcp-reuse; do
	"$mktrace" "$src/traces/$name.trace" browse.pcap || bad=$((bad + 1))
	"$smtpscope" -N -T jsonl -r browse.pcap >whole
	records whole >want
	saved "$name" jsonl -r browse.pcap </dev/null
	records saved >got
	cmp -s want got || { bad=$((bad + 1)); echo "browse $name: other records"; }
	# A pipe that stops in the middle of a record.
	{ head -c 1000 browse.pcap; sleep 0.2; tail -c +1001 browse.pcap; } |
		saved "$name, pipe" jsonl -r -
	records saved >got
	cmp -s want got || { bad=$((bad + 1)); echo "browse $name, pipe: other records"; }
	saved "$name, frames with comments" pcapng -r browse.pcap </dev/null
	"$smtpscope" -N -T transcript -r saved >gotng
	grep -q "smtpscope [a-z0-9-]* [a-z]* [a-z]*: " saved || {
		bad=$((bad + 1))
		echo "browse $name: no comment in pcapng"
	}
	saved "$name, frames" pcap -r browse.pcap </dev/null
	"$smtpscope" -N -T transcript -r browse.pcap >want
	cmp -s want gotng || { bad=$((bad + 1)); echo "browse $name: other frames in pcapng"; }
	"$smtpscope" -N -T transcript -r saved >got
	cmp -s want got || { bad=$((bad + 1)); echo "browse $name: other frames"; }
done
echo "reopen: $captures runs, $sessions sessions, $bad faults"
test $sessions -gt 0 && test $bad -eq 0
