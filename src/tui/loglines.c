/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loglines - fragments of log lines.
 *
 * Each was read in the source of the program that writes it (Postfix src/smtp,
 * src/smtpd, src/postscreen and src/tls; Exim transports/smtp.c, smtp_in.c and receive.c;
 * sendmail usersmtp.c, srvrsmtp.c and collect.c) and leaves out what differs from one host
 * to the next.  A check that is not here has no line that tells it from others.
 */
#include "base/output.h"
#include "tui/loglines.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Who writes the line: the client's system or the server's. */
struct log_line {
	const char *check;
	enum stream_dir side;
	const char *program, *text;
};

/* clang-format off */
static const struct log_line lines[] = {
	{ "tcp-connect-failed", DIR_CLIENT, "postfix/smtp", "connect to" },
	{ "tcp-zero-window", DIR_CLIENT, "postfix/smtp", "timed out while sending message body" },
	{ "tcp-zero-window", DIR_CLIENT, "sendmail", "timeout writing message to" },
	{ "tcp-stalled-small-window", DIR_CLIENT, "postfix/smtp", "timed out while sending message body" },
	{ "tcp-stalled-small-window", DIR_CLIENT, "sendmail", "timeout writing message to" },
	{ "tcp-mtu-blackhole", DIR_CLIENT, "postfix/smtp", "timed out while sending message body" },
	{ "tcp-mtu-blackhole", DIR_CLIENT, "sendmail", "timeout writing message to" },
	{ "tcp-mtu-blackhole", DIR_SERVER, "postfix/smtpd", "timeout after DATA" },
	{ "tcp-mtu-blackhole", DIR_SERVER, "exim", "SMTP data timeout (message abandoned)" },
	{ "greeting-missing", DIR_CLIENT, "postfix/smtp", "while receiving the initial server greeting" },
	{ "greeting-missing", DIR_CLIENT, "exim", "SMTP timeout after initial connection" },
	{ "greeting-reject", DIR_CLIENT, "postfix/smtp", "refused to talk to me:" },
	{ "greeting-reject", DIR_CLIENT, "exim", "SMTP error from remote mail server after initial connection" },
	{ "firewall-banner-masked", DIR_CLIENT, "postfix/smtp", "enabling PIX workarounds" },
	{ "http-to-smtp", DIR_SERVER, "postfix/smtpd", "non-SMTP command from" },
	{ "data-as-commands", DIR_SERVER, "postfix/smtpd", "non-SMTP command from" },
	{ "early-talker", DIR_SERVER, "postfix/postscreen", "PREGREET" },
	{ "early-talker", DIR_SERVER, "exim", "SMTP protocol synchronization error" },
	{ "early-talker", DIR_SERVER, "sendmail", "due to pre-greeting traffic" },
	{ "pipelining-unadvertised", DIR_SERVER, "postfix/smtpd", "improper command pipelining after" },
	{ "pipelining-unadvertised", DIR_SERVER, "exim", "next input sent too soon: pipelining was not advertised" },
	{ "pipelining-sync-point", DIR_SERVER, "postfix/smtpd", "improper command pipelining after" },
	{ "pipelined-commands-lost", DIR_CLIENT, "postfix/smtp", "lost connection with" },
	{ "pipelined-commands-lost", DIR_CLIENT, "exim", "Remote host closed connection in response to" },
	{ "reply-missing", DIR_CLIENT, "postfix/smtp", "lost connection with" },
	{ "reply-missing", DIR_CLIENT, "postfix/smtp", "timed out while sending" },
	{ "reply-missing", DIR_CLIENT, "exim", "SMTP timeout after" },
	{ "reply-syntax", DIR_CLIENT, "exim", "Malformed SMTP reply in response to" },
	{ "reply-mid-data", DIR_CLIENT, "postfix/smtp", "(in reply to end of DATA command)" },
	{ "reply-mid-data", DIR_CLIENT, "postfix/smtp", "while sending message body" },
	{ "reply-mid-data", DIR_CLIENT, "exim", "SMTP error from remote mail server after end of data" },
	{ "server-close-mid-data", DIR_CLIENT, "postfix/smtp", "lost connection with" },
	{ "server-close-mid-data", DIR_CLIENT, "postfix/smtp", "while sending message body" },
	{ "server-close-mid-data", DIR_CLIENT, "exim", "Remote host closed connection in response to" },
	{ "client-close-mid-data", DIR_SERVER, "postfix/smtpd", "lost connection after DATA" },
	{ "client-close-mid-data", DIR_SERVER, "sendmail", "collect: premature EOM: unexpected close" },
	{ "eod-missing", DIR_SERVER, "postfix/smtpd", "timeout after DATA" },
	{ "eod-missing", DIR_SERVER, "exim", "SMTP data timeout (message abandoned)" },
	{ "eod-unanswered", DIR_CLIENT, "postfix/smtp", "while sending end of data -- message may be sent more than once" },
	{ "eod-unanswered", DIR_CLIENT, "exim", "SMTP timeout after end of data" },
	{ "eod-client-impatient", DIR_CLIENT, "postfix/smtp", "timed out while sending end of data -- message may be sent more than once" },
	{ "eod-client-impatient", DIR_CLIENT, "exim", "SMTP timeout after end of data" },
	{ "size-exceeded", DIR_CLIENT, "postfix/smtp", "exceeds size limit" },
	{ "auth-bruteforce", DIR_SERVER, "postfix/smtpd", "authentication failed" },
	{ "tls-handshake-failed", DIR_CLIENT, "postfix/smtp", "Cannot start TLS: handshake failure" },
	{ "tls-handshake-failed", DIR_SERVER, "postfix/smtpd", "SSL_accept error from" },
	{ "starttls-vanished", DIR_CLIENT, "postfix/smtp", "TLS is required, but was not offered by host" },
	{ "ehlo-keyword-masked", DIR_CLIENT, "postfix/smtp", "TLS is required, but was not offered by host" },
	{ "server-idle-timeout", DIR_SERVER, "postfix/smtpd", "timeout after" },
	{ "server-idle-timeout", DIR_SERVER, "sendmail", "timeout waiting for input from" },
};
/* clang-format on */

