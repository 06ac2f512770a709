/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * finding - what a check is, and what it says about one place in one session.
 *
 * A check_info is one row of a table and immutable; the manual page, --list-checks
 * and --explain are made from it.  A finding belongs to its session's arena.
 */
#ifndef SMTPSCOPE_MODEL_FINDING_H
#define SMTPSCOPE_MODEL_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/queue.h"

enum severity { SEV_NOTE, SEV_WARNING, SEV_ERROR };

/* certain: acknowledgement numbers or order prove it; probable: one gate failed or the proof
 * is indirect; possible: text or time alone. */
enum confidence { CONF_POSSIBLE, CONF_PROBABLE, CONF_CERTAIN };

enum culprit { CULPRIT_CLIENT, CULPRIT_SERVER, CULPRIT_PATH, CULPRIT_EITHER };

enum check_kind {
	CHECK_VIOLATION, /* breaks a written requirement */
	CHECK_SECURITY,
	CHECK_INTEROP,
	CHECK_TRANSPORT,
	CHECK_REMARK /* a fact worth knowing */
};

enum check_tier { TIER_STAR, TIER_CORE, TIER_SECOND, TIER_LATER };

/* What the operator wants of all findings of a check (--suppress, --grade). */
enum check_grade { GRADE_USUAL, GRADE_NOTE, GRADE_WARNING, GRADE_ERROR, GRADE_OFF };

struct check_info {
	const char *id;       /* "reply-mid-data"; never reused for something else */
	const char *title;    /* one line, no full stop */
	char phase;           /* 'A' capture and TCP ... 'N' behaviour */
	enum culprit culprit; /* who, unless the finding says otherwise */
	enum check_kind kind;
	enum severity severity; /* base value; a finding may lower or raise it */
	enum check_tier tier;
	const char *refs;   /* "RFC 5321 4.1.1.4; RFC 2920 3.1": "; " between sources */
	const char *what;   /* what the check looks for */
	const char *why;    /* what it means for the mail */
	const char *proof;  /* what has to be seen before it speaks */
	const char *fakes;  /* what looks alike and how that is kept apart */
	const char *remedy; /* what to do */
};

enum { FINDING_MAX_FRAMES = 8 };

struct finding {
	STAILQ_ENTRY(finding) link;
	const struct check_info *check;
	enum severity severity;
	enum confidence confidence;
	enum culprit culprit;
	uint64_t frame;                      /* anchor: the first offending frame */
	int64_t ts;                          /* its time, ns */
	uint64_t frames[FINDING_MAX_FRAMES]; /* related, in order of explanatory value */
	unsigned nframes;
	unsigned position;  /* of the check in the catalogue */
	uint32_t count;     /* repeats folded into this one, 1 at least */
	const char *detail; /* sentences; octets from the wire in it are raw: escape on output */
	const char *table;  /* lines of a small table to show with it, or NULL; raw as well */
	const char *remedy; /* NULL: the check's */
	const struct finding *parent; /* the finding that this one is a consequence of, or NULL */
};
STAILQ_HEAD(findings, finding);

/* A severity as the operator wants it; the given one where nothing else is wanted. */
static inline enum severity
severity_graded(enum severity usual, enum check_grade grade)
{
	switch (grade) {
	case GRADE_NOTE:
		return SEV_NOTE;
	case GRADE_WARNING:
		return SEV_WARNING;
	case GRADE_ERROR:
		return SEV_ERROR;
	case GRADE_USUAL:
	case GRADE_OFF:
		break;
	}
	return usual;
}

const char *severity_name(enum severity);     /* "error" */
const char *confidence_name(enum confidence); /* "certain" */
const char *culprit_name(enum culprit);
const char *check_kind_name(enum check_kind);
const char *check_tier_name(enum check_tier); /* "star", "core", ... */
/* 0 to 2: how much a finding of this check and severity tells of what became of the mail. */
int check_tells(const struct check_info *, enum severity);
/* Does `f' explain a session better than `best', which may be NULL?  The graver one does; of equals
 * what tells of the dialogue rather than a warning about security or the capture, and that rather
 * than a mere remark; then the surer one.  Findings come in order of their frames, and an earlier
 * one does not lose to its equal. */
bool finding_explains(const struct finding *f, const struct finding *best);
/* The check is about what the capture lacks, for which nobody on the way of the mail is to blame,
 * whatever culprit the records name. */
bool check_of_capture(const struct check_info *);
/* False when the word is none of "note", "warning", "error". */
bool severity_parse(const char *, enum severity *);

#endif
