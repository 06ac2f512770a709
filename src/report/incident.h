/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * incident - findings of many sessions put together: the same check, the same
 * side, the same network.  The outline that every incident report is made from.
 *
 * Consequences make no incident: they are told with their cause.
 */
#ifndef SMTPSCOPE_REPORT_INCIDENT_H
#define SMTPSCOPE_REPORT_INCIDENT_H

#include "report/evidence.h"
#include "report/redact.h"
#include "report/timeline.h"

enum {
	INCIDENTS_MAX = 256,   /* kept; the least important make room */
	INCIDENT_PAIRS = 8,    /* client and server addresses */
	INCIDENT_SIGHTINGS = 8 /* sessions named */
};

/* What the incident did to a message. */
enum mail_fate {
	MAIL_LOST,     /* the client believes it delivered, the server did not take it */
	MAIL_IN_DOUBT, /* nobody can tell, or it may be delivered twice */
	MAIL_REFUSED,  /* goes back to its sender */
	MAIL_LATE,     /* the client keeps it */
	MAIL_UNSENT,   /* the client gave up before DATA, perhaps without having a message */
	MAIL_PART,     /* delivered, but not to every recipient */
	MAIL_TAKEN,
	MAIL_UNKNOWN, /* the capture does not show it */
	MAIL_FATES
};

struct incident_pair {
	struct ipaddr ip[2]; /* by role */
	uint16_t port;       /* of the server */
	uint64_t sessions;
};

struct sighting {
	uint64_t session, frame;
	int64_t ts;
	enum confidence confidence;
	struct ipaddr ip[2]; /* by role */
};

struct incident {
	const struct check_info *check;
	enum culprit culprit;
	struct ipaddr net; /* of the culprit; of the server if it is neither */
	unsigned prefix;   /* bits of it that count: all for a server */
	bool transcript;   /* first seen in a transcript, whose addresses are made up */
	enum severity severity;
	enum confidence confidence; /* the best */
	int64_t first_ts, last_ts;
	uint64_t first_frame, last_frame; /* anchors */
	uint64_t findings, sessions, messages;
	uint64_t fate[MAIL_FATES];
	uint64_t results[RUN_RESULTS];
	struct incident_pair pair[INCIDENT_PAIRS];
	unsigned npairs;
	uint64_t other_sessions; /* of pairs that are not kept */
	struct sighting sighting[INCIDENT_SIGHTINGS];
	unsigned nsightings;
	struct evidence *evidence; /* the best; NULL: not wanted, or not kept */
	int score;                 /* its */

	/* While a session is being counted. */
	struct incident *next; /* in the bucket */
	uint64_t session_mark, message_mark;
};

/* What was left out: there was no room, or something more important took the place. */
struct incident_losses {
	uint64_t findings[SEV_ERROR + 1]; /* by enum severity */
};

struct incidents;

/* `evidence': keep the best of each incident, for reports that show it. */
struct incidents *incidents_new(const struct report_config *, struct redactor *, bool evidence);
void incidents_free(struct incidents *);
void incidents_session(struct incidents *, const struct smtp_session *);
/* The most harmful first; borrowed until the next session. */
const struct incident *const *incidents_ranked(struct incidents *, size_t *n);
const struct incident_losses *incidents_losses(const struct incidents *);
/* Messages that a serious incident met, each once; by enum mail_fate. */
const uint64_t *incidents_mail(const struct incidents *);
/* Sessions by time; the class is the worst finding: 0 none, then enum severity + 1. */
const struct timeline *incidents_timeline(const struct incidents *);

/* -- the words of it (incident_words.c): plain text, to be escaped by the format -- */

const char *mail_fate_name(enum mail_fate);
enum mail_fate mail_fate(const struct smtp_transaction *);
/* Does it belong to the main part, or to the remarks? */
bool incident_is_serious(const struct incident *);
/* "server 192.0.2.25", "clients in 198.51.100.0/24", "path from client1 to server1" */
void incident_culprit(struct output *, struct redactor *, const struct incident *);
void incident_time(struct output *, int64_t ts); /* "2026-01-15T12:00:00Z" */
/* "2 refused, 1 in doubt"; `none' if there are none */
void incident_mail(struct output *, const uint64_t fate[MAIL_FATES], const char *none);
/* What this does to the mail, in sentences with a blank before each; may be nothing. */
void incident_harm(struct output *, const struct incident *);
const char *gate_text(enum gate, bool held);
const char *point_text(const char *capture_point);

/* "2 incidents: 3 errors and 1 warning in 1 session ..." */
void incident_lede(struct output *, const struct incidents *, size_t serious, const struct run *);

struct advice {
	const char *side; /* "Server", "Client", "Both sides" */
	struct slice text;
};
enum { ADVICE_MAX = 6 };
/* Who should do what; the slices are borrowed from `remedy' or constant. */
size_t incident_advice(struct advice[ADVICE_MAX], const struct incident *, struct slice remedy);

#endif
