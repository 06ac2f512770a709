/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dialogue - a session as a row of things that happened, in the order of the
 * frames.  Borrows from the session.
 */
#ifndef SMTPSCOPE_REPORT_DIALOGUE_H
#define SMTPSCOPE_REPORT_DIALOGUE_H

#include "smtp/smtp.h"

enum item_kind {
	ITEM_OPEN, /* the connection was made, or joined */
	ITEM_UNIT,
	ITEM_TEXT, /* message text behind DATA */
	ITEM_REPLY,
	ITEM_GAP,
	ITEM_TLS,   /* TLS begins */
	ITEM_ALERT, /* a TLS alert in clear */
	ITEM_FIN,
	ITEM_RST,
	ITEM_FINDING
};

struct item {
	uint64_t frame;
	int64_t off;     /* order within the frame */
	uint32_t serial; /* order of equal offsets */
	enum item_kind kind;
	enum stream_dir role; /* GAP, FIN, RST: whose */
	const struct smtp_unit *unit;
	const struct smtp_body *body;
	const struct smtp_reply *reply;
	const struct smtp_gap *gap;
	const struct finding *finding;
};

struct dialogue {
	struct item *item;
	size_t n, cap;
};

/* Replaces the content.  The memory is reused. */
void dialogue_build(struct dialogue *, const struct smtp_session *, bool findings_only);
void dialogue_fini(struct dialogue *);
/* Replies that the units sent up to this frame still wait for. */
uint64_t dialogue_expected(const struct smtp_session *, uint64_t frame);
/* Replies that the unit has got. */
uint32_t dialogue_answers(const struct smtp_unit *);

/* Units that were sent without waiting, so far. */
struct dialogue_group {
	uint32_t number; /* smtp_unit.group; 0: none yet */
	uint32_t units, segments, answers;
	uint64_t segment_frame;
};

struct output;

/* Counts the unit in; true behind the last one of a group of several. */
bool dialogue_group(struct dialogue_group *, const struct smtp_unit *);
/* "(4 commands in 1 segment, answered by 2 replies)" */
void dialogue_group_put(
    struct output *, const struct smtp_session *, const struct dialogue_group *);
/* What happened, in brackets: "<connected>".  Lines, each with its end; none for what has a text
 * of its own, a unit, a reply or a finding. */
void dialogue_words(struct output *, const struct smtp_session *, const struct item *);

#endif
