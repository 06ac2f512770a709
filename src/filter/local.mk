# SPDX-License-Identifier: GPL-3.0-or-later
libsmtpscope_a_SOURCES += \
	src/filter/eval.c \
	src/filter/expr.h \
	src/filter/fields.c \
	src/filter/fields.h \
	src/filter/fields_words.c \
	src/filter/filter.c \
	src/filter/filter.h \
	src/filter/filter_help.c \
	src/filter/lexer.c \
	src/filter/lexer.h \
	src/filter/pattern.c \
	src/filter/sieve.c \
	src/filter/sieve.h \
	src/filter/value.c \
	src/filter/value.h \
	src/filter/value_time.c \
	src/filter/word_sieve.c
