# SPDX-License-Identifier: GPL-3.0-or-later
#
# Fuzz targets.  `make check' runs each once over seeds made from the traces; after
# `./configure --enable-fuzzing CC=clang', `make fuzz' searches on from them, each target
# for FUZZ_SECONDS, and keeps what it finds in fuzz-corpus/.

FUZZ_TARGETS = tests/fuzz/capture tests/fuzz/dialogue tests/fuzz/words
check_PROGRAMS += $(FUZZ_TARGETS)
FUZZ_COMMON = tests/fuzz/fuzz.h tests/fuzz/analyse.c
if !FUZZING
FUZZ_COMMON += tests/fuzz/replay.c
endif
tests_fuzz_capture_SOURCES = tests/fuzz/capture.c $(FUZZ_COMMON)
tests_fuzz_capture_LDADD = $(PROGRAM_LIBS)
tests_fuzz_capture_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_dialogue_SOURCES = tests/fuzz/dialogue.c $(FUZZ_COMMON)
tests_fuzz_dialogue_LDADD = $(PROGRAM_LIBS)
tests_fuzz_dialogue_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_words_SOURCES = tests/fuzz/words.c $(FUZZ_COMMON)
tests_fuzz_words_LDADD = $(PROGRAM_LIBS)
tests_fuzz_words_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)

dist_check_SCRIPTS += tests/run-fuzz.sh
EXTRA_DIST += tests/fuzz/seeds.py
TESTS += tests/run-fuzz.sh

.PHONY: fuzz
fuzz: $(FUZZ_TARGETS) tests/mktrace/mktrace$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) FUZZ_SECONDS="$${FUZZ_SECONDS:-60}" $(SHELL) $(srcdir)/tests/run-fuzz.sh
