#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Captures written with findings as comments, plain and redacted, for all traces
# (tests/export.py).
# Where capinfos and tshark are installed, they have a say: neither complains, and
# the comments that tshark shows are those that were written.
#
#	T=NAME  only this trace
set -u
top=$(pwd)
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
case $smtpscope in /*) ;; *) smtpscope=$top/$smtpscope ;; esac
test -x "$smtpscope" || { echo "export: $smtpscope is not built"; exit 99; }
command -v python3 >/dev/null 2>&1 || { echo "export: skipped, python3 is not installed"; exit 77; }

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
bad=0
fail() {
	echo "export: $*"
	bad=$((bad + 1))
}

mkdir "$tmp/hidden" || exit 99
python3 "$src/tests/export.py" "$smtpscope" "$tmp/hidden" "$src"/traces/${T:-*}.pcap ||
	bad=$((bad + 1))

# Checksums of redacted frames are right where they were.
if [ -z "${T:-}" ] && command -v tshark >/dev/null 2>&1 && command -v mergecap >/dev/null 2>&1; then
	set --
	for trace in "$src"/traces/*.trace; do
		grep -q 'badsum\|cut=' "$trace" || set -- "$@" "$tmp/hidden/$(basename "$trace" .trace).pcapng"
	done
	mergecap -a -F pcapng -w "$tmp/all" "$@" 2>"$tmp/err" || fail "mergecap: $(cat "$tmp/err")"
	tshark -r "$tmp/all" --disable-protocol smtp --disable-protocol tls \
		-o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE \
		-o tcp.desegment_tcp_streams:FALSE -T fields -E separator=/s -e ip.checksum.status \
		-e tcp.checksum.status -e udp.checksum.status -e _ws.malformed >"$tmp/out" 2>"$tmp/err"
	awk '/(^|[ ,])0/ || /Malformed/ { bad++ } /1/ { good++ } END { exit bad > 0 || good < 1000 }' \
		"$tmp/out" || fail "tshark finds wrong checksums in redacted frames"
fi
rm -r "$tmp/hidden"

# Several inputs, link types and time units in one file; compressed; names.
set -- -r "$src/traces/seed1-full.pcap" -r "$src/traces/seed2-a.pcap"
"$smtpscope" -q "$@" -w "$tmp/two.pcapng" -o "$tmp/source" || fail "two inputs"
"$smtpscope" -q -r "$tmp/two.pcapng" -o "$tmp/copy" || fail "two inputs, read again"
cmp -s "$tmp/source" "$tmp/copy" || fail "the report of two inputs and of their copy differ"
"$smtpscope" -q -r "$tmp/two.pcapng" -w "$tmp/again.pcapng" -o "$tmp/copy" || fail "a copy of a copy"
"$smtpscope" -q "$@" -w "$tmp/two.pcapng.gz" --name 192.0.2.10=mx -o "$tmp/copy" &&
	gzip -t "$tmp/two.pcapng.gz" || fail "compressed"
"$smtpscope" -q -r "$tmp/two.pcapng.gz" -o "$tmp/copy" || fail "compressed, read again"
cmp -s "$tmp/source" "$tmp/copy" || fail "the report of the compressed copy differs"

# A pipe goes through a temporary file, and what that has no room for is told.
cat "$src/traces/seed1-full.pcap" | "$smtpscope" -q -r - -w "$tmp/pipe.pcapng" -o "$tmp/copy" ||
	fail "a pipe"
"$smtpscope" -q -r "$src/traces/seed1-full.pcap" -w "$tmp/file.pcapng" -o "$tmp/copy" || fail "a file"
cat "$tmp/pipe.pcapng" | "$smtpscope" -T jsonl -r - -o "$tmp/of-pipe" || fail "of the pipe"
cat "$tmp/file.pcapng" | "$smtpscope" -T jsonl -r - -o "$tmp/of-file" || fail "of the file"
cmp -s "$tmp/of-pipe" "$tmp/of-file" || fail "from a pipe another file was written"
{
	cat "$src/traces/seed1-full.pcap"
	n=0
	while [ $n -lt 100 ]; do
		tail -c +25 "$src/traces/seed1-full.pcap"
		n=$((n + 1))
	done
} >"$tmp/large"
cat "$tmp/large" | "$smtpscope" -q -r - --spool=1M -w "$tmp/pipe.pcapng" -o "$tmp/copy" 2>"$tmp/err"
test $? = 4 && grep -q 'temporary file had no room' "$tmp/err" ||
	fail "a temporary file that is too small: $(cat "$tmp/err")"

# What a file or a report cannot hide is not asked for in vain.
for wrong in "-w $tmp/x.pcap" "--redact=hosts -w $tmp/x.pcapng"; do
	"$smtpscope" -r "$src/traces/seed1-full.pcap" --redact $wrong -o "$tmp/copy" 2>"$tmp/err"
	test $? = 2 || fail "--redact $wrong is not refused"
done

# What cannot be written is told, and nothing is overwritten.
cp "$tmp/two.pcapng" "$tmp/in.pcapng"
"$smtpscope" -q -r "$tmp/in.pcapng" -w "$tmp/in.pcapng" -o "$tmp/copy" 2>"$tmp/err" &&
	fail "an input was overwritten"
cmp -s "$tmp/two.pcapng" "$tmp/in.pcapng" || fail "an input was changed"
ln -s /dev/full "$tmp/full.pcapng"
"$smtpscope" -q "$@" -w "$tmp/full.pcapng" -o "$tmp/copy" 2>"$tmp/err"
test $? = 4 && grep -q 'No space left' "$tmp/err" || fail "a full disk: $(cat "$tmp/err")"
"$smtpscope" -q "$@" -w "$tmp/none/x.pcapng" -o "$tmp/copy" 2>"$tmp/err"
test $? = 2 && grep -q 'none/x.pcapng: cannot be written' "$tmp/err" ||
	fail "no such folder: $(cat "$tmp/err")"

if command -v tshark >/dev/null 2>&1 && command -v capinfos >/dev/null 2>&1; then
	for file in two.pcapng again.pcapng two.pcapng.gz; do
		LC_ALL=C.UTF-8 capinfos "$tmp/$file" >"$tmp/out" 2>"$tmp/err" || fail "capinfos: $file"
		grep -v 'Running as user' "$tmp/err" >&2 && fail "capinfos complains about $file"
		tshark -r "$tmp/$file" -T fields -e frame.comment >"$tmp/out" 2>"$tmp/err" ||
			fail "tshark: $file"
		grep -v 'Running as user' "$tmp/err" >&2 && fail "tshark complains about $file"
		grep -c smtpscope "$tmp/out" >"$tmp/n.$file"
	done
	test "$(cat "$tmp/n.two.pcapng")" -gt 0 && cmp -s "$tmp/n.two.pcapng" "$tmp/n.again.pcapng" ||
		fail "tshark sees $(cat "$tmp/n.two.pcapng") comments, in a copy $(cat "$tmp/n.again.pcapng")"
else
	echo "export: tshark and capinfos are not installed and were not asked"
fi
echo "export: $bad faults"
test $bad = 0
