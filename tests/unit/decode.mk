# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unit tests of the area decode.
decode_tests = tests/unit/test_decode tests/unit/test_decode_other tests/unit/test_decode_tcp \
	tests/unit/test_decode_frag tests/unit/test_decode_fraglimit
check_PROGRAMS += $(decode_tests)
TESTS += $(decode_tests)
decode_test_frame = tests/unit/guarded.h tests/unit/test_decode_check.h \
	tests/unit/test_decode_frame.c tests/unit/test_decode_frame.h
decode_test_bench = $(decode_test_frame) tests/unit/test_decode_bench.c \
	tests/unit/test_decode_bench.h
tests_unit_test_decode_SOURCES = tests/unit/test_decode.c $(decode_test_frame)
tests_unit_test_decode_LDADD = $(UNIT_LDADD)
tests_unit_test_decode_other_SOURCES = tests/unit/test_decode_other.c $(decode_test_frame)
tests_unit_test_decode_other_LDADD = $(UNIT_LDADD)
tests_unit_test_decode_tcp_SOURCES = tests/unit/test_decode_tcp.c $(decode_test_frame)
tests_unit_test_decode_tcp_LDADD = $(UNIT_LDADD)
tests_unit_test_decode_frag_SOURCES = tests/unit/test_decode_frag.c $(decode_test_bench)
tests_unit_test_decode_frag_LDADD = $(UNIT_LDADD)
tests_unit_test_decode_fraglimit_SOURCES = tests/unit/test_decode_fraglimit.c $(decode_test_bench)
tests_unit_test_decode_fraglimit_LDADD = $(UNIT_LDADD)
