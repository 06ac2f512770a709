/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase C: the list of extensions, as the server wrote it and as a firewall left it.
 */
#include "smtp/checks/check.h"
#include "smtp/mailbox.h"

/* The IANA registry of SMTP service extensions, and a few that servers of today offer beside it. */
static const char *const registered[] = { "8BITMIME", "ATRN", "AUTH", "BINARYMIME", "BURL",
	"CHECKPOINT", "CHUNKING", "CONNEG", "CONPERM", "DELIVERBY", "DSN", "ENHANCEDSTATUSCODES",
	"ETRN", "EXPN", "FUTURERELEASE", "HELP", "LIMITS", "MT-PRIORITY", "MTRK", "NO-SOLICITING",
	"OK", "ONEX", "PIPECONNECT", "PIPELINING", "PRDR", "REQUIRETLS", "RRVS", "SAML", "SEND",
	"SIZE", "SMTPUTF8", "SOML", "STARTTLS", "SUBMITTER", "TURN", "UTF8SMTP", "VERB", "VRFY" };

static bool
is_registered(struct slice keyword)
{
	size_t i;

	for (i = 0; i < sizeof registered / sizeof registered[0]; i++)
		if (slice_caseeq(keyword, registered[i]))
			return true;
	return false;
}

static bool
all_digits(struct slice t)
{
	size_t i;

	for (i = 0; i < t.n; i++)
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
	return true;
}

/* RFC 9422 3: name=value pairs, apart by blanks; the three known values are numbers above 0. */
static const char *
limits_fault(struct slice t)
{
	struct slice word, value;
	const uint8_t *eq;

	for (; t.n > 0; t = slice_from(t, word.n + 1)) {
		word = first_word(t);
		eq = word.n ? memchr(word.p, '=', word.n) : NULL;
		if (word.n == 0 || eq == word.p)
			return "a limit has no name";
		value = eq != NULL ? slice_from(word, (size_t)(eq - word.p) + 1) :
		                     slice_from(word, word.n);
		if ((slice_caseprefix(word, "MAILMAX") || slice_caseprefix(word, "RCPTMAX") ||
		        slice_caseprefix(word, "RCPTDOMAINMAX")) &&
		    (value.n == 0 || value.n > 6 || !all_digits(value) || value.p[0] == '0'))
			return "the value of a limit is no number from 1 to 999999";
	}
	return NULL;
}

static const char *
keyword_fault(const struct smtp_ehlo *e, const struct smtp_extension *x)
{
	struct slice k = x->keyword;
	size_t i;

	for (i = 0; i < k.n; i++) {
		int l = ascii_lower(k.p[i]);

		if (!(l >= 'a' && l <= 'z') && !(k.p[i] >= '0' && k.p[i] <= '9') &&
		    (k.p[i] != '-' || i == 0))
			return "a keyword consists of letters, digits and hyphens";
	}
	for (i = 0; i < e->next && &e->ext[i] != x; i++)
		if (slice_eq(e->ext[i].keyword, k) && !slice_eq(e->ext[i].params, x->params) &&
		    !slice_caseeq(k, "AUTH"))
			return "the keyword was listed before with other parameters";
	if (slice_caseeq(k, "SIZE") && !all_digits(trimmed(x->params)))
		return "the value of SIZE is no number";
	if (slice_caseeq(k, "LIMITS"))
		return limits_fault(trimmed(x->params));
	if (slice_caseeq(k, "SMTPUTF8") && smtp_ehlo_find(e, "8BITMIME") == NULL)
		return "SMTPUTF8 requires 8BITMIME, which is not offered (RFC 6531 3.1)";
	if (ascii_lower(k.p[0]) != 'x' && !is_registered(k))
		return "the keyword is neither registered nor does it begin with \"X\"";
	return NULL;
}

/* The line that holds this keyword, for its frame. */
static const struct smtp_line *
line_of(const struct smtp_reply *r, const uint8_t *at)
{
	uint32_t i;

	for (i = 0; i < r->nkept; i++)
		if (at >= r->lines[i].text.p && at < r->lines[i].text.p + r->lines[i].text.n)
			return &r->lines[i];
	return &r->lines[0];
}

static struct finding *
report_line(
    struct check_ctx *c, const struct smtp_reply *r, const struct smtp_line *l, const char *fault)
{
	struct finding *f = report_reply(c, r, "\"%.*s\": %s.", TEXT(l->text), fault);

	f->frame = l->first.frame;
	f->ts = l->first.ts;
	return f;
}

static bool
list_is_whole(const struct smtp_reply *r)
{
	uint32_t i;

	if (r->nkept == 0 ||
	    (r->flags & (REPLY_CUT | REPLY_OPEN | REPLY_CODE_DIFFERS | REPLY_UNJUDGED)))
		return false;
	for (i = 0; i < r->nkept; i++)
		if (r->lines[i].flags & (LINE_GAP | LINE_CUT))
			return false;
	return true;
}

