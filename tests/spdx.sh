#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every source file, script and makefile fragment names its licence in its
# first lines.  Run from anywhere; $srcdir is the top of the sources.
set -u
cd "${srcdir:-.}" || exit 99

list=$(mktemp) || exit 99
trap 'rm -f "$list"' EXIT
find configure.ac Makefile.am setup .ci src dissectors tests man \
	\( -name '*.[ch]' -o -name '*.sh' -o -name '*.am' -o -name '*.ac' -o -name '*.mk' \
	-o -name '*.py' -o -path setup -o -path '.ci/*' \) -type f -print 2>/dev/null |
	LC_ALL=C sort >"$list"

# A list that lacks these means that the search itself is broken.
for must in configure.ac Makefile.am setup src/stream/stream.h tests/spdx.sh; do
	grep -qx "$must" "$list" || { echo "spdx: $must was not looked at"; exit 1; }
done

bad=0
while read -r file; do
	if ! head -n 5 "$file" | grep -q 'SPDX-License-Identifier: GPL-3\.0-or-later'; then
		echo "spdx: $file: no licence line in the first five lines"
		bad=$((bad + 1))
	fi
done <"$list"
echo "spdx: $(wc -l <"$list") files, $bad without a licence line"
test "$bad" -eq 0
