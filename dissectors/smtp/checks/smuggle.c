/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase G, ends of data that are none: a lone dot between line breaks of which one
 * is not CRLF, commands behind it, and stray octets behind the true end.
 *
 * Whether the server took such a dot for the end is proved by its replies
 * (rewind.c); what the client sent before it could know of that reply is proved
 * by acknowledgement numbers.
 */
#include "smtp/checks/check.h"

/* The reply that proves that the server ended the message at this dot, or NULL. */
static const struct smtp_reply *
proof(const struct smtp_body *b, const struct body_dot *d)
{
	return d->proved && b->eod != NULL && b->eod->end == d->end ? b->eod->meant : NULL;
}

static void
offered_end(struct check_ctx *c, const struct smtp_body *b, const struct body_dot *d, unsigned more)
{
	struct finding *f;

	f = report_frame(c, d->mark.frame, d->mark.ts, "%s at offset %lld of the message%s; %s.",
	    d->form, (long long)(d->off - b->off),
	    more ? check_text(c, " (and %u more of the kind)", more) : "",
	    c->s->one_sided ? "what the server made of it is not in the capture" :
	                      "the server did not take it for the end");
	f->culprit = CULPRIT_CLIENT;
	f->severity = SEV_WARNING;
	/* In 8-bit octets such a row may be chance. */
	if (b->eightbit.count > 0 && d->next == NULL) {
		f->severity = SEV_NOTE;
		lower_to(f, CONF_POSSIBLE);
	}
	if (b->guessed)
		lower_to(f, CONF_POSSIBLE);
	relate(f, d->next_frame);
}

static void
eod_nonstandard(struct check_ctx *c, struct smtp_body *b)
{
	const struct body_dot *d = NULL;
	const struct smtp_reply *r;
	struct finding *f;
	unsigned i;

	for (i = 0; i < b->ndots && !b->dots[i].proved; i++)
		;
	if (i > 0)
		offered_end(c, b, &b->dots[0], i - 1);
	if (i == b->ndots)
		return;
	d = &b->dots[i];
	r = proof(b, d);
	f = report_frame(c, d->mark.frame, d->mark.ts,
	    "The server took %s at offset %lld of the message for its end%s.", d->form,
	    (long long)(d->off - b->off),
	    r ? check_text(c, ": \"%.*s\" left with ack %u, and the line of the dot ends at seq %u",
	            TEXT(reply_text(r)), absolute_seq(c->s, DIR_CLIENT, r->first.ack),
	            absolute_seq(c->s, DIR_CLIENT, d->end)) :
	        "");
	f->culprit = CULPRIT_SERVER;
	if (b->guessed)
		lower_to(f, CONF_POSSIBLE);
	if (r != NULL)
		relate(f, r->first.frame);
	relate(f, d->next_frame);
}

/* What its sender had received when the command behind this dot left: nothing behind the go-ahead,
 * so that it could know of no end; something more; or it cannot be told. */
enum knowledge { KNEW_NOTHING, KNEW_MORE, KNEW_UNKNOWN };

static enum knowledge
knowledge(const struct smtp_body *b, const struct body_dot *d)
{
	if (b->opener == NULL || b->opener->meant == NULL || d->next_ack == LEDGER_NO_ACK)
		return KNEW_UNKNOWN;
	return d->next_ack > b->opener->meant->end ? KNEW_MORE : KNEW_NOTHING;
}

static void
smuggled(struct check_ctx *c, struct smtp_body *b)
{
	const struct body_dot *d;
	struct finding *f;
	unsigned i;

	for (i = 0; i < b->ndots; i++) {
		d = &b->dots[i];
		if (d->next == NULL || knowledge(b, d) == KNEW_MORE)
			continue;
		f = report_frame(c, d->next_frame, d->mark.ts,
		    "\"%.*s\" stands behind %s inside the text of a message%s. %s",
		    TEXT(d->next_text), d->form,
		    knowledge(b, d) == KNEW_NOTHING ?
		        ", sent before the client could know of any end" :
		        "",
		    d->proved           ? "The server executed it." :
		        c->s->one_sided ? "What the server made of it is not in the capture." :
		                          "This server did not execute it; one further on may.");
		if (b->guessed || knowledge(b, d) == KNEW_UNKNOWN) {
			f->severity = SEV_WARNING;
			lower_to(f, CONF_POSSIBLE);
		}
		relate(f, d->mark.frame);
		if (proof(b, d) != NULL)
			relate(f, proof(b, d)->first.frame);
		return;
	}
}

