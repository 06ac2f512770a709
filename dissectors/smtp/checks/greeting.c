/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase B: the server's greeting, or its absence.
 *
 * The greeting is the answer to a unit of its own that stands first; in a session
 * joined in the middle there is none, and nothing is said here.
 */
#include "smtp/checks/check.h"
#include "smtp/mailbox.h"

enum { PATIENCE = 300, HASTE = 1, SLOW = 10, VERY_SLOW = 60, IMPLICIT_TLS_PORT = 465 };

static const struct smtp_reply *
greeting_of(const struct smtp_session *s)
{
	const struct smtp_unit *u = STAILQ_FIRST(&s->units);

	return u != NULL && u->kind == UNIT_GREETING ? u->meant : NULL;
}

/* The client's acknowledgement of the SYN-ACK: from here on it waits. */
static int64_t
connected_at(const struct stream *st)
{
	const struct ledger *l = &st->ledger;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->seg[i].dir == DIR_CLIENT && !(l->seg[i].flags & (TCP_SYN | TCP_RST)) &&
		    l->seg[i].ack != LEDGER_NO_ACK)
			return l->seg[i].ts;
	return st->first_ts;
}

static const struct ledger_seg *
first_end(const struct smtp_session *s)
{
	const struct ledger_seg *c = first_close(s, DIR_CLIENT), *v = first_close(s, DIR_SERVER);

	if (c == NULL || v == NULL)
		return c != NULL ? c : v;
	return c->frame < v->frame ? c : v;
}

/* Nothing of the server was captured, and the client did not acknowledge anything either. */
static bool
server_silent(const struct smtp_session *s)
{
	const struct stream_half *v = smtp_half(s, DIR_SERVER);

	return v->octets == 0 && v->delivered <= 0 && v->high <= 0 &&
	    last_ack(s, DIR_CLIENT, UINT64_MAX) <= 1;
}

static void
greeting_missing(struct check_ctx *c)
{
	const struct smtp_unit *u = STAILQ_FIRST(&c->s->units);
	const struct ledger_seg *end = first_end(c->s);
	const struct stream *st = c->s->stream;
	bool server, acked;
	struct finding *f;
	double wait;

	if (u == NULL || u->kind != UNIT_GREETING || !st->handshake || c->s->one_sided ||
	    has_gap(c->s) || !server_silent(c->s) || c->s->tls.via != TLS_NONE ||
	    smtp_half(c->s, DIR_SERVER)->ep.port == IMPLICIT_TLS_PORT)
		return;
	wait = (double)((end != NULL ? end->ts : st->last_ts) - connected_at(st)) / 1e9;
	server = end != NULL && smtp_role(c->s, end) == DIR_SERVER;
	if ((end == NULL && wait < PATIENCE) || (!server && wait < HASTE))
		return; /* nobody can greet a client that leaves at once */
	acked = smtp_half(c->s, DIR_CLIENT)->octets > 0 &&
	    last_ack(c->s, DIR_SERVER, UINT64_MAX) >= smtp_half(c->s, DIR_CLIENT)->high;
	f = report_frame(c, end != NULL ? end->frame : st->last_frame,
	    end != NULL ? end->ts : st->last_ts,
	    "The connection was made, and the server sent no octet in %s%s; %s.",
	    seconds_text(c, wait),
	    acked ? ", although its TCP acknowledged what the client sent" : "",
	    server          ? (wait < 0.1 ?
	                              "it closed at once, as an access filter or a full process table does" :
	                              "then it closed") :
	        end != NULL ? "then the client closed" :
	                      "the connection stays open");
	if (end != NULL && !server && wait < PATIENCE) {
		f->severity = SEV_WARNING;
		f->culprit = CULPRIT_EITHER;
		lower_to(f, CONF_POSSIBLE);
	}
	relate(f, st->first_frame);
}

static void
greeting_slow(struct check_ctx *c)
{
	const struct smtp_reply *g = greeting_of(c->s);
	double first, last;
	struct finding *f;

	if (g == NULL || !c->s->stream->handshake || g->first.frame == 0)
		return;
	first = (double)(g->first.ts - connected_at(c->s->stream)) / 1e9;
	last = (double)(g->last.ts - connected_at(c->s->stream)) / 1e9;
	if (last <= SLOW)
		return;
	f = report_reply(c, g,
	    "The greeting was complete %s after the handshake; its first line came after "
	    "%s.",
	    seconds_text(c, last), seconds_text(c, first));
	if (first > VERY_SLOW)
		f->severity = SEV_WARNING;
	if (has_gap(c->s) || c->s->stream->clock_steps > 0)
		lower_to(f, CONF_PROBABLE);
	relate(f, c->s->stream->first_frame);
	relate(f, g->last.frame);
}

