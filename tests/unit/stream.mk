# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unit tests of src/stream.
check_PROGRAMS += \
	tests/unit/test_ledger \
	tests/unit/test_stream \
	tests/unit/test_stream_limits \
	tests/unit/test_stream_parts \
	tests/unit/test_stream_random
TESTS += \
	tests/unit/test_ledger \
	tests/unit/test_stream \
	tests/unit/test_stream_limits \
	tests/unit/test_stream_parts \
	tests/unit/test_stream_random

tests_unit_test_ledger_SOURCES = tests/unit/test_ledger.c
tests_unit_test_ledger_LDADD = $(UNIT_LDADD)
tests_unit_test_stream_SOURCES = \
	tests/unit/test_stream.c \
	tests/unit/test_stream_check.c \
	tests/unit/test_stream_script.c tests/unit/test_stream_script.h
tests_unit_test_stream_LDADD = $(UNIT_LDADD)
tests_unit_test_stream_limits_SOURCES = \
	tests/unit/test_stream_limits.c \
	tests/unit/test_stream_check.c \
	tests/unit/test_stream_script.c tests/unit/test_stream_script.h
tests_unit_test_stream_limits_LDADD = $(UNIT_LDADD)
tests_unit_test_stream_parts_SOURCES = tests/unit/test_stream_parts.c
tests_unit_test_stream_parts_LDADD = $(UNIT_LDADD)
tests_unit_test_stream_random_SOURCES = tests/unit/test_stream_random.c
tests_unit_test_stream_random_LDADD = $(UNIT_LDADD)
