#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The terminal interface on terminals that tests/screen.py makes: what reaches them, and
# that they are left as they were.
set -u
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
test -x "$smtpscope" || { echo "screen: $smtpscope is not built"; exit 99; }
command -v python3 >/dev/null 2>&1 || { echo 'screen: skipped, python3 is not installed'; exit 77; }
[ "$(LC_ALL=C.UTF-8 locale charmap 2>/dev/null)" = UTF-8 ] ||
	{ echo 'screen: skipped, there is no locale C.UTF-8'; exit 77; }
exec python3 "$src/tests/screen.py" "$smtpscope" "$src/traces"
