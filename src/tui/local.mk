# SPDX-License-Identifier: GPL-3.0-or-later
#
# The terminal interface.  What needs no library is always there, so that a
# configuration file means the same everywhere.
libsmtpscope_a_SOURCES += \
	src/tui/build.h \
	src/tui/canvas.h \
	src/tui/doc.h \
	src/tui/glyph.h \
	src/tui/tui.h

if HAVE_TUI
AM_CPPFLAGS += $(CURSES_CFLAGS)
PROGRAM_LIBS += $(CURSES_LIBS) $(UNISTRING_LIBS)
libsmtpscope_a_SOURCES += \
	src/tui/canvas.c \
	src/tui/doc.c \
	src/tui/glyph.c
endif
