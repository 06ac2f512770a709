/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conn - what both ends of a TCP connection have sent and received, so that every
 * segment leaves with the numbers its sender really had.
 *
 * The capture point lies between the ends: a segment that follows one of the other
 * side is stamped one round trip between the capture point and its sender later.
 * Every segment is remembered until the connection is freed: "again" repeats it and
 * "late" takes the acknowledgement from before it.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "mktrace.h"

enum { OWN_PACE_NS = 30000 }; /* between two segments of one side */

static bool
parse_addr(const char *s, struct mk_addr *a)
{
	char host[64];
	const char *colon = strrchr(s, ':');
	uint64_t port;
	size_t n;

	memset(a, 0, sizeof *a);
	if (colon == NULL || !mk_text_number(colon + 1, 65535, &port) || port == 0)
		return false;
	n = (size_t)(colon - s);
	a->family = 4;
	if (n > 2 && s[0] == '[' && s[n - 1] == ']') {
		a->family = 6;
		s++;
		n -= 2;
	}
	if (n >= sizeof host)
		return false;
	memcpy(host, s, n);
	host[n] = '\0';
	a->port = (uint16_t)port;
	return inet_pton(a->family == 4 ? AF_INET : AF_INET6, host, a->b) == 1;
}

struct mk_conn *
mk_conn_find(struct mk_trace *t, const char *name)
{
	size_t i;

	if (name == NULL)
		return t->nconns ? &t->conns[t->nconns - 1] : NULL;
	for (i = t->nconns; i-- > 0;)
		if (strcmp(t->conns[i].name, name) == 0)
			return &t->conns[i];
	return NULL;
}

/* "A,B": client's and server's value; "A" alone is both. */
static bool
parse_pair(char *value, uint64_t max, uint64_t v[2])
{
	char *comma = strchr(value, ',');

	if (comma != NULL)
		*comma++ = '\0';
	if (!mk_text_number(value, max, &v[0]))
		return false;
	return mk_text_number(comma ? comma : value, max, &v[1]);
}

struct open_args {
	bool midstream, bare, server_point, client_point;
	int64_t rtt;
};

static bool
open_pair(struct mk_conn *c, const char *key, char *value)
{
	uint64_t v[2];

	if (strcmp(key, "isn") == 0 && parse_pair(value, UINT32_MAX, v)) {
		c->end[0].nxt = (uint32_t)v[0];
		c->end[1].nxt = (uint32_t)v[1];
	} else if (strcmp(key, "win") == 0 && parse_pair(value, 65535, v)) {
		c->end[0].win = (uint32_t)v[0];
		c->end[1].win = (uint32_t)v[1];
	} else if (strcmp(key, "mss") == 0 && mk_text_number(value, 9000, &v[0]) && v[0] > 12) {
		c->mss = (unsigned)v[0];
	} else if (strcmp(key, "wscale") == 0 && mk_text_number(value, 14, &v[0])) {
		c->wscale = (int)v[0];
	} else {
		return false;
	}
	return true;
}

static bool
open_option(struct mk_trace *t, struct mk_conn *c, struct open_args *a, char *word)
{
	char *value = strchr(word, '=');

	if (value == NULL && strcmp(word, "midstream") == 0)
		return a->midstream = true;
	if (value == NULL && strcmp(word, "bare") == 0)
		return a->bare = true;
	if (value == NULL && strcmp(word, "ts") == 0)
		return c->timestamps = true;
	if (value == NULL)
		return mk_fail(t, "open: no option \"%s\"", word);
	*value++ = '\0';
	if (strcmp(word, "rtt") == 0 && mk_text_duration(value, &a->rtt) && a->rtt >= 0)
		return true;
	if (strcmp(word, "at") == 0) {
		a->server_point = strcmp(value, "server") == 0;
		a->client_point = strcmp(value, "client") == 0;
		if (a->server_point || a->client_point || strcmp(value, "middle") == 0)
			return true;
	}
	if (strcmp(word, "as") == 0 && *value >= 'a' && *value <= 'z' && strlen(value) < MK_NAME) {
		strcpy(c->name, value);
		return true;
	}
	if (open_pair(c, word, value))
		return true;
	return mk_fail(t, "open: wrong option or value \"%s=%s\"", word, value);
}

static void
conn_handshake(struct mk_trace *t, struct mk_conn *c)
{
	struct mk_mods m = mk_mods_none(t);

	mk_conn_segment(t, c, MK_CLIENT, MK_SYN, NULL, 0, &m);
	mk_conn_segment(t, c, MK_SERVER, MK_SYN, NULL, 0, &m);
	mk_conn_segment(t, c, MK_CLIENT, 0, NULL, 0, &m);
}

