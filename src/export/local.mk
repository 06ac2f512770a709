# SPDX-License-Identifier: GPL-3.0-or-later
#
# export: captures written with what was found in them.
libsmtpscope_a_SOURCES += \
	src/export/comment.c src/export/comment.h \
	src/export/export.c src/export/export.h \
	src/export/keep.c src/export/keep.h \
	src/export/second.c src/export/second.h
