# SPDX-License-Identifier: GPL-3.0-or-later
libsmtpscope_a_SOURCES += \
	src/tui/build.h \
	src/tui/canvas.h \
	src/tui/doc.h \
	src/tui/tui.h
