# SPDX-License-Identifier: GPL-3.0-or-later
#
# Unit tests of the area report.
check_PROGRAMS += tests/unit/test_report_text tests/unit/test_report_transcript \
	tests/unit/test_report_jsonl
TESTS += tests/unit/test_report_text tests/unit/test_report_transcript \
	tests/unit/test_report_jsonl
report_test_scene = tests/unit/test_report_scene.c tests/unit/test_report_scene.h
tests_unit_test_report_text_SOURCES = tests/unit/test_report_text.c $(report_test_scene)
tests_unit_test_report_text_LDADD = $(UNIT_LDADD)
tests_unit_test_report_transcript_SOURCES = tests/unit/test_report_transcript.c \
	$(report_test_scene)
tests_unit_test_report_transcript_LDADD = $(UNIT_LDADD)
# jansson reads back what our own writer wrote.
tests_unit_test_report_jsonl_SOURCES = tests/unit/test_report_jsonl.c $(report_test_scene)
tests_unit_test_report_jsonl_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/test_incident tests/unit/test_incident_redact \
	tests/unit/test_incident_text
TESTS += tests/unit/test_incident tests/unit/test_incident_redact tests/unit/test_incident_text
tests_unit_test_incident_SOURCES = tests/unit/test_incident.c $(report_test_scene)
tests_unit_test_incident_LDADD = $(UNIT_LDADD)
tests_unit_test_incident_redact_SOURCES = tests/unit/test_incident_redact.c $(report_test_scene)
tests_unit_test_incident_redact_LDADD = $(UNIT_LDADD)
tests_unit_test_incident_text_SOURCES = tests/unit/test_incident_text.c $(report_test_scene)
tests_unit_test_incident_text_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/test_statistics
TESTS += tests/unit/test_statistics
tests_unit_test_statistics_SOURCES = tests/unit/test_statistics.c
tests_unit_test_statistics_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/test_compare
TESTS += tests/unit/test_compare
tests_unit_test_compare_SOURCES = tests/unit/test_compare.c $(report_test_scene)
tests_unit_test_compare_LDADD = $(UNIT_LDADD)
