/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dialogue - see dialogue.h.
 *
 * Each stage is a function that writes its frames and returns the next stage;
 * NSTAGES ends the session.  A message is a run of lines of the pool, so no
 * message is built in memory.  Limits: a turn has at most TEXT_MAX octets.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "dialogue.h"

enum {
	OCTETS_MIN = 2048, /* of a message */
	OCTETS_MAX = 200000,
	OCTETS_MEDIAN = 12000,
	CHUNK_LINES = 500,
	SPACING = 32, /* at most one session in so many is planted */
	TEXT_MAX = 65536
};

const char *const violations[NVIOLATIONS] = {
	[REPLY_MID_DATA] = "reply-mid-data",
	[COMMANDS_LOST] = "pipelined-commands-lost",
	[CLOSE_UNANNOUNCED] = "server-close-without-quit",
	[RESET_MID_DATA] = "client-close-mid-data",
};

struct text {
	char b[TEXT_MAX];
	size_t n;
};

static void __attribute__((__format__(printf, 2, 3))) add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->b + t->n, sizeof t->b - t->n, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof t->b - t->n)
		abort();
	t->n += (size_t)n;
}

static void
say(struct load *l, struct session *s, enum wire_side side, const struct text *t)
{
	wire_send(&l->wire, &s->conn, side, t->b, t->n, false);
}

static void
server(struct load *l, struct session *s, const char *reply)
{
	wire_puts(&l->wire, &s->conn, SIDE_SERVER, reply);
}

static void
client(struct load *l, struct session *s, const char *command)
{
	wire_puts(&l->wire, &s->conn, SIDE_CLIENT, command);
}

static void
print_endpoint(FILE *f, const struct wire_conn *c, enum wire_side side)
{
	const uint8_t *a = c->side[side].addr;

	if (c->v6)
		fprintf(f, "\"[2001:db8:%x::%x]:%u\"", a[4] << 8 | a[5], a[14] << 8 | a[15],
		    c->side[side].port);
	else
		fprintf(f, "\"%u.%u.%u.%u:%u\"", a[0], a[1], a[2], a[3], c->side[side].port);
}

/* The next frame to be written is the violation. */
static void
plant(struct load *l, const struct session *s)
{
	fprintf(l->json, "%s\n    {\"check\": \"%s\", \"frame\": %" PRIu64 ", \"client\": ",
	    l->listed++ ? "," : "", violations[s->violation], l->wire.frames + 1);
	print_endpoint(l->json, &s->conn, SIDE_CLIENT);
	fputs(", \"server\": ", l->json);
	print_endpoint(l->json, &s->conn, SIDE_SERVER);
	fputc('}', l->json);
	l->planted[s->violation]++;
}

static uint32_t
message_lines(struct load *l)
{
	struct wire *w = &l->wire;
	const double most = l->octets_max ? (double)l->octets_max : OCTETS_MAX;
	/* Box-Muller.  One draw a statement: the order of operands is the compiler's. */
	const double two_pi = 6.283185307179586;
	double radius = sqrt(-2 * log(1 - wire_unit(w)));
	double normal = radius * cos(two_pi * wire_unit(w));
	double octets = exp(log(OCTETS_MEDIAN) + 1.2 * normal);

	if (octets < OCTETS_MIN)
		octets = OCTETS_MIN;
	if (octets > most)
		octets = most;
	return (uint32_t)(octets / LINE) + 1;
}

static enum stage
stage_connect(struct load *l, struct session *s)
{
	wire_handshake(&l->wire, &s->conn);
	return GREETING;
}

static enum stage
stage_greeting(struct load *l, struct session *s)
{
	struct text t = { .n = 0 };

	server(l, s, "220 mx.example.org ESMTP\r\n");
	client(l, s, "EHLO client.example.com\r\n");
	add(&t, "250-mx.example.org\r\n");
	if (s->style != LOCK_STEP)
		add(&t, "250-PIPELINING\r\n");
	if (s->style == CHUNKING)
		add(&t, "250-CHUNKING\r\n");
	add(&t, "250-SIZE 52428800\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n");
	say(l, s, SIDE_SERVER, &t);
	if (s->violation != COMMANDS_LOST)
		return s->messages ? ENVELOPE : QUIT;

	/* Four commands, two replies, and the server leaves: the second one shows it. */
	client(l, s,
	    "MAIL FROM:<probe@example.com>\r\nRCPT TO:<user@example.org>\r\nRSET\r\nQUIT\r\n");
	server(l, s, "250 2.1.0 Ok\r\n");
	plant(l, s);
	server(l, s, "221 2.0.0 Bye\r\n");
	l->aborted++;
	return CLOSE;
}

/* A command and its reply join the group, or are exchanged at once in lock-step. */
static void
exchange(struct load *l, struct session *s, struct text *commands, struct text *replies)
{
	say(l, s, SIDE_CLIENT, commands);
	say(l, s, SIDE_SERVER, replies);
	commands->n = 0;
	replies->n = 0;
}

