/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase L: other extensions.
 */
#include "smtp/checks/check.h"

enum { DOMAINS_KEPT = 200 };

static bool
plain_command(const struct smtp_unit *u)
{
	return u->kind == UNIT_COMMAND && !(u->flags & (UNIT_IN_TEXT | UNIT_GUESSED)) &&
	    !(u->line.flags & (LINE_GAP | LINE_UNTERMINATED));
}

static const char *
answer(struct check_ctx *c, const struct smtp_unit *u)
{
	return u->meant == NULL ? "has no answer" : check_text(c, "is answered %u", u->meant->code);
}

/* ---- LIMITS (RFC 9422) ---- */

/* The value of a limit; 0: not announced, or no number. */
static uint32_t
limit_value(const struct smtp_extension *x, const char *name)
{
	size_t n = strlen(name), i;
	struct slice t = x->params;
	uint32_t v = 0;

	while (t.n > 0) {
		if (slice_caseprefix(t, name) && t.n > n && t.p[n] == '=') {
			for (i = n + 1; i < t.n && t.p[i] >= '0' && t.p[i] <= '9' && v < 1000000;
			     i++)
				v = v * 10 + (uint32_t)(t.p[i] - '0');
			return v;
		}
		for (i = 0; i < t.n && t.p[i] != ' '; i++)
			;
		t = slice_from(t, i + 1);
	}
	return 0;
}

static struct slice
domain_of(const struct smtp_unit *u)
{
	struct slice path, none = { NULL, 0 };
	size_t i;

	if (!unit_path(u, &path))
		return none;
	for (i = path.n; i > 0; i--)
		if (path.p[i - 1] == '@')
			return slice_from(path, i);
	return none;
}

