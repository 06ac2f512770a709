/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare - sessions of the same server that went differently, side by side: one with a
 * fault, and the most similar one without.
 *
 * A server's sessions fall into cohorts: those without a fault, and one cohort for each
 * check that explains what went wrong (the worst finding that is no consequence).  Of each
 * cohort a few sessions are kept as samples, without what they borrowed; the rest is
 * counted.
 */
#ifndef SMTPSCOPE_REPORT_COMPARE_H
#define SMTPSCOPE_REPORT_COMPARE_H

#include "model/run.h"
#include "smtp/smtp.h"

struct output;
struct redactor;

enum {
	SAMPLE_LINES = 48,   /* of a dialogue */
	SAMPLE_ANSWERS = 64, /* units whose answers are kept */
	SAMPLE_TEXT = 120,   /* octets of a line */
	COMPARE_SERVERS = 128,
	COMPARE_FAULTS = 3, /* cohorts with a fault for each server, the worst */
	COMPARE_SHAPES = 8, /* samples of the sessions without: dialogues of different shape */
	COMPARE_CLIENTS = 8 /* addresses told apart in a cohort */
};

/* A circumstance that a session has or has not. */
enum trait {
	TRAIT_EHLO,
	TRAIT_PIPELINES,
	TRAIT_SAME_SEGMENT,
	TRAIT_QUIT_EARLY,
	TRAIT_EOD_SPLIT,
	TRAIT_OFFERS_PIPELINING,
	TRAIT_OFFERS_SIZE,
	TRAIT_OFFERS_CHUNKING,
	TRAIT_OFFERS_8BITMIME,
	TRAIT_OFFERS_STARTTLS,
	TRAIT_OFFERS_AUTH,
	TRAIT_OFFERS_DSN,
	TRAIT_OFFERS_SMTPUTF8,
	TRAIT_TLS,
	TRAIT_AUTH,
	TRAIT_BDAT,
	TRAIT_RETRANSMISSIONS,
	TRAIT_IPV6,
	TRAITS
};

/* A size that a session has. */
enum measure {
	MEASURE_GROUP,      /* commands sent without waiting, at most */
	MEASURE_MESSAGE,    /* octets of the largest message */
	MEASURE_RECIPIENTS, /* of the transaction with most */
	MEASURE_TRANSACTIONS,
	MEASURES
};

/* A line of the dialogue, or a remark. */
struct sample_line {
	uint64_t frame;
	enum stream_dir role;
	bool remark;       /* our words, in brackets */
	uint32_t token;    /* equal for what is the same step of a dialogue */
	struct slice text; /* owned; redacted and raw */
};

/* What a unit was answered with, by meaning. */
struct sample_answer {
	const char *unit;            /* "RCPT"; constant */
	uint16_t code;               /* 0: nothing, or no code */
	uint64_t frame, reply_frame; /* 0: none */
};

/* What stays of one session.  Its texts are owned. */
struct sample {
	uint64_t session;      /* its number */
	struct endpoint ep[2]; /* by role */
	bool transcript;       /* no addresses; frames are lines */
	uint64_t frame;        /* of the fault; 0: none */
	uint32_t traits;       /* bits by enum trait */
	uint64_t shape;        /* hash of what was said, how it was grouped and answered */
	struct sample_line line[SAMPLE_LINES];
	unsigned nlines, more; /* kept; not kept */
	struct sample_answer answer[SAMPLE_ANSWERS];
	unsigned nanswers;
};

/* Sessions of one server that went the same way. */
struct cohort {
	const struct check_info *check; /* NULL: without fault */
	enum severity severity;         /* the worst, and the best confidence of those */
	enum confidence confidence;
	uint64_t sessions;
	uint64_t transcripts;    /* of them */
	uint64_t traits[TRAITS]; /* sessions that have it */
	uint64_t least[MEASURES], most[MEASURES];
	struct ipaddr client[COMPARE_CLIENTS];
	unsigned nclients;                     /* COMPARE_CLIENTS + 1: more than are told apart */
	struct sample *sample[COMPARE_SHAPES]; /* owned; one where there is a fault */
	unsigned nsamples;
	struct sample
	    *model; /* owned; with a fault: the closest of the same server since; or NULL */
};

/* Two cohorts, and the sessions that stand for them. */
struct pair {
	struct endpoint server;
	const struct cohort *with, *without;
	const struct sample *bad, *good;
	bool other_server; /* `without' is of another server, because this one has none */
};

/* What was left out. */
struct compare_losses {
	uint64_t incomplete; /* sessions without fault that the capture does not hold whole */
	uint64_t servers;    /* sessions of servers for which there was no room */
	uint64_t faults;     /* sessions of cohorts for which there was no room */
	uint64_t unmatched;  /* cohorts with a fault that nothing could be compared with */
};

struct comparisons;

struct comparisons *comparisons_new(const struct report_config *, struct redactor *);
void comparisons_free(struct comparisons *);
void comparisons_session(struct comparisons *, const struct smtp_session *);
/* The worst first; borrowed until the next session. */
const struct pair *comparisons_pairs(struct comparisons *, size_t *n);
const struct compare_losses *comparisons_losses(const struct comparisons *);

/* -- differences ------------------------------------------------------------------------- */

/* Words for a trait: "commands are pipelined"; for a measure: "octets of the largest message". */
const char *trait_text(enum trait);
const char *measure_text(enum measure);
/* By how much the shares of sessions that have it differ: 0 to 1; 0 also where it cannot be
 * told. */
double pair_contrast(const struct pair *, enum trait);
bool pair_measures_differ(const struct pair *, enum measure);
/* The first unit of the same kind with different answers; false: none. */
bool pair_answer(const struct pair *, struct sample_answer *bad, struct sample_answer *good);

/* -- compare_text.c ----------------------------------------------------------------------- */

/* A pair as text: the two dialogues, the first difference, what differs otherwise. */
void pair_text(struct output *, const struct report_config *, struct redactor *,
    const struct pair *, size_t number);

/* -- compare_section.c -------------------------------------------------------------------- */

/* A section of the incident report; nothing if there is nothing to compare. */
void compare_markdown(
    struct comparisons *, struct output *, const struct report_config *, struct redactor *);
void compare_html(
    struct comparisons *, struct output *, const struct report_config *, struct redactor *);

#endif
