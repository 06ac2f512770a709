/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * smtp_names - the words for what the model holds.  Those for results, closures
 * and unit kinds are part of the record format (smtpscope-jsonl(5)).
 */
#include <stddef.h>
#include "smtp/smtp.h"

static const char *const unit_kinds[] = { "greeting", "command", "end-of-data", "chunk", "sasl",
	"garbage" };

static const char *const results[] = { "delivered", "delivered-in-part", "rejected", "deferred",
	"rejected-mid-data", "aborted", "lost", "in-doubt", "unknown" };

static const char *const closures[] = { "quit", "quit-no-wait", "client-fin", "server-fin",
	"half-closed", "client-rst", "server-rst", "simultaneous", "idle", "refused", "no-answer",
	"reused", "capture-end" };

static const char *const apps[] = { "unknown", "smtp", "lmtp", "tls" };

/* RFC 5321 4.2.3, and the extensions' own. */
static const struct {
	uint16_t code;
	const char *label;
} labels[] = { { 211, "System status, or system help reply" }, { 214, "Help message" },
	{ 220, "Service ready" }, { 221, "Service closing transmission channel" },
	{ 235, "Authentication succeeded" }, { 250, "Requested mail action okay, completed" },
	{ 251, "User not local; will forward" },
	{ 252, "Cannot VRFY user, but will accept message and attempt delivery" },
	{ 334, "Server challenge" }, { 354, "Start mail input" },
	{ 421, "Service not available, closing transmission channel" },
	{ 432, "A password transition is needed" },
	{ 450, "Requested mail action not taken: mailbox unavailable" },
	{ 451, "Requested action aborted: error in processing" },
	{ 452, "Requested action not taken: insufficient system storage" },
	{ 454, "Temporary authentication failure" },
	{ 455, "Server unable to accommodate parameters" },
	{ 500, "Syntax error, command unrecognized" },
	{ 501, "Syntax error in parameters or arguments" }, { 502, "Command not implemented" },
	{ 503, "Bad sequence of commands" }, { 504, "Command parameter not implemented" },
	{ 521, "Host does not accept mail" }, { 530, "Authentication required" },
	{ 534, "Authentication mechanism is too weak" },
	{ 535, "Authentication credentials invalid" },
	{ 550, "Requested action not taken: mailbox unavailable" }, { 551, "User not local" },
	{ 552, "Requested mail action aborted: exceeded storage allocation" },
	{ 553, "Requested action not taken: mailbox name not allowed" },
	{ 554, "Transaction failed" },
	{ 555, "MAIL FROM/RCPT TO parameters not recognized or not implemented" },
	{ 556, "Domain does not accept mail" } };

const char *
smtp_unit_kind_name(enum smtp_unit_kind k)
{
	return unit_kinds[k];
}

const char *
smtp_result_name(enum smtp_result r)
{
	return results[r];
}

const char *
smtp_closure_name(enum smtp_closure c)
{
	return closures[c];
}

const char *
smtp_app_name(enum smtp_app a)
{
	return apps[a];
}

const char *
smtp_code_label(uint16_t code)
{
	size_t i;

	for (i = 0; i < sizeof labels / sizeof labels[0]; i++)
		if (labels[i].code == code)
			return labels[i].label;
	return NULL;
}

const char *
smtp_unit_name(const struct smtp_unit *u)
{
	switch (u->kind) {
	case UNIT_GREETING:
		return "greeting";
	case UNIT_EOD:
		return "end of data";
	case UNIT_SASL:
		return "AUTH response";
	case UNIT_GARBAGE:
		return "line that is no command";
	case UNIT_CHUNK:
	case UNIT_COMMAND:
		break;
	}
	return u->verb->id == VERB_UNKNOWN ? "unknown command" : u->verb->name;
}

const struct smtp_extension *
smtp_ehlo_find(const struct smtp_ehlo *e, const char *keyword)
{
	unsigned i;

	if (e != NULL)
		for (i = 0; i < e->next; i++)
			if (slice_caseeq(e->ext[i].keyword, keyword))
				return &e->ext[i];
	return NULL;
}

const char *
smtp_tls_via_name(unsigned via)
{
	static const char *const names[] = { [TLS_NONE] = "none",
		[TLS_STARTTLS] = "starttls",
		[TLS_IMPLICIT] = "implicit",
		[TLS_JOINED] = "joined" };

	return via < sizeof names / sizeof names[0] ? names[via] : NULL;
}
