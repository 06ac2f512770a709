/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redact_names - a hash table of names, compared without regard to the case of
 * ASCII letters.
 */
#ifndef SMTPSCOPE_REPORT_REDACT_NAMES_H
#define SMTPSCOPE_REPORT_REDACT_NAMES_H

#include "report/redact.h"

enum {
	NAME_OCTETS = 512, /* of a key; what is longer is cut, and so shares a number */
	NAMES_TRIED = 1000
};

struct name {
	struct name *next; /* in the bucket */
	uint64_t hash;
	uint64_t number;       /* 0: not printed yet */
	enum redact_kind kind; /* what it is printed as */
	struct slice of;       /* a word: the whole name that it stands for; owned */
	size_t n;
	uint8_t key[];
};

struct names {
	struct name **bucket;
	size_t nbuckets, n;
};

/* Finds the key, or adds it unless there are `max' names already; NULL: not there. */
struct name *names_get(struct names *, struct slice key, size_t max);
/* The shortest of those that begin with `start' and are longer; NULL: there is none among the first
 * NAMES_TRIED. */
struct name *names_longer(struct names *, struct slice start);
void names_clear(struct names *);

#endif
