# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unit tests of the areas store and filter.
check_PROGRAMS += tests/unit/test_store tests/unit/test_listing tests/unit/test_pool \
	tests/unit/test_sorter
TESTS += tests/unit/test_store tests/unit/test_listing tests/unit/test_pool tests/unit/test_sorter
store_test_rows = tests/unit/test_store_rows.c tests/unit/test_store_rows.h
tests_unit_test_store_SOURCES = tests/unit/test_store.c $(store_test_rows)
tests_unit_test_store_LDADD = $(UNIT_LDADD)
tests_unit_test_sorter_SOURCES = tests/unit/test_sorter.c
tests_unit_test_sorter_LDADD = $(UNIT_LDADD)
tests_unit_test_pool_SOURCES = tests/unit/test_pool.c
tests_unit_test_pool_LDADD = $(UNIT_LDADD)
tests_unit_test_listing_SOURCES = tests/unit/test_listing.c $(store_test_rows)
tests_unit_test_listing_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/test_filter tests/unit/test_filter_text
TESTS += tests/unit/test_filter tests/unit/test_filter_text
tests_unit_test_filter_SOURCES = tests/unit/test_filter.c $(store_test_rows)
tests_unit_test_filter_LDADD = $(UNIT_LDADD)
tests_unit_test_filter_text_SOURCES = tests/unit/test_filter_text.c $(store_test_rows)
tests_unit_test_filter_text_LDADD = $(UNIT_LDADD)
