/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase H: BDAT (RFC 3030).  A chunk is read by its announced size whatever the
 * server says of it; only where the server refused the command as unknown were its
 * octets commands to it, and then the chunk proves nothing.
 */
#include "smtp/checks/check.h"

static bool
is_bdat(const struct smtp_unit *u)
{
	return (u->kind == UNIT_CHUNK || u->kind == UNIT_COMMAND) && u->verb->id == VERB_BDAT &&
	    !(u->line.flags & LINE_UNTERMINATED) && !(u->flags & (UNIT_GUESSED | UNIT_IN_TEXT));
}

static bool
is_chunk(const struct smtp_unit *u)
{
	return is_bdat(u) && u->kind == UNIT_CHUNK;
}

static struct finding *
about(struct finding *f, const struct smtp_unit *u, const struct smtp_ehlo *e)
{
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
	if (e != NULL)
		relate(f, e->reply->first.frame);
	return f;
}

/* DATA where the client has said that the message is no text. */
static void
binary_data(struct check_ctx *c, struct smtp_unit *u)
{
	struct finding *f;
	struct slice v;

	if (u->kind != UNIT_COMMAND || u->verb->id != VERB_DATA || u->ctx.mail == NULL ||
	    u->body == NULL || (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)) ||
	    !unit_param(u->ctx.mail, "BODY", &v) || !slice_caseeq(v, "BINARYMIME"))
		return;
	f = about(report_unit(c, u,
	              "DATA for a message announced as BINARYMIME, which only BDAT can carry."),
	    u, NULL);
	relate(f, u->ctx.mail->line.first.frame);
}

static void
unadvertised(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_ehlo *e;

	binary_data(c, u);
	if (!is_bdat(u) || !offer_known(c->s, u, &e) || smtp_ehlo_find(e, "CHUNKING") != NULL)
		return;
	about(report_unit(c, u, "BDAT, but %s%s.",
	          e ? "the EHLO reply in force has no CHUNKING" :
	              "there is no EHLO reply that offers CHUNKING",
	          u->meant ? check_text(c, "; the server answered %u", u->meant->code) : ""),
	    u, e);
}

static void
binary_without_chunking(struct check_ctx *c)
{
	const struct smtp_ehlo *e;
	struct finding *f;

	STAILQ_FOREACH (e, &c->s->ehlos, link) {
		if (smtp_ehlo_find(e, "BINARYMIME") == NULL ||
		    smtp_ehlo_find(e, "CHUNKING") != NULL || e->reply->nlines != e->reply->nkept ||
		    (e->reply->flags & REPLY_CUT))
			continue;
		f = report_reply(
		    c, e->reply, "BINARYMIME is offered without CHUNKING, which it needs.");
		f->culprit = CULPRIT_SERVER;
		f->severity = SEV_NOTE; /* nobody has used it */
		return;
	}
}

/* The last whole line of what was sent, when it is a command. */
static const struct smtp_verb *
tail_command(const struct smtp_body *b)
{
	size_t end, start;

	if (b->ntail < 4 || memcmp(b->tail + b->ntail - 2, "\r\n", 2) != 0)
		return NULL;
	end = start = b->ntail - 2;
	while (start > 0 && b->tail[start - 1] != '\n')
		start--;
	if (start == 0)
		return NULL; /* its start was not kept */
	return line_command(slice_of(b->tail + start, end - start));
}

/* Text directly behind the chunk, sent with it and refused as commands. */
static const struct smtp_unit *
overhang(const struct smtp_unit *u)
{
	const struct smtp_unit *next = STAILQ_NEXT(u, link);

	if (next == NULL || next->kind != UNIT_GARBAGE || next->line.off != u->end ||
	    next->epoch != u->epoch || next->meant == NULL || next->meant->code / 100 != 5 ||
	    (u->meant != NULL && unit_knows(next, u->meant)))
		return NULL;
	return next;
}

