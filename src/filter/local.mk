# SPDX-License-Identifier: GPL-3.0-or-later
libsmtpscope_a_SOURCES += \
	src/filter/filter.h