static bool
same_domain(struct slice a, struct slice b)
{
	size_t i;

	for (i = 0; i < a.n && i < b.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return a.n == b.n;
}

/* What is counted against the limits, up to the unit that is looked at. */
struct count {
	uint32_t mails, rcpts, domains;
	struct slice domain[DOMAINS_KEPT]; /* of this transaction, each once */
};

static void
count_rcpt(struct count *n, const struct smtp_unit *u)
{
	struct slice d = domain_of(u);
	uint32_t i;

	if (u->ctx.rcpt_sent == 0)
		n->rcpts = n->domains = 0;
	n->rcpts++;
	for (i = 0; i < n->domains; i++)
		if (same_domain(n->domain[i], d))
			return;
	if (n->domains < DOMAINS_KEPT)
		n->domain[n->domains++] = d;
}

static void
over(struct check_ctx *c, const struct smtp_unit *u, const char *what, uint32_t count,
    uint32_t limit)
{
	struct finding *f;

	/* One finding where the limit is passed; what follows is the same overrun. */
	if (limit == 0 || count != limit + 1)
		return;
	f = report_unit(c, u, "%s number %u; the EHLO reply in force announces %u at most.", what,
	    count, limit);
	relate(f, u->ctx.ehlo->reply->first.frame);
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
	if (has_gap(c->s))
		lower_to(f, CONF_PROBABLE);
}

static void
limits_exceeded(struct check_ctx *c)
{
	const struct smtp_extension *x;
	const struct smtp_unit *u;
	struct count n = { 0 };
	uint32_t before;

	if (c->s->epoch > 0 || c->s->stream->midstream)
		return;
	STAILQ_FOREACH (u, &c->s->units, link) {
		if (!plain_command(u) || (u->verb->id != VERB_MAIL && u->verb->id != VERB_RCPT))
			continue;
		x = u->ctx.caps_known ? smtp_ehlo_find(u->ctx.ehlo, "LIMITS") : NULL;
		before = n.domains;
		if (u->verb->id == VERB_MAIL)
			n.mails++;
		else
			count_rcpt(&n, u);
		if (x == NULL)
			continue;
		if (u->verb->id == VERB_MAIL) {
			over(c, u, "MAIL", n.mails, limit_value(x, "MAILMAX"));
			continue;
		}
		over(c, u, "Recipient", n.rcpts, limit_value(x, "RCPTMAX"));
		if (n.domains != before)
			over(c, u, "Recipient domain", n.domains, limit_value(x, "RCPTDOMAINMAX"));
	}
}

/* ---- private commands, queue runs, probing ---- */

/* Addresses of one network: hosts that may well trust each other. */
static bool
neighbours(const struct ipaddr *a, const struct ipaddr *b)
{
	return a->family == b->family && memcmp(a->b, b->b, a->family == 4 ? 3 : 8) == 0;
}

static void
private_extension(struct check_ctx *c, struct smtp_unit *u)
{
	const struct ipaddr *from = &smtp_half(c->s, DIR_CLIENT)->ep.addr;
	bool spoof = u->verb->id == VERB_XCLIENT || u->verb->id == VERB_XFORWARD, taken, unlisted;
	bool outside = !c->s->stream->transcript && !private_address(from) &&
	    !neighbours(from, &smtp_half(c->s, DIR_SERVER)->ep.addr);
	struct finding *f;

	if (!plain_command(u) || u->verb->id < VERB_XCLIENT)
		return;
	taken = unit_class(u) == 2 || unit_class(u) == 3;
	unlisted = u->verb->keyword != NULL && not_offered(u, u->verb->keyword);
	if (!unlisted && (taken ? !outside : u->meant == NULL))
		return;
	f = report_unit(c, u, "The private command %.*s %s%s%s.", (int)(u->line.text.n - u->arg.n),
	    (const char *)u->line.text.p, answer(c, u),
	    unlisted ? "; the EHLO reply does not offer it" : "",
	    taken && outside ? "; the client comes from another network" : "");
	if (spoof && taken && outside) {
		f->severity = SEV_WARNING;
		f->culprit = CULPRIT_SERVER;
	}
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

static void
queue_run(struct check_ctx *c, struct smtp_unit *u)
{
	bool turn = u->verb->id == VERB_TURN;
	struct finding *f;

	if (!plain_command(u) || (!turn && u->verb->id != VERB_ETRN && u->verb->id != VERB_ATRN))
		return;
	f = report_unit(c, u, "\"%.*s\" %s%s.", TEXT(u->line.text), answer(c, u),
	    turn && unit_class(u) == 2 ?
	        ": the roles are exchanged, and who the client is was never proved" :
	        "");
	if (turn && unit_class(u) == 2)
		f->severity = SEV_WARNING;
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

static void
probing(struct check_ctx *c)
{
	const struct smtp_unit *u, *first = NULL;
	unsigned vrfy = 0, expn = 0, told = 0;
	struct finding *f;

	STAILQ_FOREACH (u, &c->s->units, link) {
		if (!plain_command(u) || (u->verb->id != VERB_VRFY && u->verb->id != VERB_EXPN))
			continue;
		vrfy += u->verb->id == VERB_VRFY;
		expn += u->verb->id == VERB_EXPN;
		told += u->meant != NULL && (u->meant->code == 250 || u->meant->code == 251);
		if (first == NULL)
			first = u;
	}
	if (expn == 0 && vrfy < 3)
		return;
	f = report_unit(
	    c, first, "%u VRFY and %u EXPN; answered with a name: %u.", vrfy, expn, told);
	f->count = vrfy + expn;
	for (u = first; u != NULL; u = STAILQ_NEXT(u, link))
		if (plain_command(u) && (u->verb->id == VERB_VRFY || u->verb->id == VERB_EXPN))
			relate(f, u->line.first.frame);
}

const struct check checks_extension[] = {
	{ .info = { .id = "limits-exceeded",
	      .title = "Advertised LIMITS overrun",
	      .phase = 'L',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_LATER,
	      .refs = "RFC 9422 4",
	      .what = "More MAIL commands in the session, or more recipients or recipient domains, "
	              "counted for each transaction, than the LIMITS keyword announces.",
	      .why = "The server will refuse the surplus.",
	      .proof = "The latest EHLO reply that the client had received, and the count.",
	      .fakes = "A list that was replaced by a later EHLO.",
	      .remedy = "Make the client honour LIMITS, or lower its number of recipients." },
	    .by_lines = "",
	    .session = limits_exceeded },
	{ .info = { .id = "private-extension",
	      .title = "Private verbs used where they do not belong",
	      .phase = 'L',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_NOTE,
	      .tier = TIER_LATER,
	      .refs = "RFC 5321 4.1.5; Postfix XCLIENT; Postfix XFORWARD",
	      .what = "A command that begins with \"X\" and was not offered, was refused, or was "
	              "taken from a "
	              "public address; XCLIENT and XFORWARD taken from outside are a warning.",
	      .why = "XCLIENT lets a client choose the address that it is judged by.",
	      .proof = "The command, its reply and the client's address.",
	      .fakes = "Hosts of one organisation that talk to each other by public addresses.",
	      .remedy = "Restrict private commands to the hosts that need them." },
	    .unit = private_extension },
	{ .info = { .id = "turn-etrn",
	      .title = "TURN/ETRN/ATRN queue run",
	      .phase = 'L',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_REMARK,
	      .severity = SEV_NOTE,
	      .tier = TIER_LATER,
	      .refs = "RFC 821 3.8; RFC 5321 F.1; RFC 1985; RFC 2645",
	      .what =
	          "A client that asks the server to send what waits for it; an accepted TURN is a "
	          "warning.",
	      .why =
	          "ETRN starts the delivery to the registered host, whoever asks. TURN and ATRN hand "
	          "the mail to the client itself, TURN without proof of who that is.",
	      .proof = "The command and its reply.",
	      .fakes = "Known customers use ETRN every day.",
	      .remedy = "Disable TURN; restrict ETRN to the hosts that need it." },
	    .unit = queue_run },
	{ .info = { .id = "vrfy-expn",
	      .title = "Address probing with VRFY/EXPN",
	      .phase = 'L',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_NOTE,
	      .tier = TIER_SECOND,
	      .refs = "RFC 5321 3.5; RFC 5321 7.3",
	      .what = "An EXPN, or three VRFY, in one session.",
	      .why = "The answers tell which addresses exist; some clients collect them.",
	      .proof = "The commands and their replies.",
	      .fakes = "Monitoring hosts, and people who look for a fault by hand.",
	      .remedy = "Answer 252 to VRFY and refuse EXPN." },
	    .session = probing },
	{ .info = { .id = NULL } }
};