static void
size_mismatch(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_verb *v;
	const struct smtp_unit *next;
	struct finding *f;

	if (!is_bdat(u) || (u->line.flags & (LINE_GAP | LINE_CUT)))
		return;
	if (u->flags & UNIT_BAD_CHUNK) {
		about(report_unit(c, u,
		          "\"%.*s\" announces no size that can be read: where the chunk ends, "
		          "nobody can tell.",
		          TEXT(u->line.text)),
		    u, NULL);
		return;
	}
	if (u->kind != UNIT_CHUNK || has_gap(c->s) || u->body == NULL)
		return;
	if ((u->flags & UNIT_CHUNK_SHORT) && (v = tail_command(u->body)) != NULL) {
		f = report_unit(c, u,
		    "The chunk announces %llu octets, %lld came, and they end in a line that is "
		    "a %s command: it was counted into the chunk.",
		    (unsigned long long)u->chunk_size,
		    (long long)(c->s->seen[DIR_CLIENT] - u->line.off - u->line.len), v->name);
		lower_to(f, CONF_PROBABLE);
		relate(about(f, u, NULL), u->body->last.frame);
	} else if ((next = overhang(u)) != NULL) {
		f = report_unit(c, u,
		    "The chunk announces %llu octets, but text follows it directly: \"%.*s\" was "
		    "answered %u.",
		    (unsigned long long)u->chunk_size, TEXT(next->line.text), next->meant->code);
		lower_to(f, CONF_PROBABLE);
		relate(f, next->line.first.frame);
		relate(about(f, u, NULL), next->meant->first.frame);
	}
}

static void
sequence(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_unit *last = u->ctx.last_chunk, *failed = u->ctx.failed_chunk;
	const char *what;
	struct finding *f;
	bool data = u->kind == UNIT_COMMAND && u->verb->id == VERB_DATA;

	if ((!is_bdat(u) && !data) || (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)))
		return;
	if (data)
		what = u->ctx.bdat_seen && u->ctx.state_known ?
		    "DATA in a transaction that has used BDAT" :
		    NULL;
	else if (last != NULL)
		what = "BDAT behind the chunk marked LAST";
	else
		what = failed != NULL && unit_knows(u, failed->meant) ?
		    check_text(c, "BDAT sent when the refusal of a chunk (%u) had come",
		        failed->meant->code) :
		    NULL;
	if (what == NULL)
		return;
	f = report_unit(
	    c, u, "%s%s.", what, u->meant ? check_text(c, "; answered %u", u->meant->code) : "");
	if (last != NULL)
		relate(f, last->line.first.frame);
	if (failed != NULL)
		relate(f, failed->meant->first.frame);
	if (!data && last == NULL)
		lower_to(f, had_read(c->s, u, failed->meant));
	about(f, u, NULL);
}

/* Refused as unknown: its octets were commands to the server. */
static bool
not_consumed(const struct smtp_unit *u)
{
	return u->meant != NULL && (u->meant->code == 500 || u->meant->code == 502);
}

/* No reply to a chunk that the server had received whole, and not for want of time. */
static bool
left_out(struct check_ctx *c, const struct smtp_unit *u)
{
	const struct ledger_seg *g = first_close(c->s, DIR_SERVER);

	if (u->meant != NULL || (u->flags & UNIT_CHUNK_SHORT) || !unit_acked(c->s, u) ||
	    after_421(c->s, u) || c->s->one_sided || u->epoch > 0)
		return false;
	if (answered_after(u) != NULL)
		return true;
	if (u->chunk_last)
		return false; /* eod-unanswered */
	if (g != NULL && g->ack != LEDGER_NO_ACK && g->ack < u->end)
		return false;
	return server_closed_first(c->s) || waited(c->s, u) >= 60;
}

