/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase F, the form of reply lines: length, ending, text, enhanced status codes.
 * Judged on the lines that were kept; a line that the snap length or a hole cut says
 * nothing about its form.
 */
#include "smtp/checks/check.h"

enum { REPLY_LINE_MAX = 512, CHALLENGE_MAX = 12288 };

static bool
whole(const struct smtp_reply *r, const struct smtp_line *l)
{
	return !(l->flags & (LINE_GAP | LINE_CUT)) && !(r->flags & REPLY_CUT);
}

static bool
answers(const struct smtp_reply *r, enum smtp_verb_id id)
{
	return r->meant != NULL && r->meant->kind == UNIT_COMMAND && r->meant->verb->id == id;
}

/* A finding at one line of a reply; the first of a session keeps its place. */
static void
at_line(struct finding *f, const struct smtp_reply *r, const struct smtp_line *l)
{
	if (f->count > 1)
		return;
	f->frame = l->first.frame;
	f->ts = l->first.ts;
	if (r->meant != NULL)
		relate(f, r->meant->line.first.frame);
}

static void
line_too_long(struct check_ctx *c, struct smtp_reply *r)
{
	uint32_t i, limit = r->first_code == 334 ? CHALLENGE_MAX : REPLY_LINE_MAX;

	for (i = 0; i < r->nkept; i++) {
		const struct smtp_line *l = &r->lines[i];

		if (l->len <= limit)
			continue;
		at_line(report_reply(c, r,
		            "A line of %s%u octets; %u is the limit. It begins \"%.*s\".",
		            l->flags & LINE_CUT ? "at least " : "", l->len, limit,
		            (int)(l->text.n > 80 ? 80 : l->text.n), (const char *)l->text.p),
		    r, l);
		return;
	}
}

/* A line that never ended although the server went on with the next reply. */
static bool
never_ended(const struct smtp_reply *r, const struct smtp_line *l)
{
	const struct smtp_reply *next = STAILQ_NEXT(r, link);

	return (l->flags & LINE_UNTERMINATED) && next != NULL && next->off == l->off + l->len &&
	    next->epoch == r->epoch;
}

static void
bad_eol(struct check_ctx *c, struct smtp_reply *r)
{
	const char *how;
	struct finding *f;
	uint32_t i;

	for (i = 0; i < r->nkept; i++) {
		const struct smtp_line *l = &r->lines[i];

		if (!whole(r, l) || (l->flags & LINE_NUL))
			continue;
		how = l->flags & LINE_BARE_LF ? "ends in LF without CR" :
		    l->flags & LINE_BARE_CR   ? "holds a CR without LF" :
		    never_ended(r, l)         ? "never ends; the next reply follows it directly" :
		                                NULL;
		if (how == NULL)
			continue;
		f = report_reply(c, r, "\"%.*s\" %s.", TEXT(l->text), how);
		at_line(f, r, l);
		if (r->flags & REPLY_GARBAGE)
			lower_to(f, CONF_PROBABLE);
		return;
	}
}

/* What is fragile about this line, or NULL. */
static const char *
fragile(const struct smtp_reply *r, const struct smtp_line *l, bool utf8)
{
	const struct smtp_unit *u = r->meant;
	size_t i;

	if (l->separator == 0 && l->text.n == 3 && l->code != 334)
		return "has a code and nothing behind it";
	if ((l->flags & LINE_8BIT) && !utf8)
		return "has octets above 127 though SMTPUTF8 is not offered";
	if (u == NULL || u->kind != UNIT_COMMAND || u->verb->positive[0] == 0 ||
	    l->code / 100 != 2 || !unit_plausible(u, l->code))
		return NULL;
	for (i = 0; i < 6; i++)
		if (u->verb->positive[i] == l->code)
			return NULL;
	return "has a code of the right class that no standard gives to this command";
}

