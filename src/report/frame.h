/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame - one ledger record as an entry of the annotated trace: who to whom,
 * what the octets are in the dialogue, the TCP side.
 */
#ifndef SMTPSCOPE_REPORT_FRAME_H
#define SMTPSCOPE_REPORT_FRAME_H

#include "report/common.h"
#include "report/pieces.h"

/* A session as it is shown now.  Borrowed, but for the memory of the pieces. */
struct frame_view {
	const struct report_config *cfg;
	const struct smtp_session *s;
	struct peers peers;
	struct pieces pieces[2]; /* by role */
};

/* What went before: kept between calls while a live session goes on. */
struct frame_walk {
	int64_t start[2];  /* start of the part of the dialogue that was carried last, by role */
	uint64_t frame[2]; /* the frame that carried it; 0: none yet */
	bool bulk;         /* the last payload was the inside of a message or of TLS */
	int64_t ts;        /* of the last record shown */
	bool begun;        /* ts is valid */
};

void frame_view_set(struct frame_view *, const struct report_config *, const struct smtp_session *);
void frame_view_fini(struct frame_view *);

/* Does the record carry nothing but the inside of a message, a chunk or TLS? */
bool frame_is_bulk(const struct frame_view *, const struct ledger_seg *);
/* A bare acknowledgement: no payload, no other flag, window open. */
bool frame_is_ack(const struct frame_view *, const struct ledger_seg *);
/* What the inside of it is: "message text", "TLS"; NULL if it is not bulk. */
const char *frame_bulk_name(const struct frame_view *, const struct ledger_seg *);
/* Must be called for every record in order, shown or not (after frame_print). */
void frame_passed(struct frame_walk *, const struct frame_view *, const struct ledger_seg *);
/* The entry: several lines, the first begins with the frame number. */
void frame_print(struct output *, const struct frame_view *, const struct frame_walk *,
    const struct ledger_seg *);

#endif
