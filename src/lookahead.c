/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookahead - batches of frames go round: filled by the thread, emptied by the caller.
 *
 * The ring has room for BATCHES.  A side that finds no batch for itself sleeps until
 * there are several: to be woken for each costs more than to decode one.
 *
 * A batch owns what its frames point to: their octets, and for datagrams that came
 * in fragments their payload and the numbers of the frames.  It is full when either
 * array is; the last frame gets memory of its own for what does not fit, so the ring
 * stays as small as it is, whatever the capture holds.
 */
#include <config.h>

#include <pthread.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "base/error.h"
#include "base/mem.h"
#include "lookahead.h"

enum {
	BATCHES = 16,
	HIGH = 2, /* so many full ones wake the caller, ... */
	LOW = 12, /* ... so few the thread */
	BATCH_FRAMES = 256,
	BATCH_OCTETS = 1 << 17
};

/* A piece that its batch had no room for. */
struct extra {
	struct extra *next;
	uint64_t octets[]; /* aligned for anything kept here */
};

struct batch {
	struct frame frames[BATCH_FRAMES];
	size_t nframes;
	uint8_t *octets; /* BATCH_OCTETS of them, noctets in use */
	size_t noctets;
	struct extra *extra;
	enum capture_status end; /* what came behind the frames; CAPTURE_PACKET: more of them */
	struct error error;      /* set if `end' is CAPTURE_ERROR */
	struct lookahead_state state;
};

struct lookahead {
	struct capture *capture;
	struct decoder *decoder;
	const struct options *options;
	struct batch *batches; /* BATCHES of them */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t room;  /* the thread waits until `full' is low */
	pthread_cond_t ready; /* the caller waits until `full' is high, or for the last batch */
	unsigned full;        /* under the lock: batches filled and not given back */
	bool last;            /* under the lock: the thread fills no more */
	bool stop;            /* under the lock: the caller wants no more */
	/* The caller's own: */
	struct batch *current; /* NULL: none */
	unsigned next;         /* index of the one behind it */
	size_t at;             /* the next frame of `current' */
	bool ended;
	struct lookahead_state state;
};

/* -- the thread -------------------------------------------------------------------------- */

static void *
keep_room(struct batch *b, size_t n)
{
	size_t from = (b->noctets + alignof(uint64_t) - 1) & ~(alignof(uint64_t) - 1);
	struct extra *extra;

	if (from <= BATCH_OCTETS && n <= BATCH_OCTETS - from) {
		b->noctets = from + n;
		return b->octets + from;
	}
	b->noctets = BATCH_OCTETS;
	extra = xmalloc(sizeof *extra + n);
	extra->next = b->extra;
	b->extra = extra;
	return extra->octets;
}

static const void *
keep(struct batch *b, const void *from, size_t n)
{
	return n ? memcpy(keep_room(b, n), from, n) : from;
}

/* A datagram put together lies in the decoder, until its next call. */
static void
keep_datagram(struct batch *b, struct segment *seg)
{
	if (seg->nfragments == 0)
		return;
	seg->payload.p = keep(b, seg->payload.p, seg->payload.n);
	seg->fragments = keep(b, seg->fragments, seg->nfragments * sizeof *seg->fragments);
}

static void
empty(struct batch *b)
{
	struct extra *next;

	for (; b->extra; b->extra = next) {
		next = b->extra->next;
		free(b->extra);
	}
	b->nframes = b->noctets = 0;
}

static void
fill(struct lookahead *l, struct batch *b)
{
	struct frame *f;

	empty(b);
	do {
		f = &b->frames[b->nframes];
		b->end = capture_next(l->capture, &f->pkt, &b->error);
		if (b->end != CAPTURE_PACKET)
			break;
		f->pkt.data.p = keep(b, f->pkt.data.p, f->pkt.data.n);
		f->pkt.options.p = keep(b, f->pkt.options.p, f->pkt.options.n);
		f->status = analysis_decode(l->options, l->decoder, &f->pkt, &f->seg);
		if (f->status == DECODE_SEGMENT)
			keep_datagram(b, &f->seg);
	} while (++b->nframes < BATCH_FRAMES && b->noctets < BATCH_OCTETS);
	capture_stats(l->capture, &b->state.capture);
	decoder_stats(l->decoder, &b->state.decode);
	capture_progress(l->capture, &b->state.done, &b->state.total);
}

