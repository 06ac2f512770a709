#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A transcript that the program wrote says the same as the packets it was made of,
# less what needs TCP (tests/transcripts.py).
#
# make check sets $srcdir and $SMTPSCOPE; the current folder is the build folder.
set -u
smtpscope=${SMTPSCOPE:-./smtpscope}
case $smtpscope in /*) ;; *) smtpscope=$(pwd)/$smtpscope ;; esac
test -x "$smtpscope" || { echo "transcripts: $smtpscope is not built"; exit 99; }
command -v python3 >/dev/null 2>&1 || { echo "transcripts: python3 is not installed"; exit 77; }
exec python3 "${srcdir:-.}/tests/transcripts.py" "$smtpscope" "${srcdir:-.}/traces"
