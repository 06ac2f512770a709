/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pieces - which octets of one direction are which part of the dialogue.
 *
 * Made in passes, strongest first: lines, chunks and replies stand as they are;
 * gaps, then message text, then TLS fill what is left between them.  So commands
 * that the server was proved to read out of message text show as commands, and
 * a hole inside a message as a hole.
 *
 * The arrays hold one entry for each unit, reply, gap and body of the session,
 * whose number the dissector limits, and a few for their overlaps.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "report/pieces.h"

static void
pieces_add(struct pieces *v, struct piece piece)
{
	if (piece.end <= piece.off)
		return;
	if (v->n == v->cap) {
		v->cap = v->cap ? v->cap * 2 : 64;
		v->p = xreallocarray(v->p, v->cap, sizeof *v->p);
	}
	v->p[v->n++] = piece;
}

static int
piece_compare(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return x->off < y->off ? -1 : x->off > y->off;
}

/* Sorted, and what overlaps its predecessor is cut. */
static void
pieces_order(struct pieces *v)
{
	size_t i, n = 0;

	for (i = 1; i < v->n && v->p[i - 1].off <= v->p[i].off; i++)
		;
	if (i < v->n)
		qsort(v->p, v->n, sizeof *v->p, piece_compare);
	for (i = 0; i < v->n; i++) {
		struct piece piece = v->p[i];

		if (n && piece.off < v->p[n - 1].end)
			piece.off = v->p[n - 1].end;
		if (piece.off < piece.end)
			v->p[n++] = piece;
	}
	v->n = n;
}

/* Adds to `out' all of `strong', and of `weak' what it leaves free. */
static void
pieces_merge(struct pieces *out, const struct pieces *strong, const struct pieces *weak)
{
	int64_t done = INT64_MIN;
	size_t i, k = 0;

	for (i = 0; i < weak->n; i++) {
		struct piece rest = weak->p[i];

		if (rest.off < done)
			rest.off = done;
		for (; k < strong->n && strong->p[k].off < weak->p[i].end; k++) {
			struct piece before = rest;

			if (strong->p[k].off > rest.off) {
				before.end = strong->p[k].off;
				pieces_add(out, before);
			}
			pieces_add(out, strong->p[k]);
			done = strong->p[k].end;
			if (rest.off < done)
				rest.off = done;
		}
		pieces_add(out, rest);
	}
	for (; k < strong->n; k++)
		pieces_add(out, strong->p[k]);
}

/* Lets `weak' fill the holes of `v'; both are consumed, the result is in `v'. */
static void
pieces_fill(struct pieces *v, struct pieces *weak)
{
	struct pieces out = { NULL, 0, 0 };

	if (weak->n) {
		pieces_order(weak);
		pieces_merge(&out, v, weak);
		free(v->p);
		*v = out;
	}
	weak->n = 0;
}

static void
add_units(struct pieces *v, const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link) {
		struct piece line = { .kind = PIECE_LINE, .unit = u };
		struct piece chunk = { .kind = PIECE_CHUNK, .unit = u };

		if (u->kind == UNIT_GREETING)
			continue;
		line.off = u->line.off;
		line.end = u->line.off + u->line.len;
		pieces_add(v, line);
		if (u->kind != UNIT_CHUNK)
			continue;
		chunk.off = line.end;
		chunk.end = u->end;
		pieces_add(v, chunk);
	}
}

static void
add_replies(struct pieces *v, const struct smtp_session *s)
{
	const struct smtp_reply *r;

	STAILQ_FOREACH (r, &s->replies, link)
		pieces_add(v,
		    (struct piece){
		        .off = r->off, .end = r->end, .kind = PIECE_REPLY, .reply = r });
}

static void
add_gaps(struct pieces *v, const struct smtp_session *s, enum stream_dir role)
{
	const struct smtp_gap *g;
	int64_t end;

	STAILQ_FOREACH (g, &s->gaps, link) {
		if (g->dir != role)
			continue;
		if (g->len > INT64_MAX || __builtin_add_overflow(g->off, (int64_t)g->len, &end))
			end = INT64_MAX;
		pieces_add(v, (struct piece){ .off = g->off, .end = end, .kind = PIECE_GAP });
	}
}

static void
add_texts(struct pieces *v, const struct smtp_session *s)
{
	const struct smtp_body *b;

	STAILQ_FOREACH (b, &s->bodies, link)
		if (!b->bdat) /* the octets of chunks belong to their units */
			pieces_add(v,
			    (struct piece){
			        .off = b->off, .end = b->end, .kind = PIECE_TEXT, .body = b });
}

void
pieces_build(struct pieces *v, const struct smtp_session *s, enum stream_dir role)
{
	struct pieces weak = { NULL, 0, 0 };

	v->n = 0;
	if (role == DIR_CLIENT)
		add_units(v, s);
	else
		add_replies(v, s);
	pieces_order(v);
	add_gaps(&weak, s, role);
	pieces_fill(v, &weak);
	if (role == DIR_CLIENT) {
		add_texts(&weak, s);
		pieces_fill(v, &weak);
	}
	if (s->tls.via != TLS_NONE && s->tls.start[role] >= 0) {
		pieces_add(&weak,
		    (struct piece){
		        .off = s->tls.start[role], .end = INT64_MAX, .kind = PIECE_TLS });
		pieces_fill(v, &weak);
	}
	pieces_fini(&weak);
}

void
pieces_fini(struct pieces *v)
{
	free(v->p);
	*v = (struct pieces){ NULL, 0, 0 };
}

const struct piece *
pieces_at(const struct pieces *v, int64_t off)
{
	size_t lo = 0, hi = v->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (v->p[mid].end > off)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo < v->n ? &v->p[lo] : NULL;
}

int64_t
piece_start(const struct piece *piece)
{
	switch (piece->kind) {
	case PIECE_LINE:
		return piece->unit->line.off;
	case PIECE_CHUNK:
		return piece->unit->line.off + piece->unit->line.len;
	case PIECE_REPLY:
		return piece->reply->off;
	case PIECE_TEXT:
		return piece->body->off;
	case PIECE_GAP:
	case PIECE_TLS:
		break;
	}
	return piece->off;
}
