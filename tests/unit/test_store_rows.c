/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_store_rows - see test_store_rows.h.  Nothing is allocated.
 */
#include <inttypes.h>
#include <stdio.h>

#include "smtp/checks.h"
#include "test_store_rows.h"

/* Numbers that look unrelated; the same for the same i. */
static uint64_t
mix(uint64_t i, unsigned salt)
{
	uint64_t x = (i + 1) * UINT64_C(0x9e3779b97f4a7c15) + salt * UINT64_C(0xbf58476d1ce4e5b9);

	x ^= x >> 31;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 29;
}

static void
fake_stream(struct fake *f, uint64_t i)
{
	struct stream *st = &f->stream;
	const struct endpoint client = { { 4, { 192, 0, 2, (uint8_t)mix(i, 1) } },
		(uint16_t)(1024 + i % 60000) };
	const struct endpoint client6 = { { 6,
		                              { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		                                  (uint8_t)(mix(i, 2) >> 8), 0,
		                                  (uint8_t)mix(i, 2) } },
		(uint16_t)(1024 + i % 60000) };
	const struct endpoint server = { { 4, { 198, 51, 100, (uint8_t)(i % 7) } }, 25 };

	st->id = i + 1;
	st->handshake = true;
	st->half[0].ep = i % 5 == 0 ? client6 : client;
	st->half[1].ep = server;
	st->half[0].seen = st->half[1].seen = true;
	st->half[0].packets = 10 + mix(i, 3) % 90;
	st->half[1].packets = 8;
	st->half[0].octets = mix(i, 4) % 100000;
	st->half[1].octets = 400;
	st->half[0].fin_off = st->half[1].fin_off = -1;
	st->first_frame = 1 + i * 20;
	st->last_frame = st->first_frame + 19;
	st->first_ts = INT64_C(1795317062000000000) + (int64_t)i * 1000000;
	st->last_ts = st->first_ts + (int64_t)(mix(i, 5) % UINT64_C(300000000000));
}

void
fake_plain(struct fake *f, uint64_t i)
{
	struct smtp_session *s = &f->s;

	memset(f, 0, sizeof *f);
	fake_stream(f, i);
	s->stream = &f->stream;
	s->number = i + 1;
	s->app = APP_SMTP;
	s->worst = -1;
	s->closure = CLOSURE_QUIT;
	STAILQ_INIT(&s->units);
	STAILQ_INIT(&s->replies);
	STAILQ_INIT(&s->bodies);
	STAILQ_INIT(&s->gaps);
	STAILQ_INIT(&s->ehlos);
	STAILQ_INIT(&s->transactions);
	STAILQ_INIT(&s->findings);
	STAILQ_INIT(&f->tx.rcpts);
}

static void
fake_dialogue(struct fake *f, uint64_t i)
{
	struct smtp_session *s = &f->s;

	f->banner_line.text = slice_str(
	    i % 3 ? "220 mail.far.example ESMTP Postfix" : "220 mx.near.example ESMTP Exim 4.98");
	f->banner_line.code = 220;
	f->banner_line.separator = ' ';
	f->banner.lines = &f->banner_line;
	f->banner.nlines = f->banner.nkept = 1;
	f->banner.code = 220;
	f->banner.first.frame = f->stream.first_frame + 3;
	f->banner.first.ts = f->stream.first_ts + 20000000;
	f->greeting.kind = UNIT_GREETING;
	f->greeting.reply = f->greeting.meant = &f->banner;
	STAILQ_INSERT_TAIL(&s->units, &f->greeting, link);
	STAILQ_INSERT_TAIL(&s->replies, &f->banner, link);
	snprintf(f->helo, sizeof f->helo, "mx%" PRIu64 ".example.org", mix(i, 6) % 5000);
	f->hello.kind = UNIT_COMMAND;
	f->hello.verb = smtp_verb_row(VERB_EHLO);
	f->hello.arg = slice_str(f->helo);
	STAILQ_INSERT_TAIL(&s->units, &f->hello, link);
	s->nreplies = 6;
}

static void
fake_mail(struct fake *f, uint64_t i)
{
	struct smtp_transaction *t = &f->tx;
	unsigned r;

	snprintf(f->sender, sizeof f->sender, "user%" PRIu64 "@example.org", mix(i, 7) % 20000);
	snprintf(
	    f->queue_id, sizeof f->queue_id, "4X%09" PRIX64, mix(i, 8) & UINT64_C(0xfffffffff));
	snprintf(f->message_id, sizeof f->message_id, "<%016" PRIx64 "@mx.example.org>", mix(i, 9));
	t->mail = &f->mail;
	t->sender = slice_str(i % 50 ? f->sender : "");
	f->mail.arg = slice_str(i % 50 ? "FROM:<user>" : "FROM:<>");
	for (r = 0; r < 1 + i % 2; r++) {
		snprintf(f->to[r], sizeof f->to[r], "box%" PRIu64 "@%s.example.net",
		    mix(i, 10 + r) % 50000, r ? "other" : "far");
		f->rcpt[r].addr = slice_str(f->to[r]);
		f->rcpt[r].accepted = true;
		STAILQ_INSERT_TAIL(&t->rcpts, &f->rcpt[r], link);
		t->nrcpt++;
		t->naccepted++;
	}
	t->result = i % 20 ? RESULT_DELIVERED : (enum smtp_result)(mix(i, 12) % RESULT_UNKNOWN);
	if (t->result == RESULT_DELIVERED)
		t->queue_id = f->queue_id;
	snprintf(f->reply, sizeof f->reply, "%s%s",
	    t->queue_id ? "250 2.0.0 Ok: queued as " : "451 4.3.0 Try again later",
	    t->queue_id ? f->queue_id : "");
	f->final_line.text = slice_str(f->reply);
	f->final.lines = &f->final_line;
	f->final.nlines = f->final.nkept = 1;
	t->final = &f->final;
	f->body.message_id = slice_str(f->message_id);
	t->body = &f->body;
	STAILQ_INSERT_TAIL(&f->s.transactions, t, link);
	f->s.ntransactions = 1;
}

static void
fake_finding(struct fake *f, unsigned n, const char *id, enum severity sev, enum confidence c)
{
	struct finding *x = &f->finding[n];

	x->check = checks_find(id);
	x->position = (unsigned)checks_position(x->check);
	x->severity = sev;
	x->confidence = c;
	x->frame = f->stream.first_frame + n;
	STAILQ_INSERT_TAIL(&f->s.findings, x, link);
	f->s.counted[sev]++;
	if (f->s.worst < (int)sev)
		f->s.worst = (int)sev;
}

void
fake_session(struct fake *f, uint64_t i)
{
	fake_plain(f, i);
	fake_dialogue(f, i);
	fake_mail(f, i);
	f->s.closure = i % 10 ? CLOSURE_QUIT : (enum smtp_closure)(mix(i, 13) % 13);
	if (i % 10 == 3)
		fake_finding(f, 0, "body-bare-newline", SEV_WARNING, CONF_CERTAIN);
	if (i % 100 == 3)
		fake_finding(f, 1, "reply-mid-data", SEV_ERROR, CONF_PROBABLE);
}
