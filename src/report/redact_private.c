/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redact_private - which lines of the dialogue may be a piece of a message, and
 * are hidden with the messages.
 *
 * A message that the server refused may be read as commands; the replies to it, and
 * findings about it, quote it.  Rather too much is hidden than too little.
 */
#include "base/error.h"
#include "base/output.h"
#include "report/redact.h"

bool
redact_hides_line(unsigned what, const struct smtp_unit *u)
{
	size_t i;

	if (!(what & REDACT_BODY))
		return false;
	if (u->kind == UNIT_GARBAGE)
		return true;
	if (u->kind != UNIT_COMMAND || !u->verb)
		return false;
	if (u->verb->flags & VERB_NO_ARGUMENT)
		return u->arg.n > 0;
	/* "X-Mailer: ..." is a header field that was taken for a private command. */
	if (u->verb->id == VERB_X)
		return u->line.text.n && memchr(u->line.text.p, ':', u->line.text.n);
	if (u->verb->id != VERB_UNKNOWN)
		return false;
	for (i = 0; i < u->line.text.n; i++)
		if (ascii_lower(u->line.text.p[i]) < 'a' || ascii_lower(u->line.text.p[i]) > 'z')
			return true;
	return u->line.text.n > sizeof u->verb->name;
}

/* A challenge may have the name of a host in it (RFC 2195 2). */
bool
redact_hides_reply(unsigned what, const struct smtp_reply *r)
{
	return (r->unit && redact_hides_line(what, r->unit)) ||
	    (r->meant && redact_hides_line(what, r->meant)) ||
	    (r->code == 334 && what & (REDACT_HOSTS | REDACT_ADDRESSES));
}

static bool
names_frame(const struct finding *f, uint64_t from, uint64_t to)
{
	unsigned i;

	if (f->frame >= from && f->frame <= to)
		return true;
	for (i = 0; i < f->nframes && i < FINDING_MAX_FRAMES; i++)
		if (f->frames[i] >= from && f->frames[i] <= to)
			return true;
	return false;
}

static bool
quotes_private(unsigned what, const struct smtp_session *s, const struct finding *f)
{
	const struct smtp_unit *u;

	if (!(what & REDACT_BODY))
		return false;
	STAILQ_FOREACH (u, &s->units, link)
		if (redact_hides_line(what, u) && names_frame(f, u->line.first.frame, u->at_frame))
			return true;
	return false;
}

void
redact_detail(
    unsigned what, struct output *o, const struct smtp_session *s, const struct finding *f)
{
	struct slice text = slice_str(f->detail && *f->detail ? f->detail : f->check->title);
	const uint8_t *first = text.n ? memchr(text.p, '"', text.n) : NULL;
	size_t last = text.n;

	while (last > 0 && text.p[last - 1] != '"')
		last--;
	if (!first || first == text.p + last - 1 || !quotes_private(what, s, f)) {
		out_write(o, text);
		return;
	}
	out_write(o, slice_of(text.p, (size_t)(first - text.p)));
	out_puts(o, "\"[hidden]\"");
	out_write(o, slice_from(text, last));
}
