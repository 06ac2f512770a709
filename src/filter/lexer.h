/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lexer - the words and signs of a filter.  Private to src/filter.
 */
#ifndef SMTPSCOPE_FILTER_LEXER_H
#define SMTPSCOPE_FILTER_LEXER_H

#include "filter/value.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_QUOTED, /* text is what stands between the quotes, backslashes and all */
	TOKEN_OP,     /* `op', `negate' */
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_IN,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMMA,
	TOKEN_BAD /* text says what is wrong */
};

struct token {
	enum token_kind kind;
	struct slice text; /* in the expression */
	size_t at;         /* octets before it */
	enum filter_op op;
	bool negate; /* "!=", "!~" */
};

struct lexer {
	struct slice text; /* the whole expression */
	size_t at;         /* octets read */
};

struct token lexer_next(struct lexer *);

#endif
