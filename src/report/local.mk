# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sources of src/report.
libsmtpscope_a_SOURCES += \
	src/report/base64.c src/report/base64.h \
	src/report/common.c src/report/common.h \
	src/report/community_id.c src/report/community_id.h \
	src/report/compare.c src/report/compare.h \
	src/report/compare_cohort.c \
	src/report/compare_parts.h \
	src/report/compare_sample.c \
	src/report/compare_section.c \
	src/report/compare_text.c \
	src/report/compare_words.c \
	src/report/csv.c src/report/csv.h \
	src/report/dialogue.c src/report/dialogue.h \
	src/report/dialogue_words.c \
	src/report/document.c src/report/document.h \
	src/report/document_incident.c \
	src/report/evidence.c src/report/evidence.h \
	src/report/evidence_step.c \
	src/report/evidence_steps.c \
	src/report/finding_text.c src/report/finding_text.h \
	src/report/folding.c src/report/folding.h \
	src/report/frame.c src/report/frame.h \
	src/report/frame_part.c \
	src/report/histogram.c src/report/histogram.h \
	src/report/html.c src/report/html.h \
	src/report/html_exchange.c \
	src/report/html_incident.c \
	src/report/html_script.c \
	src/report/html_style.c \
	src/report/html_text.c src/report/html_text.h \
	src/report/html_timeline.c \
	src/report/html_trust.c \
	src/report/incident.c src/report/incident.h \
	src/report/incident_advice.c \
	src/report/incident_words.c \
	src/report/json.c src/report/json.h \
	src/report/json_scan.c src/report/json_scan.h \
	src/report/jsonl.c src/report/jsonl.h \
	src/report/jsonl_flow.c \
	src/report/jsonl_mail.c \
	src/report/jsonl_stats.c \
	src/report/keep.c src/report/keep.h \
	src/report/ladder.c src/report/ladder.h \
	src/report/ladder_mermaid.c \
	src/report/ladder_report.c \
	src/report/ladder_session.c \
	src/report/ladder_svg.c \
	src/report/markdown.c src/report/markdown.h \
	src/report/markdown_incident.c \
	src/report/markdown_text.c src/report/markdown_text.h \
	src/report/outcome.c \
	src/report/pieces.c src/report/pieces.h \
	src/report/redact.c src/report/redact.h \
	src/report/redact_address.c src/report/redact_parts.h \
	src/report/redact_names.c src/report/redact_names.h \
	src/report/redact_private.c \
	src/report/redact_text.c \
	src/report/reporter.h \
	src/report/reporters.c \
	src/report/sarif.c \
	src/report/step.h \
	src/report/statistics.c src/report/statistics.h \
	src/report/statistics_capture.c \
	src/report/statistics_compare.c \
	src/report/statistics_dialogue.c \
	src/report/statistics_findings.c \
	src/report/statistics_mail.c \
	src/report/statistics_peers.c \
	src/report/statistics_tls.c \
	src/report/summary.c src/report/summary.h \
	src/report/summary_incidents.c \
	src/report/summary_run.c \
	src/report/table.c src/report/table.h \
	src/report/table_lines.c src/report/table_lines.h \
	src/report/tally.c src/report/tally.h \
	src/report/tcpline.c src/report/tcpline.h \
	src/report/tlsline.c src/report/tlsline.h \
	src/report/text.c \
	src/report/text_state.c src/report/text_state.h \
	src/report/timeline.c src/report/timeline.h \
	src/report/transcript.c \
	src/report/trust.c src/report/trust.h
