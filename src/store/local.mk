# SPDX-License-Identifier: GPL-3.0-or-later
libsmtpscope_a_SOURCES += \
	src/store/evict.c \
	src/store/listing.c \
	src/store/listing.h \
	src/store/making.c \
	src/store/making.h \
	src/store/making_state.h \
	src/store/making_text.c \
	src/store/pack.c \
	src/store/pool.c \
	src/store/pool.h \
	src/store/row.c \
	src/store/row.h \
	src/store/rows.h \
	src/store/sorter.c \
	src/store/sorter.h \
	src/store/sortkey.c \
	src/store/sortkey.h \
	src/store/store.c \
	src/store/store.h
