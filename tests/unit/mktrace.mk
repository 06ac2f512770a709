# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/unit/test_mktrace
TESTS += tests/unit/test_mktrace
tests_unit_test_mktrace_SOURCES = tests/unit/test_mktrace.c $(MKTRACE_SOURCES)
tests_unit_test_mktrace_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/mktrace
tests_unit_test_mktrace_LDADD = $(CMOCKA_LIBS)
