/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dissector - stream events in, analysed sessions out.
 */
#ifndef SMTPSCOPE_SMTP_DISSECTOR_H
#define SMTPSCOPE_SMTP_DISSECTOR_H

#include "smtp/peers.h"
#include "smtp/smtp.h"

struct budget;
struct dissector;

struct session_sink {
	/* A session is complete and analysed; borrowed for the call. */
	void (*ended)(void *ctx, struct smtp_session *);
	/* Live only, may be NULL: something new is known.  Analysed as far as it goes. */
	void (*changed)(void *ctx, struct smtp_session *);
	void *ctx;
};

struct dissector_config {
	struct budget *budget;
	struct session_sink sink;
	const uint16_t *ports; /* 0-terminated: ports that are SMTP without further evidence */
	bool all_ports;        /* report TCP connections on other ports only if they show SMTP;
	                        * true: look at them all (default) */
	bool keep_text;        /* keep message text (bounded) for --show-text */
	bool live;
	bool lazy; /* live: sink.changed() is called by dissector_refresh(), not for each segment */
	uint64_t hash_seed;     /* random live, fixed for files */
	uint64_t verdict_limit; /* octets of what is found out about one session; 0: no limit */
	/* Judge ended sessions in a thread of their own: the sink is called from there.  Not for
	 * live captures, where each session is to be shown when it ends. */
	bool background;
	/* A connection is dissected once more: its session gets these, and the first that is
	 * given to the sink stays until dissector_free(). */
	const struct smtp_recall *recall; /* NULL: the usual */
	const enum check_grade *grades;   /* by position in the table of checks; NULL: all usual */
	const struct suppressions *suppressions; /* of single peers; NULL: none */
};

struct dissector *dissector_new(const struct dissector_config *);
/*
 * What is known of a connection that has not ended, analysed as far as it goes, to
 * sink.changed(); it is not followed any further, and has to stay while the session is used.
 * False: it is no session (yet).
 */
bool dissector_look(struct dissector *, struct stream *);
/* With `lazy': tells of each open session that got segments since the last time. */
void dissector_refresh(struct dissector *);
void dissector_event(void *dissector, const struct stream_event *); /* a stream_sink.event */
/* Return when the sink has been told of every session that has ended; the latter also ends the
 * thread. */
void dissector_settle(struct dissector *);
void dissector_finish(struct dissector *);
uint64_t dissector_other_connections(const struct dissector *);
/* Entries about earlier sessions that made room for newer ones (peers.h). */
uint64_t dissector_forgotten(const struct dissector *);
/* What became of senders and recipients that were refused for the time being. */
struct peers_put_off dissector_put_off(const struct dissector *);
void dissector_free(struct dissector *);

#endif
