# SPDX-License-Identifier: GPL-3.0-or-later
#
# Tests of the program as a command, and of live capture; the latter skip themselves where
# they may not capture.

dist_check_SCRIPTS += tests/live/cli.sh tests/live/live.sh tests/live/postfix.sh
EXTRA_DIST += tests/live/common.sh tests/live/peers.py tests/live/compare.py
TESTS += tests/live/cli.sh tests/live/live.sh tests/live/postfix.sh