const char *
loglines_id(size_t i)
{
	return i < COUNT(lines) ? lines[i].check : NULL;
}

static void
put_line(struct output *o, const struct log_line *line, const struct log_line *before)
{
	if (!before || before->side != line->side)
		out_printf(o, "%s%s side: ", before ? "; " : "",
		    line->side == DIR_CLIENT ? "sending" : "receiving");
	else if (strcmp(before->program, line->program) == 0) {
		out_printf(o, " or \"%s\"", line->text);
		return;
	} else {
		out_puts(o, ", ");
	}
	out_printf(o, "%s \"%s\"", line->program, line->text);
}

bool
loglines_check(struct output *o, const struct check_info *check)
{
	const struct log_line *before = NULL;
	size_t i;

	for (i = 0; i < COUNT(lines); i++) {
		if (strcmp(lines[i].check, check->id) != 0)
			continue;
		put_line(o, &lines[i], before);
		before = &lines[i];
	}
	return before != NULL;
}

/* Postfix names the command that was answered. */
static const char *
answered_command(const struct smtp_reply *r)
{
	const struct smtp_unit *u = r->meant ? r->meant : r->unit;

	if (!u)
		return NULL;
	if (u->kind == UNIT_EOD)
		return "end of DATA command";
	if (u->kind != UNIT_COMMAND)
		return NULL;
	switch (u->verb->id) {
	case VERB_MAIL:
		return "MAIL FROM command";
	case VERB_RCPT:
		return "RCPT TO command";
	case VERB_DATA:
		return "DATA command";
	default:
		return NULL;
	}
}

bool
loglines_result(struct output *o, const struct smtp_transaction *t)
{
	const char *command = t->final && t->final->code >= 400 ? answered_command(t->final) : NULL;

	if (!command)
		return false;
	out_printf(o,
	    "sending side: postfix/smtp \"(in reply to %s)\", exim \"SMTP error from remote mail "
	    "server after\"",
	    command);
	return true;
}
