/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * defrag - IP datagrams from their fragments (RFC 791 3.2, RFC 8200 4.5).
 *
 * A datagram is a buffer as long as the highest octet seen and a map of the
 * 8-octet blocks in it.  What arrived first stays; other content for the same
 * octets sets ISSUE_FRAGMENT_OVERLAP.  A fragment that contradicts the length
 * is bad and changes nothing else.  Two queues in order of age: `waiting', and
 * `complete', which keeps only the key for a moment so that a duplicate from a
 * mirror port does not start a datagram that would catch the next one with its
 * identification.  The buffer of a complete datagram moves to `lent'.
 *
 * Limits: defrag.h; everything is charged to the budget as well.  For want of
 * room the oldest datagram goes, and is counted.
 */
#include <stdlib.h>
#include <sys/queue.h>

#include "base/budget.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "decode/defrag.h"

enum { BLOCK = 8, PAYLOAD_MAX = 65536, BUFFER_MIN = 2048, BUCKETS = 256 };

struct buffer {
	SLIST_ENTRY(buffer) link; /* in `lent' */
	size_t cap;               /* octets in data[] */
	uint64_t *frames;         /* that brought the octets; charged with frames_cap */
	size_t nframes, frames_cap;
	uint8_t have[PAYLOAD_MAX / BLOCK / 8];
	uint8_t data[];
};

struct datagram {
	LIST_ENTRY(datagram) hash;
	TAILQ_ENTRY(datagram) age;
	struct ipaddr src, dst;
	uint32_t id;
	uint8_t key, protocol, ttl;
	uint16_t issues;
	uint64_t first_frame, first_position;
	int64_t ts;         /* of the first fragment seen; of completion */
	struct buffer *buf; /* NULL: complete */
	uint32_t high;      /* end of the highest octet seen */
	uint32_t total;     /* 0: the last fragment has not been seen */
	uint32_t blocks;    /* set in buf->have */
};

LIST_HEAD(bucket, datagram);
TAILQ_HEAD(age_queue, datagram);
SLIST_HEAD(buffer_list, buffer);

struct defrag {
	struct budget *budget;
	struct bucket bucket[BUCKETS];
	struct age_queue waiting, complete;
	struct buffer_list lent;
	size_t count;  /* datagrams in both queues */
	size_t octets; /* taken from the budget */
	struct defrag_stats stats;
};

struct defrag *
defrag_new(struct budget *budget)
{
	struct defrag *df = xcalloc(1, sizeof(*df));

	df->budget = budget;
	TAILQ_INIT(&df->waiting);
	TAILQ_INIT(&df->complete);
	return df;
}

static void
give(struct defrag *df, size_t n)
{
	df->octets -= n;
	budget_give(df->budget, n);
}

static void
buffer_free(struct defrag *df, struct buffer *buf) /* which is there */
{
	give(df, sizeof(*buf) + buf->cap + buf->frames_cap * sizeof(*buf->frames));
	free(buf->frames);
	free(buf);
}

static void
datagram_drop(struct defrag *df, struct datagram *dg)
{
	TAILQ_REMOVE(dg->buf ? &df->waiting : &df->complete, dg, age);
	LIST_REMOVE(dg, hash);
	df->stats.pending -= dg->buf != NULL;
	df->count--;
	if (dg->buf)
		buffer_free(df, dg->buf);
	give(df, sizeof(*dg));
	free(dg);
}

void
defrag_release(struct defrag *df)
{
	struct buffer *buf;

	for (; (buf = SLIST_FIRST(&df->lent)); buffer_free(df, buf))
		SLIST_REMOVE_HEAD(&df->lent, link);
}

void
defrag_free(struct defrag *df)
{
	struct datagram *dg;

	if (!df)
		return;
	defrag_release(df);
	while ((dg = TAILQ_FIRST(&df->waiting)) || (dg = TAILQ_FIRST(&df->complete)))
		datagram_drop(df, dg);
	free(df);
}

void
defrag_stats(const struct defrag *df, struct defrag_stats *out)
{
	*out = df->stats;
}

/* Capture time is the input's: any value, in any order. */
static bool
older(const struct datagram *dg, int64_t now, int64_t seconds)
{
	return now > dg->ts && (uint64_t)now - (uint64_t)dg->ts > (uint64_t)(seconds * NS_PER_S);
}