/* Waits for an empty batch.  False: there is no use in filling one. */
static bool
wait_for_room(struct lookahead *l)
{
	bool stop;

	pthread_mutex_lock(&l->lock);
	if (l->full == BATCHES)
		while (l->full > LOW && !l->stop)
			pthread_cond_wait(&l->room, &l->lock);
	stop = l->stop;
	pthread_mutex_unlock(&l->lock);
	return !stop;
}

static void
hand_over(struct lookahead *l, bool last)
{
	pthread_mutex_lock(&l->lock);
	l->full++;
	l->last = last;
	if (l->full == HIGH || last)
		pthread_cond_signal(&l->ready);
	pthread_mutex_unlock(&l->lock);
}

static void *
lookahead_main(void *arg)
{
	struct lookahead *l = arg;
	struct batch *b;
	unsigned i = 0;
	bool last = false;

	while (!last && wait_for_room(l)) {
		b = &l->batches[i];
		i = (i + 1) % BATCHES;
		fill(l, b);
		last = b->end != CAPTURE_PACKET;
		hand_over(l, last);
	}
	return NULL;
}

/* -- the caller -------------------------------------------------------------------------- */

static void
free_batches(struct lookahead *l)
{
	size_t i;

	for (i = 0; i < BATCHES; i++) {
		empty(&l->batches[i]);
		free(l->batches[i].octets);
	}
	free(l->batches);
	free(l);
}

struct lookahead *
lookahead_new(struct capture *capture, struct decoder *decoder, const struct options *options)
{
	struct lookahead *l = xcalloc(1, sizeof *l);
	sigset_t all, before;
	size_t i;
	int rc;

	l->capture = capture;
	l->decoder = decoder;
	l->options = options;
	l->batches = xcalloc(BATCHES, sizeof *l->batches);
	for (i = 0; i < BATCHES; i++)
		l->batches[i].octets = xmalloc(BATCH_OCTETS);
	capture_progress(capture, &l->state.done, &l->state.total);
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->room, NULL);
	pthread_cond_init(&l->ready, NULL);
	/* Signals are the caller's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&l->thread, NULL, lookahead_main, l);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		return l;
	free_batches(l);
	return NULL;
}

/* Gives the batch back that was read to its end, and waits for the next one. */
static void
turn_over(struct lookahead *l)
{
	pthread_mutex_lock(&l->lock);
	if (l->current && --l->full == LOW)
		pthread_cond_signal(&l->room);
	if (l->full == 0)
		while (l->full < HIGH && !l->last)
			pthread_cond_wait(&l->ready, &l->lock);
	pthread_mutex_unlock(&l->lock);
	l->current = &l->batches[l->next];
	l->next = (l->next + 1) % BATCHES;
	l->at = 0;
}

enum capture_status
lookahead_next(struct lookahead *l, struct frame **frame, struct error *err)
{
	enum capture_status end;

	while (!l->ended && (!l->current || l->at == l->current->nframes)) {
		end = l->current ? l->current->end : CAPTURE_PACKET;
		if (end != CAPTURE_PACKET) {
			l->ended = true;
			*err = l->current->error;
			return end;
		}
		turn_over(l);
		l->state = l->current->state;
	}
	if (l->ended)
		return CAPTURE_EOF;
	*frame = &l->current->frames[l->at++];
	return CAPTURE_PACKET;
}

const struct lookahead_state *
lookahead_state(const struct lookahead *l)
{
	return &l->state;
}

void
lookahead_free(struct lookahead *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_cond_signal(&l->room);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->thread, NULL);
	pthread_cond_destroy(&l->ready);
	pthread_cond_destroy(&l->room);
	pthread_mutex_destroy(&l->lock);
	free_batches(l);
}
