/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript - the frames that a capture of a written dialogue would have held.
 *
 * Raw IPv4, one segment for each line, with the number of the line as the number
 * of the frame.  Every segment acknowledges all that the other side has said
 * above it: that is what the order of the lines tells, so commands that stand
 * together were sent without waiting.  Nothing else of TCP is known; whoever
 * reads such frames looks at packet.transcript before making more of them.
 *
 * Addresses are those for documentation (RFC 5737), ports count the dialogues.
 * A transcript has no times to rely on: all frames have the same.  Only after
 * every BLOCK dialogues time goes on, so that those before are over and memory
 * stays bounded.
 */
#include <pcap/dlt.h>
#include <stdlib.h>

#include "base/mem.h"
#include "capture/transcript.h"

enum {
	SEGMENT_MAX = 16384, /* payload octets of a frame */
	IP_LEN = 20,
	TCP_LEN = 20,
	HEADERS = IP_LEN + TCP_LEN,
	CUT_MAX = 32768, /* octets of a segment that are not there */
	FIN = 1,
	SYN = 2,
	RST = 4,
	PSH = 8,
	ACK = 16,
	BLOCK = 1024,            /* dialogues that may be open at once */
	FIRST_PORT = 32768,      /* no port of a mail service lies above */
	FILL_STEP_MAX = 1 << 20, /* octets made up for one line ... */
	FILL_MAX = 1 << 26,      /* ... and for a whole text; the rest is a hole */
	LOST_MAX = 1 << 30       /* a hole is no longer, so that the window holds it */
};

/* More than a connection may be silent (--timeout). */
#define BLOCK_NS (7200 * INT64_C(1000000000))

struct transcript {
	struct talk *talk;
	uint64_t dialogues;
	int64_t ts;       /* ns */
	uint16_t port[2]; /* by side */
	uint8_t address[2][4];
	uint32_t seq[2]; /* of the next octet */
	struct talk_step step;
	unsigned part;   /* frames of the step that were made */
	uint64_t done;   /* octets of the step that were sent */
	uint64_t filled; /* octets made up so far */
	bool busy;       /* the step goes on */
	uint8_t frame[HEADERS + SEGMENT_MAX];
};

struct transcript *
transcript_new(FILE *fp)
{
	struct transcript *t;
	struct talk *talk = talk_new(fp);

	if (!talk_is_dialogue(talk)) {
		talk_free(talk);
		return NULL;
	}
	t = xcalloc(1, sizeof *t);
	t->talk = talk;
	return t;
}

int
transcript_dlt(void)
{
	return DLT_RAW;
}

/* -- octets ----------------------------------------------------------------------------- */

static void
put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & UINT16_MAX);
}

/* The Internet checksum (RFC 1071) of a run behind others. */
static uint32_t
sum_add(uint32_t sum, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	return sum;
}

static unsigned
sum_end(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum >> 16) + (sum & UINT16_MAX);
	return ~sum & UINT16_MAX;
}

/* Headers in front of `n' octets that are in place, and of `cut' that are not. */
static void
put_headers(struct transcript *t, enum talk_side from, unsigned flags, size_t n, size_t cut)
{
	enum talk_side to = from == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
	uint8_t *ip = t->frame, *tcp = ip + IP_LEN;
	unsigned len = (unsigned)(TCP_LEN + n + cut);
	uint32_t sum = 6 + len; /* of the pseudo header: protocol and length */

	memset(t->frame, 0, HEADERS);
	ip[0] = 0x45;
	put16(ip + 2, IP_LEN + len);
	ip[6] = 0x40; /* do not fragment */
	ip[8] = 64;
	ip[9] = 6;
	memcpy(ip + 12, t->address[from], 4);
	memcpy(ip + 16, t->address[to], 4);
	put16(ip + 10, sum_end(sum_add(0, ip, IP_LEN)));
	put16(tcp, t->port[from]);
	put16(tcp + 2, t->port[to]);
	put32(tcp + 4, t->seq[from]);
	put32(tcp + 8, flags & ACK ? t->seq[to] - t->step.unaware : 0);
	tcp[12] = TCP_LEN << 2;
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, UINT16_MAX);
	sum = sum_add(sum, ip + 12, 8);
	put16(tcp + 16, sum_end(sum_add(sum, tcp, TCP_LEN + n)));
}

static void
frame_told(struct transcript *t, struct packet *pkt, size_t n)
{
	pkt->ts = t->ts;
	pkt->dlt = DLT_RAW;
	pkt->transcript = true;
	pkt->source_frame = t->step.line;
	pkt->wirelen = (uint32_t)(HEADERS + n);
	pkt->data = slice_of(t->frame, HEADERS + n);
	t->part++;
}

/* `n' octets are in place; `cut' more of the same segment are not known, as if the frame had been
 * cut by a snap length. */
static void
frame_cut(struct transcript *t, struct packet *pkt, enum talk_side from, size_t n, size_t cut)
{
	put_headers(t, from, PSH | ACK, n, cut);
	t->seq[from] += (uint32_t)(n + cut);
	frame_told(t, pkt, n);
	pkt->wirelen += (uint32_t)cut;
}

static void
frame_make(struct transcript *t, struct packet *pkt, enum talk_side from, unsigned flags, size_t n)
{
	put_headers(t, from, flags, n, 0);
	t->seq[from] += (uint32_t)n + (flags & (SYN | FIN) ? 1 : 0);
	frame_told(t, pkt, n);
}

/* -- steps ------------------------------------------------------------------------------- */

