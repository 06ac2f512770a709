# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unit tests of the area program.

check_PROGRAMS += tests/unit/test_options tests/unit/test_opttable
TESTS += tests/unit/test_options tests/unit/test_opttable
tests_unit_test_options_SOURCES = tests/unit/test_options.c
tests_unit_test_options_LDADD = $(UNIT_LDADD)
tests_unit_test_opttable_SOURCES = tests/unit/test_opttable.c
tests_unit_test_opttable_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/test_catalogue
TESTS += tests/unit/test_catalogue
tests_unit_test_catalogue_SOURCES = tests/unit/test_catalogue.c
tests_unit_test_catalogue_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/test_policy tests/unit/test_optrc
TESTS += tests/unit/test_policy tests/unit/test_optrc
tests_unit_test_optrc_SOURCES = tests/unit/test_optrc.c tests/unit/test_policy_line.h
tests_unit_test_optrc_LDADD = $(UNIT_LDADD)
tests_unit_test_policy_SOURCES = tests/unit/test_policy.c tests/unit/test_policy_line.h
tests_unit_test_policy_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/test_progress
TESTS += tests/unit/test_progress
tests_unit_test_progress_SOURCES = tests/unit/test_progress.c
tests_unit_test_progress_LDADD = $(UNIT_LDADD)
