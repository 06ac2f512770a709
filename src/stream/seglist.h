/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seglist - octets of one direction that wait behind a hole, each with the
 * segment that brought it.  Pieces are sorted by offset and never overlap.
 * Where two segments overlap, the better copy counts (a good checksum beats a
 * bad one, anything beats octets cut off by the snap length); of equals, the
 * first to arrive.
 */
#ifndef SMTPSCOPE_STREAM_SEGLIST_H
#define SMTPSCOPE_STREAM_SEGLIST_H

#include <sys/queue.h>

#include "base/slice.h"
#include "stream/ledger.h"

struct budget;

enum seg_quality { QUALITY_CUT, QUALITY_BAD, QUALITY_GOOD };

struct piece {
	TAILQ_ENTRY(piece) link;
	int64_t off, end;
	enum seg_quality quality;
	size_t charge;         /* octets taken from the budget */
	const uint8_t *p;      /* octet `off', in data[]; NULL for QUALITY_CUT */
	struct ledger_seg rec; /* the segment that brought it */
	uint8_t data[];
};
TAILQ_HEAD(piece_list, piece);

enum { SEGLIST_MAX = 2048 }; /* pieces; bounds the search for a place */

struct seglist {
	struct piece_list pieces;
	size_t n;      /* pieces */
	size_t charge; /* octets of memory, overhead included */
};

/* A part of a segment on its way to the sink or the list. */
struct seg_part {
	int64_t off, end;
	enum seg_quality quality;
	struct slice data; /* end - off octets; empty for QUALITY_CUT */
	const struct ledger_seg *rec;
};

void seglist_init(struct seglist *);
void seglist_fini(struct seglist *, struct budget *);
/* Remove worse copies of what `part' carries.  True: an equally good copy differs. */
bool seglist_improve(struct seglist *, struct budget *, const struct seg_part *);
/* Store what of `part' is not there yet.  False: the budget, `max' octets or SEGLIST_MAX
 * refuse; what was stored before that stays. */
bool seglist_insert(struct seglist *, struct budget *, size_t max, const struct seg_part *part);
/* The piece of lowest offset, or NULL. */
static inline struct piece *
seglist_first(const struct seglist *l)
{
	return TAILQ_FIRST(&l->pieces);
}
void seglist_remove(struct seglist *, struct budget *, struct piece *);

#endif
