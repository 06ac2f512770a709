# SPDX-License-Identifier: GPL-3.0-or-later
#
# export: captures written with what was found in them.
libsmtpscope_a_SOURCES += \
	src/export/comment.c src/export/comment.h \
	src/export/export.c src/export/export.h \
	src/export/alias.c src/export/alias.h \
	src/export/hide.c src/export/hide.h \
	src/export/hide_header.c src/export/hide_header.h \
	src/export/hold.c src/export/hold.h \
	src/export/keep.c src/export/keep.h \
	src/export/plan.c src/export/plan.h \
	src/export/plan_make.c src/export/plan_span.h \
	src/export/plan_proxy.c \
	src/export/plan_secret.c \
	src/export/plan_tls.c \
	src/export/raw.c src/export/raw.h \
	src/export/wording.c src/export/wording.h \
	src/export/wording_line.c \
	src/export/wording_table.c src/export/wording_table.h \
	src/export/second.c src/export/second.h
