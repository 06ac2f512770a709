/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jsonl_mail - the records smtp (a mail transaction) and exchange (a unit of
 * the dialogue with its reply).
 *
 * Every reply is in exactly one exchange: with the unit that it answers by
 * count, in a further record of the same unit where that owed several (LMTP),
 * or in a record of its own, "unsolicited".
 */
#include "report/jsonl.h"
#include "report/redact.h"

/* Stands for a line that may be a piece of a message. */
#define HIDDEN "[hidden]"

/* What the transaction says of when and where it began. */
static void
transaction_anchor(
    const struct jsonl *w, const struct smtp_transaction *t, uint64_t *frame, int64_t *ts)
{
	const struct smtp_unit *u = t->mail ? t->mail : t->data;

	*frame = t->first_frame ? t->first_frame : w->s->stream->first_frame;
	*ts = w->s->stream->first_ts;
	if (u && u->line.first.frame)
		*ts = u->line.first.ts;
	else if (u)
		*ts = u->at_ts;
}

static const char *
recipient_result(const struct smtp_rcpt *r)
{
	if (r->accepted)
		return "accepted";
	if (!r->reply)
		return "unknown";
	if (r->reply->code >= 500 && r->reply->code < 600)
		return "rejected";
	return r->reply->code >= 400 && r->reply->code < 500 ? "deferred" : "unknown";
}

static void
put_recipients(struct jsonl *w, const struct smtp_transaction *t)
{
	const struct smtp_rcpt *r;
	struct json *j = &w->j;
	struct slice *v;
	size_t n = 0;

	STAILQ_FOREACH (r, &t->rcpts, link)
		n++;
	v = jsonl_slices(w, n);
	n = 0;
	STAILQ_FOREACH (r, &t->rcpts, link)
		v[n++] = r->addr;
	jsonl_addresses(w, "rcpt_to", v, n);
	json_open(j, "rcpt", '[');
	STAILQ_FOREACH (r, &t->rcpts, link) {
		json_open(j, NULL, '{');
		jsonl_address(w, "addr", r->addr);
		if (r->reply) {
			json_uint(j, "code", r->reply->code);
			jsonl_enhanced(w, "enhanced", r->reply);
		}
		json_text(j, "result", recipient_result(r));
		if (r->unit)
			json_uint(j, "frame", r->unit->line.first.frame);
		if (r->reply)
			json_uint(j, "reply_frame", r->reply->first.frame);
		if (r->final) {
			json_uint(j, "final_code", r->final->code);
			jsonl_enhanced(w, "final_enhanced", r->final);
			json_uint(j, "final_frame", r->final->first.frame);
		}
		json_close(j, '}');
	}
	json_close(j, ']');
}

static const char *
transaction_method(const struct smtp_transaction *t)
{
	if (t->data && t->data->verb && t->data->verb->id == VERB_BURL)
		return "burl";
	return t->bdat ? "bdat" : "data";
}

static void
put_transaction(struct jsonl *w, const struct smtp_transaction *t)
{
	struct json *j = &w->j;

	json_open(j, "smtp", '{');
	json_uint(j, "tx_id", t->index);
	jsonl_address(w, "mail_from", t->sender);
	put_recipients(w, t);
	if (t->data || t->body)
		json_text(j, "method", transaction_method(t));
	json_text(j, "result", smtp_result_name(t->result));
	if (t->believed != t->result)
		json_text(j, "believed", smtp_result_name(t->believed));
	if (t->final && redact_hides_reply(w->cfg->redact, t->final))
		json_text(j, "last_reply", HIDDEN);
	else if (t->final && t->final->nkept)
		jsonl_wire(w, "last_reply", t->final->lines[t->final->nkept - 1].text);
	if (t->queue_id)
		jsonl_wire(w, "queue_id", slice_str(t->queue_id));
	if (t->has_size)
		json_uint(j, "size_declared", t->size_declared);
	if (t->body) {
		json_uint(j, "size_seen", t->body->octets);
		json_uint(j, "lines", t->body->lines);
		if (t->body->missing)
			json_uint(j, "size_missing", t->body->missing);
	}
	json_open(j, "frames", '[');
	json_uint(j, NULL, t->first_frame);
	json_uint(j, NULL, t->last_frame);
	json_close(j, ']');
	json_uint(j, "eod_frame", t->eod ? t->eod->line.first.frame : 0);
	json_uint(j, "reply_frame", t->final ? t->final->first.frame : 0);
	if (t->wait >= 0 && !w->s->stream->transcript)
		json_seconds(j, "wait", t->wait, w->cfg->digits);
	json_close(j, '}');
}

