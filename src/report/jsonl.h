/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jsonl - the records of the machine format, shared by the files that write
 * them.  smtpscope-jsonl(5) and smtpscope-jsonl.schema.json are the contract.
 */
#ifndef SMTPSCOPE_REPORT_JSONL_H
#define SMTPSCOPE_REPORT_JSONL_H

#include "report/common.h"
#include "report/community_id.h"
#include "report/json.h"

enum { JSONL_COMMON_MAX = 1024 };

struct jsonl {
	const struct report_config *cfg;
	struct redactor *redactor; /* NULL: nothing is hidden */
	struct json j;
	struct slice *slices; /* scratch for arrays of wire values */
	size_t capslices;
	/* Of the session being written: what every record of it repeats. */
	const struct smtp_session *s;
	char address[2][IPADDR_TEXT_MAX]; /* by role */
	char community[COMMUNITY_ID_MAX];
	uint64_t flow_id;
	const char *source; /* input's name, or NULL */
	/* The members of every record of a session that are the same, as written first. */
	char common[JSONL_COMMON_MAX];
	size_t ncommon; /* octets; 0: none yet, or they do not fit */
};

/* Opens a record and writes the common part. */
void jsonl_record(struct jsonl *, const char *event_type, uint64_t frame, int64_t ts);
void jsonl_record_end(struct jsonl *);
/* Values from the wire, redacted if that is wanted. */
void jsonl_wire(struct jsonl *, const char *key, struct slice);
void jsonl_wires(struct jsonl *, const char *key, const struct slice *, size_t n);
/* The same of mail addresses without brackets. */
void jsonl_address(struct jsonl *, const char *key, struct slice);
void jsonl_addresses(struct jsonl *, const char *key, const struct slice *, size_t n);
/* Room for n slices; the content is undefined. */
struct slice *jsonl_slices(struct jsonl *, size_t n);
void jsonl_time(struct jsonl *, const char *key, int64_t ts);
/* KEY: "2.1.5", if there is one. */
void jsonl_enhanced(struct jsonl *, const char *key, const struct smtp_reply *);

void jsonl_exchanges(struct jsonl *);
void jsonl_transactions(struct jsonl *);
void jsonl_findings(struct jsonl *);
void jsonl_flow(struct jsonl *);
void jsonl_stats(struct jsonl *, const struct run *);
/* Its member "stats" alone. */
void jsonl_stats_object(struct jsonl *, const struct run *);

#endif
