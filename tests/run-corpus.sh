#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Captures that cannot be shipped, judged by hand: SMTPSCOPE_CORPUS names their
# folder, or they lie in ../shared/corpus beside the sources.  Skipped without them.
# Fails on a false error, a missing finding of the first milestone, or a crash.
set -u
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
corpus=${SMTPSCOPE_CORPUS:-$src/../shared/corpus}
if [ ! -r "$corpus/score.py" ]; then
	echo "corpus: skipped, there is no $corpus/score.py"
	exit 77
fi
command -v python3 >/dev/null 2>&1 || { echo "corpus: skipped, python3 is not installed"; exit 77; }
test -x "$smtpscope" || { echo "corpus: $smtpscope is not built"; exit 99; }

out=$(mktemp) || exit 99
trap 'rm -f "$out"' EXIT
python3 "$corpus/score.py" --bin "$smtpscope" --corpus "$corpus" --tiers star -v >"$out" 2>&1
test $? -le 1 || { tail -n 5 "$out"; exit 1; }
grep -E '^ .*(missing |false error|broken:|session not reported)|^[^ ].*\.json$' "$out" |
	awk '/\.json$/ { file = $0; next } { if (file) print file; file = ""; print }'
tail -n 4 "$out"
# A number that is not there counts as a fault.
number() {
	sed -n "s/.*$1 \\([0-9][0-9]*\\).*/\\1/p" "$out" | tail -n 1
}
test "$(number 'broken')" = 0 && test "$(number 'false errors')" = 0 &&
	test -n "$(number 'must')" && test "$(number 'must')" = "$(number 'found')"
