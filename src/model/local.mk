# SPDX-License-Identifier: GPL-3.0-or-later
#
# The model: what a run, a check and a finding are.

libsmtpscope_a_SOURCES += \
	src/model/finding.c \
	src/model/finding.h \
	src/model/run.h \
	src/model/suppression.c \
	src/model/suppression.h
