/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cascade - which finding is only the consequence of which.
 *
 * A row names a parent, a child, and how near they must be.  The first row whose
 * parent is present wins; a parent may itself be a consequence of another.
 */
#include "smtp/smtp.h"
#include "smtp/checks/cascade.h"

enum scope {
	SCOPE_SESSION, /* anywhere in the session */
	SCOPE_AFTER,   /* the child's frame is not before the parent's */
	SCOPE_FRAME    /* the same frame */
};

/* clang-format off */
static const struct rule {
	const char *parent, *child;
	enum scope scope;
} rules[] = {
	{ "capture-one-sided", "capture-gap", SCOPE_SESSION },
	{ "client-close-mid-data", "reply-mid-data", SCOPE_AFTER },
	{ "client-close-mid-data", "session-421", SCOPE_AFTER },
	{ "client-close-mid-data", "eod-missing", SCOPE_SESSION },
	{ "client-close-mid-data", "quit-missing", SCOPE_SESSION },
	{ "eod-missing", "reply-mid-data", SCOPE_AFTER },
	{ "eod-missing", "session-421", SCOPE_AFTER },
	{ "eod-missing", "server-close-mid-data", SCOPE_AFTER },
	{ "eod-missing", "server-close-without-quit", SCOPE_AFTER },
	{ "reply-mid-data", "reply-unsolicited", SCOPE_AFTER },
	{ "reply-mid-data", "reply-before-command", SCOPE_AFTER },
	{ "reply-mid-data", "session-421", SCOPE_SESSION },
	{ "reply-mid-data", "eod-unanswered", SCOPE_SESSION },
	{ "server-close-mid-data", "server-close-without-quit", SCOPE_AFTER },
	{ "server-close-mid-data", "reply-missing", SCOPE_SESSION },
	{ "server-close-mid-data", "eod-missing", SCOPE_SESSION },
	{ "server-close-mid-data", "eod-unanswered", SCOPE_AFTER },
	{ "server-close-mid-data", "client-close-mid-data", SCOPE_AFTER },
	{ "server-close-mid-data", "closed-with-open-transaction", SCOPE_AFTER },
	{ "pipelined-commands-lost", "reply-missing", SCOPE_SESSION },
	{ "pipelined-commands-lost", "reply-wrong-code", SCOPE_SESSION },
	{ "pipelined-commands-lost", "quit-unanswered", SCOPE_SESSION },
	{ "pipelined-commands-lost", "server-close-without-quit", SCOPE_SESSION },
	{ "pipelined-commands-lost", "eod-unanswered", SCOPE_SESSION },
	{ "pipelined-order", "reply-wrong-code", SCOPE_SESSION },
	{ "session-421", "reply-missing", SCOPE_SESSION },
	{ "session-421", "pipelined-commands-lost", SCOPE_SESSION },
	{ "session-421", "server-close-without-quit", SCOPE_AFTER },
	{ "reply-unsolicited", "reply-wrong-code", SCOPE_AFTER },
	{ "reply-unsolicited", "reply-before-command", SCOPE_AFTER },
	{ "reply-syntax", "eod-unanswered", SCOPE_SESSION },
	{ "reply-syntax", "server-close-without-quit", SCOPE_AFTER },
	{ "reply-syntax", "reply-wrong-code", SCOPE_AFTER },
	{ "reply-multiline-open", "reply-missing", SCOPE_AFTER },
	{ "reply-mid-data", "size-exceeded", SCOPE_SESSION },
	{ "eod-missing", "eod-nonstandard", SCOPE_FRAME },
	{ "eod-nonstandard", "body-bare-newline", SCOPE_FRAME },
	{ "eod-unanswered", "eod-split", SCOPE_SESSION },
	{ "data-after-refusal", "data-as-commands", SCOPE_AFTER },
	{ "data-after-refusal", "command-unknown", SCOPE_AFTER },
	{ "post-eod-bytes", "command-unknown", SCOPE_FRAME },
	{ "greeting-reject-close", "reply-missing", SCOPE_SESSION },
	{ "firewall-banner-masked", "greeting-format", SCOPE_SESSION },
	{ "firewall-banner-masked", "ehlo-reply-syntax", SCOPE_SESSION },
	{ "firewall-banner-masked", "required-command-refused", SCOPE_SESSION },
	{ "ehlo-keyword-masked", "ehlo-reply-syntax", SCOPE_SESSION },
	{ "ehlo-keyword-masked", "required-command-refused", SCOPE_SESSION },
	{ "ehlo-keyword-masked", "private-extension", SCOPE_SESSION },
	{ "ehlo-argument", "required-command-refused", SCOPE_FRAME },
	{ "http-to-smtp", "early-talker", SCOPE_SESSION },
	{ "http-to-smtp", "data-as-commands", SCOPE_AFTER },
	{ "http-to-smtp", "command-unknown", SCOPE_AFTER },
	{ "http-to-smtp", "command-bare-lf", SCOPE_AFTER },
	{ "http-to-smtp", "command-line-too-long", SCOPE_AFTER },
	{ "http-to-smtp", "command-control-char", SCOPE_AFTER },
	{ "http-to-smtp", "ehlo-argument", SCOPE_AFTER },
	{ "http-to-smtp", "ehlo-missing", SCOPE_AFTER },
	{ "http-to-smtp", "path-syntax", SCOPE_AFTER },
	{ "http-to-smtp", "pipelining-unadvertised", SCOPE_AFTER },
	{ "http-to-smtp", "pipelining-sync-point", SCOPE_AFTER },
	{ "http-to-smtp", "sequence-nested-mail", SCOPE_AFTER },
	{ "http-to-smtp", "sequence-rcpt-before-mail", SCOPE_AFTER },
	{ "http-to-smtp", "sequence-data-without-rcpt", SCOPE_AFTER },
	{ "http-to-smtp", "server-close-without-quit", SCOPE_AFTER },
	{ "http-to-smtp", "reply-missing", SCOPE_AFTER },
	{ "http-to-smtp", "reply-wrong-code", SCOPE_AFTER },
	{ "http-to-smtp", "reply-unsolicited", SCOPE_AFTER },
	{ "http-to-smtp", "reset-with-data-lost", SCOPE_AFTER },
	{ "http-to-smtp", "pipelined-commands-lost", SCOPE_SESSION },
	{ "bdat-unadvertised", "data-as-commands", SCOPE_AFTER },
	{ "bdat-unadvertised", "command-unknown", SCOPE_AFTER },
	{ "bdat-unadvertised", "command-line-too-long", SCOPE_AFTER },
	{ "bdat-unadvertised", "command-control-char", SCOPE_AFTER },
	{ "data-as-commands", "command-unknown", SCOPE_AFTER },
	{ "data-as-commands", "command-line-too-long", SCOPE_AFTER },
	{ "data-as-commands", "command-control-char", SCOPE_AFTER },
	{ "data-as-commands", "command-bare-lf", SCOPE_AFTER },
	{ "data-as-commands", "private-extension", SCOPE_AFTER },
	{ "data-as-commands", "sequence-nested-mail", SCOPE_AFTER },
	{ "data-as-commands", "server-close-without-quit", SCOPE_AFTER },
	{ "parameter-syntax", "parameter-unadvertised", SCOPE_FRAME },
	{ "rset-refused", "server-close-without-quit", SCOPE_SESSION },
	{ "rset-refused", "reply-missing", SCOPE_SESSION },
	{ "rset-refused", "required-command-refused", SCOPE_FRAME },
	{ "bdat-unadvertised", "reply-unsolicited", SCOPE_AFTER },
	{ "bdat-unadvertised", "reply-before-command", SCOPE_AFTER },
	{ "bdat-size-mismatch", "data-as-commands", SCOPE_AFTER },
	{ "bdat-size-mismatch", "command-unknown", SCOPE_AFTER },
	{ "bdat-size-mismatch", "client-close-mid-data", SCOPE_AFTER },
	{ "bdat-reply-count", "reply-before-command", SCOPE_AFTER },
	{ "bdat-reply-count", "reply-unsolicited", SCOPE_AFTER },
	{ "bdat-reply-count", "pipelined-commands-lost", SCOPE_SESSION },
	{ "bdat-sequence", "sequence-data-without-rcpt", SCOPE_FRAME },
	{ "lmtp-reply-count", "reply-unsolicited", SCOPE_AFTER },
	{ "lmtp-reply-count", "pipelined-commands-lost", SCOPE_SESSION },
	{ "lmtp-reply-count", "eod-unanswered", SCOPE_SESSION },
	{ "pipelining-deadlock", "tcp-zero-window", SCOPE_SESSION },
	{ "pipelining-deadlock", "tcp-stalled-small-window", SCOPE_SESSION },
	{ "starttls-command-injection", "pipelining-sync-point", SCOPE_SESSION },
	{ "starttls-command-injection", "pipelining-unadvertised", SCOPE_SESSION },
	{ "starttls-command-injection", "reply-missing", SCOPE_SESSION },
	{ "starttls-command-injection", "pipelined-commands-lost", SCOPE_SESSION },
	{ "starttls-command-injection", "tls-handshake-failed", SCOPE_SESSION },
	{ "starttls-command-injection", "starttls-plaintext-after", SCOPE_SESSION },
	{ "starttls-response-injection", "reply-unsolicited", SCOPE_AFTER },
	{ "starttls-response-injection", "reply-before-command", SCOPE_AFTER },
	{ "starttls-response-injection", "tls-handshake-failed", SCOPE_SESSION },
	{ "starttls-plaintext-after", "starttls-vanished", SCOPE_SESSION },
	{ "starttls-plaintext-after", "tls-handshake-failed", SCOPE_SESSION },
	{ "tls-handshake-failed", "reply-unsolicited", SCOPE_AFTER },
	{ "tls-handshake-failed", "server-close-without-quit", SCOPE_SESSION },
	{ "tls-port-mismatch", "tls-handshake-failed", SCOPE_SESSION },
	{ "tls-port-mismatch", "early-talker", SCOPE_SESSION },
	{ "tls-port-mismatch", "greeting-missing", SCOPE_SESSION },
	{ "tls-port-mismatch", "reply-unsolicited", SCOPE_SESSION },
	{ "tls-port-mismatch", "server-close-without-quit", SCOPE_SESSION },
	{ "tls-port-mismatch", "reply-missing", SCOPE_SESSION },
	{ "tls-port-mismatch", "foreign-protocol", SCOPE_SESSION },
	{ "ehlo-keyword-masked", "starttls-vanished", SCOPE_SESSION },
	{ "starttls-vanished", "starttls-refused-continue", SCOPE_AFTER },
	{ "ehlo-keyword-masked", "starttls-refused-continue", SCOPE_SESSION },
	{ "firewall-banner-masked", "starttls-refused-continue", SCOPE_SESSION },
	{ "tcp-mtu-blackhole", "tcp-retransmissions", SCOPE_SESSION },
	{ "tcp-mtu-blackhole", "eod-missing", SCOPE_SESSION },
	{ "tcp-mtu-blackhole", "client-timeout-short", SCOPE_SESSION },
	{ "tcp-mtu-blackhole", "server-idle-timeout", SCOPE_SESSION },
	{ "tcp-mtu-blackhole", "tls-handshake-failed", SCOPE_SESSION },
	{ "tcp-mtu-blackhole", "tcp-stalled-small-window", SCOPE_SESSION },
	{ "half-close-continue", "tcp-stalled-small-window", SCOPE_SESSION },
	{ "greeting-missing", "client-timeout-short", SCOPE_SESSION },
	{ "reply-missing", "client-timeout-short", SCOPE_SESSION },
	{ "pipelined-commands-lost", "client-timeout-short", SCOPE_SESSION },
	{ "server-idle-timeout", "server-close-without-quit", SCOPE_SESSION },
	{ "server-idle-timeout", "reply-unsolicited", SCOPE_AFTER },
	{ "server-idle-timeout", "closed-with-open-transaction", SCOPE_SESSION },
	{ "session-421", "closed-with-open-transaction", SCOPE_SESSION },
	{ "server-close-without-quit", "closed-with-open-transaction", SCOPE_SESSION },
	{ "client-timeout-short", "closed-with-open-transaction", SCOPE_SESSION },
	{ "client-timeout-short", "quit-missing", SCOPE_SESSION },
	{ "reset-forged", "reset-with-data-lost", SCOPE_SESSION },
	{ "reset-forged", "server-close-without-quit", SCOPE_SESSION },
	{ "reset-forged", "closed-with-open-transaction", SCOPE_SESSION },
	{ "pipelined-commands-lost", "closed-with-open-transaction", SCOPE_SESSION },
	{ "reply-missing", "closed-with-open-transaction", SCOPE_SESSION },
	{ "reply-wrong-code", "closed-with-open-transaction", SCOPE_SESSION },
	{ "closed-with-open-transaction", "quit-missing", SCOPE_SESSION },
	{ "quit-not-awaited", "reset-with-data-lost", SCOPE_SESSION },
	{ "tarpit", "slow-command", SCOPE_SESSION },
	{ "early-talker", "pipelining-unadvertised", SCOPE_FRAME },
	{ "early-talker", "pipelining-sync-point", SCOPE_FRAME },
	{ "server-close-without-quit", "reply-missing", SCOPE_SESSION },
	{ "pipelining-unadvertised", "rset-before-eod-reply", SCOPE_SESSION },
	{ "eod-client-impatient", "eod-unanswered", SCOPE_SESSION },
	{ "eod-client-impatient", "reset-with-data-lost", SCOPE_SESSION }
};
/* clang-format on */