static void
expire(struct defrag *df, int64_t now)
{
	struct datagram *dg;

	while ((dg = TAILQ_FIRST(&df->waiting)) && older(dg, now, DEFRAG_WAIT_S)) {
		df->stats.expired++;
		datagram_drop(df, dg);
	}
	while ((dg = TAILQ_FIRST(&df->complete)) && older(dg, now, DEFRAG_REMEMBER_S))
		datagram_drop(df, dg);
}

/* Drops the oldest datagram but `keep'; false when there is none. */
static bool
evict(struct defrag *df, const struct datagram *keep)
{
	struct datagram *dg = TAILQ_FIRST(&df->complete);

	if (!dg) {
		dg = TAILQ_FIRST(&df->waiting);
		if (dg && dg == keep)
			dg = TAILQ_NEXT(dg, age);
		if (!dg)
			return false;
		df->stats.refused++;
	}
	datagram_drop(df, dg);
	return true;
}

static bool
take(struct defrag *df, size_t n, const struct datagram *keep)
{
	while (df->octets + n > DEFRAG_OCTETS)
		if (!evict(df, keep))
			return false;
	if (!budget_take(df->budget, n))
		return false;
	df->octets += n;
	return true;
}

static size_t
hash(const struct defrag_piece *pc)
{
	uint64_t h = (uint64_t)pc->ip.id << 8 | pc->ip.key, w;
	size_t i;

	for (i = 0; i < sizeof(pc->src->b); i += sizeof(w)) {
		memcpy(&w, pc->src->b + i, sizeof(w));
		h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
		memcpy(&w, pc->dst->b + i, sizeof(w));
		h = (h ^ h >> 29 ^ w) * UINT64_C(0x9e3779b97f4a7c15);
	}
	return h >> 56;
}

static struct datagram *
datagram_find(struct defrag *df, const struct defrag_piece *pc, size_t h)
{
	struct datagram *dg;

	LIST_FOREACH(dg, &df->bucket[h], hash)
	if (dg->id == pc->ip.id && dg->key == pc->ip.key && ipaddr_same(&dg->src, pc->src) &&
	    ipaddr_same(&dg->dst, pc->dst))
		return dg;
	return NULL;
}

/* A datagram with an empty buffer, or NULL. */
static struct datagram *
datagram_new(struct defrag *df, const struct defrag_piece *pc, size_t h)
{
	struct datagram *dg;
	struct buffer *buf;

	while (df->count >= DEFRAG_DATAGRAMS)
		evict(df, NULL);
	if (!take(df, sizeof(*dg) + sizeof(*buf), NULL))
		return NULL;
	dg = calloc(1, sizeof(*dg));
	buf = calloc(1, sizeof(*buf));
	if (!dg || !buf) {
		free(dg);
		free(buf);
		give(df, sizeof(*dg) + sizeof(*buf));
		return NULL;
	}
	dg->src = *pc->src;
	dg->dst = *pc->dst;
	dg->id = pc->ip.id;
	dg->key = pc->ip.key;
	dg->first_frame = pc->frame;
	dg->first_position = pc->position;
	dg->ts = pc->ts;
	dg->ttl = pc->ttl;
	dg->buf = buf;
	LIST_INSERT_HEAD(&df->bucket[h], dg, hash);
	TAILQ_INSERT_TAIL(&df->waiting, dg, age);
	df->count++;
	df->stats.pending++;
	return dg;
}

static bool
datagram_reserve(struct defrag *df, struct datagram *dg, size_t n)
{
	size_t cap = dg->buf->cap ? dg->buf->cap : BUFFER_MIN, more;
	struct buffer *buf;

	while (cap < n)
		cap *= 2;
	more = cap - dg->buf->cap;
	if (more == 0)
		return true;
	if (!take(df, more, dg))
		return false;
	buf = realloc(dg->buf, sizeof(*buf) + cap);
	if (!buf) {
		give(df, more);
		return false;
	}
	buf->cap = cap;
	dg->buf = buf;
	return true;
}

/* Room for the numbers of the frames that brought this piece. */
static bool
frames_reserve(struct defrag *df, struct datagram *dg, size_t n)
{
	size_t cap = dg->buf->frames_cap, need = dg->buf->nframes + n;
	size_t more = (need > 2 * cap ? need : 2 * cap) - cap;

	if (need <= cap)
		return true;
	if (!take(df, more * sizeof(uint64_t), dg))
		return false;
	dg->buf->frames_cap = cap + more;
	dg->buf->frames = xreallocarray(dg->buf->frames, cap + more, sizeof(uint64_t));
	return true;
}

