/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase B: what reaches the SMTP port but is no SMTP.
 *
 * An HTTP request sent to an SMTP server is answered by that server, so it is a
 * finding about an SMTP session; where neither side speaks SMTP the session is
 * left out of the SMTP checks (foreign.c of the dissector decides).
 */
#include "smtp/checks/check.h"

static bool
http_request(struct slice t)
{
	static const char *const methods[] = { "GET ", "POST ", "PUT ", "HEAD ", "CONNECT ",
		"OPTIONS ", "DELETE ", "TRACE " };
	size_t i, k;

	for (i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (slice_caseprefix(t, methods[i]))
			break;
	if (i == sizeof methods / sizeof methods[0])
		return false;
	for (k = strlen(methods[i]); k < t.n && t.p[k] != ' '; k++)
		;
	return k > strlen(methods[i]) && slice_caseprefix(slice_from(t, k + 1), "HTTP/");
}

/* Field names that HTTP has and mail has not. */
static bool
http_field(struct slice t)
{
	static const char *const names[] = { "Host:", "User-Agent:", "Accept:", "Accept-Encoding:",
		"Content-Length:", "Connection:", "Proxy-Connection:", "Origin:", "Cookie:",
		"Referer:" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (slice_caseprefix(t, names[i]))
			return true;
	return false;
}

static bool
is_text_line(const struct smtp_unit *u)
{
	return (u->kind == UNIT_GARBAGE ||
	           (u->kind == UNIT_COMMAND && u->verb->id == VERB_UNKNOWN)) &&
	    !(u->flags & (UNIT_IN_TEXT | UNIT_GUESSED));
}

static const struct smtp_unit *
accepted_behind(const struct smtp_unit *u)
{
	for (; u != NULL; u = STAILQ_NEXT(u, link))
		if (u->kind == UNIT_COMMAND && unit_class(u) == 2 &&
		    (u->verb->id == VERB_MAIL || u->verb->id == VERB_RCPT))
			return u;
	return NULL;
}

static void
http_to_smtp(struct check_ctx *c)
{
	const struct smtp_unit *u, *taken;
	struct finding *f;
	unsigned fields = 0;
	bool data = false;

	STAILQ_FOREACH (u, &c->s->units, link) {
		/* Mail has such fields, too: in a message read as commands they prove nothing. */
		data |= u->verb->id == VERB_DATA || u->verb->id == VERB_BDAT;
		if (!is_text_line(u))
			continue;
		if (http_request(u->line.text))
			break;
		if (http_field(u->line.text) && !data && ++fields == 2)
			break;
	}
	if (u == NULL)
		return;
	taken = accepted_behind(u);
	f = report_unit(c, u, "The client sent \"%.*s\", which is HTTP%s.", TEXT(u->line.text),
	    taken != NULL ? "; later in the same connection the server accepted a mail command" :
	                    "");
	if (taken == NULL)
		f->severity = SEV_WARNING;
	else
		relate(f, taken->line.first.frame);
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

static bool
smtp_port(uint16_t port)
{
	static const uint16_t ports[] = { 24, 25, 465, 587, 2525 };
	size_t i;

	for (i = 0; i < sizeof ports / sizeof ports[0]; i++)
		if (ports[i] == port)
			return true;
	return false;
}

static void
foreign_protocol(struct check_ctx *c)
{
	struct smtp_session *s = c->s;
	bool server = s->foreign_by == DIR_SERVER, binary;
	struct finding *f;

	if (s->tunnel != NULL) {
		f = report_frame(c, s->tunnel_frame, s->stream->first_ts,
		    "The connection begins with what a client sends to a proxy: %s%s.", s->tunnel,
		    s->nreplies > 0 ? "; SMTP runs inside it" : "");
		lower_to(f, CONF_PROBABLE);
		return;
	}
	if (s->foreign == NULL)
		return;
	binary = strcmp(s->foreign, "binary") == 0;
	f = report_frame(c, s->foreign_at.frame, s->foreign_at.ts,
	    "The first octets of the %s are %s%s. The session is left out of the SMTP checks.",
	    server ? "server" : "client", binary ? "binary data" : "those of ",
	    binary ? "" : s->foreign);
	f->culprit = server ? CULPRIT_SERVER : CULPRIT_CLIENT;
	if (server && !binary && smtp_port(smtp_half(s, DIR_SERVER)->ep.port))
		f->severity = SEV_WARNING;
	lower_to(f, CONF_PROBABLE);
}

const struct check checks_foreign[] = {
	{ .info = { .id = "http-to-smtp",
	      .title = "HTTP or proxy requests sent to the SMTP port",
	      .phase = 'B',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "Postfix smtpd_forbidden_commands; RFC 9112 3",
	      .what = "An HTTP request line, or two header fields of HTTP, where a command is due; "
	              "an error "
	              "when mail commands behind it were accepted, else a warning.",
	      .why = "A scanner, an open-proxy abuser, or a web page that makes browsers post mail "
	             "to this "
	             "server.",
	      .proof = "The line itself, read while the server waited for commands.",
	      .fakes = "Message text that is read as commands because DATA was refused.",
	      .remedy = "Server: disconnect at the first HTTP method." },
	    .session = http_to_smtp },
	{ .info = { .id = "foreign-protocol",
	      .title = "This is not SMTP",
	      .phase = 'B',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_REMARK,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 3.1; RFC 1928 3",
	      .what =
	          "Another protocol, binary data, or a proxy's handshake where an SMTP session was "
	          "expected.",
	      .why = "No mail is exchanged in it; SMTP checks would only make noise.",
	      .proof = "The first octets of one side, and no accepted HELO, EHLO or MAIL.",
	      .fakes =
	          "FTP greets with 220 as well: the client's commands decide. TLS is judged by its "
	          "own checks.",
	      .remedy = "Find out which program was given this port." },
	    .any_protocol = true,
	    .session = foreign_protocol },
	{ .info = { .id = NULL } }
};
