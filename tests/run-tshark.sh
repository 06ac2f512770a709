#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A second pair of eyes on what mktrace makes: tshark finds no malformed packet and
# no wrong IP or TCP checksum, except in traces that ask for "badsum" or cut frames.
# Payload dissectors are off: traces hold wrong SMTP on purpose.  Skipped without tshark.
set -u
src=$(cd "${srcdir:-.}" && pwd) || exit 99
for tool in tshark mergecap; do
	command -v $tool >/dev/null 2>&1 || { echo "tshark: skipped, no $tool here"; exit 77; }
done
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM

set --
for trace in "$src"/traces/*.trace; do
	grep -q 'badsum\|cut=' "$trace" || set -- "$@" "${trace%.trace}.pcap"
done
mergecap -a -F pcapng -w "$tmp/all" "$@" 2>"$tmp/err" || { cat "$tmp/err"; exit 1; }
tshark -r "$tmp/all" --disable-protocol smtp --disable-protocol tls \
	-o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o tcp.desegment_tcp_streams:FALSE \
	-T fields -E separator=/s -e frame.number -e ip.checksum.status -e tcp.checksum.status \
	-e _ws.malformed >"$tmp/out" 2>"$tmp/err" || { cat "$tmp/err"; exit 1; }
# Status 0 is "bad", 1 "good"; frames of other protocols have none.
awk '$2 ~ /0/ || $3 ~ /0/ || /Malformed/ { print "frame " $1 " of the merged file: " $0; bad++ }
	/ 1/ { good++ }
	END { printf "tshark: %d frames, %d with good checksums, %d bad\n", NR, good, bad
		exit bad > 0 || good < 1000 }' "$tmp/out"