void
jsonl_transactions(struct jsonl *w)
{
	const struct smtp_transaction *t;

	STAILQ_FOREACH (t, &w->s->transactions, link) {
		uint64_t frame;
		int64_t ts;

		transaction_anchor(w, t, &frame, &ts);
		jsonl_record(w, "smtp", frame, ts);
		put_transaction(w, t);
		jsonl_record_end(w);
	}
}

static void
put_reply(struct jsonl *w, const struct smtp_unit *u, const struct smtp_reply *r)
{
	bool hidden = redact_hides_reply(w->cfg->redact, r);
	struct slice *v = jsonl_slices(w, r->nkept);
	struct json *j = &w->j;
	uint32_t i;

	if (r->code)
		json_uint(j, "code", r->code);
	jsonl_enhanced(w, "enhanced", r);
	for (i = 0; i < r->nkept; i++)
		v[i] = hidden ? slice_str(HIDDEN) : r->lines[i].text;
	jsonl_wires(w, "reply", v, r->nkept);
	if (r->nlines > r->nkept)
		json_uint(j, "reply_lines", r->nlines);
	json_uint(j, "reply_frame", r->first.frame);
	if (u && u->kind != UNIT_GREETING && u->last.frame && r->first.frame &&
	    !w->s->stream->transcript)
		json_seconds(j, "wait", common_since(r->first.ts, u->last.ts), w->cfg->digits);
}

/* Both pairings differ: the reply that fits the unit by its meaning; code 0: none does. */
static void
put_by_meaning(struct jsonl *w, const struct smtp_unit *u)
{
	struct json *j = &w->j;

	if (u->meant == u->reply)
		return;
	json_open(j, "by_meaning", '{');
	json_uint(j, "code", u->meant ? u->meant->code : 0);
	json_uint(j, "reply_frame", u->meant ? u->meant->first.frame : 0);
	json_close(j, '}');
}

/* `u' is NULL for a reply that answers nothing; `r' is NULL for a unit without an answer. */
static void
put_exchange(struct jsonl *w, const struct smtp_unit *u, const struct smtp_reply *r, uint64_t index)
{
	bool sent = u && u->kind != UNIT_GREETING;
	struct json *j = &w->j;
	uint64_t frame = r ? r->first.frame : 0;
	int64_t ts = r ? r->first.ts : w->s->stream->first_ts;

	if (sent || (u && !r)) {
		frame = u->line.first.frame ? u->line.first.frame : u->at_frame;
		ts = u->line.first.frame ? u->line.first.ts : u->at_ts;
	}
	if (r && frame == 0) {
		frame = r->at_frame;
		ts = r->at_ts;
	}
	jsonl_record(w, "exchange", frame, ts);
	json_open(j, "exchange", '{');
	json_uint(j, "index", index);
	json_text(j, "unit", u ? smtp_unit_kind_name(u->kind) : "unsolicited");
	if (u && (u->kind == UNIT_COMMAND || u->kind == UNIT_CHUNK) && u->verb->name[0])
		json_text(j, "verb", u->verb->name);
	if (sent)
		jsonl_wire(w, "line",
		    redact_hides_line(w->cfg->redact, u) ? slice_str(HIDDEN) : u->line.text);
	if (sent)
		json_uint(j, "frame", u->line.first.frame);
	jsonl_time(w, "time", ts);
	if (u && u->group)
		json_uint(j, "group", u->group);
	if (u && u->kind == UNIT_CHUNK)
		json_uint(j, "chunk_size", u->chunk_size);
	if (r)
		put_reply(w, u, r);
	if (u && (!r || r == u->reply))
		put_by_meaning(w, u);
	json_close(j, '}');
	jsonl_record_end(w);
}

/* Replies that stand in no other record, up to this frame: unsolicited ones, and all but the
 * first of a unit that owes several. */
static const struct smtp_reply *
put_others(struct jsonl *w, const struct smtp_reply *r, uint64_t frame, uint64_t *index)
{
	for (; r && r->first.frame <= frame; r = STAILQ_NEXT(r, link))
		if (!r->unit || r->unit->reply != r)
			put_exchange(w, r->unit, r, (*index)++);
	return r;
}

void
jsonl_exchanges(struct jsonl *w)
{
	const struct smtp_reply *r = STAILQ_FIRST(&w->s->replies);
	const struct smtp_unit *u;
	uint64_t index = 0;

	STAILQ_FOREACH (u, &w->s->units, link) {
		if (u->line.first.frame)
			r = put_others(w, r, u->line.first.frame, &index);
		put_exchange(w, u, u->reply, index++);
	}
	put_others(w, r, UINT64_MAX, &index);
}
