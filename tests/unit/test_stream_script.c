/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_stream_script - see test_stream_script.h.  Segments are made by hand: decoding is
 * tested elsewhere.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/timefmt.h"
#include "decode/checksum.h"
#include "test_stream_script.h"

struct player {
	const struct script *script;
	struct script_result *out;
	struct tracker *tracker;
	size_t n; /* octets in out->events */
	uint64_t frame;
	int64_t ts;
	uint32_t isn[2];
	int64_t next[2]; /* offset of the next octet of each side, FIN counted */
	uint8_t data[65536];
};

static const char *const reasons[] = {
	[REASON_NONE] = "none",
	[REASON_LOST] = "lost",
	[REASON_NETWORK] = "network",
	[REASON_SNAPLEN] = "snaplen",
	[REASON_BUDGET] = "budget",
	[REASON_CLOSED] = "closed",
	[REASON_RESET] = "reset",
	[REASON_IDLE] = "idle",
	[REASON_REUSED] = "reused",
	[REASON_EOF] = "eof",
	[REASON_ENGINE] = "engine",
};

static void __attribute__((__format__(printf, 2, 3))) say(struct player *p, const char *fmt, ...)
{
	size_t room = sizeof(p->out->events) - p->n;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(p->out->events + p->n, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		p->n += (size_t)n < room ? (size_t)n : room - 1;
}

static void
say_data(struct player *p, const struct stream_event *ev)
{
	size_t i = 0, run;

	say(p, "'");
	while (i < ev->data.n) { /* runs of a letter are written short */
		for (run = 1; i + run < ev->data.n && ev->data.p[i + run] == ev->data.p[i];)
			run++;
		if (run > 3)
			say(p, "%c{%zu}", ev->data.p[i], run);
		else
			say(p, "%.*s", (int)run, (const char *)ev->data.p + i);
		i += run;
	}
	say(p, "'");
}

static void
keep_first(struct script_result *out, const struct stream *s)
{
	size_t i;

	out->first = *s;
	for (i = 0; i < s->ledger.n; i++)
		out->probes += s->ledger.seg[i].kind == KIND_PROBE;
	memset(&out->first.ledger, 0, sizeof(out->first.ledger));
}

static void
on_event(void *ctx, const struct stream_event *ev)
{
	struct player *p = ctx;
	char side = ev->dir == DIR_CLIENT ? 'C' : 'S';

	if (p->n)
		say(p, " ");
	if (ev->stream->id > 1)
		say(p, "%llu:", (unsigned long long)ev->stream->id);
	switch (ev->type) {
	case STREAM_OPEN:
		say(p, "open");
		break;
	case STREAM_DATA:
		say(p, "%c%lld", side, (long long)ev->off);
		say_data(p, ev);
		break;
	case STREAM_GAP:
		say(p, "%c%lld-gap%llu(%s)", side, (long long)ev->off, (unsigned long long)ev->len,
		    reasons[ev->reason]);
		break;
	case STREAM_FIN:
		say(p, "%c%lld-fin", side, (long long)ev->off);
		break;
	case STREAM_RST:
		say(p, "%c%lld-rst", side, (long long)ev->off);
		break;
	case STREAM_SEGMENT:
		say(p, "%cseg", side);
		break;
	case STREAM_END:
		say(p, "end(%s)", reasons[ev->reason]);
		if (ev->stream->id == 1)
			keep_first(p->out, ev->stream);
		break;
	}
	if (ev->seg)
		say(p, "#%llu", (unsigned long long)ev->seg->frame);
	if (ev->at && ev->at->frame != ev->seg->frame)
		say(p, "@%llu", (unsigned long long)ev->at->frame);
	if (p->script->mute)
		ev->stream->muted = true;
}

static const char *
word_end(const char *w)
{
	while (*w && *w != ' ' && *w != ';')
		w++;
	return w;
}

static size_t
repeat(uint8_t *data, size_t n, size_t times, size_t room)
{
	size_t i;

	for (i = 1; i < times && (i + 1) * n <= room; i++)
		memcpy(data + i * n, data, n);
	return i * n;
}

static uint8_t
flags_of(const char *w, const char *end)
{
	uint8_t flags = 0;

	for (; w < end; w++)
		flags |= *w == 'S' ? TCP_SYN : *w == 'F' ? TCP_FIN : *w == 'R' ? TCP_RST : TCP_ACK;
	return flags & (TCP_SYN | TCP_RST) ? flags : flags | TCP_ACK;
}

static const struct endpoint hosts[2] = {
	{ { 4, { 192, 0, 2, 1 } }, 40000 },
	{ { 4, { 198, 51, 100, 2 } }, 25 },
};

/* One word of a step, into the segment. */
static void
word(struct player *p, struct segment *g, int side, const char *w, const char *end, int64_t *off,
    int64_t *ack)
{
	long long n = strtoll(w + 1, NULL, 10);

	switch (*w) {
	case '\'':
		g->payload.n = (size_t)(end - w - 2);
		memcpy(p->data, w + 1, g->payload.n);
		g->payload.p = p->data;
		g->wire_len = (uint32_t)g->payload.n;
		break;
	case 'x':
		g->payload.n = repeat(p->data, g->payload.n, (size_t)n, sizeof(p->data));
		g->wire_len = (uint32_t)g->payload.n;
		break;
	case '*':
		g->wire_len = (uint32_t)n;
		break;
	case '@':
		*off = n;
		break;
	case '^':
		*ack = n;
		break;
	case '+':
		p->ts += n * NS_PER_MS;
		break;
	case 'w':
		g->win = (uint16_t)n;
		break;
	case 'k':
		g->opt.wscale = (uint8_t)n;
		break;
	case 'b':
		g->issues |= ISSUE_TCP_CHECKSUM;
		break;
	case 'n':
		p->isn[side] += (uint32_t)n;
		p->next[side] = 0;
		break;
	case 'l':
		g->src.port = (uint16_t)(g->src.port - n);
		break;
	}
}

static void
play_step(struct player *p, const char *w)
{
	int side = *w == 'S', peer = !side;
	const char *end = word_end(w);
	struct packet pkt = { 0 };
	struct segment g = { .pkt = &pkt,
		.src = hosts[side],
		.dst = hosts[peer],
		.win = 65535,
		.ttl = 64,
		.opt = { .wscale = 255 } };
	int64_t off, ack, used;

	g.flags = flags_of(w + 1, end);
	g.src.port = p->script->port[side] ? p->script->port[side] : g.src.port;
	g.dst.port = p->script->port[peer] ? p->script->port[peer] : g.dst.port;
	off = ack = INT64_MIN;
	for (w = end; *w == ' '; w = end) {
		w++;
		end = word_end(w);
		word(p, &g, side, w, end, &off, &ack);
	}
	if (g.flags & TCP_SYN)
		off = off == INT64_MIN ? 0 : off;
	else if (off == INT64_MIN)
		off = p->next[side];
	if (ack == INT64_MIN)
		ack = p->next[peer];
	g.seq = p->isn[side] + 1 + (uint32_t)off - ((g.flags & TCP_SYN) != 0);
	g.ack = g.flags & TCP_ACK ? p->isn[peer] + 1 + (uint32_t)ack : 0;
	used = off + g.wire_len + ((g.flags & TCP_FIN) != 0);
	if (used > p->next[side] && !(g.flags & TCP_RST))
		p->next[side] = used;
	if (g.payload.n < g.wire_len)
		g.issues |= ISSUE_SNAPLEN;
	else if (g.wire_len)
		g.payload_sum = checksum_of_payload(checksum_add(0, g.payload));
	p->frame++;
	pkt = (struct packet){ .frame = p->frame, .ts = p->ts, .source_frame = p->frame };
	tracker_segment(p->tracker, &g);
	p->ts += NS_PER_MS;
}

void
script_run(const struct script *script, const char *steps, struct script_result *out)
{
	struct budget budget = { 0 };
	struct error err = { "" };
	struct player *p = calloc(1, sizeof(*p));
	struct tracker_config cfg = script->cfg;
	const char *s;

	memset(out, 0, sizeof(*out));
	if (!cfg.budget)
		cfg.budget = &budget;
	if (!cfg.engine)
		cfg.engine = &reassembler_native_ops;
	cfg.sink = (struct stream_sink){ on_event, p, script->want_segments };
	p->script = script;
	p->out = out;
	p->isn[0] = script->isn[0] ? script->isn[0] : 1000;
	p->isn[1] = script->isn[1] ? script->isn[1] : 5000;
	p->ts = NS_PER_S;
	p->tracker = tracker_new(&cfg, &err);
	if (!p->tracker) {
		say(p, "error: %s", err.text);
		free(p);
		return;
	}
	for (s = steps; *s; s++) {
		while (*s == ' ')
			s++;
		if (*s == 't') {
			p->ts += strtoll(strchr(s, '+'), NULL, 10) * NS_PER_MS;
			tracker_tick(p->tracker, p->ts);
		} else {
			play_step(p, s);
		}
		s = strchr(s, ';');
		if (!s)
			break;
	}
	tracker_finish(p->tracker);
	tracker_stats(p->tracker, &out->stats);
	tracker_free(p->tracker);
	out->leaked = cfg.budget->used;
	out->peak = cfg.budget->peak;
	free(p);
}
