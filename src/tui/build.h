/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build - documents out of the model: one builder for each screen of detail.
 */
#ifndef SMTPSCOPE_TUI_BUILD_H
#define SMTPSCOPE_TUI_BUILD_H

#include "store/store.h"
#include "tui/doc.h"

struct acks;
struct incidents;
struct packet;
struct segment;
struct statistics;
struct window;

/* What a view shows of a session; set by keys, kept by the view. */
enum { BUILD_BODY_ALL = 1 << 30 };
struct build_options {
	const struct report_config *cfg;
	int width;
	bool ascii;
	bool unfold; /* show every frame, every wait */
	bool redact; /* transcript: as it would be pasted in public, all names replaced; what
	              * cfg->redact hides is hidden in every view */
	bool tcp;    /* frames: the TCP line of every frame too */
	bool no_frames, no_times; /* transcript: without these columns */
	unsigned body; /* transcript: lines of each message's text; BUILD_BODY_ALL: all kept */
	enum time_style time;
	const struct window *window;   /* dashboard: which sessions; NULL: all */
	const struct acks *acks;       /* findings that were acknowledged; NULL: none */
	int lines;                     /* answer: there is room for so many; 0: for all */
	const struct finding *finding; /* of the finding view; NULL: the worst one */
};

/* `title' gets two or three lines that stay on the screen (frames and ladder: the last one
 * heads the columns), `body' the rest.  Both are added to, not cleared.  Findings that the lines
 * point to are the session's: a document must not outlive its session. */
typedef void build_fn(
    struct doc *title, struct doc *body, const struct smtp_session *, const struct build_options *);
build_fn build_frames, build_ladder, build_transcript, build_findings, build_finding;

/* One frame of the session, for a pane; 0: none. */
void build_frame(struct doc *title, struct doc *body, const struct smtp_session *,
    const struct build_options *, uint64_t frame);

/* One frame as it was captured, secrets hidden; seg: NULL if it is none. */
struct build_octets_of {
	const struct packet *pkt;
	const struct segment *seg;
};
void build_octets(struct doc *title, struct doc *body, const struct smtp_session *,
    const struct build_options *, const struct build_octets_of *);

/* Those that the dashboard shows, in its order. */
#define BUILD_STATISTICS "classes,latency,tls"

/* What a whole run tells: no session, but the store and the counters. */
struct build_run {
	const struct run *run;
	struct store *store;
	struct incidents *incidents;
	struct statistics *statistics; /* of BUILD_STATISTICS; or NULL: no such tables */
	const char *source;            /* "eth0", "trace.pcap" */
	bool live;
};
void build_dashboard(
    struct doc *title, struct doc *body, const struct build_run *, const struct build_options *);
/* The lower pane of the list: cause in a sentence, consequence, remedy, log line of the MTA.
 * With little room long rows are cut, so that the first `lines' lines hold what matters most;
 * there may be more behind them. */
void build_answer(struct doc *, const struct smtp_session *, const struct build_options *);

#endif
