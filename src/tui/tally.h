/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally - how many sessions each address took part in, and how many of them went
 * wrong.
 */
#ifndef SMTPSCOPE_TUI_TALLY_H
#define SMTPSCOPE_TUI_TALLY_H

#include "store/store.h"

enum {
	TALLY_ROWS = 65536, /* the latest sessions that are counted */
	TALLY_MAX = 4096    /* addresses told apart for each side */
};

struct tally_entry {
	struct ipaddr addr;
	uint64_t all, bad;
};

struct tally {
	struct tally_entry *v[2]; /* by role; after tally_order() the worst first */
	size_t n[2];
	uint64_t rows;   /* sessions counted */
	uint64_t others; /* sessions of addresses that found no place */
};

/* Counts the sessions of the store.  tally_fini() is due. */
void tally_init(struct tally *, struct store *);
/* The same for rows of the caller's choice: begin, count each, sort.  tally_fini() is due from
 * tally_begin() on. */
void tally_begin(struct tally *);
void tally_row(struct tally *, const struct session_row *);
void tally_order(struct tally *);
void tally_fini(struct tally *);

#endif
