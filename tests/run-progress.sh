#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Progress on a terminal, and its absence anywhere else; what SIGUSR1 prints.
# tests/progress.py makes the terminals.
set -u
src=$(cd "${srcdir:-.}" && pwd) || exit 99
smtpscope=${SMTPSCOPE:-./smtpscope}
test -x "$smtpscope" || { echo "progress: $smtpscope is not built"; exit 99; }
command -v python3 >/dev/null 2>&1 || { echo "progress: skipped, python3 is not installed"; exit 77; }
exec python3 "$src/tests/progress.py" "$smtpscope" "$src/traces/seed2-both.pcap"
