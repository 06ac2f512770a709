#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What may never depend on luck while capturing (tests/property.py): the traces with
# a header "property:" are run with each frame left out, doubled, and exchanged with
# its successor.
set -u
top=$(pwd)
src=$(cd "${srcdir:-.}" && pwd) || exit 99
command -v python3 >/dev/null 2>&1 || { echo "property: skipped, python3 is not installed"; exit 77; }
tool() {
	case $1 in /*) echo "$1" ;; *) echo "$top/$1" ;; esac
}
exec python3 "$src/tests/property.py" \
	--smtpscope "$(tool "${SMTPSCOPE:-./smtpscope}")" \
	--mktrace "$(tool "${MKTRACE:-tests/mktrace/mktrace}")" \
	--surgery "$(tool "${PCAPSURGERY:-tests/pcapsurgery}")" \
	"$src/traces" ${T:+"$T"}
