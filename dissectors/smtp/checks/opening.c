/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phases B and C: the greeting, HELO and EHLO.
 */
#include "smtp/checks/check.h"
#include "smtp/peers.h"

static const struct smtp_reply *
greeting_of(const struct smtp_session *s)
{
	const struct smtp_unit *u = STAILQ_FIRST(&s->units);

	return u != NULL && u->kind == UNIT_GREETING ? u->meant : NULL;
}

static void
early_talker(struct check_ctx *c)
{
	const struct smtp_reply *g = greeting_of(c->s);
	const struct smtp_unit *u = STAILQ_FIRST(&c->s->units);
	const struct smtp_ehlo *e;
	struct finding *f;

	if (u == NULL || u->kind != UNIT_GREETING || (g != NULL && g->code == 0) ||
	    c->s->tls.via == TLS_IMPLICIT || c->s->one_sided ||
	    (c->s->earlier_offers & PEER_PIPECONNECT))
		return;
	u = STAILQ_NEXT(u, link);
	if (u == NULL || u->epoch != 0 || u->line.first.ack == LEDGER_NO_ACK || unit_knows(u, g))
		return;
	if (g == NULL) {
		/* No greeting ever came: early only if not one octet of the server was known.
		 * Without its SYN nobody knows which octet was its first. */
		if (u->line.first.ack <= 0 && smtp_half(c->s, DIR_SERVER)->syn)
			report_unit(c, u, "The client sent %s before the server had said anything.",
			    smtp_unit_name(u));
		return;
	}
	f = report_unit(c, u, "The client sent %s with ack %u; the greeting ends at seq %u%s.",
	    smtp_unit_name(u), absolute_seq(c->s, DIR_SERVER, u->line.first.ack),
	    absolute_seq(c->s, DIR_SERVER, g->end),
	    u->line.first.ack > 0 ? " (it did not wait for the last line)" : "");
	relate(f, g->first.frame);
	relate(f, g->last.frame);
	e = STAILQ_FIRST(&c->s->ehlos);
	if (smtp_ehlo_find(e, "PIPECONNECT") == NULL && smtp_ehlo_find(e, "X_PIPE_CONNECT") == NULL)
		return;
	f->severity = SEV_NOTE;
	f->detail = check_text(c,
	    "%s The server offers PIPECONNECT (%s %llu); an earlier connection "
	    "that is not in this capture may have allowed it.",
	    f->detail, PLACE(c), (unsigned long long)e->reply->first.frame);
}

static void
ehlo_missing(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_unit *v;
	struct finding *f;

	if (u->kind != UNIT_COMMAND || u->verb->id != VERB_MAIL || !u->ctx.greeted_known ||
	    u->ctx.greeted || (u->flags & UNIT_IN_TEXT))
		return;
	/* A greeting command that got no answer at all may have been accepted. */
	STAILQ_FOREACH (v, &c->s->units, link) {
		if (v == u)
			break;
		if ((v->verb->id == VERB_EHLO || v->verb->id == VERB_HELO ||
		        v->verb->id == VERB_LHLO) &&
		    v->meant == NULL)
			return;
	}
	f = report_unit(c, u, "MAIL without an accepted HELO or EHLO before it%s.",
	    unit_class(u) == 2     ? "; the server accepted it" :
	        unit_class(u) >= 4 ? "; the server refused it" :
	                             "");
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

const struct check checks_opening[] = {
	{ .info = { .id = "early-talker",
	      .title = "Client speaks before the greeting",
	      .phase = 'B',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.3.1; RFC 5321 3.2",
	      .what = "A first command that left before the whole greeting had been received.",
	      .why = "Many servers take this for spam software, answer 554 and close.",
	      .proof =
	          "The acknowledgement number of the client's first data segment lies below the "
	          "end of the greeting.",
	      .fakes =
	          "Implicit TLS, a PROXY header of a load balancer, and early pipelining that this "
	          "server offered before.",
	      .remedy =
	          "Make the client wait for the last line of the greeting; look for a health check "
	          "or a mass mailer." },
	    .by_lines = "stands above the end of the greeting.",
	    .session = early_talker },
	{ .info = { .id = "ehlo-missing",
	      .title = "Mail transaction without HELO/EHLO",
	      .phase = 'C',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.1.1.1; RFC 5321 4.1.4",
	      .what = "MAIL although no HELO, EHLO or LHLO has been accepted in this session.",
	      .why = "A strict server answers 503 and takes no mail.",
	      .proof =
	          "The session was captured from its SYN without a hole, and no greeting command "
	          "was accepted.",
	      .fakes = "A greeting command whose reply is missing; a session joined in the middle.",
	      .remedy = "Send EHLO with the host's own name first, again after STARTTLS." },
	    .by_lines = "",
	    .unit = ehlo_missing },
	{ .info = { .id = NULL } }
};