static void
style(struct check_ctx *c, struct smtp_reply *r)
{
	const struct smtp_ehlo *e;
	const char *what;
	bool utf8;
	uint32_t i;

	for (i = 0; i < r->nkept; i++) {
		const struct smtp_line *l = &r->lines[i];

		if (l->code == 0 || !whole(r, l) || fragile(r, l, false) == NULL)
			continue;
		utf8 = !offer_known(c->s, r->meant, &e) || smtp_ehlo_find(e, "SMTPUTF8") != NULL;
		what = fragile(r, l, utf8);
		if (what == NULL)
			continue;
		at_line(report_reply(c, r, "\"%.*s\" %s.", TEXT(l->text), what), r, l);
		return;
	}
}

/* Replies whose text is not for an enhanced code (RFC 2034 4): greetings, and those of state 3. */
static bool
without_status(const struct smtp_reply *r)
{
	const struct smtp_unit *u = r->meant;

	return u == NULL || u->kind == UNIT_GREETING || r->code == 0 || r->code / 100 == 3 ||
	    answers(r, VERB_HELO) || answers(r, VERB_EHLO) || answers(r, VERB_LHLO);
}

static void
status_missing(struct check_ctx *c, struct smtp_reply *r)
{
	if (without_status(r) || r->enhanced[0] != 0 || !offered(r->meant, "ENHANCEDSTATUSCODES") ||
	    r->nkept == 0 || !whole(r, &r->lines[0]))
		return;
	relate(report_reply(c, r,
	           "\"%.*s\" has no enhanced status code, though the EHLO reply offers them.",
	           TEXT(reply_text(r))),
	    r->meant->ctx.ehlo->reply->first.frame);
}

/* The class of the enhanced status code of a line, or 0 (RFC 3463 2). */
static unsigned
status_class(struct slice t)
{
	size_t i = 5, digits, k;

	if (t.n < 9 || (t.p[4] != '2' && t.p[4] != '4' && t.p[4] != '5'))
		return 0;
	for (k = 0; k < 2; k++) {
		if (i >= t.n || t.p[i++] != '.')
			return 0;
		for (digits = 0; i < t.n && t.p[i] >= '0' && t.p[i] <= '9'; digits++)
			i++;
		if (digits == 0 || digits > 3)
			return 0;
	}
	return i == t.n || t.p[i] == ' ' || t.p[i] == '\t' ? (unsigned)(t.p[4] - '0') : 0;
}

static void
status_mismatch(struct check_ctx *c, struct smtp_reply *r)
{
	struct finding *f;
	uint32_t i;

	if (without_status(r) || answers(r, VERB_HELP))
		return;
	for (i = 0; i < r->nkept; i++) {
		const struct smtp_line *l = &r->lines[i];
		unsigned class = status_class(l->text);

		if (class == 0 || l->code == 0 || class == l->code / 100u)
			continue;
		f = report_reply(c, r,
		    "\"%.*s\": the code says class %u, the enhanced status code class %u.",
		    TEXT(l->text), l->code / 100u, class);
		at_line(f, r, l);
		if (!offered(r->meant, "ENHANCEDSTATUSCODES"))
			lower_to(f, CONF_PROBABLE);
		return;
	}
}

static void
multiline_354(struct check_ctx *c, struct smtp_reply *r)
{
	const struct smtp_body *b = r->meant ? r->meant->body : NULL;
	struct finding *f;
	bool early;

	if (!answers(r, VERB_DATA) || r->nlines < 2 || r->code != 354)
		return;
	early = b != NULL && b->first.ack != LEDGER_NO_ACK && b->first.ack < r->end;
	f = report_reply(c, r, "The reply to DATA has %u lines, sent within %s%s.", r->nlines,
	    seconds_text(c, (double)(r->last.ts - r->first.ts) / 1e9),
	    early ? "; the client began before it had the last one" : "");
	relate(f, r->meant->line.first.frame);
	if (b != NULL)
		relate(f, b->first.frame);
}

