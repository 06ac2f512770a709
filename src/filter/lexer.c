/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lexer - see lexer.h.
 *
 * A word goes on to the next blank or sign; "!", "&", "|" and quotes inside it
 * belong to it, as mail addresses and ids have them.  "<>" is a word: the null
 * reverse-path (RFC 5321 4.5.5).
 */
#include "filter/lexer.h"

static const struct {
	const char *sign;
	enum token_kind kind;
	enum filter_op op;
	bool negate;
} signs[] = {
	/* Of those that begin alike the longer one first. */
	{ "<>", TOKEN_WORD, OP_EQUAL, false },
	{ "!=", TOKEN_OP, OP_EQUAL, true },
	{ "!~", TOKEN_OP, OP_LIKE, true },
	{ "<=", TOKEN_OP, OP_LESS_EQUAL, false },
	{ ">=", TOKEN_OP, OP_GREATER_EQUAL, false },
	{ "==", TOKEN_OP, OP_EQUAL, false },
	{ "=", TOKEN_OP, OP_EQUAL, false },
	{ "~", TOKEN_OP, OP_LIKE, false },
	{ "<", TOKEN_OP, OP_LESS, false },
	{ ">", TOKEN_OP, OP_GREATER, false },
	{ "&&", TOKEN_AND, OP_EQUAL, false },
	{ "||", TOKEN_OR, OP_EQUAL, false },
	{ "!", TOKEN_NOT, OP_EQUAL, false },
	{ "(", TOKEN_OPEN, OP_EQUAL, false },
	{ ")", TOKEN_CLOSE, OP_EQUAL, false },
	{ ",", TOKEN_COMMA, OP_EQUAL, false },
};

static const struct {
	const char *word;
	enum token_kind kind;
} keywords[] = {
	{ "and", TOKEN_AND },
	{ "or", TOKEN_OR },
	{ "not", TOKEN_NOT },
	{ "in", TOKEN_IN },
};

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_sign(struct slice rest, struct token *t)
{
	size_t i, n;

	for (i = 0; i < sizeof signs / sizeof signs[0]; i++) {
		n = strlen(signs[i].sign);
		if (rest.n < n || memcmp(rest.p, signs[i].sign, n) != 0)
			continue;
		t->kind = signs[i].kind;
		t->op = signs[i].op;
		t->negate = signs[i].negate;
		t->text = slice_of(rest.p, n);
		return true;
	}
	return false;
}

static struct token
bad(struct token t, const char *why)
{
	t.kind = TOKEN_BAD;
	t.text = slice_str(why);
	return t;
}

static struct token
quoted(struct lexer *l, struct token t, struct slice rest)
{
	size_t i;

	t.kind = TOKEN_QUOTED;
	for (i = 1; i < rest.n && rest.p[i] != rest.p[0]; i++)
		if (rest.p[i] == '\\')
			i++;
	if (i >= rest.n)
		return bad(t, "this quote is not closed");
	t.text = slice_of(rest.p + 1, i - 1);
	l->at += i + 1;
	return t;
}

static bool
is_pair(const uint8_t p[2])
{
	return (p[0] == '!' && (p[1] == '=' || p[1] == '~')) ||
	    (p[0] == p[1] && (p[0] == '&' || p[0] == '|'));
}

static struct token
word(struct lexer *l, struct token t, struct slice rest)
{
	size_t i;

	for (i = 0; i < rest.n && !is_blank(rest.p[i]); i++) {
		if (memchr("()=~<>,", rest.p[i], 7))
			break;
		/* "a!=b" is a comparison and "a&&b" two words; "a!b" and "a&b" are one. */
		if (i + 1 < rest.n && is_pair(rest.p + i))
			break;
		if (rest.p[i] == '\\' && i + 1 < rest.n)
			i++;
		if (rest.p[i] < ' ' || rest.p[i] == 127) {
			t.at += i;
			return bad(t, "a control character");
		}
	}
	t.kind = TOKEN_WORD;
	t.text = slice_of(rest.p, i);
	l->at += i;
	for (i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
		if (slice_caseeq(t.text, keywords[i].word))
			t.kind = keywords[i].kind;
	return t;
}

struct token
lexer_next(struct lexer *l)
{
	struct token t = { .kind = TOKEN_END };
	struct slice rest;

	while (l->at < l->text.n && is_blank(l->text.p[l->at]))
		l->at++;
	t.at = l->at;
	rest = slice_from(l->text, l->at);
	t.text = slice_of(rest.p, 0);
	if (!rest.n)
		return t;
	if (is_sign(rest, &t)) {
		l->at += t.text.n;
		return t;
	}
	if (rest.p[0] == '&' || rest.p[0] == '|')
		return bad(
		    t, rest.p[0] == '&' ? "write \"and\" or \"&&\"" : "write \"or\" or \"||\"");
	if (rest.p[0] == '"' || rest.p[0] == '\'')
		return quoted(l, t, rest);
	return word(l, t, rest);
}
