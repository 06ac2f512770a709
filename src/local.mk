# SPDX-License-Identifier: GPL-3.0-or-later
#
# The program.  Its options and its pipeline are in the library, where tests reach them.

libsmtpscope_a_SOURCES += \
	src/analysis.c \
	src/analysis.h \
	src/browse.c \
	src/browse.h \
	src/browse_pcapng.c \
	src/browse_pcapng.h \
	src/browse_save.c \
	src/browse_save.h \
	src/catalogue.c \
	src/catalogue.h \
	src/catalogue_man.c \
	src/optcapture.c \
	src/optcapture.h \
	src/optfile.c \
	src/optfile.h \
	src/opthelp.c \
	src/opthelp.h \
	src/optinput.c \
	src/optinput.h \
	src/options.c \
	src/options.h \
	src/options_table.c \
	src/optrc.c \
	src/optrc.h \
	src/optscreen.c \
	src/optscreen.h \
	src/optset.c \
	src/optset.h \
	src/optvalue.c \
	src/optvalue.h \
	src/lookahead.c \
	src/lookahead.h \
	src/pipeline.c \
	src/pipeline.h \
	src/pipeline_open.c \
	src/pipeline_state.h \
	src/policy.c \
	src/policy.h \
	src/policy_file.c \
	src/progress.c \
	src/progress.h \
	src/reopen.c \
	src/reopen.h \
	src/reopen_frames.c \
	src/reopen_frames.h \
	src/reopen_input.c \
	src/reopen_input.h \
	src/reopen_notes.c \
	src/reopen_notes.h \
	src/reopen_rows.c \
	src/reopen_rows.h \
	src/selection.c \
	src/selection.h

bin_PROGRAMS += smtpscope
smtpscope_SOURCES = src/smtpscope.c
smtpscope_LDADD = $(PROGRAM_LIBS)
