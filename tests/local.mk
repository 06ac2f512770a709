# SPDX-License-Identifier: GPL-3.0-or-later
#
# What `make check' runs.  Tests of the source text and the objects stand here,
# unit tests in tests/unit/AREA.mk, tests over the traces in tests/trace.mk.
# A test script is run by its #! line; it finds the sources in $srcdir and the
# built files in the current folder.  SMTPSCOPERC is empty, so that nobody's own
# configuration changes a result; see smtpscoperc(5).

TESTS =
TEST_EXTENSIONS = .sh
AM_TESTS_ENVIRONMENT = \
	TZ=UTC LC_ALL=C SMTPSCOPERC= srcdir='$(srcdir)' CC='$(CC)' NM='$(NM)' \
	SCAN_OBJECTS='$(SCAN_OBJECTS)' SMTPSCOPE='./smtpscope$(EXEEXT)' \
	TEST_CPPFLAGS='-I. $(AM_CPPFLAGS) $(CPPFLAGS)' TEST_CFLAGS='$(WARN_CFLAGS)' ; \
	export TZ LC_ALL SMTPSCOPERC srcdir CC NM SCAN_OBJECTS SMTPSCOPE TEST_CPPFLAGS TEST_CFLAGS ;

dist_check_SCRIPTS += tests/layers.sh tests/noglobals.sh tests/headercheck.sh tests/spdx.sh \
	tests/manual.sh tests/listed.sh tests/catalogue.sh
TESTS += tests/layers.sh tests/noglobals.sh tests/headercheck.sh tests/spdx.sh \
	tests/manual.sh tests/listed.sh tests/catalogue.sh

EXTRA_DIST += tests/no-cmocka.sh
if HAVE_CMOCKA
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
include tests/unit/base.mk
include tests/unit/capture.mk
include tests/unit/decode.mk
include tests/unit/stream.mk
include tests/unit/smtp.mk
include tests/unit/store.mk
include tests/unit/report.mk
include tests/unit/export.mk
include tests/unit/mktrace.mk
include tests/unit/program.mk
if HAVE_TUI
include tests/unit/tui.mk
endif
else
TESTS += tests/no-cmocka.sh
endif

include tests/trace.mk
include tests/live/live.mk
include tests/fuzz/fuzz.mk

# One header at a time, for whoever changes one.
.PHONY: headercheck format-check bench bench-reports bench-keys
headercheck:
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/headercheck.sh

format-check:
	@command -v clang-format >/dev/null || { \
		echo 'clang-format not found (Debian: apt-get install clang-format)' >&2; exit 1; }
	@cd $(srcdir) && find src dissectors tests -name '*.[ch]' -print | LC_ALL=C sort | \
		xargs clang-format --dry-run --Werror --style=file

# A measurement, not a test: needs 1 GB of disk, a minute and a quiet machine.
check_PROGRAMS += tests/bench/loadgen
EXTRA_PROGRAMS = tests/bench/measure tests/bench/store
tests_bench_loadgen_SOURCES = tests/bench/loadgen.c tests/bench/dialogue.c tests/bench/dialogue.h \
	tests/bench/wire.c tests/bench/wire.h
tests_bench_loadgen_LDADD = -lm
tests_bench_measure_SOURCES = tests/bench/measure.c
# A million rows of the session list: tests/bench/store.
tests_bench_store_SOURCES = tests/bench/store.c tests/unit/test_store_rows.c \
	tests/unit/test_store_rows.h
tests_bench_store_LDADD = $(PROGRAM_LIBS)
CLEANFILES += $(EXTRA_PROGRAMS)
EXTRA_DIST += tests/bench/bench.sh tests/bench/reports.sh tests/bench/keys.py

bench: smtpscope$(EXEEXT) tests/bench/loadgen$(EXEEXT) $(EXTRA_PROGRAMS)
	SMTPSCOPE='./smtpscope$(EXEEXT)' LOADGEN='tests/bench/loadgen$(EXEEXT)' \
		MEASURE='tests/bench/measure$(EXEEXT)' $(srcdir)/tests/bench/bench.sh

# The time of the incident reports against that of -T jsonl.
bench-reports: smtpscope$(EXEEXT) tests/bench/loadgen$(EXEEXT) $(EXTRA_PROGRAMS)
	SMTPSCOPE='./smtpscope$(EXEEXT)' LOADGEN='tests/bench/loadgen$(EXEEXT)' \
		MEASURE='tests/bench/measure$(EXEEXT)' srcdir='$(srcdir)' \
		$(srcdir)/tests/bench/reports.sh

# Every key of the terminal interface over a million sessions; see CONTRIBUTING.md.
bench-keys: smtpscope$(EXEEXT) tests/bench/loadgen$(EXEEXT)
	SMTPSCOPE='./smtpscope$(EXEEXT)' LOADGEN='tests/bench/loadgen$(EXEEXT)' \
		python3 $(srcdir)/tests/bench/keys.py
