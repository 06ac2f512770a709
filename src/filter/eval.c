/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eval - a compiled filter and a row: yes or no.
 *
 * Allocates nothing, and ends as soon as the answer is known.  Recursion is as deep
 * as the parser let the expression be.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memrchr(3) */
#endif
#include <string.h>

#include "base/timefmt.h"
#include "filter/sieve.h"

static bool
in_range(const struct range *r, const int64_t v[2])
{
	const int64_t day = 86400 * NS_PER_S;
	int64_t t;

	if (!r->of_day)
		return v[0] <= r->high && v[1] >= r->low;
	t = v[0] % day;
	t += t < 0 ? day : 0;
	return t >= r->low && t <= r->high;
}

static bool
in_prefix(const struct prefix *p, const struct ipaddr *a)
{
	unsigned octets = p->bits / 8, rest = p->bits % 8;

	if (p->addr.family != a->family || memcmp(p->addr.b, a->b, octets) != 0)
		return false;
	return rest == 0 || (p->addr.b[octets] ^ a->b[octets]) >> (8 - rest) == 0;
}

static bool
has_checks(const struct check_set *set, const uint64_t found[ROW_CHECK_WORDS])
{
	uint64_t any = 0, both = 0;
	size_t i;

	for (i = 0; i < ROW_CHECK_WORDS; i++) {
		any |= found[i];
		both |= found[i] & set->bits[i];
	}
	return both || (set->none && !any);
}

static bool
test_checks(const struct field *f, const struct check_set *set, const struct store *s,
    const struct session_row *r)
{
	struct check_set those = { { 0 }, false };

	if (f->counted)
		store_counted(s, r, those.bits);
	else if (!f->cause)
		store_findings(s, r, those.bits);
	else if (r->cause != ROW_NO_CAUSE)
		check_set_add(&those, r->cause);
	return has_checks(set, those.bits);
}

static bool
test_address(
    const struct expr *e, const struct field *f, const struct value *v, const struct session_row *r)
{
	char text[IPADDR_TEXT_MAX];
	unsigned end;

	for (end = 0; end < 2; end++) {
		if (!(f->ends >> end & 1))
			continue;
		if (v->kind == TEST_PREFIX) {
			if (in_prefix(&v->u.prefix, &r->ep[end].addr))
				return true;
			continue;
		}
		ipaddr_text(text, &r->ep[end].addr);
		if (pattern_match(e, &v->u.pattern, slice_str(text)))
			return true;
	}
	return false;
}

static bool
test_port(const struct field *f, const struct range *range, const struct session_row *r)
{
	unsigned end;

	for (end = 0; end < 2; end++) {
		const int64_t port[2] = { r->ep[end].port, r->ep[end].port };

		if ((f->ends >> end & 1) && in_range(range, port))
			return true;
	}
	return false;
}

/* The next of several texts with blanks between them; empty at the end. */
static struct slice
next_word(struct slice *rest)
{
	const uint8_t *blank = rest->n ? memchr(rest->p, ' ', rest->n) : NULL;
	size_t n = blank ? (size_t)(blank - rest->p) : rest->n;
	struct slice word = slice_of(rest->p, n);

	*rest = slice_from(*rest, n + 1);
	return word;
}

static struct slice
domain_of(struct slice mailbox)
{
	const uint8_t *at = mailbox.n ? memrchr(mailbox.p, '@', mailbox.n) : NULL;

	return at ? slice_from(mailbox, (size_t)(at + 1 - mailbox.p)) : slice_of(NULL, 0);
}

static bool
test_text(const struct expr *e, const struct field *f, const struct pattern *p, struct slice text)
{
	struct slice word;

	/* No words at all: only "" can be equal to that. */
	if (f->type == FIELD_TEXT || text.n == 0)
		return pattern_match(e, p, text);
	while (text.n) {
		word = next_word(&text);
		if (pattern_match(e, p, f->type == FIELD_DOMAINS ? domain_of(word) : word))
			return true;
	}
	return false;
}

/* Of texts or addresses; NULL: it is about something else. */
static const struct pattern *
value_pattern(const struct value *v)
{
	return v->kind == TEST_PATTERN ? &v->u.pattern :
	    v->kind == TEST_ANYWHERE   ? &v->u.anywhere.pattern :
	                                 NULL;
}

enum { ANYWHERE_TEXTS = 7 };

static void
anywhere_texts(const struct session_row *r, pool_ref refs[ANYWHERE_TEXTS])
{
	const pool_ref all[] = { r->senders, r->rcpt, r->helo, r->banner, r->last_reply,
		r->message_id, r->queue_id };

	_Static_assert(sizeof all / sizeof all[0] == ANYWHERE_TEXTS, "each has its place");
	memcpy(refs, all, sizeof all);
}

