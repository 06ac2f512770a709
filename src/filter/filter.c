/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter - the parser: recursive descent, one function for each line of
 *
 *	or    = and { "or" and }
 *	and   = not { "and" not }
 *	not   = { "not" } term
 *	term  = "(" or ")" | field op value | field ["not"] "in" "(" value { "," value } ")"
 *	      | flag | word
 *
 * The first error ends it: the parser then only goes back.  Depth and length have
 * limits, so that neither the stack nor the memory depends on what is typed.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "filter/lexer.h"
#include "filter/sieve.h"

struct parser {
	struct lexer lexer;
	struct token t; /* the next one */
	struct expr *e;
	unsigned depth;
	bool failed;
	size_t at; /* octets before the mistake */
	struct error *err;
};

#define SHOWN(word) (int)((word).n < 60 ? (word).n : 60), (const char *)(word).p

/* The first mistake counts: false if there was one before. */
static bool
fail_at(struct parser *p, size_t at)
{
	if (p->failed)
		return false;
	p->failed = true;
	p->at = at;
	return true;
}

static void
next(struct parser *p)
{
	p->t = lexer_next(&p->lexer);
	if (p->t.kind == TOKEN_BAD && fail_at(p, p->t.at))
		error_set(p->err, "%.*s", SHOWN(p->t.text));
}

static bool
is_text(const struct token *t)
{
	return t->kind == TOKEN_WORD || t->kind == TOKEN_QUOTED;
}

static uint32_t
add_node(struct parser *p, enum node_kind kind)
{
	struct expr *e = p->e;

	if (e->nnodes == e->capnodes) {
		e->capnodes = e->capnodes ? e->capnodes * 2 : 8;
		e->node = xreallocarray(e->node, e->capnodes, sizeof *e->node);
	}
	e->node[e->nnodes] = (struct node){ .kind = kind, .value = (uint32_t)e->nvalues };
	return (uint32_t)e->nnodes++;
}

static struct value *
add_value(struct parser *p, uint32_t test)
{
	struct expr *e = p->e;

	if (e->nvalues == e->capvalues) {
		e->capvalues = e->capvalues ? e->capvalues * 2 : 8;
		e->value = xreallocarray(e->value, e->capvalues, sizeof *e->value);
	}
	e->node[test].nvalues++;
	memset(&e->value[e->nvalues], 0, sizeof *e->value);
	return &e->value[e->nvalues++];
}

/* What the parser wanted to see instead of the next token. */
static void
expected(struct parser *p, const char *what)
{
	if (!fail_at(p, p->t.at))
		return;
	if (p->t.kind == TOKEN_END)
		error_set(p->err, "%s is missing at the end", what);
	else
		error_set(p->err, "%s is missing before \"%.*s\"", what, SHOWN(p->t.text));
}

static void
parse_value(struct parser *p, uint32_t test, const struct field *f, enum filter_op op)
{
	struct error err;
	struct value *v;

	if (!is_text(&p->t)) {
		expected(p, "a value");
		return;
	}
	v = add_value(p, test);
	if (!value_make(p->e, v, f, op, p->t.text, &err)) {
		if (fail_at(p, p->t.at))
			*p->err = err;
		return;
	}
	next(p);
}

/* What follows "in". */
static void
parse_list(struct parser *p, uint32_t test, const struct field *f)
{
	if (p->t.kind != TOKEN_OPEN) {
		expected(p, "\"(\"");
		return;
	}
	do {
		next(p);
		parse_value(p, test, f, OP_EQUAL);
	} while (!p->failed && p->t.kind == TOKEN_COMMA);
	if (!p->failed && p->t.kind != TOKEN_CLOSE)
		expected(p, "\",\" or \")\"");
	if (!p->failed)
		next(p);
}

static void
unknown_field(struct parser *p, const struct token *name)
{
	const char *near = field_nearest(name->text);

	if (!fail_at(p, name->at))
		return;
	error_set(p->err, "there is no field \"%.*s\"%s%s%s", SHOWN(name->text),
	    near ? ": do you mean " : "; -Y help lists them", near ? near : "", near ? "?" : "");
}

/* A word alone: a flag, or a text to look for. */
static uint32_t
parse_alone(struct parser *p, const struct token *word)
{
	const struct field *f = word->kind == TOKEN_WORD ? field_find(word->text) : NULL;
	uint32_t test = add_node(p, NODE_TEST);
	const struct field *host = field_find(slice_str("host"));
	struct value *v = add_value(p, test);
	struct error ignored;

	if (f && f->type != FIELD_FLAG) {
		if (fail_at(p, p->t.at))
			error_set(p->err,
			    "%s needs a comparison (put the word in quotes to look for it)",
			    f->name);
	} else if (f) {
		p->e->node[test].field = f;
		*v = (struct value){ TEST_SET, { .set = 2 } };
	} else if (!word->text.n) {
		if (fail_at(p, word->at))
			error_set(p->err, "an empty text is found everywhere");
	} else if (memchr(word->text.p, '/', word->text.n) &&
	    value_make(p->e, v, host, OP_EQUAL, word->text, &ignored)) {
		/* "192.0.2.0/24" */
		p->e->node[test].field = host;
	} else {
		value_anywhere(p->e, v, word->text);
	}
	return test;
}

