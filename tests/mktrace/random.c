/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * random - conversations of the class both TCP engines must read alike: IPv4, whole
 * handshake, no loss, no reset, small swaps inside one side's burst, identical
 * retransmissions, orderly close.  The same seed gives the same text.
 *
 * The generator knows what it made: the headers carry the outcome of every message
 * and the closing, so a fault common to both engines does not pass.
 */
#include <string.h>

#include "mktrace.h"

enum { RANDOM_SESSIONS = 3 };

struct dice {
	uint64_t state;
};

/* splitmix64 (public domain, S. Vigna). */
static uint64_t
roll(struct dice *d)
{
	uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static unsigned
below(struct dice *d, unsigned n)
{
	return (unsigned)(roll(d) % n);
}

struct talk { /* one connection while it is written */
	struct mk_buf *out;
	struct dice *d;
	unsigned id;
	bool pipelining;
};

/* After a segment of one side: sometimes it is sent once more. */
static void
maybe_again(struct talk *k, char side)
{
	if (below(k->d, 12) == 0)
		mk_buf_printf(k->out, "k%u.%c again\n", k->id, side);
}

static void
say(struct talk *k, char side, const char *text)
{
	size_t n = strlen(text), off, len;

	/* Cut anywhere, also between CR and LF. */
	for (off = 0; off < n; off += len) {
		bool cut = below(k->d, 4) == 0;

		len = cut ? 1 + below(k->d, (unsigned)(n - off)) : n - off;
		if (off + len < n && text[off + len - 1] == '\\')
			len++;
		if (off + len < n && below(k->d, 3) == 0)
			mk_buf_printf(k->out, "swap\n");
		mk_buf_printf(k->out, "k%u.%c: %.*s\n", k->id, side, (int)len, text + off);
	}
	maybe_again(k, side);
}

static void
message_text(struct talk *k)
{
	unsigned left = 60 + below(k->d, below(k->d, 3) == 0 ? 20000 : 2000), n;
	unsigned burst = 0;

	while (left > 0) {
		n = 20 + below(k->d, 1400);
		if (n + 20 > left)
			n = left;
		if (burst < 3 && n < left && below(k->d, 6) == 0)
			mk_buf_printf(k->out, "swap\n");
		mk_buf_printf(k->out, "k%u.C text %u%s\n", k->id, n, n < left ? " open" : "");
		left -= n;
		/* The receiver acknowledges after a burst, never inside a swap. */
		if (++burst == 4 && left > 0) {
			mk_buf_printf(k->out, "k%u.C text 40 open\nk%u.S.\n", k->id, k->id);
			burst = 0;
		}
	}
}

static void
message(struct talk *k, unsigned n)
{
	char mail[80], rcpt[80];
	struct mk_buf text = { 0 };

	mk_buf_printf(&text, "MAIL FROM:<s%u.%u@client.example>\\r\\n", k->id, n);
	mk_buf_u8(&text, 0);
	memcpy(mail, text.p, text.n < sizeof mail ? text.n : sizeof mail - 1);
	mail[sizeof mail - 1] = '\0';
	text.n = 0;
	mk_buf_printf(&text, "RCPT TO:<r%u.%u@server.example>\\r\\n", k->id, n);
	mk_buf_u8(&text, 0);
	memcpy(rcpt, text.p, text.n < sizeof rcpt ? text.n : sizeof rcpt - 1);
	rcpt[sizeof rcpt - 1] = '\0';
	mk_buf_fini(&text);
	say(k, 'C', mail);
	if (!k->pipelining)
		say(k, 'S', "250 2.1.0 Ok\\r\\n");
	say(k, 'C', rcpt);
	if (!k->pipelining)
		say(k, 'S', "250 2.1.5 Ok\\r\\n");
	say(k, 'C', "DATA\\r\\n");
	if (k->pipelining)
		say(k, 'S', "250 2.1.0 Ok\\r\\n250 2.1.5 Ok\\r\\n");
	say(k, 'S', "354 End data with <CR><LF>.<CR><LF>\\r\\n");
	say(k, 'C', "Subject: random\\r\\n\\r\\n");
	message_text(k);
	say(k, 'C', ".\\r\\n");
	say(k, 'S',
	    below(k->d, 2) ? "250 2.0.0 Ok: queued\\r\\n" :
	                     "250-2.0.0 Ok\\r\\n250 2.0.0 queued\\r\\n");
}

static void
session(struct mk_buf *out, struct dice *d, unsigned id, unsigned messages)
{
	struct talk k = { out, d, id, below(d, 2) == 0 };
	static const char *const at[] = { "server", "client", "middle" };
	unsigned i;

	mk_buf_printf(out, "open 192.0.2.%u:%u 198.51.100.25:25 as=k%u rtt=%ums at=%s\n", 10 + id,
	    40000 + below(d, 20000), id, 1 + below(d, 80), at[below(d, 3)]);
	say(&k, 'S', "220 mx.server.example ESMTP\\r\\n");
	say(&k, 'C', "EHLO client.example\\r\\n");
	say(&k, 'S',
	    k.pipelining ? "250-mx.server.example\\r\\n250-PIPELINING\\r\\n250 8BITMIME\\r\\n" :
	                   "250-mx.server.example\\r\\n250 8BITMIME\\r\\n");
	for (i = 0; i < messages; i++)
		message(&k, i);
	say(&k, 'C', "QUIT\\r\\n");
	say(&k, 'S', "221 2.0.0 Bye\\r\\n");
	mk_buf_printf(out, "close %c k%u\n", below(d, 2) ? 'C' : 'S', id);
}

/*
 * The next line of `in' from `*at' on; false at its end.  A swap goes with the two
 * segments it swaps: no acknowledgement may come between them.
 */
static bool
copy_line(struct mk_buf *out, const struct mk_buf *in, size_t *at)
{
	unsigned wanted = 1;

	while (wanted > 0 && *at < in->n) {
		size_t from = *at;

		while (*at < in->n && in->p[(*at)++] != '\n')
			;
		mk_buf_add(out, in->p + from, *at - from);
		wanted = *at - from == 5 && memcmp(in->p + from, "swap\n", 5) == 0 ? 2 : wanted - 1;
	}
	return *at < in->n;
}

void
mk_random_script(struct mk_buf *out, uint64_t seed)
{
	struct dice d = { seed };
	struct mk_buf part[RANDOM_SESSIONS] = { { 0 } };
	size_t at[RANDOM_SESSIONS] = { 0 };
	unsigned sessions = 1 + below(&d, RANDOM_SESSIONS), messages, i, left = sessions;

	mk_buf_printf(out, "# mktrace --random %llu\nengines: equal\n", (unsigned long long)seed);
	for (i = 0; i < sessions; i++) {
		messages = 1 + below(&d, 3);
		session(&part[i], &d, i, messages);
		while (messages-- > 0)
			mk_buf_printf(out, "result: delivered\n");
		mk_buf_printf(out, "closure: quit\n");
	}
	/* The opening lines stand in order: that is the order of the sessions. */
	for (i = 0; i < sessions; i++)
		copy_line(out, &part[i], &at[i]);
	while (left > 0) {
		i = below(&d, sessions);
		if (at[i] < part[i].n && !copy_line(out, &part[i], &at[i]))
			left--;
	}
	for (i = 0; i < sessions; i++)
		mk_buf_fini(&part[i]);
}