static void
add_recipients(struct load *l, struct session *s, struct text *commands, struct text *replies)
{
	struct wire *w = &l->wire;
	unsigned n = wire_below(w, 3) ? 1 : 1 + wire_below(w, 5);
	unsigned i, accepted = 0;

	for (i = 0; i < n; i++) {
		bool last = i + 1 == n;
		bool refused = wire_below(w, 20) == 0 && !(last && !accepted);

		add(commands, "RCPT TO:<%s%u@example.org>\r\n", refused ? "nobody" : "user",
		    wire_below(w, 100000));
		add(replies, refused ? "550 5.1.1 No such user\r\n" : "250 2.1.5 Ok\r\n");
		accepted += !refused;
		l->recipients++;
		l->recipients_refused += refused;
		if (s->style == LOCK_STEP)
			exchange(l, s, commands, replies);
	}
}

static enum stage
stage_envelope(struct load *l, struct session *s)
{
	struct text commands = { .n = 0 }, replies = { .n = 0 };
	struct wire *w = &l->wire;

	s->lines = message_lines(l);
	s->line = wire_below(w, POOL_LINES - s->lines);
	s->sent = 0;
	s->replied = false;
	s->refused = !s->violation && wire_below(w, 50) == 0;
	add(&commands, "MAIL FROM:<sender%u@example.com>", wire_below(w, 100000));
	add(&commands, wire_below(w, 2) ? " BODY=8BITMIME\r\n" : "\r\n");
	add(&replies, "250 2.1.0 Ok\r\n");
	if (s->style == LOCK_STEP)
		exchange(l, s, &commands, &replies);
	add_recipients(l, s, &commands, &replies);
	if (s->style == CHUNKING) {
		exchange(l, s, &commands, &replies);
		return CHUNK;
	}
	add(&commands, "DATA\r\n");
	add(&replies, "354 End data with <CR><LF>.<CR><LF>\r\n");
	exchange(l, s, &commands, &replies);
	return TEXT;
}

static void
add_lines(const struct load *l, struct session *s, struct text *t, uint32_t n)
{
	if (s->sent == 0)
		add(t,
		    "Received: from client.example.com by mx.example.org with ESMTP\r\n"
		    "From: <sender@example.com>\r\nTo: <user@example.org>\r\n"
		    "Message-ID: <%" PRIu64 ".%u@example.com>\r\nSubject: load\r\n\r\n",
		    s->number, s->messages);
	if (sizeof t->b - t->n < (size_t)n * LINE)
		abort();
	memcpy(t->b + t->n, l->pool + (size_t)(s->line + s->sent) * LINE, (size_t)n * LINE);
	t->n += (size_t)n * LINE;
	s->sent += n;
}

/* The message has been sent whole; the server says what becomes of it. */
static enum stage
message_done(struct load *l, struct session *s, bool quit_sent)
{
	if (s->replied)
		server(l, s, "552 5.3.4 Message size exceeds fixed limit\r\n");
	else if (s->refused)
		server(l, s, "554 5.7.1 Message refused\r\n");
	else
		server(l, s, "250 2.0.0 Ok: queued\r\n");
	*(s->refused || s->replied ? &l->rejected : &l->delivered) += 1;
	s->messages--;
	/* RFC 3030 2: after a failed BDAT only RSET makes the state known again. */
	if (s->refused && s->style == CHUNKING && s->messages) {
		client(l, s, "RSET\r\n");
		server(l, s, "250 2.0.0 Ok\r\n");
	}
	if (quit_sent) {
		server(l, s, "221 2.0.0 Bye\r\n");
		return CLOSE;
	}
	if (s->violation == CLOSE_UNANNOUNCED)
		return CLOSE;
	return s->messages ? ENVELOPE : QUIT;
}

/* A burst of DATA text: up to ten segments. */
static enum stage
stage_text(struct load *l, struct session *s)
{
	struct text t = { .n = 0 };
	struct wire *w = &l->wire;
	uint32_t burst = (uint32_t)wire_mss(&s->conn) * (1 + wire_below(w, 10)) / LINE + 1;
	uint32_t left = s->lines - s->sent;
	bool quit = false;

	/* The middle of the message has to come before its end. */
	if (s->violation && s->sent < s->lines / 2 && burst > s->lines / 2 - s->sent)
		burst = s->lines / 2 - s->sent;
	add_lines(l, s, &t, burst < left ? burst : left);
	if (s->sent == s->lines) {
		/* RFC 2920 3.1: the end of the text may share a group with QUIT. */
		quit =
		    s->style == PIPELINING && s->messages == 1 && !s->violation && wire_below(w, 2);
		add(&t, quit ? ".\r\nQUIT\r\n" : ".\r\n");
	}
	wire_send(w, &s->conn, SIDE_CLIENT, t.b, t.n, true);
	if (s->sent == s->lines)
		return message_done(l, s, quit);
	if (s->sent < s->lines / 2)
		return TEXT;
	if (s->violation == RESET_MID_DATA) {
		plant(l, s);
		wire_control(w, &s->conn, SIDE_CLIENT, WIRE_RST | WIRE_ACK);
		l->aborted++;
		return NSTAGES;
	}
	if (s->violation == REPLY_MID_DATA && !s->replied) {
		plant(l, s);
		server(l, s, "552 5.3.4 Message size exceeds fixed limit\r\n");
		s->replied = true;
	}
	return TEXT;
}

