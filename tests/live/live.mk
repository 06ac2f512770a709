# SPDX-License-Identifier: GPL-3.0-or-later
#
# Tests of the program as a command, and of live capture; the latter skip themselves where
# they may not capture.

dist_check_SCRIPTS += tests/live/cli.sh tests/live/live.sh tests/live/postfix.sh
EXTRA_DIST += tests/live/common.sh tests/live/peers.py tests/live/compare.py
TESTS += tests/live/cli.sh tests/live/live.sh tests/live/postfix.sh

# The terminal interface while packets come in fast: briefly as a test, and in earnest.
check_PROGRAMS += tests/live/flood
tests_live_flood_SOURCES = tests/live/flood.c
tests_live_flood_LDADD = $(PCAP_LIBS)
dist_check_SCRIPTS += tests/live/screen.sh
if HAVE_TUI
TESTS += tests/live/screen.sh
endif
.PHONY: bench-live
bench-live: smtpscope$(EXEEXT) tests/live/flood$(EXEEXT) tests/bench/loadgen$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) FLOOD_SESSIONS=7000 FLOOD_RATE=20000 $(srcdir)/tests/live/screen.sh