bool
mk_conn_open(struct mk_trace *t, char *args)
{
	struct open_args a = { .server_point = true, .rtt = 20000000 };
	char *client = mk_script_word(&args), *server = mk_script_word(&args), *word;
	struct mk_conn *c;
	uint32_t n = (uint32_t)t->nconns;

	if (t->nconns == MK_MAX_CONNS)
		return mk_fail(t, "more than %d connections", MK_MAX_CONNS);
	c = &t->conns[t->nconns];
	*c = (struct mk_conn){ .mss = 1460, .wscale = -1, .last = -1 };
	if (client == NULL || server == NULL || !parse_addr(client, &c->end[0].addr) ||
	    !parse_addr(server, &c->end[1].addr) || c->end[0].addr.family != c->end[1].addr.family)
		return mk_fail(t, "open CLIENT:PORT SERVER:PORT: no such pair of addresses");
	c->end[0].nxt = 1000000 + 7919 * n;
	c->end[1].nxt = 3000000000u + 104729 * n;
	c->end[0].win = c->end[1].win = 64240;
	c->end[0].ip_id = (uint16_t)(0x1000 + 0x200 * n);
	c->end[1].ip_id = (uint16_t)(0x9000 + 0x200 * n);
	while ((word = mk_script_word(&args)) != NULL)
		if (!open_option(t, c, &a, word))
			return false;
	if (c->wscale > 0 && c->end[0].win == 64240 && c->end[1].win == 64240)
		c->end[0].win = c->end[1].win = 502;
	t->nconns++;
	c->trip[MK_SERVER] = a.server_point ? a.rtt / 40 : a.rtt / 2;
	if (a.client_point)
		c->trip[MK_SERVER] = a.rtt - a.rtt / 40;
	c->trip[MK_CLIENT] = a.rtt - c->trip[MK_SERVER];
	c->end[0].heard = c->end[1].heard = a.midstream;
	c->end[0].rcv = c->end[0].ack_sent = c->end[1].nxt;
	c->end[1].rcv = c->end[1].ack_sent = c->end[0].nxt;
	if (!a.midstream && !a.bare)
		conn_handshake(t, c);
	return true;
}

/* RFC 9293 3.2 for MSS, RFC 7323 for the window scale and the timestamps. */
static size_t
tcp_options(const struct mk_trace *t, const struct mk_conn *c, unsigned flags, uint8_t *o)
{
	struct mk_buf b = { 0 };
	size_t n;

	if (flags & MK_SYN) {
		mk_buf_be32(&b, 0x02040000u | c->mss);
		if (c->wscale >= 0)
			mk_buf_be32(&b, 0x01030300u | (unsigned)c->wscale);
	}
	if (c->timestamps) {
		mk_buf_be32(&b, 0x0101080a);
		mk_buf_be32(&b, (uint32_t)(t->now / 1000000));
		mk_buf_be32(&b, flags & MK_SYN ? 0 : (uint32_t)(t->now / 1000000) - 1);
	}
	n = b.n;
	if (n)
		memcpy(o, b.p, n);
	mk_buf_fini(&b);
	return n;
}

static uint32_t
acknowledgement(const struct mk_end *me, const struct mk_end *peer, const struct mk_mods *m)
{
	uint32_t ack = me->rcv;

	if (m->hold)
		ack = me->ack_sent;
	if (m->late && m->late <= peer->nsent)
		ack = peer->sent[peer->nsent - m->late].before;
	if (m->ack_kind == 1)
		ack = (uint32_t)m->ack;
	if (m->ack_kind == 2)
		ack += (uint32_t)m->ack;
	return ack;
}

static struct mk_sent *
sent_add(struct mk_end *me)
{
	if (me->nsent == me->capsent) {
		size_t cap = me->capsent ? me->capsent * 2 : 32;
		struct mk_sent *q = mk_alloc(cap * sizeof *q);

		if (me->nsent)
			memcpy(q, me->sent, me->nsent * sizeof *q);
		free(me->sent);
		me->sent = q;
		me->capsent = cap;
	}
	return &me->sent[me->nsent++];
}

/* Moves what the peer has received in order over everything that has arrived. */
static void
deliver(struct mk_end *me, struct mk_end *peer)
{
	bool moved = true;

	while (moved) {
		size_t i;

		moved = false;
		for (i = me->first; i < me->nsent; i++) {
			const struct mk_sent *s = &me->sent[i];

			if (!s->received || (int32_t)(s->seq - peer->rcv) > 0 ||
			    (int32_t)(s->seq + s->len - peer->rcv) <= 0)
				continue;
			peer->rcv = s->seq + s->len;
			moved = true;
		}
	}
	while (me->first < me->nsent && me->sent[me->first].received &&
	    (int32_t)(me->sent[me->first].seq + me->sent[me->first].len - peer->rcv) <= 0)
		me->first++;
}

