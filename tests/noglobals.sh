#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# No writable globals: state is a struct that is passed (CONTRIBUTING.md).
# nm lists the writable symbols of every object of the library and the program;
# static ones (b, d) count as much as public ones (B, D, C).  Read-only data
# with relocations lies in .data.rel.ro and is told from .data by its section.
#
# Excepted, each for one reason:
#   tcp_nids.o       libnids keeps its state in globals and passes no argument
#                    to its callbacks
#   screen.o, tty.o  curses has one terminal, and deadly signals restore it
#   signals.o        a signal handler reaches nothing else
#   smtpscope.o      the flag that a signal handler sets
set -u

if [ "${SCAN_OBJECTS:-yes}" != yes ]; then
	echo 'noglobals: skipped: sanitizers or a cross build add symbols of their own'
	exit 77
fi

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
find src dissectors -name '*.o' -type f -print | LC_ALL=C sort >"$work/objects"
objects=$(wc -l <"$work/objects")
if [ "$objects" -eq 0 ]; then
	echo 'noglobals: no objects in src/ and dissectors/ of the current folder'
	exit 1
fi

bad=0
while read -r object; do
	case ${object##*/} in
	*tcp_nids.o | screen.o | tty.o | signals.o | smtpscope.o) continue ;;
	esac
	# -f sysv names the section: a "d" in .data.rel.ro is constant after start.
	if ! ${NM:-nm} -f sysv "$object" >"$work/nm" 2>"$work/err"; then
		echo "noglobals: $object: $(cat "$work/err")"
		bad=$((bad + 1))
		continue
	fi
	awk -F'|' -v object="$object" '
	function trim(s) { gsub(/^[ \t]+|[ \t]+$/, "", s); return s }
	NF >= 7 {
		class = trim($3)
		section = trim($7)
		if (class ~ /^[bBdDC]$/ && section !~ /^\.data\.rel\.ro/) {
			printf "noglobals: %s: writable symbol %s (%s, %s)\n",
			    object, trim($1), class, section
			bad = 1
		}
	}
	END { exit bad }' "$work/nm" || bad=$((bad + 1))
done <"$work/objects"
echo "noglobals: $objects objects, $bad with writable symbols"
test "$bad" -eq 0