static bool
test_anywhere(const struct expr *e, const struct anywhere *a, const struct store *s,
    const struct session_row *r)
{
	pool_ref refs[ANYWHERE_TEXTS];
	uint64_t found[ROW_CHECK_WORDS];
	const struct sieve *sieve;
	char text[IPADDR_TEXT_MAX];
	size_t i;

	store_findings(s, r, found);
	if (has_checks(&a->checks, found) || (r->transactions && (a->results >> r->result & 1)) ||
	    (!(r->flags & ROW_OPEN) && (a->closures >> r->closure & 1)))
		return true;
	sieve = sieve_of(e, &a->pattern, s);
	anywhere_texts(r, refs);
	for (i = 0; i < ANYWHERE_TEXTS; i++)
		if (refs[i] && sieve_passes(sieve, refs[i]) &&
		    pattern_match(e, &a->pattern, store_text(s, refs[i])))
			return true;
	for (i = 0; a->address && i < 2; i++) {
		ipaddr_text(text, &r->ep[i].addr);
		if (pattern_match(e, &a->pattern, slice_str(text)))
			return true;
	}
	return false;
}

static bool
test_value(const struct expr *e, const struct field *f, const struct value *v,
    const struct store *s, const struct session_row *r)
{
	pool_ref text;
	int64_t n[2];

	switch (v->kind) {
	case TEST_RANGE:
		if (!f->get)
			return test_port(f, &v->u.range, r);
		return f->get(s, r, n) && in_range(&v->u.range, n);
	case TEST_SET:
		if (f->type == FIELD_FLAG)
			return v->u.set >> ((r->flags & f->flag) != 0) & 1;
		if (f->several)
			return f->get(s, r, n) && (v->u.set & (uint64_t)n[0]);
		return f->get(s, r, n) && (v->u.set >> n[0] & 1);
	case TEST_CHECKS:
		return test_checks(f, &v->u.checks, s, r);
	case TEST_PREFIX:
		return test_address(e, f, v, r);
	case TEST_PATTERN:
		if (f->type == FIELD_ADDRESS)
			return test_address(e, f, v, r);
		memcpy(&text, (const char *)r + f->text, sizeof text);
		return sieve_passes(sieve_of(e, &v->u.pattern, s), text) &&
		    test_text(e, f, &v->u.pattern, store_text(s, text));
	case TEST_ANYWHERE:
		return test_anywhere(e, &v->u.anywhere, s, r);
	}
	return false;
}

static bool
node_match(const struct expr *e, const struct node *node, const struct store *s,
    const struct session_row *r)
{
	bool any = node->kind != NODE_AND, yes = !any;
	uint32_t i;

	if (node->kind == NODE_TEST) {
		for (i = 0; i < node->nvalues && !yes; i++)
			yes = test_value(e, node->field, &e->value[node->value + i], s, r);
		return yes != node->negate;
	}
	for (i = node->child; i; i = e->node[i].next) {
		yes = node_match(e, &e->node[i], s, r);
		if (yes == any)
			break;
	}
	return yes != node->negate;
}

bool
expr_prepare(const struct filter *f, const struct store *s)
{
	const struct expr *e = (const struct expr *)(const void *)f;
	const struct pattern *p;
	bool more = false;
	size_t i;

	for (i = 0; i < e->nvalues && !more; i++) {
		p = value_pattern(&e->value[i]);
		if (p && p->sieve)
			more = sieve_work(&e->sieve[p->sieve - 1], e, p, s);
	}
	return more;
}

static void
fetch_texts(const struct node *node, const struct store *s, const struct session_row *r)
{
	pool_ref refs[ANYWHERE_TEXTS];
	size_t n = node->field ? 1 : ANYWHERE_TEXTS, i;

	if (node->field)
		memcpy(refs, (const char *)r + node->field->text, sizeof refs[0]);
	else
		anywhere_texts(r, refs);
	for (i = 0; i < n; i++)
		store_fetch(s, refs[i]);
}

/* Of what a sieve is for, few texts are read. */
static bool
reads_texts(const struct expr *e, const struct node *node, const struct store *s)
{
	const struct pattern *p;
	uint32_t i;

	if (!node->texts)
		return false;
	for (i = 0; i < node->nvalues; i++) {
		p = value_pattern(&e->value[node->value + i]);
		if (p && !sieve_of(e, p, s))
			return true;
	}
	return false;
}

void
expr_fetch(const struct filter *f, const struct store *s, const struct session_row *r)
{
	const struct expr *e = (const struct expr *)(const void *)f;
	size_t i;

	for (i = 0; i < e->nnodes; i++)
		if (reads_texts(e, &e->node[i], s))
			fetch_texts(&e->node[i], s, r);
}

bool
expr_match(const struct filter *f, const struct store *s, const struct session_row *r)
{
	const struct expr *e = (const struct expr *)(const void *)f;

	return node_match(e, &e->node[e->top], s, r);
}