static void
reply_count(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_reply *r = u->meant;
	struct finding *f;

	if (!is_chunk(u) || has_gap(c->s))
		return;
	if (r != NULL && r->code != 421 && r->first.ack != LEDGER_NO_ACK && r->first.ack < u->end &&
	    !not_consumed(u)) {
		f = report_reply(c, r,
		    "\"%.*s\" left with ack %u; the chunk it answers ends at seq %u, so %lld "
		    "octets of it had not arrived.",
		    TEXT(reply_text(r)), absolute_seq(c->s, DIR_CLIENT, r->first.ack),
		    absolute_seq(c->s, DIR_CLIENT, u->end), (long long)(u->end - r->first.ack));
		relate(f, u->line.first.frame);
	} else if (left_out(c, u)) {
		f = report_unit(c, u,
		    "No reply to a chunk of %llu octets that the server's TCP had acknowledged "
		    "(frame %llu).",
		    (unsigned long long)u->chunk_size,
		    (unsigned long long)acked_frame(c->s, DIR_SERVER, u->end));
		f->frame = u->at_frame;
		f->ts = u->at_ts;
		lower_to(f, CONF_PROBABLE);
		relate(f, acked_frame(c->s, DIR_SERVER, u->end));
	}
}

const struct check checks_bdat[] = {
	{ .info = { .id = "bdat-unadvertised",
	      .title = "BDAT or BINARYMIME against the server's offer",
	      .phase = 'H',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 3030 2; RFC 3030 3",
	      .what = "BDAT without CHUNKING in the EHLO reply, BINARYMIME sent with DATA, or "
	              "BINARYMIME offered without CHUNKING.",
	      .why = "A server that does not know BDAT reads the chunk as commands.",
	      .proof = "The EHLO reply in force.",
	      .fakes = "An EHLO reply that was not captured, or that the client did not wait for.",
	      .remedy = "Client: use DATA where CHUNKING is not offered." },
	    .by_lines = "",
	    .once = true,
	    .unit = unadvertised,
	    .session = binary_without_chunking },
	{ .info = { .id = "bdat-size-mismatch",
	      .title = "Chunk does not match its announced size",
	      .phase = 'H',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 3030 2",
	      .what = "A size that cannot be read, a chunk that swallowed the next command, or "
	              "text left over behind it.",
	      .why = "Client and server disagree on what is message and what is command.",
	      .proof = "The BDAT line; the octets at the end of what came, or behind the chunk.",
	      .fakes = "Holes in the capture; a connection that broke inside the chunk.",
	      .remedy = "Count the octets after the line ends were made CRLF." },
	    .needs_tcp = true,
	    .unit = size_mismatch },
	{ .info = { .id = "bdat-sequence",
	      .title = "BDAT order broken",
	      .phase = 'H',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 3030 2",
	      .what = "BDAT behind LAST, DATA and BDAT in one transaction, or a further chunk when "
	              "the refusal of one had come.",
	      .why = "The state is undefined until RSET; the message is not delivered.",
	      .proof = "The order of the commands; for the last case the acknowledgement number of "
	               "the chunk's segment.",
	      .fakes = "Chunks that were on their way when the refusal came.",
	      .remedy = "Client: RSET after a refused chunk." },
	    .by_lines = "",
	    .unit = sequence },
	{ .info = { .id = "bdat-reply-count",
	      .title = "Not exactly one reply per chunk",
	      .phase = 'H',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 3030 2",
	      .what = "A chunk without a reply, or a reply before the chunk was there.",
	      .why = "The queue of replies shifts: the client takes each for the answer to another "
	             "command.",
	      .proof = "The reply's acknowledgement number lies inside the chunk; or the server's "
	               "TCP had the whole chunk and went on without an answer.",
	      .fakes = "421; a server that does not know BDAT at all.",
	      .remedy = "Server: read the whole chunk, then answer, also with an error." },
	    .by_lines = "does not fit the rule of one reply for each chunk.",
	    .unit = reply_count },
	{ .info = { .id = NULL } }
};