static enum stage
stage_chunk(struct load *l, struct session *s)
{
	struct text head = { .n = 0 }, body = { .n = 0 };
	uint32_t left = s->lines - s->sent;
	uint32_t n = left < CHUNK_LINES ? left : CHUNK_LINES;

	add_lines(l, s, &body, n);
	add(&head, "BDAT %zu%s\r\n", body.n, n == left ? " LAST" : "");
	if (head.n + body.n > sizeof head.b)
		abort();
	memcpy(head.b + head.n, body.b, body.n);
	head.n += body.n;
	wire_send(&l->wire, &s->conn, SIDE_CLIENT, head.b, head.n, true);
	if (n == left)
		return message_done(l, s, false);
	server(l, s, "250 2.0.0 Octets received\r\n");
	return CHUNK;
}

static enum stage
stage_quit(struct load *l, struct session *s)
{
	client(l, s, "QUIT\r\n");
	server(l, s, "221 2.0.0 Bye\r\n");
	return CLOSE;
}

static enum stage
stage_close(struct load *l, struct session *s)
{
	if (s->violation == CLOSE_UNANNOUNCED)
		plant(l, s);
	wire_control(&l->wire, &s->conn, SIDE_SERVER, WIRE_FIN | WIRE_ACK);
	wire_control(&l->wire, &s->conn, SIDE_CLIENT, WIRE_FIN | WIRE_ACK);
	wire_control(&l->wire, &s->conn, SIDE_SERVER, WIRE_ACK);
	return NSTAGES;
}

static enum stage (*const stages[NSTAGES])(struct load *, struct session *) = {
	[CONNECT] = stage_connect,
	[GREETING] = stage_greeting,
	[ENVELOPE] = stage_envelope,
	[TEXT] = stage_text,
	[CHUNK] = stage_chunk,
	[QUIT] = stage_quit,
	[CLOSE] = stage_close,
};

/* Documentation addresses (RFC 5737, RFC 3849).  No pair of address and port comes twice. */
static void
address(struct load *l, struct session *s)
{
	static const uint8_t net6[4] = { 0x20, 0x01, 0x0d, 0xb8 };
	static const uint8_t net4[2][3] = { { 198, 51, 100 }, { 192, 0, 2 } };
	enum { HOSTS = 200, PORTS = 45000 };
	uint32_t host = 10 + (uint32_t)(s->number % HOSTS);
	struct wire *w = &l->wire;
	int i;

	s->conn.v6 = wire_below(w, 4) == 0;
	for (i = 0; i < 2; i++) {
		struct wire_side_state *side = &s->conn.side[i];
		uint32_t low = i == SIDE_CLIENT ? host : 25 + wire_below(w, 4);

		if (s->conn.v6) {
			memcpy(side->addr, net6, sizeof net6);
			side->addr[5] = (uint8_t)(i + 1);
			side->addr[15] = (uint8_t)low;
		} else {
			memcpy(side->addr, net4[i], 3);
			side->addr[3] = (uint8_t)low;
		}
		side->seq = wire_below(w, UINT32_MAX);
		side->clock = wire_below(w, UINT32_MAX);
		side->ip_id = (uint16_t)wire_below(w, 65536);
	}
	s->conn.side[SIDE_CLIENT].port = (uint16_t)(20000 + s->number / HOSTS % PORTS);
	s->conn.side[SIDE_SERVER].port = 25;
}

void
dialogue_begin(struct load *l, struct session *s)
{
	struct wire *w = &l->wire;
	uint32_t luck = wire_below(w, 100);
	enum violation kind;

	memset(s, 0, sizeof *s);
	s->number = l->started++;
	address(l, s);
	s->style = luck < 35 ? LOCK_STEP : luck < 80 ? PIPELINING : CHUNKING;
	s->messages = wire_below(w, 40) ? 1 : 0;
	while (s->messages && s->messages < 8 && wire_below(w, 3) == 0)
		s->messages++;
	kind = 1 + (enum violation)(s->number / SPACING % (NVIOLATIONS - 1));
	if (s->number % SPACING == SPACING / 2 && l->chosen[kind] < l->planted_max) {
		l->chosen[kind]++;
		s->violation = kind;
		s->style = PIPELINING;
		s->messages = 1;
	}
	l->styles[s->style]++;
	l->v6 += s->conn.v6;
}

bool
dialogue_turn(struct load *l, struct session *s)
{
	s->stage = stages[s->stage](l, s);
	return s->stage != NSTAGES;
}