/* One finding for a list: the first fault names itself, the others are counted. */
static void
check_list(struct check_ctx *c, const struct smtp_ehlo *e)
{
	const struct smtp_reply *r = e->reply;
	struct finding *f = NULL;
	const char *fault;
	uint32_t i;

	if (!list_is_whole(r))
		return;
	fault = host_fault(slice_from(r->lines[0].text, 4));
	if (fault != NULL)
		f = report_line(c, r, &r->lines[0], fault);
	for (i = 1; i < r->nkept; i++) {
		if (r->lines[i].text.n > 4)
			continue;
		if (f != NULL)
			f->count++;
		else
			f = report_line(c, r, &r->lines[i], "the line holds no keyword");
	}
	for (i = 0; i < e->next; i++) {
		fault = masked_keyword(e->ext[i].keyword) ? NULL : keyword_fault(e, &e->ext[i]);
		if (fault == NULL)
			continue;
		if (f != NULL)
			f->count++;
		else
			f = report_line(c, r, line_of(r, e->ext[i].keyword.p), fault);
	}
}

/* HELO must not be answered with a list of extensions (RFC 5321 3.2). */
static void
check_helo_reply(struct check_ctx *c, const struct smtp_unit *u)
{
	const struct smtp_reply *r = u->meant;
	uint32_t i, listed = 0;

	if (unit_class(u) != 2 || !list_is_whole(r))
		return;
	for (i = 1; i < r->nkept; i++)
		listed += is_registered(first_word(slice_from(r->lines[i].text, 4))) &&
		    !slice_caseeq(slice_from(r->lines[i].text, 4), "OK");
	if (listed > 0)
		report_line(c, r, &r->lines[1], "HELO is not answered with a list of extensions")
		    ->severity = SEV_WARNING;
}

static void
ehlo_reply_syntax(struct check_ctx *c)
{
	const struct smtp_ehlo *e;
	const struct smtp_unit *u;

	STAILQ_FOREACH (e, &c->s->ehlos, link)
		check_list(c, e);
	STAILQ_FOREACH (u, &c->s->units, link)
		if (says_hello(u) && u->verb->id == VERB_HELO)
			check_helo_reply(c, u);
}

static void
masked_lists(struct check_ctx *c)
{
	const struct smtp_ehlo *e;
	struct finding *f;
	unsigned i, k;

	STAILQ_FOREACH (e, &c->s->ehlos, link) {
		for (i = 0; i < e->next && !masked_keyword(e->ext[i].keyword); i++)
			;
		if (i == e->next)
			continue;
		f = report_line(c, e->reply, line_of(e->reply, e->ext[i].keyword.p),
		    check_text(c,
		        "the keyword was overwritten with \"X\" on the way; it was %zu characters "
		        "long%s",
		        e->ext[i].keyword.n,
		        e->ext[i].keyword.n == 8 ? ", as STARTTLS and 8BITMIME are" : ""));
		for (k = i + 1; k < e->next; k++)
			f->count += masked_keyword(e->ext[k].keyword);
		lower_to(f, CONF_PROBABLE);
	}
}

static void
keyword_masked(struct check_ctx *c)
{
	const struct smtp_unit *u;
	struct finding *f;
	size_t i;

	masked_lists(c);
	STAILQ_FOREACH (u, &c->s->units, link) {
		for (i = 0; i < u->line.text.n && u->line.text.p[i] == 'X'; i++)
			;
		if (u->kind != UNIT_COMMAND || i < 4 || i < u->line.text.n || u->meant == NULL ||
		    u->meant->code != 500)
			continue;
		f = report_unit(c, u,
		    "The command \"%.*s\" was overwritten with \"X\" on its way to the server, "
		    "which answered 500.",
		    TEXT(u->line.text));
		lower_to(f, CONF_PROBABLE);
		relate(f, u->meant->first.frame);
		return;
	}
}

const struct check checks_offer[] = {
	{ .info = { .id = "ehlo-reply-syntax",
	      .title = "EHLO reply breaks the keyword grammar",
	      .phase = 'C',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.1.1; RFC 5321 2.2.2; RFC 5321 3.2; RFC 6531 3.1; RFC 9422 3",
	      .what =
	          "A first line without the server's name, an empty, malformed, doubled or "
	          "unregistered "
	          "keyword, a wrong value, or (a warning) extensions listed in the reply to HELO.",
	      .why = "Clients ignore or misread the extension.",
	      .proof = "The line itself, in a reply that was captured whole.",
	      .fakes = "Keywords that a firewall overwrote.",
	      .remedy = "Correct the server's list of extensions." },
	    .session = ehlo_reply_syntax },
	{ .info = { .id = "ehlo-keyword-masked",
	      .title = "EHLO keyword overwritten with X characters",
	      .phase = 'C',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "Cisco ESMTP inspection; RFC 3207 6",
	      .what = "A keyword of the EHLO reply, or a command that is answered 500, that "
	              "consists of "
	              "\"X\" only, with one letter more at most.",
	      .why =
	          "A box between the two removes extensions; with STARTTLS it removes encryption.",
	      .proof = "The form of the line: it keeps the length of what stood there.",
	      .fakes = "Real private keywords such as XCLIENT are more than a row of \"X\".",
	      .remedy = "Switch off SMTP inspection on the firewall, or let it pass TLS." },
	    .session = keyword_masked },
	{ .info = { .id = NULL } }
};
