#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every header compiles alone, twice included, with the warnings of the build:
# it includes what it uses and has a guard.  $CC, $TEST_CPPFLAGS and
# $TEST_CFLAGS come from the makefile; the defaults serve a run by hand.
set -u
top=${srcdir:-.}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

find "$top/src" "$top/dissectors" -name '*.h' -type f -print | LC_ALL=C sort >"$work/list"
count=0
bad=0
while read -r header; do
	count=$((count + 1))
	printf '#include "%s"\n#include "%s"\nextern int headercheck;\n' \
		"$header" "$header" >"$work/one.c"
	# An absolute path to the header, or one from the current folder: both
	# are found by -I. for the relative case.
	# shellcheck disable=SC2086 # flags are words
	if ! ${CC:-cc} -I. ${TEST_CPPFLAGS:--I$top/src -I$top/dissectors} \
		${TEST_CFLAGS:--std=gnu11 -Wall -Wextra} -Werror -fsyntax-only \
		"$work/one.c" 2>"$work/err"; then
		echo "headercheck: $header does not compile alone:"
		head -n 20 "$work/err"
		bad=$((bad + 1))
	fi
done <"$work/list"

if [ "$count" -eq 0 ]; then
	echo 'headercheck: no header found'
	exit 1
fi
echo "headercheck: $count headers, $bad wrong"
test "$bad" -eq 0
