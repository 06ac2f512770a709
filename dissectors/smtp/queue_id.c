/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue_id - the name that a server gave a message, by what servers write around it
 * in the reply that accepts it.  No standard says how; a text that no row fits has
 * no name.
 */
#include "smtp/analyse.h"

static bool
id_octet(uint8_t c)
{
	return c > ' ' && c < 0x7f && c != ';' && c != ',' && c != ']';
}

/* The word that begins at `from', or the one that ends in front of it. */
static const char *
id_word(struct analysis *a, struct slice t, size_t from, bool in_front, bool cut)
{
	size_t end = from;

	if (in_front)
		while (from > 0 && id_octet(t.p[from - 1]))
			from--;
	else
		while (end < t.n && id_octet(t.p[end]))
			end++;
	if (cut && end == t.n)
		return NULL; /* what follows was not captured */
	return end > from ?
	    arena_printf(a->s->verdict, "%.*s", (int)(end - from), (const char *)t.p + from) :
	    NULL;
}

/* The name that the server gave the message, by what servers write around it. */
const char *
find_queue_id(struct analysis *a, const struct smtp_reply *r)
{
	static const struct {
		const char *text;
		bool in_front; /* the name stands before the text */
	} marks[] = { { "queued as ", false }, { " id=", false },
		{ "Message accepted for delivery: ", false }, { "Ok: queued ", false },
		{ " Message accepted for delivery", true }, { "[InternalId=", false },
		{ " - gsmtp", true } };
	struct slice t;
	size_t i, k;
	bool cut;

	if (r == NULL || r->nkept == 0)
		return NULL;
	t = r->lines[0].text;
	cut = (r->lines[0].flags & (LINE_GAP | LINE_CUT)) ||
	    (r->nlines == 1 && (r->flags & REPLY_CUT));
	for (k = 0; k < sizeof marks / sizeof marks[0]; k++)
		for (i = 0; i + strlen(marks[k].text) <= t.n; i++)
			if (slice_caseprefix(slice_from(t, i), marks[k].text))
				return id_word(a, t,
				    i + (marks[k].in_front ? 0 : strlen(marks[k].text)),
				    marks[k].in_front, cut);
	return NULL;
}
