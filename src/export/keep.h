/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keep - what the first reading leaves for the second: which frames are wanted,
 * and what is to be said at which of them.
 *
 * A session is its two endpoints and a range of frames.  Everything is charged
 * to a budget; what that refuses is counted, and such a session or comment is
 * not in the file.
 */
#ifndef SMTPSCOPE_EXPORT_KEEP_H
#define SMTPSCOPE_EXPORT_KEEP_H

#include "decode/decode.h"

struct budget;
struct keep;
struct plan;

/* Two endpoints in the order of their octets, so that both directions are the same pair. */
struct keep_pair {
	struct endpoint a, b;
};

struct keep_session {
	struct keep_pair pair;
	uint64_t first, last; /* frames */
	uint64_t stream;      /* stream.id */
	struct plan *plan;    /* how it is redacted; owned by the list.  NULL: it is not */
};

struct keep_comment {
	uint64_t frame;
	uint64_t order; /* of its addition */
	char *text;     /* owned */
};

struct keep_counts {
	uint64_t sessions, comments;
	uint64_t refused_sessions, refused_comments, refused_fragments; /* no memory */
};

struct keep *keep_new(struct budget *);
void keep_free(struct keep *); /* accepts NULL */
/* Takes the plan.  False when refused. */
bool keep_session(struct keep *, const struct keep_session *);
/* A session for which there was no memory. */
void keep_refuse(struct keep *);
void keep_comment(struct keep *, uint64_t frame, struct slice text);
/* The segment came in fragments: their frames belong to it. */
void keep_fragments(struct keep *, const struct segment *);
const struct keep_counts *keep_counts(const struct keep *);

/* Before the second reading. */
void keep_sort(struct keep *);
/* The session that the segment belongs to, or NULL. */
const struct keep_session *keep_find(const struct keep *, const struct segment *);
/* The same for a frame that holds a fragment of it; *whole: the frame that completed the
 * datagram. */
const struct keep_session *keep_find_fragment(const struct keep *, uint64_t frame, uint64_t *whole);
/* Frames that only hold a fragment of what they are wanted for. */
uint64_t keep_fragment_frames(const struct keep *);
/* The comments in order of their frames. */
const struct keep_comment *keep_comments(const struct keep *, size_t *n);

#endif
