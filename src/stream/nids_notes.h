/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nids_notes - the segments of one direction that libnids has been given and
 * whose octets it has not given back, in order of arrival.  libnids knows no
 * frames; these notes tell which frame carried an octet first.
 */
#ifndef SMTPSCOPE_STREAM_NIDS_NOTES_H
#define SMTPSCOPE_STREAM_NIDS_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include "stream/ledger.h"

struct budget;

enum { NOTES_MAX = 4096 }; /* segments noted per direction */

struct note {
	int64_t off, end;
	struct ledger_seg rec;
};

struct nids_notes {
	struct note *note;
	size_t n, cap;
};

/* False: no memory, or NOTES_MAX. */
bool notes_add(struct nids_notes *, struct budget *, const struct ledger_seg *);
/* Forget segments that end at or below `off'. */
void notes_prune(struct nids_notes *, int64_t off);
/* The first to arrive of those that carry octet `off', or NULL. */
const struct note *notes_covering(const struct nids_notes *, int64_t off);
/* The one that starts lowest in (off, end), among those that arrived before `by' (NULL:
 * among all), or NULL. */
const struct note *notes_starting(
    const struct nids_notes *, const struct note *by, int64_t off, int64_t end);
void notes_fini(struct nids_notes *, struct budget *);

#endif
