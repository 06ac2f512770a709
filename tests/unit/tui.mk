# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unit tests of the area tui.
tui_tests = tests/unit/test_canvas tests/unit/test_keys tests/unit/test_app \
	tests/unit/test_columns tests/unit/test_acks tests/unit/test_row_search \
	tests/unit/test_window
check_PROGRAMS += $(tui_tests)
TESTS += $(tui_tests)
tests_unit_test_acks_SOURCES = tests/unit/test_acks.c
tests_unit_test_acks_LDADD = $(UNIT_LDADD)
tests_unit_test_canvas_SOURCES = tests/unit/test_canvas.c tests/unit/guarded.h
tests_unit_test_canvas_LDADD = $(UNIT_LDADD)
tests_unit_test_columns_SOURCES = tests/unit/test_columns.c $(store_test_rows)
tests_unit_test_columns_LDADD = $(UNIT_LDADD)
tests_unit_test_row_search_SOURCES = tests/unit/test_row_search.c $(store_test_rows)
tests_unit_test_row_search_LDADD = $(UNIT_LDADD)
tests_unit_test_window_SOURCES = tests/unit/test_window.c $(store_test_rows)
tests_unit_test_window_LDADD = $(UNIT_LDADD)
tests_unit_test_keys_SOURCES = tests/unit/test_keys.c
tests_unit_test_keys_LDADD = $(UNIT_LDADD)
tests_unit_test_app_SOURCES = tests/unit/test_app.c tests/unit/test_policy_line.h
tests_unit_test_app_LDADD = $(UNIT_LDADD)

# Documents are built from the scenes that the reporters are tested with.
if HAVE_TUI
check_PROGRAMS += tests/unit/test_build
TESTS += tests/unit/test_build
tests_unit_test_build_SOURCES = tests/unit/test_build.c $(report_test_scene)
tests_unit_test_build_LDADD = $(UNIT_LDADD)
endif
