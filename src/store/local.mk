# SPDX-License-Identifier: GPL-3.0-or-later
libsmtpscope_a_SOURCES += \
	src/store/listing.h \
	src/store/row.h \
	src/store/store.h
