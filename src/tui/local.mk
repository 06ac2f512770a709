# SPDX-License-Identifier: GPL-3.0-or-later
#
# The terminal interface.  What needs no library is always there, so that a
# configuration file means the same everywhere.
libsmtpscope_a_SOURCES += \
	src/tui/build.h \
	src/tui/canvas.h \
	src/tui/doc.h \
	src/tui/folding.h \
	src/tui/glyph.h \
	src/tui/loglines.h \
	src/tui/sheet.h \
	src/tui/tally.h \
	src/tui/tui.h

if HAVE_TUI
AM_CPPFLAGS += $(CURSES_CFLAGS)
PROGRAM_LIBS += $(CURSES_LIBS) $(UNISTRING_LIBS)
libsmtpscope_a_SOURCES += \
	src/tui/build_answer.c \
	src/tui/build_dashboard.c \
	src/tui/build_finding.c \
	src/tui/build_findings.c \
	src/tui/build_frames.c \
	src/tui/build_ladder.c \
	src/tui/build_transcript.c \
	src/tui/canvas.c \
	src/tui/doc.c \
	src/tui/folding.c \
	src/tui/glyph.c \
	src/tui/loglines.c \
	src/tui/sheet.c \
	src/tui/sheet_words.c \
	src/tui/tally.c
endif
