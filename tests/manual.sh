#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The manual page knows every option of --help, and no other, and every format; the
# pages are correct mdoc where mandoc is installed to tell.  The first example of
# README.md is what the program prints.
set -u
top=${srcdir:-.}
page=$top/man/smtpscope.1
program=$(cd "$(dirname "${SMTPSCOPE:-./smtpscope}")" && pwd)/smtpscope
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

"${SMTPSCOPE:-./smtpscope}" --help >"$work/help" || exit 1
# "  -r, --read-file=FILE  ..." names an option; other lines only mention some.
sed -n 's/^  \(-.,\|   \) --\([a-z-]*\).*/\2/p' "$work/help" | LC_ALL=C sort >"$work/in-help"
sed -n '/^\.It Fl/p' "$page" | grep -o 'Fl -[a-z-]*' | sed 's/^Fl -//' |
	LC_ALL=C sort -u >"$work/in-page"
if [ "$(wc -l <"$work/in-help")" -lt 20 ]; then
	echo 'manual: --help is not of the expected form:'
	head -n 20 "$work/help"
	exit 1
fi

bad=0
LC_ALL=C comm -23 "$work/in-help" "$work/in-page" >"$work/missing"
LC_ALL=C comm -13 "$work/in-help" "$work/in-page" >"$work/extra"
while read -r name; do
	echo "manual: --$name is not in smtpscope(1)"
	bad=$((bad + 1))
done <"$work/missing"
while read -r name; do
	echo "manual: smtpscope(1) has --$name, which --help has not"
	bad=$((bad + 1))
done <"$work/extra"

# "  -T, --format" explains each format that there is.
"$program" --version | sed -n 's/^formats: *//p' | tr ' ' '\n' >"$work/formats"
sed -n '/^\.It Fl T /,/^\.It Fl Y /s/^\.It Cm //p' "$page" >"$work/explained"
[ -s "$work/formats" ] || bad=$((bad + 1))
while read -r name; do
	grep -qx -- "$name" "$work/explained" || {
		echo "manual: smtpscope(1) does not explain -T $name"
		bad=$((bad + 1))
	}
done <"$work/formats"

pages="$page $top/man/smtpscope-jsonl.5 $top/man/smtpscoperc.5"
[ ! -f man/smtpscope-checks.7 ] || pages="$pages man/smtpscope-checks.7"
if command -v mandoc >/dev/null; then
	# shellcheck disable=SC2086 # words on purpose
	if ! mandoc -T lint -W warning $pages >"$work/lint" 2>&1; then
		echo 'manual: mandoc has remarks:'
		cat "$work/lint"
		bad=$((bad + 1))
	fi
else
	echo 'manual: mandoc is not installed: the form of the pages was not looked at'
fi
# The example that README.md begins with is what the program prints.
sed -n '/^<!-- first look: begin/,/^<!-- first look: end/s/^    //p' "$top/README.md" >"$work/look"
command=$(sed -n '1s/^\$ build\/smtpscope //p' "$work/look")
case $command in
*traces/seed1-full.pcap*)
	(cd "$top" && eval "SMTPSCOPERC= '$program' $command") >"$work/looked" || bad=$((bad + 1))
	sed 1d "$work/look" | diff -u - "$work/looked" || {
		echo 'manual: the first example in README.md is not what the program prints'
		bad=$((bad + 1))
	}
	;;
*)
	echo 'manual: README.md has no first example'
	bad=$((bad + 1))
	;;
esac

echo "manual: $(wc -l <"$work/in-help") options, $bad remarks"
test "$bad" -eq 0
