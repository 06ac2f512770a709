/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence - one finding of one session, with everything that is needed to show
 * and to check it after the session is gone.
 *
 * Texts are redacted already and raw otherwise: the sink escapes them.  Every
 * size is limited, so that a piece of evidence stays below some 60 kB.
 */
#ifndef SMTPSCOPE_REPORT_EVIDENCE_H
#define SMTPSCOPE_REPORT_EVIDENCE_H

#include "model/run.h"
#include "smtp/smtp.h"

struct redactor;

enum {
	EVIDENCE_STEPS = 36,    /* frames that are shown; as many folds may lie between them */
	EVIDENCE_EFFECTS = 8,   /* consequences */
	EVIDENCE_MARKS = 8,     /* findings shown where they are, this one included */
	EVIDENCE_AGAIN = 4,     /* findings of the same kind in the same session */
	EVIDENCE_MESSAGES = 4,  /* messages told of */
	STEP_LINES = 12,        /* lines of the dialogue in one frame, */
	EVIDENCE_LINES = 120,   /* ... and in all */
	STEP_TEXT = 240,        /* octets of such a line */
	EVIDENCE_DETAIL = 2000, /* octets of the sentences, of the table */
	EVIDENCE_NAME = 120
};

enum step_kind {
	STEP_FRAME,
	STEP_FOLD /* frames between two others */
};

enum step_mark { STEP_PLAIN, STEP_RELATED, STEP_ANCHOR };

/* A line of the dialogue, or in brackets what is not shown. */
struct step_line {
	bool remark;       /* our words */
	struct slice text; /* owned */
	unsigned word;     /* octets of the verb or the code at its start; 0: none */
};

struct step {
	enum step_kind kind;
	enum step_mark mark;
	uint64_t frame, last_frame;
	int64_t ts;
	enum stream_dir role; /* who sent it */
	uint8_t flags;        /* enum tcp_flag */
	bool retransmission;
	bool lost; /* carries octets that were never acknowledged */
	bool seq_known, ack_known;
	uint32_t seq, end, ack; /* absolute; `end' is behind the payload */
	uint32_t len, win;
	uint64_t frames, octets; /* FOLD */
	const char *bulk;        /* FOLD: what the octets are, or NULL */
	struct step_line *line;  /* owned */
	unsigned nlines, more;   /* kept; not kept */
};

struct effect {
	const struct check_info *check;
	enum severity severity;
	enum confidence confidence;
	uint64_t frame;
};

/* The same fault again, in the same session. */
struct again {
	uint64_t frame;
	uint32_t count;
	enum confidence confidence;
	struct slice detail; /* owned */
};

/* Conditions that a certain finding needs. */
enum gate {
	GATE_HANDSHAKE,
	GATE_BOTH_SIDES,
	GATE_NO_GAP,
	GATE_KEPT,
	GATE_CHECKSUMS,
	GATE_CLOCK,
	GATE_END,
	GATES
};

struct evidence {
	const struct check_info *check;
	uint64_t session;      /* its number */
	struct endpoint ep[2]; /* by role */
	int64_t start;
	uint64_t first_frame, last_frame;
	uint32_t source; /* input of the first frame, and its number there */
	uint64_t source_frame;
	enum severity severity;
	enum confidence confidence;
	uint64_t frame, frames[FINDING_MAX_FRAMES];
	unsigned nframes;
	uint32_t count;
	int64_t ts;
	bool transcript;   /* frames are lines of a text: no TCP, no addresses, no times */
	unsigned gates;    /* bits by enum gate */
	const char *point; /* where the capture was made, or NULL */
	struct slice detail, table, remedy;      /* owned */
	struct slice helo, banner, ending;       /* owned */
	struct slice message[EVIDENCE_MESSAGES]; /* owned: what became of those that were hit */
	unsigned nmessages, more_messages;
	struct again again[EVIDENCE_AGAIN]; /* in the order of the session */
	unsigned nagain;
	uint64_t more_again; /* not kept */
	struct effect effect[EVIDENCE_EFFECTS];
	unsigned neffects, more_effects;
	struct effect mark[EVIDENCE_MARKS]; /* the finding, then other serious ones */
	unsigned nmarks;
	struct step *step; /* NULL: they were not wanted */
	size_t nsteps;
};

/* The sequence number behind the frame as Wireshark counts it: SYN and FIN take one each (RFC 9293
 * 3.4). */
static inline uint32_t
step_next_seq(const struct step *p)
{
	return p->end + !!(p->flags & TCP_SYN) + !!(p->flags & TCP_FIN);
}

/* The better the evidence, the higher; nothing is built for it. */
int evidence_score(const struct smtp_session *, const struct finding *);
struct evidence *evidence_new(const struct smtp_session *, const struct finding *,
    const struct report_config *, struct redactor *, bool steps);
void evidence_free(struct evidence *);
/* Was the message under way in a frame that the finding names? */
bool evidence_hits(const struct finding *, const struct smtp_transaction *);

/* Is the frame of `e' among those that `shown' shows? */
bool evidence_shows(const struct evidence *shown, const struct evidence *e);

/* -- for evidence_steps.c -- */

void steps_build(struct evidence *, const struct smtp_session *, const struct finding *,
    const struct report_config *, struct redactor *);
/* A copy of at most `max' octets, redacted. */
struct slice evidence_text(struct redactor *, struct slice, size_t max);
void evidence_text_free(struct slice);

#endif
