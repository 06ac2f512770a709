/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pieces - one direction of a session as a sorted row of ranges, each with what
 * the model says its octets are.  The ranges do not overlap; octets between two
 * of them were not interpreted.  Borrows from the session.
 */
#ifndef SMTPSCOPE_REPORT_PIECES_H
#define SMTPSCOPE_REPORT_PIECES_H

#include "smtp/smtp.h"

enum piece_kind {
	PIECE_LINE,  /* client: a command, an AUTH response, garbage, or the dot */
	PIECE_CHUNK, /* client: octets of a BDAT chunk */
	PIECE_REPLY, /* server */
	PIECE_GAP,   /* never captured */
	PIECE_TEXT,  /* client: message text */
	PIECE_TLS
};

struct piece {
	int64_t off, end;
	enum piece_kind kind;
	const struct smtp_unit *unit;   /* LINE, CHUNK */
	const struct smtp_reply *reply; /* REPLY */
	const struct smtp_body *body;   /* TEXT */
};

struct pieces {
	struct piece *p;
	size_t n, cap;
};

/* Replaces the content by what `role' sent.  The memory is reused. */
void pieces_build(struct pieces *, const struct smtp_session *, enum stream_dir role);
void pieces_fini(struct pieces *);
/* The piece that holds offset `off', or the first behind it; NULL: none. */
const struct piece *pieces_at(const struct pieces *, int64_t off);
/* First octet of the whole that the piece belongs to: message text may be in several. */
int64_t piece_start(const struct piece *);

#endif