const struct check checks_reply_form[] = {
	{ .info = { .id = "reply-line-too-long",
	      .title = "Reply line > 512",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.5.3.1.5; RFC 4954 4",
	      .what = "A reply line longer than 512 octets with its CRLF; an AUTH challenge may "
	              "have 12288.",
	      .why = "Clients with a fixed buffer cut it, or take its rest for another reply.",
	      .proof = "The length of the line.",
	      .fakes = "AUTH challenges.",
	      .remedy = "Server: spread the text over several lines." },
	    .once = true,
	    .reply = line_too_long },
	{ .info = { .id = "reply-bad-eol",
	      .title = "Reply line not ended by CRLF",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 2.3.8; RFC 5321 4.2",
	      .what = "A reply line that ends in LF alone, holds a CR alone, or never ends.",
	      .why = "Clients that insist on CRLF wait until their time-out.",
	      .proof =
	          "The octets; for a line without end, the next reply that follows it directly.",
	      .fakes = "CR and LF in two segments; a line cut by the end of the connection or the "
	               "capture.",
	      .remedy = "Server: end every line with CR LF." },
	    .once = true,
	    .reply = bad_eol },
	{ .info = { .id = "reply-style",
	      .title = "Legal but fragile replies",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_REMARK,
	      .severity = SEV_NOTE,
	      .tier = TIER_SECOND,
	      .refs = "RFC 5321 4.2; RFC 5321 4.3.2; RFC 6531 3.7.4",
	      .what = "A code without text, text above 127 without SMTPUTF8, or a positive code "
	              "that is not listed for the command.",
	      .why = "Clients have to cope with it; some do not.",
	      .proof = "The line itself.",
	      .fakes = "334, whose text may be empty; an unseen EHLO reply.",
	      .remedy = "Server: listed codes, a blank and ASCII text." },
	    .once = true,
	    .reply = style },
	{ .info = { .id = "enhanced-status-missing",
	      .title = "ENHANCEDSTATUSCODES offered but code absent",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_NOTE,
	      .tier = TIER_SECOND,
	      .refs = "RFC 2034 4; RFC 3463 2",
	      .what = "A 2yz, 4yz or 5yz reply without an enhanced status code although they are "
	              "offered.",
	      .why = "Delivery reports will carry a code that the sender made up.",
	      .proof = "The EHLO reply in force and the line.",
	      .fakes = "Greeting, HELO and EHLO replies and 3yz, which have none.",
	      .remedy = "Look for the component that writes this reply; it may be a proxy." },
	    .once = true,
	    .reply = status_missing },
	{ .info = { .id = "enhanced-status-mismatch",
	      .title = "Enhanced class contradicts the reply code",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_SECOND,
	      .refs = "RFC 2034 4; RFC 3463 2",
	      .what = "The first digit of the enhanced status code differs from that of the reply "
	              "code.",
	      .why = "Whether the sender tries again or gives up depends on which of the two it "
	             "believes.",
	      .proof = "Both numbers stand in the line.",
	      .fakes =
	          "Addresses and versions that look like a code; 3yz, greeting and EHLO replies.",
	      .remedy = "Server: correct the text of this reply." },
	    .once = true,
	    .reply = status_mismatch },
	{ .info = { .id = "multiline-354",
	      .title = "Multi-line reply to DATA",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_INTEROP,
	      .severity = SEV_NOTE,
	      .tier = TIER_SECOND,
	      .refs = "RFC 5321 4.2; RFC 5321 4.2.1",
	      .what = "A 354 of more than one line.",
	      .why =
	          "Lawful, but some old clients start at the first line and then send mail twice.",
	      .proof = "The lines.",
	      .fakes = "None.",
	      .remedy = "Server: one line, if such clients are among the senders." },
	    .reply = multiline_354 },
	{ .info = { .id = NULL } }
};
