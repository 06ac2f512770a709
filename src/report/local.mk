# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sources of src/report.
libsmtpscope_a_SOURCES += \
	src/report/base64.c src/report/base64.h \
	src/report/common.c src/report/common.h \
	src/report/community_id.c src/report/community_id.h \
	src/report/dialogue.c src/report/dialogue.h \
	src/report/finding_text.c src/report/finding_text.h \
	src/report/frame.c src/report/frame.h \
	src/report/json.c src/report/json.h \
	src/report/jsonl.c src/report/jsonl.h \
	src/report/jsonl_flow.c \
	src/report/jsonl_mail.c \
	src/report/jsonl_stats.c \
	src/report/outcome.c \
	src/report/pieces.c src/report/pieces.h \
	src/report/reporter.h \
	src/report/reporters.c \
	src/report/summary.c src/report/summary.h \
	src/report/summary_run.c \
	src/report/tcpline.c src/report/tcpline.h \
	src/report/text.c \
	src/report/text_state.c src/report/text_state.h \
	src/report/transcript.c
