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
	bool raw;                /* octets from the wire are not escaped here */
	unsigned columns;        /* of quoted text; 0: FRAME_TEXT_COLUMNS */
};

enum { FRAME_TEXT_COLUMNS = 100 };

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

/* The part of one piece that a record carried. */
struct frame_part {
	const struct piece *piece; /* NULL: octets that were not interpreted */
	int64_t off;
	uint64_t n;    /* octets */
	uint64_t from; /* frame that carried what is before it; 0: unknown */
	bool begins;   /* its first octet is here */
};

/* The part at this offset; the next one is at off + n.  False: behind the record's octets. */
bool frame_part_at(struct frame_part *, const struct frame_view *, const struct frame_walk *,
    const struct ledger_seg *, int64_t off);
/* "Cmd: EHLO client.example.org, 25 bytes"; with -v a reply takes several lines. */
void frame_part_put(struct output *, const struct frame_view *, const struct frame_part *);
/* "Sent again, 536 bytes, first seen in frame 53": what they are has been shown. */
void frame_again_put(struct output *, const struct frame_view *, const struct ledger_seg *);
/* "TCP", "TLS", "LMTP" or "SMTP": what the octets of the record are. */
const char *frame_protocol(const struct frame_view *, const struct ledger_seg *);
/* The entry: several lines, the first begins with the frame number. */
void frame_print(struct output *, const struct frame_view *, const struct frame_walk *,
    const struct ledger_seg *);

#endif
