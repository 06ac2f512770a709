#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every C file and every script of the tests is named in a makefile fragment.  A header that
# is not builds well in the checkout and is missing in the release; a test is never run.
set -u
cd "${srcdir:-.}" || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

find Makefile.am src dissectors man tests \( -name '*.mk' -o -name Makefile.am \) -type f \
	-exec cat {} + | grep -oE '[A-Za-z0-9_./-]*\.([ch]|sh|py)\>' | LC_ALL=C sort -u >"$work/listed"
find src dissectors tests \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' \) -type f -print | LC_ALL=C sort >"$work/there"
LC_ALL=C comm -13 "$work/listed" "$work/there" >"$work/missing"
sed 's/^/listed: in no makefile fragment: /' "$work/missing"
echo "listed: $(wc -l <"$work/there") files, $(wc -l <"$work/missing") not listed"
[ -s "$work/there" ] && [ ! -s "$work/missing" ]
