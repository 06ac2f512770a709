# SPDX-License-Identifier: GPL-3.0-or-later
#
# The terminal interface.  What needs no library is always there, so that a
# configuration file means the same everywhere.
libsmtpscope_a_SOURCES += \
	src/tui/acks.c src/tui/acks.h \
	src/tui/action.c src/tui/action.h \
	src/tui/board.h \
	src/tui/build.h \
	src/tui/canvas.h \
	src/tui/column_layout.c \
	src/tui/column_words.c src/tui/column_words.h \
	src/tui/columns.c src/tui/columns.h \
	src/tui/doc.h \
	src/tui/glyph.h \
	src/tui/key.c src/tui/key.h \
	src/tui/keymap.c src/tui/keymap.h \
	src/tui/loglines.h \
	src/tui/sheet.h \
	src/tui/span.h \
	src/tui/tally.c src/tui/tally.h \
	src/tui/theme.c src/tui/theme.h \
	src/tui/tui.h \
	src/tui/window.c src/tui/window.h

if HAVE_TUI
AM_CPPFLAGS += $(CURSES_CFLAGS)
PROGRAM_LIBS += $(CURSES_LIBS) $(UNISTRING_LIBS)

# Canvas and documents.
libsmtpscope_a_SOURCES += \
	src/tui/board_statistics.c \
	src/tui/board_tables.c \
	src/tui/board_time.c \
	src/tui/board_window.c \
	src/tui/build_answer.c \
	src/tui/build_dashboard.c \
	src/tui/build_finding.c \
	src/tui/build_findings.c \
	src/tui/build_frame.c \
	src/tui/build_frames.c \
	src/tui/build_ladder.c \
	src/tui/build_octets.c \
	src/tui/build_transcript.c \
	src/tui/canvas.c \
	src/tui/doc.c \
	src/tui/glyph.c \
	src/tui/loglines.c \
	src/tui/sheet.c \
	src/tui/sheet_evidence.c \
	src/tui/sheet_findings.c \
	src/tui/sheet_words.c \
	src/tui/span.c

# Views, keys and the loop.
libsmtpscope_a_SOURCES += \
	src/tui/acts.c \
	src/tui/app.c src/tui/app.h \
	src/tui/ask.c \
	src/tui/bars.c \
	src/tui/clearing.c \
	src/tui/command.c src/tui/command.h \
	src/tui/copy.c \
	src/tui/copy_finding.c \
	src/tui/dashboard.c \
	src/tui/help.c \
	src/tui/keyboard.c src/tui/keyboard.h \
	src/tui/list.c src/tui/list.h \
	src/tui/list_answer.c src/tui/list_answer.h \
	src/tui/list_draw.c \
	src/tui/list_search.c \
	src/tui/row_search.c src/tui/row_search.h \
	src/tui/loop.c \
	src/tui/marks.c src/tui/marks.h \
	src/tui/patience.c src/tui/patience.h \
	src/tui/pager.c src/tui/pager.h \
	src/tui/pager_octets.c \
	src/tui/pager_cells.c \
	src/tui/pager_pane.c \
	src/tui/pager_span.c \
	src/tui/pager_views.c \
	src/tui/piping.c \
	src/tui/prompt.c src/tui/prompt.h \
	src/tui/saving.c \
	src/tui/screen.c src/tui/screen.h \
	src/tui/search.c src/tui/search.h \
	src/tui/settings.c \
	src/tui/shell.c src/tui/shell.h \
	src/tui/shell_user.c \
	src/tui/suppressing.c \
	src/tui/signals.c src/tui/signals.h \
	src/tui/tty.c src/tui/tty.h
endif
