/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reopen_notes - a hash table of notes, each with copies of the findings that rest on
 * other sessions.
 *
 * Most sessions have none and take no room.  Charged to a budget of its own; what is
 * refused is counted, and its session comes back without these findings.  Ids are numbers
 * of ours, so the hash needs no secret.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "reopen_notes.h"
#include "smtp/peers.h"

enum { BUCKETS_MIN = 256 };

struct note {
	struct note *next; /* in its bucket */
	uint64_t stream;
	unsigned earlier_offers;
	struct recalled_list across; /* each with its texts in one block */
};

void
reopen_notes_init(struct reopen_notes *n, uint64_t limit)
{
	*n = (struct reopen_notes){ .nbuckets = BUCKETS_MIN, .budget = { .limit = limit } };
	n->bucket = xcalloc(n->nbuckets, sizeof(struct note *));
}

static size_t
text_size(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static size_t
recalled_size(const struct recalled *r)
{
	const struct finding *f = &r->finding;

	return sizeof *r + text_size(f->detail) + text_size(f->table) + text_size(f->remedy);
}

static void
note_empty(struct reopen_notes *n, struct note *k)
{
	struct recalled *r;

	while ((r = STAILQ_FIRST(&k->across)) != NULL) {
		STAILQ_REMOVE_HEAD(&k->across, link);
		budget_give(&n->budget, recalled_size(r));
		free(r);
	}
}

void
reopen_notes_fini(struct reopen_notes *n)
{
	struct note *k;
	size_t i;

	for (i = 0; i < n->nbuckets; i++) {
		while ((k = n->bucket[i]) != NULL) {
			n->bucket[i] = k->next;
			note_empty(n, k);
			free(k);
		}
	}
	free(n->bucket);
}

static struct note **
place(const struct reopen_notes *n, uint64_t stream)
{
	return &n->bucket[(stream * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (n->nbuckets - 1)];
}

static void
grow(struct reopen_notes *n)
{
	struct note **old = n->bucket, *k, **to;
	size_t i, nold = n->nbuckets;

	if (!budget_take(&n->budget, nold * sizeof(struct note *)))
		return; /* longer chains */
	n->nbuckets *= 2;
	n->bucket = xcalloc(n->nbuckets, sizeof(struct note *));
	for (i = 0; i < nold; i++) {
		while ((k = old[i]) != NULL) {
			old[i] = k->next;
			to = place(n, k->stream);
			k->next = *to;
			*to = k;
		}
	}
	free(old);
}

/* A copy of the text at *at, which moves on. */
static const char *
text_copy(char **at, const char *text)
{
	size_t n = text_size(text);
	char *copy = *at;

	if (n == 0)
		return NULL;
	memcpy(copy, text, n);
	*at += n;
	return copy;
}

/* NULL: no room. */
static struct recalled *
recalled_copy(struct reopen_notes *n, const struct recalled *from)
{
	const struct finding *f = &from->finding;
	size_t size = recalled_size(from);
	struct recalled *r;
	char *at;

	if (!budget_take(&n->budget, size))
		return NULL;
	r = xmalloc(size);
	*r = *from;
	at = (char *)(r + 1);
	r->finding.detail = text_copy(&at, f->detail);
	r->finding.table = text_copy(&at, f->table);
	r->finding.remedy = text_copy(&at, f->remedy);
	return r;
}

static struct note *
note_find(const struct reopen_notes *n, uint64_t stream)
{
	struct note *k = *place(n, stream);

	while (k && k->stream != stream)
		k = k->next;
	return k;
}

/* A new one; NULL: no room. */
static struct note *
note_new(struct reopen_notes *n, uint64_t stream)
{
	struct note *k, **to;

	if (!budget_take(&n->budget, sizeof *k))
		return NULL;
	if (n->count >= n->nbuckets)
		grow(n);
	k = xcalloc(1, sizeof *k);
	k->stream = stream;
	STAILQ_INIT(&k->across);
	to = place(n, stream);
	k->next = *to;
	*to = k;
	n->count++;
	return k;
}

void
reopen_notes_add(struct reopen_notes *n, const struct smtp_session *s)
{
	unsigned offers = s->earlier_offers & PEER_PIPECONNECT; /* all that an analysis asks for */
	const struct recalled *r;
	struct recalled *copy;
	struct note *k = note_find(n, s->stream->id);

	if (k)
		note_empty(n, k);
	else if (STAILQ_EMPTY(&s->across) && !offers)
		return;
	else if (!(k = note_new(n, s->stream->id))) {
		n->lost++;
		return;
	}
	k->earlier_offers = offers;
	STAILQ_FOREACH (r, &s->across, link) {
		if (!(copy = recalled_copy(n, r))) {
			n->lost++;
			break;
		}
		STAILQ_INSERT_TAIL(&k->across, copy, link);
	}
}

void
reopen_notes_find(const struct reopen_notes *n, uint64_t stream, struct smtp_recall *out)
{
	const struct note *k = note_find(n, stream);

	out->earlier_offers = k ? k->earlier_offers : 0;
	out->across = k ? &k->across : NULL;
}