/* From a client that takes itself to be in the message still: a second dot, an empty line, text. */
static void
post_eod(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_unit *next = STAILQ_NEXT(u, link);
	struct slice t;
	struct finding *f;
	bool early;

	if (u->kind != UNIT_EOD || next == NULL || next->kind != UNIT_GARBAGE ||
	    next->epoch != u->epoch || (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)) ||
	    (next->line.flags & (LINE_GAP | LINE_CUT)))
		return;
	t = next->line.text;
	early = u->meant == NULL || !unit_knows(next, u->meant);
	if (!early && t.n > 0 && !slice_caseeq(t, "."))
		return; /* a later line of its own: command-unknown tells of it */
	f = report_unit(c, next,
	    "\"%.*s\" directly behind the end of data (%s %llu) is no command%s.", TEXT(t),
	    PLACE(c), (unsigned long long)u->at_frame,
	    next->meant ?
	        check_text(c, "; it was answered %u, a reply that the client does not wait for",
	            next->meant->code) :
	        "");
	relate(f, u->at_frame);
	if (next->meant != NULL)
		relate(f, next->meant->first.frame);
}

const struct check checks_smuggle[] = {
	{ .info = { .id = "eod-nonstandard",
	      .title = "Something other than CRLF.CRLF was taken (or offered) as end of data",
	      .phase = 'G',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.1.4; RFC 5321 2.3.8; CERT VU#302671",
	      .what = "A lone dot in message text between line breaks of which at least one is not "
	              "CRLF.",
	      .why = "Where one server sees an end and the next does not, the rest of the message "
	             "becomes commands: forged mail with a good reputation.",
	      .proof = "Error: a reply that fits the end of data left when the server had received "
	               "this dot and no CRLF.CRLF, or more replies came than the session owes. "
	               "Warning: the octets stand there and the server went on.",
	      .fakes = "BDAT, where no dot ends anything; rows by chance in 8-bit octets.",
	      .remedy =
	          "Server: accept CRLF.CRLF only and refuse bare newlines. Sender: write CRLF." },
	    .by_lines = "",
	    .body = eod_nonstandard },
	{ .info = { .id = "smuggled-commands",
	      .title = "SMTP commands behind a non-standard end of data",
	      .phase = 'G',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.1.4; CERT VU#302671",
	      .what = "A line that is an SMTP command within 200 octets behind such a dot.",
	      .why = "SMTP smuggling: a second message with a forged sender rides in the first.",
	      .proof = "The line, and an acknowledgement number that shows it left before the "
	               "client could know of an end of the message.",
	      .fakes = "A client that really ends its messages so and waits for the reply; mail "
	               "that quotes a dialogue has its dots doubled.",
	      .remedy =
	          "Client: find out who wrote this message. Server: update it if it accepts such an end." },
	    .by_lines = "",
	    .body = smuggled },
	{ .info = { .id = "post-eod-bytes",
	      .title = "Client bytes right after the end of data that are no command",
	      .phase = 'G',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_LATER,
	      .refs = "RFC 5321 4.1.1.4",
	      .what = "A second dot, an empty line or text between the end of data and the next "
	              "command.",
	      .why = "The server answers it with an error: one reply too many, which the client "
	             "takes for the answer to its next command.",
	      .proof = "The line follows the end of data and was sent before its reply was known, "
	               "or is an empty line or a dot.",
	      .fakes = "Commands pipelined behind the end of data.",
	      .remedy = "Make the client send CRLF.CRLF once and nothing behind it." },
	    .by_lines = "",
	    .unit = post_eod },
	{ .info = { .id = NULL } }
};