static uint32_t
parse_test(struct parser *p)
{
	struct token name = p->t, op;
	const struct field *f;
	uint32_t test;

	next(p);
	op = p->t;
	if (op.kind != TOKEN_OP && op.kind != TOKEN_IN && op.kind != TOKEN_NOT)
		return parse_alone(p, &name);
	f = name.kind == TOKEN_WORD ? field_find(name.text) : NULL;
	test = add_node(p, NODE_TEST);
	if (!f) {
		unknown_field(p, &name);
		return test;
	}
	p->e->node[test].field = f;
	next(p);
	if (op.kind == TOKEN_NOT) {
		p->e->node[test].negate = true;
		if (p->t.kind != TOKEN_IN) {
			expected(p, "\"in\"");
			return test;
		}
		next(p);
	}
	if (op.kind == TOKEN_OP) {
		p->e->node[test].negate = op.negate;
		parse_value(p, test, f, op.op);
	} else {
		parse_list(p, test, f);
	}
	return test;
}

static uint32_t parse_or(struct parser *);

static uint32_t
parse_term(struct parser *p)
{
	uint32_t node = 0;

	if (is_text(&p->t))
		return parse_test(p);
	if (p->t.kind != TOKEN_OPEN) {
		expected(p, "a field or a word");
		return 0;
	}
	if (++p->depth > EXPR_DEPTH_MAX && fail_at(p, p->t.at))
		error_set(p->err, "nested too deep: more than %d times", EXPR_DEPTH_MAX);
	next(p);
	if (!p->failed)
		node = parse_or(p);
	p->depth--;
	if (!p->failed && p->t.kind != TOKEN_CLOSE)
		expected(p, "\"and\", \"or\" or \")\"");
	if (!p->failed)
		next(p);
	return node;
}

static uint32_t
parse_not(struct parser *p)
{
	bool negate = false;
	uint32_t node;

	for (; p->t.kind == TOKEN_NOT && !p->failed; next(p))
		negate = !negate;
	node = p->failed ? 0 : parse_term(p);
	if (!p->failed && negate)
		p->e->node[node].negate = !p->e->node[node].negate;
	return node;
}

/* Terms with the same word between them become children of one node. */
static uint32_t
parse_chain(struct parser *p, enum token_kind between, enum node_kind kind,
    uint32_t (*part)(struct parser *))
{
	uint32_t first = part(p), node, last, more;

	if (p->failed || p->t.kind != between)
		return first;
	node = add_node(p, kind);
	p->e->node[node].child = last = first;
	while (!p->failed && p->t.kind == between) {
		next(p);
		if (p->failed)
			break;
		more = part(p);
		p->e->node[last].next = more;
		last = more;
	}
	return node;
}

static uint32_t
parse_and(struct parser *p)
{
	return parse_chain(p, TOKEN_AND, NODE_AND, parse_not);
}

static uint32_t
parse_or(struct parser *p)
{
	return parse_chain(p, TOKEN_OR, NODE_OR, parse_and);
}

static void
parse(struct parser *p)
{
	uint32_t root = add_node(p, NODE_AND), child;

	if (p->lexer.text.n > EXPR_TEXT_MAX) {
		fail_at(p, EXPR_TEXT_MAX);
		error_set(p->err, "the filter is longer than %d octets", EXPR_TEXT_MAX);
		return;
	}
	next(p);
	if (!p->failed && p->t.kind == TOKEN_END && fail_at(p, 0))
		error_set(p->err, "the filter is empty");
	if (p->failed)
		return;
	child = parse_or(p);
	if (!p->failed && p->t.kind != TOKEN_END)
		expected(p, "\"and\" or \"or\"");
	p->e->node[root].child = child;
}

/* What is looked for in texts of rows: the first patterns get a sieve. */
static void
note_texts(struct expr *e)
{
	size_t i, k;

	e->sieve = xcalloc(SIEVES_MAX, sizeof *e->sieve);
	for (i = 0; i < e->nnodes; i++) {
		struct node *node = &e->node[i];

		for (k = 0; k < node->nvalues; k++) {
			struct value *v = &e->value[node->value + k];
			struct pattern *p =
			    v->kind == TEST_ANYWHERE ? &v->u.anywhere.pattern : &v->u.pattern;

			if (v->kind != TEST_ANYWHERE &&
			    (v->kind != TEST_PATTERN || node->field->type == FIELD_ADDRESS))
				continue;
			node->texts = true;
			if (e->nsieves < SIEVES_MAX)
				p->sieve = (uint32_t)++e->nsieves;
		}
	}
}

/* Most filters are one test, and parentheses are nodes as well. */
static void
find_top(struct expr *e)
{
	const struct node *n = &e->node[0];

	while (n->kind != NODE_TEST && !n->negate && n->child && !e->node[n->child].next) {
		e->top = n->child;
		n = &e->node[e->top];
	}
}

struct filter *
filter_compile(const char *text, size_t *column, struct error *err)
{
	struct expr *e = xcalloc(1, sizeof *e);
	struct parser p = { .lexer = { slice_str(text), 0 }, .e = e, .err = err };

	e->base.match = expr_match;
	e->base.prepare = expr_prepare;
	e->base.fetch = expr_fetch;
	parse(&p);
	if (!p.failed) {
		find_top(e);
		note_texts(e);
		return &e->base;
	}
	if (column)
		*column = p.at + 1;
	filter_free(&e->base);
	return NULL;
}

void
filter_free(struct filter *f)
{
	struct expr *e = (struct expr *)(void *)f;
	size_t i;

	if (!e)
		return;
	free(e->node);
	free(e->value);
	free(e->piece);
	free(e->octets);
	for (i = 0; i < e->nsieves; i++)
		sieve_fini(&e->sieve[i]);
	free(e->sieve);
	free(e);
}

bool
filter_match(const struct filter *f, const struct store *s, const struct session_row *r)
{
	return f->match(f, s, r);
}
