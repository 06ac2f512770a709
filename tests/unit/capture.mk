# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unit tests of the area capture.

check_PROGRAMS += tests/unit/test_capture_file \
	tests/unit/test_capture_refuse \
	tests/unit/test_capture_merge \
	tests/unit/test_capture_write \
	tests/unit/test_capture_live
TESTS += tests/unit/test_capture_file \
	tests/unit/test_capture_refuse \
	tests/unit/test_capture_merge \
	tests/unit/test_capture_write \
	tests/unit/test_capture_live

tests_unit_test_capture_file_SOURCES = tests/unit/test_capture_file.c tests/unit/test_capture_files.h
tests_unit_test_capture_file_LDADD = $(UNIT_LDADD)
tests_unit_test_capture_refuse_SOURCES = tests/unit/test_capture_refuse.c tests/unit/test_capture_files.h
tests_unit_test_capture_refuse_LDADD = $(UNIT_LDADD)
tests_unit_test_capture_merge_SOURCES = tests/unit/test_capture_merge.c tests/unit/test_capture_files.h
tests_unit_test_capture_merge_LDADD = $(UNIT_LDADD)
tests_unit_test_capture_write_SOURCES = tests/unit/test_capture_write.c tests/unit/test_capture_files.h
tests_unit_test_capture_write_LDADD = $(UNIT_LDADD)
tests_unit_test_capture_live_SOURCES = tests/unit/test_capture_live.c tests/unit/test_capture_files.h
tests_unit_test_capture_live_LDADD = $(UNIT_LDADD)
