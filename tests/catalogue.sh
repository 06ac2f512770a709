#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The checks are told of in several places; all of them tell the same.
#
# --list-checks as text, as JSON and smtpscope-checks(7) agree on id, severity,
# kind, culprit and title of every check, in one order; each has a known tier.
# Every check has a trace that makes it speak, ID.trace or, for one that judges
# pasted dialogues, ID.txt; no trace names a check that there is not, by its file
# name or in its headers.  The example of smtpscoperc(5) is accepted.
set -u
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
test -x "$smtpscope" || { echo "catalogue: $smtpscope is not built"; exit 99; }
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
: >"$work/faults"

fault() {
	echo "catalogue: $1" | tee -a "$work/faults"
}

# ---- every form as lines "id|severity|kind|culprit|title" ---------------------

"$smtpscope" --list-checks -T jsonl >"$work/list.jsonl" </dev/null ||
	fault "--list-checks -T jsonl fails"
"$smtpscope" --list-checks >"$work/list.text" </dev/null || fault "--list-checks fails"
# The page that is installed, where there is one: it may be older than the program.
page=man/smtpscope-checks.7
if [ ! -f "$page" ]; then
	page=$work/page
	"$smtpscope" --man-checks >"$page" </dev/null || fault "--man-checks fails"
fi

sed -n -E 's/^\{"id":"([a-z0-9-]+)","title":"(([^"\\]|\\.)+)","phase":"[A-N]","culprit":"([a-z]+)","kind":"([a-z]+)","severity":"([a-z]+)","tier":"(star|core|second|later)",.*\}$/\1|\6|\5|\4|\2/p' \
	"$work/list.jsonl" | sed 's/\\\(["\\]\)/\1/g' >"$work/jsonl"
sed -n -E '2,$s/^([a-z0-9-]+) +([a-z]+) +([a-z]+) +([a-z]+) +(.+)$/\1|\2|\4|\3|\5/p' \
	"$work/list.text" >"$work/text"
awk '
function plain(s) {
	gsub(/\\&/, "", s)
	gsub(/\\-/, "-", s)
	gsub(/\\e/, "\\", s)
	return s
}
/^\.Ss / { id = plain($2); title = ""; heading = 1; next }
/^\.Bl / { heading = 0 }
heading { title = title (title == "" ? "" : " ") plain($0) }
/^\.It Sy Severity$/ {
	getline
	if (match($0, /^[a-z]+; kind: [a-z]+; culprit: [a-z]+$/)) {
		split($0, part, /; (kind|culprit): /)
		print id "|" part[1] "|" part[2] "|" part[3] "|" title
	}
}' "$page" >"$work/page.list"

n=$(wc -l <"$work/list.jsonl")
test "$n" -gt 0 || fault "--list-checks -T jsonl lists nothing"
test "$(wc -l <"$work/jsonl")" -eq "$n" ||
	fault "lines of --list-checks -T jsonl are not of the expected form"
for other in text page.list; do
	cmp -s "$work/jsonl" "$work/$other" && continue
	fault "--list-checks -T jsonl (-) and ${other%.list} (+) differ:"
	diff -u "$work/jsonl" "$work/$other" | sed -n '3,20p'
done
cut -d'|' -f1 "$work/jsonl" | LC_ALL=C sort >"$work/ids"
uniq -d "$work/ids" >"$work/twice"
while read -r id; do
	fault "$id is listed twice"
done <"$work/twice"

# ---- traces -----------------------------------------------------------------

while read -r id; do
	if [ -f "$src/traces/$id.trace" ]; then
		grep -q "^fires: $id@" "$src/traces/$id.trace" ||
			fault "traces/$id.trace does not say \"fires: $id@...\""
	elif [ ! -f "$src/traces/$id.txt" ]; then
		fault "$id has no trace that makes it speak"
	fi
done <"$work/ids"

# NAME ID: from the headers, which end at the first statement, and from the names
# ID-near, ID-more-near and the like with -gap.
for trace in "$src"/traces/*.trace; do
	name=$(basename "$trace" .trace)
	case $name in
	*-near) echo "$name ${name%-near} named" ;;
	*-gap) echo "$name ${name%-gap} named" ;;
	esac
	awk -v name="$name" '
	/^(fires|folds): / { sub(/@.*/, "", $2); print name, $2; next }
	/^(silent|absent|may|gap-of): / { for (i = 2; i <= NF; i++) print name, $i; next }
	!/^(#|[a-z-]+: |$)/ { exit }' "$trace"
done >"$work/named"
test -s "$work/named" || fault "no trace names a check"
awk '
function begins_with_id(s) {
	while (!(s in known))
		if (!sub(/-[^-]*$/, "", s))
			return 0
	return 1
}
NR == FNR { known[$1]; next }
!($2 in known) && !($3 == "named" && begins_with_id($1)) { print $1, $2 }' \
	"$work/ids" "$work/named" >"$work/strange"
while read -r name id; do
	fault "traces/$name.trace names the check $id, which there is not"
done <"$work/strange"

# ---- the example of the configuration file ----------------------------------

sed -n '/^\.Bd -literal/,/^\.Ed/{/^\./!p;}' "$src/man/smtpscoperc.5" | sed 's/\\-/-/g' \
	>"$work/smtpscoperc"
grep -q '^suppress ' "$work/smtpscoperc" || fault "smtpscoperc(5) has no example"
SMTPSCOPERC='' "$smtpscope" --config="$work/smtpscoperc" --fail-on=none \
	-r "$src/traces/seed1-full.pcap" >"$work/out" 2>"$work/err" </dev/null ||
	fault "the example of smtpscoperc(5) is refused: $(head -n 1 "$work/err")"

bad=$(wc -l <"$work/faults")
echo "catalogue: $((n)) checks, $(wc -l <"$work/named") names in traces, $((bad)) faults"
test "$bad" -eq 0
