/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_report_scene - a session as arrays: no allocation but the texts' own.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "test_report_scene.h"

const struct report_config scene_config = { .severity = SEV_NOTE, .digits = 6, .engine = "native" };

const struct check_info scene_check = {
	.id = "test-first",
	.title = "a check of the tests",
	.phase = 'G',
	.culprit = CULPRIT_SERVER,
	.kind = CHECK_VIOLATION,
	.severity = SEV_ERROR,
	.refs = "RFC 5321 4.3.1; RFC 821 4.2",
	.why = "the message is not delivered",
	.remedy = "read on until the end of data",
};

const struct check_info scene_other_check = {
	.id = "test-second",
	.title = "another check of the tests",
	.phase = 'A',
	.culprit = CULPRIT_PATH,
	.kind = CHECK_TRANSPORT,
	.severity = SEV_WARNING,
	.refs = "RFC 9293 3.6",
	.remedy = "nothing",
};

static struct endpoint
endpoint(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
	struct endpoint e = { .addr = { .family = 4, .b = { a, b, c, d } }, .port = port };

	return e;
}

void
scene_init(struct scene *sc, uint64_t first_frame)
{
	memset(sc, 0, sizeof *sc);
	sc->stream.id = 7;
	sc->stream.half[DIR_CLIENT].ep = endpoint(192, 0, 2, 10, 40000);
	sc->stream.half[DIR_SERVER].ep = endpoint(198, 51, 100, 25, 25);
	sc->stream.half[0].base_known = sc->stream.half[1].base_known = true;
	sc->stream.half[0].fin_off = sc->stream.half[1].fin_off = -1;
	sc->stream.first_frame = sc->stream.last_frame = first_frame;
	sc->stream.first_ts = sc->stream.last_ts = INT64_C(862909200000000000);
	sc->stream.rtt_server = sc->stream.rtt_client = -1;
	sc->stream.ledger.seg = sc->seg;
	sc->s.stream = &sc->stream;
	sc->s.number = 1;
	sc->s.app = APP_SMTP;
	sc->s.roles_certain = true;
	sc->s.worst = -1;
	sc->s.closure = CLOSURE_CAPTURE_END;
	sc->s.tls.start[0] = sc->s.tls.start[1] = -1;
	STAILQ_INIT(&sc->s.units);
	STAILQ_INIT(&sc->s.replies);
	STAILQ_INIT(&sc->s.bodies);
	STAILQ_INIT(&sc->s.gaps);
	STAILQ_INIT(&sc->s.ehlos);
	STAILQ_INIT(&sc->s.transactions);
	STAILQ_INIT(&sc->s.findings);
	STAILQ_INIT(&sc->tx[0].rcpts);
	STAILQ_INIT(&sc->tx[1].rcpts);
	sc->next_frame = first_frame;
}

struct ledger_seg *
scene_segment(struct scene *sc, enum stream_dir dir, uint32_t len, unsigned flags)
{
	struct ledger_seg *g = &sc->seg[sc->stream.ledger.n++];

	g->frame = g->last_frame = sc->next_frame++;
	g->ts = sc->stream.last_ts + 1000000;
	g->off = sc->next_off[dir];
	g->ack = flags & TCP_ACK ? sc->ack[dir] : LEDGER_NO_ACK;
	g->len = len;
	g->win = 8192;
	g->count = 1;
	g->dir = (uint8_t)dir;
	g->flags = (uint8_t)flags;
	g->kind = len ? KIND_NEW : KIND_EMPTY;
	sc->next_off[dir] += len;
	sc->ack[!dir] = sc->next_off[dir];
	sc->s.seen[dir] = sc->next_off[dir];
	sc->stream.half[dir].packets++;
	sc->stream.half[dir].octets += len;
	sc->stream.last_frame = g->frame;
	sc->stream.last_ts = g->ts;
	if (flags & TCP_FIN) {
		sc->stream.half[dir].fin_frame = g->frame;
		sc->stream.half[dir].fin_off = sc->next_off[dir];
	}
	if (flags & TCP_RST)
		sc->stream.half[dir].rst_frame = g->frame;
	return g;
}

static struct smtp_mark
mark_of(const struct ledger_seg *g)
{
	return (struct smtp_mark){
		.frame = g->frame, .ts = g->ts, .ack = g->ack, .seg_off = g->off, .seg_len = g->len
	};
}

static struct smtp_line
line_of(const struct ledger_seg *g, const char *text)
{
	return (struct smtp_line){ .off = g->off,
		.len = g->len,
		.first = mark_of(g),
		.last = mark_of(g),
		.at_frame = g->frame,
		.at_ts = g->ts,
		.text = slice_str(text) };
}

struct smtp_unit *
scene_command(struct scene *sc, const char *text)
{
	struct ledger_seg *g =
	    scene_segment(sc, DIR_CLIENT, (uint32_t)strlen(text) + 2, TCP_ACK | TCP_PSH);
	struct smtp_unit *u = &sc->unit[sc->nunit];
	const char *blank = strchr(text, ' ');

	u->index = sc->nunit++;
	u->kind = strcmp(text, ".") == 0 ? UNIT_EOD : UNIT_COMMAND;
	u->verb = smtp_verb_find(blank ? slice_of(text, (size_t)(blank - text)) : slice_str(text));
	u->line = line_of(g, text);
	if (blank)
		u->arg = slice_str(blank + 1);
	u->end = sc->next_off[DIR_CLIENT];
	u->last = mark_of(g);
	u->at_frame = g->frame;
	u->at_ts = g->ts;
	u->owes = 1;
	u->group = sc->nunit;
	STAILQ_INSERT_TAIL(&sc->s.units, u, link);
	sc->s.nunits++;
	return u;
}

