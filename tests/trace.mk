# SPDX-License-Identifier: GPL-3.0-or-later
#
# Tests over the traces: mktrace and the tools beside it, and the scripts that
# judge the program by them.  traces/README describes the language and the
# headers.  The tools share no code with the program.

MKTRACE_SOURCES = tests/mktrace/mktrace.h tests/mktrace/buf.c tests/mktrace/conn.c \
	tests/mktrace/frame.c tests/mktrace/mods.c tests/mktrace/pcap.c tests/mktrace/random.c \
	tests/mktrace/script.c tests/mktrace/statement.c tests/mktrace/text.c

TRACE_TOOLS = tests/mktrace/mktrace tests/pcapsurgery tests/mutate tests/reopen tests/browse
check_PROGRAMS += $(TRACE_TOOLS)
tests_mktrace_mktrace_SOURCES = tests/mktrace/mktrace.c $(MKTRACE_SOURCES)
tests_pcapsurgery_SOURCES = tests/pcapsurgery.c
tests_pcapsurgery_LDADD = $(PCAP_LIBS)
tests_mutate_SOURCES = tests/mutate.c
tests_reopen_SOURCES = tests/reopen.c
tests_reopen_LDADD = $(PROGRAM_LIBS)
tests_browse_SOURCES = tests/browse.c
tests_browse_LDADD = $(PROGRAM_LIBS)

TRACE_TESTS = tests/run-golden.sh tests/run-engines.sh tests/run-property.sh \
	tests/run-mutations.sh tests/run-tshark.sh tests/run-corpus.sh tests/run-report.sh tests/run-transcripts.sh \
	tests/run-statistics.sh tests/run-filter.sh tests/run-progress.sh \
	tests/run-threads.sh tests/run-reopen.sh tests/run-long.sh
TRACE_TESTS += tests/run-redaction.sh
EXTRA_DIST += tests/redaction.py
TRACE_TESTS += tests/run-planted.sh
EXTRA_DIST += tests/planted.py
dist_check_SCRIPTS += $(TRACE_TESTS)
TESTS += $(TRACE_TESTS)

# What the terminal interface shows of the traces.
dist_check_SCRIPTS += tests/run-documents.sh tests/run-tui.sh tests/run-screen.sh tests/run-seeds.sh tests/tour.sh
if HAVE_TUI
check_PROGRAMS += tests/showdoc
TESTS += tests/run-documents.sh tests/run-tui.sh tests/run-screen.sh tests/run-seeds.sh tests/tour.sh
tests_showdoc_SOURCES = tests/showdoc.c
tests_showdoc_LDADD = $(PROGRAM_LIBS)
endif
MOSTLYCLEANFILES += tests/failed-*.pcap
EXTRA_DIST += tests/filter.py tests/screen.py tests/judge.py tests/property.py tests/report.py tests/transcripts.py \
	tests/statistics.py tests/statistics tests/progress.py tests/expect traces

# The tests are slow because of their number; the long run is for a machine at night.
.PHONY: update-golden check-long tour
update-golden: smtpscope$(EXEEXT) $(check_PROGRAMS)
	@$(AM_TESTS_ENVIRONMENT) UPDATE=1 T='$(T)' R='$(R)' $(srcdir)/tests/run-golden.sh
	@$(AM_TESTS_ENVIRONMENT) UPDATE=1 T='$(T)' R='$(R)' $(srcdir)/tests/run-documents.sh || \
		test $$? -eq 77
	@test -n '$(T)$(R)' || { $(AM_TESTS_ENVIRONMENT) \
		UPDATE=1 $(srcdir)/tests/run-statistics.sh; }
	@test -n '$(T)$(R)' || { $(AM_TESTS_ENVIRONMENT) \
		UPDATE=1 $(srcdir)/tests/run-tui.sh || test $$? -eq 77; }

check-long: smtpscope$(EXEEXT) $(check_PROGRAMS)
	@$(AM_TESTS_ENVIRONMENT) RANDOM_TRACES=1000 $(srcdir)/tests/run-engines.sh
	@$(AM_TESTS_ENVIRONMENT) MUTATIONS=2000 $(srcdir)/tests/run-mutations.sh

# The terminal interface at three sizes, with the memory watched.
tour: smtpscope$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) TOUR=long $(srcdir)/tests/tour.sh

# Captures that the program writes.
dist_check_SCRIPTS += tests/run-export.sh
TESTS += tests/run-export.sh
EXTRA_DIST += tests/export.py
