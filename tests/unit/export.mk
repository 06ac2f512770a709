# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unit tests of the area export.

check_PROGRAMS += tests/unit/test_alias tests/unit/test_wording tests/unit/test_plan_tls
TESTS += tests/unit/test_alias tests/unit/test_wording tests/unit/test_plan_tls

tests_unit_test_alias_SOURCES = tests/unit/test_alias.c
tests_unit_test_alias_LDADD = $(UNIT_LDADD)
tests_unit_test_wording_SOURCES = tests/unit/test_wording.c
tests_unit_test_wording_LDADD = $(UNIT_LDADD)
tests_unit_test_plan_tls_SOURCES = tests/unit/test_plan_tls.c tests/unit/guarded.h
tests_unit_test_plan_tls_LDADD = $(UNIT_LDADD)
