/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run - what one run of the program saw in all: the last line of every report.
 */
#ifndef SMTPSCOPE_MODEL_RUN_H
#define SMTPSCOPE_MODEL_RUN_H

#include "capture/capture.h"
#include "decode/decode.h"
#include "model/finding.h"
#include "stream/stream.h"

struct output;

enum { RUN_RESULTS = 9, RUN_CLOSURES = 13, RUN_CHECKS_MAX = 192 };

struct run {
	struct capture_stats capture;
	struct decode_stats decode;
	struct tracker_stats tracker;
	bool live;
	uint64_t sessions;          /* reported as SMTP, LMTP or TLS on an SMTP port */
	uint64_t hidden_sessions;   /* not reported: the display filter hides them; they are
	                             * in no other number of sessions and findings */
	const char *display_filter; /* -Y, or NULL */
	uint64_t other_connections; /* TCP connections that were no SMTP */
	uint64_t forgotten;         /* entries about earlier sessions that made room */
	/* Senders and recipients that a server put off with 4yz: all, those accepted or refused for
	 * good later, put off again, and not tried again; ns, when the first of these was put off.
	 */
	struct {
		uint64_t total, accepted, refused, again, waiting;
		int64_t since;
	} put_off;
	uint64_t transactions;
	uint64_t results[RUN_RESULTS];   /* by enum smtp_result */
	uint64_t closures[RUN_CLOSURES]; /* by enum smtp_closure */
	/* By position in the table of checks, and by the enum severity they were given, which need
	 * not be the check's; consequences are not counted. */
	uint64_t findings[RUN_CHECKS_MAX][SEV_ERROR + 1];
	uint64_t by_severity[3];     /* counted findings by enum severity */
	uint64_t limited_sessions;   /* sessions of which a part was not kept */
	uint64_t midstream_sessions; /* sessions whose beginning was not captured */
	uint64_t one_sided_sessions; /* sessions of which one direction was not captured */
	uint64_t suppressed;         /* findings not reported, as the operator asked */
	uint64_t regraded;           /* findings with another severity, as asked */
	int64_t first_ts, last_ts;   /* ns; of the first and last packet */
	uint64_t memory_peak;        /* octets charged to the budget at once */
	uint64_t memory_limit;       /* --max-memory; 0: none */
	uint64_t memory_refusals;    /* times that the budget refused octets */
	const char *error;           /* why the input ended early, or NULL */
};

/* The shown name of an address: --name ADDR=NAME. */
struct address_name {
	struct ipaddr addr;
	const char *name;
};

enum time_style {
	TIME_RELATIVE, /* r: since the first frame of the session (default) */
	TIME_DELTA,    /* d: since the previous line shown */
	TIME_DAY,      /* a, u: hh:mm:ss.ffffff UTC */
	TIME_DATE,     /* ad, ud: date and time, UTC */
	TIME_EPOCH,    /* e: seconds since 1970 */
	TIME_NONE
};

/* What a report may hide (--redact). */
enum redact_part {
	REDACT_ADDRESSES = 1, /* mail addresses */
	REDACT_HOSTS = 2,     /* host names and IP addresses */
	REDACT_SUBJECT = 4,
	REDACT_BODY = 8, /* message text, and lines that may be some */
	REDACT_ALL = 15
};

/* How a report is wanted; set once from the options. */
struct report_config {
	enum severity severity; /* lowest shown; default note */
	bool quiet;             /* -q: findings and summaries only */
	unsigned verbose;       /* -v count */
	bool color;             /* terminal colours allowed */
	bool show_text;         /* message text may be shown */
	uint32_t statistics;    /* -z: what to print in place of sessions, as a set of bits;
	                         * see report/statistics.h */
	unsigned redact;        /* enum redact_part */
	enum time_style time;
	const struct address_name *names;
	size_t nnames;
	const char *engine;             /* name of the reassembler */
	const enum check_grade *grades; /* by position in the table of checks; NULL: all usual */
	const struct capture *capture;  /* for input names; NULL in tests */
	bool live;
	int digits; /* fraction digits of the time stamps: 6 or 9 */
};

#endif
