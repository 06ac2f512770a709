/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fields - what a filter can ask of a row: one table.  Private to src/filter.
 *
 * Names are those of the records (smtpscope-jsonl(5)) where these have the same
 * thing; what stands behind the last dot will do where it is unique, and some have
 * other short names.
 */
#ifndef SMTPSCOPE_FILTER_FIELDS_H
#define SMTPSCOPE_FILTER_FIELDS_H

#include "store/store.h"

enum field_type {
	FIELD_FLAG, /* alone, or = yes, no */
	FIELD_NUMBER,
	FIELD_SIZE,     /* octets: 10k, 2M */
	FIELD_DURATION, /* 5s, 2m, 300ms */
	FIELD_TIME,     /* 2026-11-22, 03:11, 2026-11-22T03:11:02 */
	FIELD_TEXT,
	FIELD_WORDS,   /* several texts; one of them has to fit */
	FIELD_DOMAINS, /* what stands behind the "@" of each */
	FIELD_ADDRESS, /* of one end or of both */
	FIELD_WORD,    /* one of a list of names */
	FIELD_LEVEL,   /* the same, with an order */
	FIELD_CHECK    /* ids of the catalogue */
};

enum { FIELD_NAMES = 4, FIELD_WORDS_MAX = 20 };

struct field {
	const char *name;
	const char *also[FIELD_NAMES]; /* NULL-terminated if there are fewer */
	enum field_type type;
	const char *help; /* half a line */
	/* NUMBER, SIZE, DURATION, TIME, WORD, LEVEL: the value, or the first and last of a range
	 * of values.  False: not known; then only != and !~ are true. */
	bool (*get)(const struct store *, const struct session_row *, int64_t v[2]);
	/* WORD, LEVEL, CHECK of kinds: the name of a value, counted from 0; NULL behind the last.
	 */
	const char *(*word)(unsigned);
	size_t text;   /* TEXT, WORDS, DOMAINS: offset of the pool_ref */
	unsigned ends; /* ADDRESS and ports: bits by enum stream_dir; ports have no get() */
	unsigned flag; /* FLAG: enum row_flag */
	bool kind;     /* CHECK: words are kinds, not ids */
	bool cause;    /* CHECK: of the cause, not of all findings */
	bool counted;  /* CHECK: of those that are no consequences */
	bool several;  /* WORD: it has several; v[0] of get() has their bits */
};

/* fields_words.c: getters and words of fields.c. */
bool field_get_tls_version(const struct store *, const struct session_row *, int64_t v[2]);
const char *field_word_tls_version(unsigned);
bool field_get_results(const struct store *, const struct session_row *, int64_t v[2]);
bool field_get_classes(const struct store *, const struct session_row *, int64_t v[2]);
const char *field_word_class(unsigned);

/* Checks by their position; `none': there is no finding. */
struct check_set {
	uint64_t bits[ROW_CHECK_WORDS];
	bool none;
};

static inline void
check_set_add(struct check_set *s, size_t position)
{
	if (position < RUN_CHECKS_MAX)
		s->bits[position / 64] |= UINT64_C(1) << (position % 64);
}

/* NULL: no field, or several have this short name. */
const struct field *field_find(struct slice name);
/* The i-th field; NULL behind the last. */
const struct field *field_at(size_t i);
/* "a number": what the values of the type are called. */
const char *field_type_name(const struct field *);
/* The field name most like this one, or NULL when none is. */
const char *field_nearest(struct slice);
/* How many octets of the words differ (Levenshtein); both short. */
unsigned word_distance(struct slice a, const char *b);

#endif
