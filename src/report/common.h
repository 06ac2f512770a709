/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * common - what the reporters share: names of the peers, numbers, times, words
 * for results and closures, wrapped and cut text, colours.
 *
 * Nothing here keeps state.  Octets from the wire are escaped here or by the
 * caller, never twice.
 */
#ifndef SMTPSCOPE_REPORT_COMMON_H
#define SMTPSCOPE_REPORT_COMMON_H

#include "model/run.h"
#include "smtp/smtp.h"

struct output;

enum {
	REPORT_WIDTH = 100,  /* columns of wrapped text */
	NUMBER_TEXT_MAX = 28 /* "18,446,744,073,709,551,615" */
};

/* How the two sides are called, by SMTP role. */
struct peers {
	const char *name[2];                /* shown name, or the address (and port, if needed) */
	bool named[2];                      /* the name comes from --name */
	char address[2][ENDPOINT_TEXT_MAX]; /* what name[] points to without --name */
	char full[2][ENDPOINT_TEXT_MAX];    /* address and port */
};

enum color { COLOR_NONE, COLOR_ERROR, COLOR_WARNING, COLOR_NOTE, COLOR_CLIENT, COLOR_SERVER };

/* Borrows the names of the configuration. */
void common_peers(struct peers *, const struct report_config *, const struct smtp_session *);
const char *common_role(enum stream_dir role); /* "client" */

/* What became of octets that are missing in the session's streams: "not captured", or that they
 * were captured and not followed, or not kept, where that is so of all of them. */
const char *common_missing(const struct smtp_session *);

/* "57,920" */
const char *common_number(char out[NUMBER_TEXT_MAX], uint64_t);
/* "1 octet", "57,920 octets" */
void common_count(struct output *, uint64_t n, const char *noun);
/* What run->capture.packets counts: "frame", or "line" if all came from transcripts. */
const char *common_read(const struct run *);
/* Decimal seconds with 6 or 9 digits: "-0.000120". */
void common_seconds(struct output *, int64_t ns, int digits);
/* A time as the options want it, in a column of its own; nothing for TIME_NONE. */
void common_time(
    struct output *, const struct report_config *, int64_t ts, int64_t start, int64_t previous);

/* a - b; the ends of the range instead of an overflow (times come from the capture file). */
int64_t common_since(int64_t a, int64_t b);

/* Octets of the text that take about so many columns when they are escaped. */
size_t common_fit(struct slice, size_t columns);
/* Escapes the text, cut to about so many columns ("..." shows the cut). */
void common_cut(struct output *, struct slice, size_t columns);
/* Escapes text of ours and breaks it at blanks; `column' is used up already. */
void common_wrap(struct output *, struct slice, unsigned column, unsigned indent);

void common_color(struct output *, const struct report_config *, enum color);
enum color common_severity_color(enum severity);

/* Is the finding one that the options let through? */
bool common_shown(const struct report_config *, const struct finding *);
/* The octets of a reply line behind its code. */
struct slice common_reply_text(const struct smtp_reply *);

/* What became of a transaction, in the words of mail. */
const char *common_result_words(enum smtp_result);
/* The same of a transaction; who ended it counts. */
const char *common_outcome(const struct smtp_session *, const struct smtp_transaction *);
/* How the session ended: one sentence without a full stop. */
void common_closure(struct output *, const struct smtp_session *);

#endif
