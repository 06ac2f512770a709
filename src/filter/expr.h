/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expr - a compiled filter: a tree of tests, and the values they compare with.
 * Private to src/filter.
 *
 * Every comparison has become one of a few questions: does a number lie in a range,
 * is a word in a set, does an address have a prefix, does a text fit a pattern.
 * "!=" and "!~" are the opposite of "=" and "~", also for what has several values:
 * `host != A' says that neither end is A.
 *
 * The filter owns nodes, values, pieces and octets; fields are static.
 */
#ifndef SMTPSCOPE_FILTER_EXPR_H
#define SMTPSCOPE_FILTER_EXPR_H

#include "filter/fields.h"
#include "filter/filter.h"

struct sieve;

enum {
	EXPR_TEXT_MAX = 4096, /* octets of an expression */
	EXPR_DEPTH_MAX = 64   /* parentheses and "not" inside each other */
};

/* A run of octets of a pattern between two "*", letters in lower case. */
struct piece {
	uint32_t from, n; /* in filter.octets */
	uint32_t pivot;   /* the octet of it that is looked for first: the one most seldom found */
};

struct pattern {
	uint32_t first, n;     /* in filter.piece; n is 1 at least */
	bool at_start, at_end; /* "^", "$", or the whole text of "=" */
	uint32_t sieve;        /* in filter.sieve, from 1; 0: it has none */
};

struct prefix {
	struct ipaddr addr;
	unsigned bits;
};

struct range {
	int64_t low, high; /* both belong to it */
	bool of_day;       /* nanoseconds since midnight, not since 1970 */
};

/* What a word alone is looked for in, beside texts. */
struct anywhere {
	struct pattern pattern;
	struct check_set checks;    /* ids in which the word occurs */
	uint64_t closures, results; /* names in which it occurs, by value */
	bool address;               /* may be a part of an address */
};

enum test_kind {
	TEST_RANGE,   /* numbers */
	TEST_SET,     /* words: bits by value */
	TEST_CHECKS,  /* checks by position */
	TEST_PREFIX,  /* addresses */
	TEST_PATTERN, /* texts, addresses as text */
	TEST_ANYWHERE
};

struct value {
	enum test_kind kind;
	union {
		struct range range;
		uint64_t set;
		struct check_set checks;
		struct prefix prefix;
		struct pattern pattern;
		struct anywhere anywhere;
	} u;
};

enum node_kind { NODE_AND, NODE_OR, NODE_TEST };

/* Children of a node are a chain; 0 ends it, since the root is no child. */
struct node {
	enum node_kind kind;
	bool negate;
	bool texts;                /* TEST: looks into texts of the pool */
	uint32_t child, next;      /* in expr.node */
	const struct field *field; /* TEST; NULL: anywhere */
	uint32_t value, nvalues;   /* TEST: any of them */
};

struct expr {
	struct filter base; /* first: what callers hold */
	struct node *node;  /* [0]: the root */
	size_t top;         /* the first one below it with something to decide */
	size_t nnodes, capnodes;
	struct value *value;
	size_t nvalues, capvalues;
	struct piece *piece;
	size_t npieces, cappieces;
	uint8_t *octets;
	size_t noctets, capoctets;
	struct sieve *sieve; /* SIEVES_MAX; what they have found changes, not what it means */
	size_t nsieves;
};

/* eval.c */
bool expr_match(const struct filter *, const struct store *, const struct session_row *);
bool expr_prepare(const struct filter *, const struct store *);
bool pattern_match(const struct expr *, const struct pattern *, struct slice);
void expr_fetch(const struct filter *, const struct store *, const struct session_row *);
/* pattern.c: looks for a piece in a text, once or again and again. */
struct finder {
	struct slice text;
	const struct piece *piece;
	const uint8_t *lower; /* octets of the piece */
	/* The next places of its pivot, in either case; behind the last one the end of all that
	 * there may be.  NULL: not looked for yet. */
	const uint8_t *small, *large;
};

void finder_init(struct finder *, const struct expr *, const struct piece *, struct slice text);
/* The first place from `at' on where it stands; SIZE_MAX: nowhere.  `at' grows. */
size_t finder_next(struct finder *, size_t at);
/* pattern.c: adds the pattern to the filter.  `whole': "=", where only the backslash is special. */
void pattern_make(struct expr *, struct pattern *, struct slice word, bool whole);
/* The same where nothing is special. */
void pattern_word(struct expr *, struct pattern *, struct slice word);

#endif