static void
dialogue_begin(struct transcript *t, uint32_t source)
{
	uint64_t k = t->dialogues++, hosts = 254;

	memcpy(t->address[SIDE_CLIENT], (uint8_t[]){ 192, 0, 2, 0 }, 4);
	memcpy(t->address[SIDE_SERVER], (uint8_t[]){ 198, 51, 100, 1 }, 4);
	t->address[SIDE_CLIENT][3] =
	    (uint8_t)(1 + (source + k / (UINT16_MAX - FIRST_PORT)) % hosts);
	t->port[SIDE_CLIENT] = (uint16_t)(FIRST_PORT + 1 + k % (UINT16_MAX - FIRST_PORT));
	t->port[SIDE_SERVER] = t->step.port;
	if (k && k % BLOCK == 0 && t->ts < INT64_MAX - BLOCK_NS)
		t->ts += BLOCK_NS;
	/* Any will do; small ones are easy to read. */
	t->seq[SIDE_CLIENT] = t->seq[SIDE_SERVER] = 1000;
}

/* SYN, SYN-ACK and ACK, unless the dialogue's beginning was not written down. */
static bool
make_open(struct transcript *t, struct packet *pkt)
{
	if (t->part == 0)
		dialogue_begin(t, pkt->source);
	if (!t->step.whole || t->part == 3)
		return false;
	if (t->part == 0)
		frame_make(t, pkt, SIDE_CLIENT, SYN, 0);
	else if (t->part == 1)
		frame_make(t, pkt, SIDE_SERVER, SYN | ACK, 0);
	else
		frame_make(t, pkt, SIDE_CLIENT, ACK, 0);
	return true;
}

static bool
make_octets(struct transcript *t, struct packet *pkt)
{
	struct slice rest = slice_from(t->step.text, (size_t)t->done);
	bool last = rest.n <= SEGMENT_MAX;

	if (rest.n == 0 && (t->step.n == 0 || t->part > 0))
		return false;
	if (!last)
		rest.n = SEGMENT_MAX;
	if (rest.n)
		memcpy(t->frame + HEADERS, rest.p, rest.n);
	t->done += rest.n;
	if (last && t->step.n)
		frame_cut(t, pkt, t->step.side, rest.n,
		    t->step.n < CUT_MAX ? (size_t)t->step.n : CUT_MAX);
	else
		frame_make(t, pkt, t->step.side, PSH | ACK, rest.n);
	return true;
}

/* Octet `i' of `n' in lines of the same length, but for one octet more in the first ones. */
static uint8_t
fill_octet(uint64_t i, uint64_t n, uint64_t lines)
{
	uint64_t len = lines ? n / lines : 0, longer, ahead;

	if (len < 2) {
		len = n;
	} else {
		longer = n % lines;
		ahead = longer * (len + 1);
		i = i < ahead ? i % ++len : (i - ahead) % len;
	}
	return i + 2 == len ? '\r' : i + 1 == len ? '\n' : 'x';
}

/* What is too much to make up is left out, as if it had not been captured. */
static bool
make_fill(struct transcript *t, struct packet *pkt)
{
	uint64_t limit = FILL_MAX - t->filled, left;
	size_t n, i;

	if (t->done == t->step.n)
		return false;
	if (limit > FILL_STEP_MAX)
		limit = FILL_STEP_MAX;
	if (t->done == 0 && t->step.n > limit) {
		left = t->step.n - limit;
		t->seq[t->step.side] += (uint32_t)(left < LOST_MAX ? left : LOST_MAX);
		t->done = left;
		if (limit == 0)
			return false;
	}
	left = t->step.n - t->done;
	n = left < SEGMENT_MAX ? (size_t)left : SEGMENT_MAX;
	for (i = 0; i < n; i++)
		t->frame[HEADERS + i] = fill_octet(t->done + i, t->step.n, t->step.lines);
	t->done += n;
	t->filled += n;
	frame_make(t, pkt, t->step.side, PSH | ACK, n);
	return true;
}

static bool
make_ack(struct transcript *t, struct packet *pkt)
{
	if (t->part > 0)
		return false;
	frame_make(t, pkt, t->step.side, ACK, 0);
	return true;
}

/* The side that closes first, then the other one. */
static bool
make_close(struct transcript *t, struct packet *pkt)
{
	enum talk_side by = t->step.side;
	unsigned parts = t->step.reset ? 1 : 2;

	if (t->part == parts)
		return false;
	if (t->part == 1)
		by = by == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
	frame_make(t, pkt, by, (t->step.reset ? RST : FIN) | ACK, 0);
	return true;
}

static bool
make_part(struct transcript *t, struct packet *pkt)
{
	switch (t->step.kind) {
	case TALK_OPEN:
		return make_open(t, pkt);
	case TALK_OCTETS:
		return make_octets(t, pkt);
	case TALK_FILL:
		return make_fill(t, pkt);
	case TALK_LOST:
		t->seq[t->step.side] += (uint32_t)(t->step.n < LOST_MAX ? t->step.n : LOST_MAX);
		return false;
	case TALK_ACK:
		return make_ack(t, pkt);
	case TALK_CLOSE:
		return make_close(t, pkt);
	}
	return false;
}

bool
transcript_next(struct transcript *t, struct packet *pkt)
{
	for (;;) {
		if (t->busy && make_part(t, pkt))
			return true;
		t->busy = talk_next(t->talk, &t->step);
		if (!t->busy)
			return false;
		t->part = 0;
		t->done = 0;
	}
}

void
transcript_stats(const struct transcript *t, struct capture_stats *stats)
{
	talk_stats(t->talk, stats);
}

void
transcript_free(struct transcript *t)
{
	if (!t)
		return;
	talk_free(t->talk);
	free(t);
}