static void
remember(struct mk_end *me, struct mk_end *peer, const struct mk_segment *s, bool received)
{
	struct mk_sent *r = sent_add(me);

	r->seq = s->seq;
	r->len = (uint32_t)s->n + (s->flags & MK_SYN ? 1 : 0) + (s->flags & MK_FIN ? 1 : 0);
	r->before = peer->rcv;
	r->flags = s->flags;
	r->received = received;
	r->n = s->n;
	r->data = mk_alloc(s->n);
	if (s->n)
		memcpy(r->data, s->data, s->n);
	if ((int32_t)(r->seq + r->len - me->nxt) > 0)
		me->nxt = r->seq + r->len;
	if (!received)
		return;
	if (s->flags & MK_SYN)
		peer->rcv = s->seq;
	peer->heard = true;
	deliver(me, peer);
}

static void
pass_time(struct mk_trace *t, struct mk_conn *c, enum mk_side side)
{
	if (c->last >= 0)
		t->now += c->last == (int)side ? OWN_PACE_NS : c->trip[side];
	c->last = (int)side;
}

void
mk_conn_segment(struct mk_trace *t, struct mk_conn *c, enum mk_side side, unsigned flags,
    const uint8_t *data, size_t n, const struct mk_mods *m)
{
	struct mk_end *me = &c->end[side], *peer = &c->end[!side];
	struct mk_segment s = { .src = &me->addr, .dst = &peer->addr, .side = side };

	pass_time(t, c, side);
	s.seq = m->seq_kind == 1 ? (uint32_t)m->seq : me->nxt;
	if (m->seq_kind == 2)
		s.seq += (uint32_t)m->seq;
	s.flags = (uint8_t)(flags | (m->fin ? MK_FIN : 0) | (m->urg ? MK_URG : 0));
	if (n && !m->nopsh)
		s.flags |= MK_PSH;
	if (me->heard && !m->noack) {
		s.flags |= MK_ACK;
		s.ack = acknowledgement(me, peer, m);
		me->ack_sent = s.ack;
	}
	s.win = (uint16_t)(m->win >= 0 ? m->win : me->win);
	s.urp = m->urg ? 1 : 0;
	s.ip_id = me->ip_id++;
	s.nopts = tcp_options(t, c, s.flags, s.opts);
	s.data = data;
	s.n = n;
	if (!m->drop)
		mk_frame_send(t, &m->link, &s, m->label);
	remember(me, peer, &s, !m->lost);
}

/* One segment, or as many as the segment size asks for; the modifiers of ACK, FIN and
 * label belong to the first or the last of them as TCP would have it. */
void
mk_conn_payload(struct mk_trace *t, struct mk_conn *c, enum mk_side side, const struct mk_buf *b,
    const struct mk_mods *mods)
{
	size_t most = c->at_most ? c->at_most : c->mss - (c->timestamps ? 12 : 0), off, n;
	struct mk_mods m = *mods;
	unsigned unacked = 0;

	for (off = 0; off < b->n; off += n) {
		n = b->n - off < most ? b->n - off : most;
		m.fin = mods->fin && off + n == b->n;
		m.nopsh = mods->nopsh || (off + n < b->n && !c->at_most);
		mk_conn_segment(t, c, side, 0, b->p + off, n, &m);
		m.label = -1;
		m.seq_kind = 0;
		if (++unacked == 2 && off + n < b->n && !c->at_most) {
			struct mk_mods plain = mk_mods_none(t);

			mk_conn_segment(t, c, !side, 0, NULL, 0, &plain);
			unacked = 0;
		}
	}
}

bool
mk_conn_again(struct mk_trace *t, struct mk_conn *c, enum mk_side side, unsigned back,
    const struct mk_mods *mods)
{
	struct mk_end *me = &c->end[side];
	struct mk_mods m = *mods;
	size_t i;

	for (i = me->nsent; i-- > 0;)
		if (me->sent[i].len > 0 && back-- == 1)
			break;
	if (i == (size_t)-1)
		return mk_fail(t, "again: that side has not sent so many segments");
	m.seq_kind = 1;
	m.seq = me->sent[i].seq;
	m.fin = me->sent[i].flags & MK_FIN;
	mk_conn_segment(
	    t, c, side, me->sent[i].flags & MK_SYN, me->sent[i].data, me->sent[i].n, &m);
	return true;
}

void
mk_conn_close(struct mk_trace *t, struct mk_conn *c, enum mk_side first)
{
	struct mk_mods m = mk_mods_none(t);

	mk_conn_segment(t, c, first, MK_FIN, NULL, 0, &m);
	mk_conn_segment(t, c, !first, MK_FIN, NULL, 0, &m);
	mk_conn_segment(t, c, first, 0, NULL, 0, &m);
}

void
mk_conn_fini(struct mk_conn *c)
{
	size_t i, k;

	for (k = 0; k < 2; k++) {
		for (i = 0; i < c->end[k].nsent; i++)
			free(c->end[k].sent[i].data);
		free(c->end[k].sent);
	}
}