struct smtp_reply *
scene_reply(struct scene *sc, const char *text, struct smtp_unit *answers)
{
	struct ledger_seg *g =
	    scene_segment(sc, DIR_SERVER, (uint32_t)strlen(text) + 2, TCP_ACK | TCP_PSH);
	struct smtp_reply *r = &sc->reply[sc->nreply];

	r->index = sc->nreply;
	r->lines = &sc->line[sc->nreply++];
	r->lines[0] = line_of(g, text);
	r->nlines = r->nkept = 1;
	r->code = r->first_code = r->lines[0].code =
	    (uint16_t)((text[0] - '0') * 100 + (text[1] - '0') * 10 + text[2] - '0');
	r->lines[0].separator = ' ';
	r->off = g->off;
	r->end = sc->next_off[DIR_SERVER];
	r->first = r->last = mark_of(g);
	r->at_frame = g->frame;
	r->at_ts = g->ts;
	r->unit = r->meant = answers;
	if (answers)
		answers->reply = answers->meant = r;
	STAILQ_INSERT_TAIL(&sc->s.replies, r, link);
	sc->s.nreplies++;
	return r;
}

struct smtp_body *
scene_text(struct scene *sc, unsigned n, uint32_t len)
{
	struct smtp_body *b = &sc->body[sc->nbody++];
	unsigned i;

	b->opener = STAILQ_LAST(&sc->s.units, smtp_unit, link);
	b->off = sc->next_off[DIR_CLIENT];
	for (i = 0; i < n; i++) {
		struct ledger_seg *g = scene_segment(sc, DIR_CLIENT, len, TCP_ACK | TCP_PSH);

		if (i == 0)
			b->first = mark_of(g);
		b->last = mark_of(g);
		if (i + 1 < n)
			scene_segment(sc, DIR_SERVER, 0, TCP_ACK);
	}
	b->end = sc->next_off[DIR_CLIENT];
	b->octets = (uint64_t)n * len;
	b->lines = n;
	b->frames = n;
	STAILQ_INSERT_TAIL(&sc->s.bodies, b, link);
	return b;
}

struct finding *
scene_finding(struct scene *sc, const struct check_info *check, uint64_t frame, const char *detail)
{
	struct finding *f = &sc->finding[sc->nfinding++];

	f->check = check;
	f->severity = check->severity;
	f->confidence = CONF_CERTAIN;
	f->culprit = check->culprit;
	f->frame = frame;
	f->ts = sc->stream.last_ts;
	f->count = 1;
	f->detail = detail;
	STAILQ_INSERT_TAIL(&sc->s.findings, f, link);
	sc->s.counted[f->severity]++;
	if (sc->s.worst < (int)f->severity)
		sc->s.worst = (int)f->severity;
	return f;
}

/* Frames 3076 to 3085 have the sequence numbers of the published trace. */
void
scene_mid_data(struct scene *sc)
{
	struct smtp_reply *r552;
	struct finding *f;

	scene_init(sc, 3076);
	sc->stream.midstream = true;
	sc->stream.half[DIR_CLIENT].base_seq = 136770355;
	sc->stream.half[DIR_SERVER].base_seq = 1417586500;
	scene_text(sc, 3, 536);
	sc->seg[1].win = sc->seg[3].win = 967;
	sc->ack[DIR_SERVER] = 1072;
	sc->body[0].opener = NULL;
	r552 = scene_reply(sc, "552 Message exceeds fixed maximum message size (64K)", NULL);
	scene_reply(sc, "421 tin.pan.alley.com Service not available", NULL);
	r552->body = &sc->body[0];
	scene_segment(sc, DIR_SERVER, 0, TCP_ACK | TCP_FIN)->win = 967;
	scene_segment(sc, DIR_CLIENT, 0, TCP_ACK)->win = 8254;
	sc->ack[DIR_CLIENT]++;
	scene_segment(sc, DIR_CLIENT, 0, TCP_ACK)->win = 8254;
	sc->s.closure = CLOSURE_HALF_CLOSED;
	sc->s.closed_by = "server";
	sc->s.phase = "data";
	f = scene_finding(sc, &scene_check, 3081, "552 left before the end of data");
	f->frames[f->nframes++] = 3080;
	scene_finding(sc, &scene_check, 3082, "421 left before the end of data");
	f = scene_finding(sc, &scene_other_check, 3083, "closed inside a message");
	f->parent = STAILQ_FIRST(&sc->s.findings);
	sc->s.counted[f->severity]--;
}

char *
scene_report(const struct reporter_ops *ops, const struct report_config *cfg,
    const struct smtp_session *s, const struct run *run)
{
	struct output *o = output_memory();
	void *state = xcalloc(1, ops->size);
	struct slice text;
	struct error err;
	char *copy;

	ops->begin(state, o, cfg);
	if (s)
		ops->session(state, o, s);
	if (run)
		ops->end(state, o, run);
	if (ops->fini)
		ops->fini(state);
	text = output_slice(o);
	copy = xstrndup((const char *)text.p, text.n);
	output_close(o, &err);
	free(state);
	return copy;
}
