# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unit tests of the area base.

check_PROGRAMS += tests/unit/test_base_text tests/unit/test_base_memory \
	tests/unit/test_base_output
TESTS += tests/unit/test_base_text tests/unit/test_base_memory \
	tests/unit/test_base_output
tests_unit_test_base_text_SOURCES = tests/unit/test_base_text.c tests/unit/guarded.h
tests_unit_test_base_text_LDADD = $(UNIT_LDADD)
tests_unit_test_base_memory_SOURCES = tests/unit/test_base_memory.c
tests_unit_test_base_memory_LDADD = $(UNIT_LDADD)
tests_unit_test_base_output_SOURCES = tests/unit/test_base_output.c
tests_unit_test_base_output_LDADD = $(UNIT_LDADD)