/* A fragment that no sender makes, whatever came before. */
static bool
piece_bad(const struct defrag_piece *pc)
{
	return pc->data.n == 0 || (pc->ip.more && pc->data.n % BLOCK) || pc->ip.off > pc->ip.max ||
	    pc->data.n > pc->ip.max - pc->ip.off;
}

/* Does it end behind the end of the datagram, or put the end before what was seen? */
static bool
piece_contradicts(const struct datagram *dg, const struct defrag_piece *pc, uint32_t end)
{
	if (dg->total && (end > dg->total || (!pc->ip.more && end < dg->total)))
		return true;
	return !pc->ip.more && end < dg->high;
}

static void
datagram_fill(struct datagram *dg, const struct defrag_piece *pc)
{
	struct buffer *buf = dg->buf;
	struct cursor c = cur_from(pc->data);
	uint32_t block = pc->ip.off / BLOCK;
	struct slice s;
	uint8_t bit;

	for (; cur_left(&c) > 0; block++) {
		s = cur_take(&c, cur_left(&c) < BLOCK ? cur_left(&c) : BLOCK);
		bit = (uint8_t)(1 << block % 8);
		if (!(buf->have[block / 8] & bit)) {
			buf->have[block / 8] |= bit;
			memcpy(buf->data + block * BLOCK, s.p, s.n);
			dg->blocks++;
		} else if (memcmp(buf->data + block * BLOCK, s.p, s.n) != 0) {
			dg->issues |= ISSUE_FRAGMENT_OVERLAP;
		}
	}
}

static void
datagram_merge(struct datagram *dg, const struct defrag_piece *pc, uint32_t end)
{
	bool first = pc->ip.off == 0 && !(dg->buf->have[0] & 1);

	datagram_fill(dg, pc);
	memcpy(dg->buf->frames + dg->buf->nframes, pc->frames, pc->nframes * sizeof(*pc->frames));
	dg->buf->nframes += pc->nframes;
	dg->issues |= pc->issues;
	if (pc->frame < dg->first_frame) {
		dg->first_frame = pc->frame;
		dg->first_position = pc->position;
	}
	if (first) {
		dg->ttl = pc->ttl;
		dg->protocol = pc->ip.protocol;
	}
	if (end > dg->high)
		dg->high = end;
	if (!pc->ip.more)
		dg->total = end;
}

static void
datagram_complete(struct defrag *df, struct datagram *dg, int64_t now, struct defrag_whole *whole)
{
	*whole = (struct defrag_whole){
		.data = { dg->buf->data, dg->total },
		.frames = dg->buf->frames,
		.nframes = dg->buf->nframes,
		.first_frame = dg->first_frame,
		.first_position = dg->first_position,
		.issues = dg->issues,
		.ttl = dg->ttl,
		.protocol = dg->protocol,
	};
	SLIST_INSERT_HEAD(&df->lent, dg->buf, link);
	TAILQ_REMOVE(&df->waiting, dg, age);
	TAILQ_INSERT_TAIL(&df->complete, dg, age);
	df->stats.pending--;
	dg->buf = NULL;
	dg->ts = now;
}

enum defrag_result
defrag_add(struct defrag *df, const struct defrag_piece *pc, struct defrag_whole *whole)
{
	size_t h = hash(pc);
	struct datagram *dg;
	uint32_t end;

	expire(df, pc->ts);
	if (piece_bad(pc))
		return DEFRAG_BAD;
	end = pc->ip.off + (uint32_t)pc->data.n;
	dg = datagram_find(df, pc, h);
	if (!dg && !(dg = datagram_new(df, pc, h))) {
		df->stats.refused++;
		return DEFRAG_HELD;
	}
	if (!dg->buf)
		return DEFRAG_HELD;
	if (piece_contradicts(dg, pc, end)) {
		dg->issues |= ISSUE_FRAGMENT_OVERLAP;
		return DEFRAG_BAD;
	}
	if (!datagram_reserve(df, dg, end) || !frames_reserve(df, dg, pc->nframes)) {
		datagram_drop(df, dg);
		df->stats.refused++;
		return DEFRAG_HELD;
	}
	datagram_merge(dg, pc, end);
	if (!dg->total || dg->blocks < (dg->total + BLOCK - 1) / BLOCK)
		return DEFRAG_HELD;
	datagram_complete(df, dg, pc->ts, whole);
	return DEFRAG_WHOLE;
}