/* Text of the first line behind the code. */
static struct slice
greeting_text(const struct smtp_reply *g)
{
	return slice_from(reply_text(g), 4);
}

/* A firewall leaves the code and puts "*" for everything but 2, 0 and blanks. */
static bool
masked(const struct smtp_reply *g)
{
	struct slice t = greeting_text(g);
	size_t i, stars = 0, other = 0, blanks = 0;

	for (i = 0; i < t.n; i++) {
		if (t.p[i] == '*')
			stars++;
		else if (t.p[i] == ' ')
			blanks++;
		else if (t.p[i] != '2' && t.p[i] != '0')
			other++;
	}
	return stars >= 4 && (other == 0 || stars * 10 >= (t.n - blanks) * 6);
}

static void
greeting_format(struct check_ctx *c)
{
	const struct smtp_reply *g = greeting_of(c->s);
	struct finding *f;
	const char *fault;

	if (g == NULL || g->code < 200 || g->code > 599 || g->nkept == 0 ||
	    (g->lines[0].flags & (LINE_ODD_CODE | LINE_GAP)) || (g->flags & REPLY_CUT))
		return;
	if (g->code != 220) {
		if (g->code == 421 || g->code == 521 || g->code == 554 || has_gap(c->s))
			return;
		f = report_reply(c, g,
		    "The first reply is \"%.*s\": a greeting begins with 220, 554, 521 or "
		    "421.",
		    TEXT(reply_text(g)));
		if (g->code >= 400)
			f->severity = SEV_NOTE;
		return;
	}
	fault = masked(g) ? NULL : host_fault(greeting_text(g));
	if (fault == NULL)
		return;
	f = report_reply(c, g, "\"%.*s\": behind 220 the server's name has to stand; %s.",
	    TEXT(reply_text(g)), fault);
	f->severity = SEV_NOTE;
}

static const struct smtp_unit *
first_command(const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if (u->kind == UNIT_COMMAND)
			return u;
	return NULL;
}

/* A command of a mail transaction that the server took although it had refused everything. */
static const struct smtp_unit *
taken_later(const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if ((u->verb->id == VERB_MAIL || u->kind == UNIT_EOD) && unit_class(u) == 2)
			return u;
	return NULL;
}

static void
greeting_reject(struct check_ctx *c)
{
	const struct smtp_reply *g = greeting_of(c->s);
	const struct smtp_unit *u = first_command(c->s), *taken = taken_later(c->s);
	struct finding *f;
	bool on;

	if (g == NULL || g->code < 400 || g->code > 599)
		return;
	on = u != NULL && unit_knows(u, g) && u->verb->id != VERB_QUIT;
	f = report_reply(c, g, "\"%.*s\"%s%s.", TEXT(reply_text(g)),
	    on ? check_text(c, "; the client went on with %s all the same", smtp_unit_name(u)) : "",
	    g->code == 521 && taken != NULL ?
	        "; 521 says that this host never takes mail, yet it took some" :
	        "");
	if (g->code == 521 && taken != NULL) {
		f->severity = SEV_WARNING;
		relate(f, taken->meant->first.frame);
	}
	if (on)
		relate(f, u->line.first.frame);
}

static void
greeting_reject_close(struct check_ctx *c)
{
	const struct smtp_reply *g = greeting_of(c->s);
	const struct ledger_seg *end = first_close(c->s, DIR_SERVER);
	const struct smtp_unit *quit = quit_of(c->s);
	struct finding *f;
	double rest;

	/* 421 and 521 allow the server to leave (RFC 5321 3.8, RFC 7504 3). */
	if (g == NULL || g->code != 554 || end == NULL || !server_closed_first(c->s) ||
	    has_gap(c->s) || c->s->one_sided || c->s->tls.via != TLS_NONE)
		return;
	if (quit != NULL && (end->ack == LEDGER_NO_ACK || quit->end <= end->ack))
		return;
	rest = (double)(end->ts - g->last.ts) / 1e9;
	if (rest >= PATIENCE)
		return;
	f = report_frame(c, end->frame, end->ts,
	    "The server refused the session with 554 and closed with %s %s later, without "
	    "having "
	    "received a QUIT.",
	    end->flags & TCP_RST ? "RST" : "FIN", seconds_text(c, rest));
	relate(f, g->first.frame);
	if (quit != NULL)
		relate(f, quit->line.first.frame);
	if (rest >= 5)
		lower_to(f, CONF_PROBABLE); /* it may have waited long enough for its taste */
}

