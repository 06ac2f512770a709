# SPDX-License-Identifier: GPL-3.0-or-later
#
# base: slices, memory, text; no knowledge of packets or mail.
libsmtpscope_a_SOURCES += \
	src/base/arena.c src/base/arena.h \
	src/base/budget.h \
	src/base/error.c src/base/error.h \
	src/base/escape.c src/base/escape.h \
	src/base/mem.c src/base/mem.h \
	src/base/output.c src/base/output.h \
	src/base/privilege.c src/base/privilege.h \
	src/base/queue.h \
	src/base/sbuf.c src/base/sbuf.h \
	src/base/slice.h \
	src/base/timefmt.c src/base/timefmt.h
