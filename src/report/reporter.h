/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reporter - one output format: a table of functions over the finished model.
 * A reporter never sees packets and never analyses; it only shows.
 */
#ifndef SMTPSCOPE_REPORT_REPORTER_H
#define SMTPSCOPE_REPORT_REPORTER_H

#include "model/run.h"

struct output;
struct smtp_session;

struct reporter_ops {
	const char *name;    /* "jsonl": the argument of -T */
	const char *summary; /* one line for --help */
	size_t size;         /* of the private state, zeroed before begin() */
	unsigned redact;     /* enum redact_part: what it hides unless told otherwise */
	void (*begin)(void *, struct output *, const struct report_config *);
	/* Live only, may be NULL: something new is known of an open session. */
	void (*changed)(void *, struct output *, const struct smtp_session *);
	/* A session ended and has been analysed; borrowed for the call. */
	void (*session)(void *, struct output *, const struct smtp_session *);
	void (*end)(void *, struct output *, const struct run *);
	void (*fini)(void *); /* may be NULL: frees what the state owns */
};

extern const struct reporter_ops reporter_text, reporter_transcript, reporter_jsonl,
    reporter_markdown, reporter_html, reporter_document, reporter_sarif, reporter_csv, reporter_ladder,
    reporter_mermaid, reporter_svg;
extern const struct reporter_ops *const reporters[]; /* NULL-terminated; [0] is the default */
const struct reporter_ops *reporter_find(const char *name);

#endif
