/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document - what the files of the JSON document share.
 */
#ifndef SMTPSCOPE_REPORT_DOCUMENT_H
#define SMTPSCOPE_REPORT_DOCUMENT_H

#include "report/incident.h"
#include "report/jsonl.h"

struct document {
	struct jsonl w; /* times and statistics are written as in the records */
	struct redactor *redactor;
	struct incidents *incidents;
	uint64_t sessions; /* in the document so far */
	uint64_t left_out;
};

/* Octets from the wire, redacted. */
void document_wire(struct document *, const char *key, struct slice);
void document_ip(struct document *, const char *key, const struct ipaddr *);
void document_incident(struct document *, const struct incident *, size_t rank);

#endif
