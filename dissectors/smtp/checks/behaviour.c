/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase N: patterns of behaviour; never violations.
 */
#include "smtp/checks/check.h"

static void
callout_probe(struct check_ctx *c, struct smtp_transaction *t)
{
	const struct smtp_rcpt *r = STAILQ_FIRST(&t->rcpts);
	struct finding *f;

	if (r == NULL || t->data != NULL || t->body != NULL || t->result == RESULT_UNKNOWN)
		return;
	if (t->naccepted == 0 && t->sender.n > 0)
		return; /* a refused delivery */
	if (c->s->first_421 != NULL)
		return; /* the server's end, not the client's */
	if (c->s->closed_by != NULL && quit_of(c->s) == NULL && STAILQ_NEXT(t, link) == NULL &&
	    STAILQ_LAST(&c->s->units, smtp_unit, link)->verb->id != VERB_RSET)
		return; /* broken off, not finished */
	f = report_unit(c, r->unit,
	    "MAIL and RCPT without a message: \"%.*s\" was asked about and answered %s.",
	    TEXT(r->addr), r->reply ? check_text(c, "%u", r->reply->code) : "not at all");
	if (r->reply != NULL)
		relate(f, r->reply->first.frame);
}

const struct check checks_behaviour[] = {
	{ .info = { .id = "callout-probe",
	      .title = "Address verification without a message",
	      .phase = 'N',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_REMARK,
	      .severity = SEV_NOTE,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 3.3",
	      .what = "A sender and a recipient, then RSET or QUIT instead of a message.",
	      .why = "Explains short sessions: the client checks whether an address exists.",
	      .proof = "The envelope was accepted and no DATA or BDAT followed.",
	      .fakes = "A refused recipient, after which a client leaves.",
	      .remedy = "Nothing; many of them may be the echo of forged mail." },
	    .tx = callout_probe },
	{ .info = { .id = NULL } }
};