static bool
near_enough(enum scope scope, const struct finding *parent, const struct finding *child)
{
	switch (scope) {
	case SCOPE_SESSION:
		return true;
	case SCOPE_AFTER:
		return child->frame >= parent->frame;
	case SCOPE_FRAME:
		return child->frame == parent->frame;
	}
	return false;
}

static bool
follows_from(const struct finding *f, const struct finding *cause)
{
	while (f != NULL && f != cause)
		f = f->parent;
	return f != NULL;
}

/* No finding becomes, by whatever detour, the consequence of itself: none of them would count. */
static struct finding *
find_parent(struct smtp_session *s, const struct rule *r, const struct finding *child)
{
	struct finding *f;

	STAILQ_FOREACH (f, &s->findings, link)
		if (strcmp(f->check->id, r->parent) == 0 && !follows_from(f, child) &&
		    near_enough(r->scope, f, child))
			return f;
	return NULL;
}

void
cascade(struct smtp_session *s)
{
	struct finding *child;
	size_t i;

	STAILQ_FOREACH (child, &s->findings, link) {
		for (i = 0; i < sizeof rules / sizeof rules[0] && child->parent == NULL; i++)
			if (strcmp(child->check->id, rules[i].child) == 0)
				child->parent = find_parent(s, &rules[i], child);
	}
}