static void
banner_masked(struct check_ctx *c)
{
	const struct smtp_reply *g = greeting_of(c->s);
	const struct smtp_unit *u;
	struct finding *f;

	if (g == NULL || g->code != 220 || !masked(g))
		return;
	f = report_reply(c, g, "\"%.*s\": the text of the greeting was overwritten on the way.",
	    TEXT(reply_text(g)));
	STAILQ_FOREACH (u, &c->s->units, link)
		if (u->verb->id == VERB_EHLO && u->meant != NULL)
			relate(f, u->meant->first.frame);
}

const struct check checks_greeting[] = {
	{ .info = { .id = "greeting-missing",
	      .title = "Server never greeted",
	      .phase = 'B',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 3.1; RFC 5321 4.3.1; RFC 5321 4.5.3.2.1",
	      .what =
	          "A connection on which the server sends nothing until it is closed, or for five "
	          "minutes.",
	      .why = "The kernel took the connection, the mail program did not: no session takes "
	             "place and "
	             "the client tries again later.",
	      .proof = "The handshake was captured, both sides were seen, and the client never "
	               "acknowledged "
	               "an octet of the server.",
	      .fakes = "Implicit TLS, where the client speaks first; a capture of one side; a "
	               "client that "
	               "leaves before five minutes (possible only).",
	      .remedy =
	          "Look at the server's process limits, access filters and load at that time." },
	    .needs_tcp = true,
	    .session = greeting_missing },
	{ .info = { .id = "greeting-slow",
	      .title = "Greeting came late",
	      .phase = 'B',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_INTEROP,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.5.3.2.1",
	      .what = "A greeting that is complete only 10 s after the handshake; a warning above "
	              "60 s.",
	      .why = "Impatient clients leave, and every delivery to this server is slow.",
	      .proof = "The times of the client's ACK and of the greeting.",
	      .fakes =
	          "A server that delays on purpose to find spam software; a clock that jumped.",
	      .remedy =
	          "Look for slow reverse DNS or ident look-ups, or shorten the deliberate delay." },
	    .needs_tcp = true,
	    .session = greeting_slow },
	{ .info = { .id = "greeting-format",
	      .title = "Greeting with a wrong code or form",
	      .phase = 'B',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.3.2; RFC 5321 4.2; RFC 7504 3",
	      .what = "A first reply other than 220, 554, 521 and 421, or a 220 without the "
	              "server's name.",
	      .why = "It works only with clients that look at the first digit; without the name, "
	             "loops and "
	             "faults are harder to find.",
	      .proof = "The line itself, in a session captured from its SYN.",
	      .fakes = "A greeting that a firewall overwrote; a line that is no reply at all.",
	      .remedy =
	          "Put \"220\", a blank and the host's full name at the start of the banner." },
	    .session = greeting_format },
	{ .info = { .id = "greeting-reject",
	      .title = "Session refused in the greeting",
	      .phase = 'B',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_REMARK,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 3.1; RFC 7504 3",
	      .what = "A greeting with a 4yz or 5yz code.",
	      .why = "The server takes no mail from this client: policy, block list or load.",
	      .proof = "The greeting itself.",
	      .fakes = "Nothing; a 521 of a host that takes mail afterwards is a warning.",
	      .remedy = "Quote the text of the greeting to the server's administrator." },
	    .session = greeting_reject },
	{ .info = { .id = "greeting-reject-close",
	      .title = "Server closes after 554 without waiting for QUIT",
	      .phase = 'B',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_SECOND,
	      .refs = "RFC 5321 3.1",
	      .what =
	          "A 554 as greeting, and the server's FIN or RST before a QUIT has reached it.",
	      .why =
	          "Mostly harmless; a client may report a lost connection instead of the refusal.",
	      .proof = "The acknowledgement number of the server's FIN does not cover a QUIT.",
	      .fakes =
	          "421 and 521, behind which a server may leave; a time-out after five minutes.",
	      .remedy =
	          "Server: stay in the session, answer 503 to everything, and close after QUIT." },
	    .needs_tcp = true,
	    .session = greeting_reject_close },
	{ .info = { .id = "firewall-banner-masked",
	      .title = "Banner rewritten by a firewall (PIX/ASA \"fixup\")",
	      .phase = 'B',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_INTEROP,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "Cisco ESMTP inspection; Postfix smtp_pix_workarounds",
	      .what = "A greeting whose text consists of asterisks.",
	      .why = "A firewall rewrites the dialogue: STARTTLS, AUTH and PIPELINING disappear "
	             "and some "
	             "releases break messages at the final dot.",
	      .proof = "At least six in ten characters of the greeting are \"*\".",
	      .fakes = "Nothing else writes such a greeting.",
	      .remedy = "Switch off the inspection of SMTP for this mail host on the firewall." },
	    .session = banner_masked },
	{ .info = { .id = NULL } }
};
