/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * finding - how a check says what it found: the finding, its text, its evidence, and how
 * sure it can be at most.
 *
 * A session keeps FINDINGS_MAX findings, FINDINGS_PER_CHECK of one check; what is over is
 * counted in the last of its kind, or goes into the session's spare, which says that it
 * was limited.
 */
#include <stdarg.h>

#include "smtp/checks/check.h"

enum { FINDINGS_MAX = 1000 };

/* What cannot be kept goes into the spare, and the session says so. */
static struct finding *
dummy(struct check_ctx *c)
{
	c->s->limited = true;
	if (c->s->limit == NULL)
		c->s->limit = "findings of the session";
	return &c->s->spare;
}

static struct finding *
finding_fold(struct check_ctx *c, uint64_t frame)
{
	struct finding *f;
	uint32_t same = 0, all = 0;

	STAILQ_FOREACH (f, &c->s->findings, link) {
		all++;
		if (f->check != &c->check->info)
			continue;
		same++;
		if (c->check->once || same >= FINDINGS_PER_CHECK) {
			f->count++;
			relate(f, frame);
			return f;
		}
	}
	return all >= FINDINGS_MAX ? dummy(c) : NULL;
}

static struct finding *
finding_new(
    struct check_ctx *c, uint64_t frame, int64_t ts, enum confidence conf, const char *detail)
{
	struct finding *f = finding_fold(c, frame);
	static const struct finding none;

	c->across |= c->check->across;
	if (!c->check->once)
		c->said[c->position]++;
	if (f != NULL)
		return f;
	f = arena_alloc(c->s->verdict, sizeof *f);
	if (f == NULL)
		return dummy(c);
	*f = none;
	f->check = &c->check->info;
	f->severity = c->check->info.severity;
	f->confidence = conf;
	f->culprit = c->check->info.culprit;
	f->frame = frame;
	f->ts = ts;
	f->count = 1;
	f->position = c->position;
	f->detail = detail;
	STAILQ_INSERT_TAIL(&c->s->findings, f, link);
	return f;
}

/* What a check says of a line of a transcript, where its numbers would be made up. */
static const char *
by_lines(struct check_ctx *c, struct slice line, const char *name, const char *detail)
{
	if (!c->s->stream->transcript || c->check->by_lines == NULL ||
	    c->check->by_lines[0] == '\0')
		return detail;
	if (line.n == 0)
		return check_text(c, "The %s %s", name, c->check->by_lines);
	return check_text(c, "\"%.*s\" %s", TEXT(line), c->check->by_lines);
}

struct finding *
report_frame(struct check_ctx *c, uint64_t frame, int64_t ts, const char *fmt, ...)
{
	const char *detail;
	va_list ap;

	va_start(ap, fmt);
	detail = arena_vprintf(c->s->verdict, fmt, ap);
	va_end(ap);
	return finding_new(c, frame, ts,
	    c->s->stream->midstream || has_gap(c->s) ? CONF_PROBABLE : CONF_CERTAIN, detail);
}

struct finding *
report_unit(struct check_ctx *c, const struct smtp_unit *u, const char *fmt, ...)
{
	const char *detail;
	va_list ap;

	va_start(ap, fmt);
	detail = arena_vprintf(c->s->verdict, fmt, ap);
	va_end(ap);
	detail = by_lines(
	    c, u->kind == UNIT_EOD ? slice_str("") : u->line.text, smtp_unit_name(u), detail);
	return finding_new(
	    c, u->line.first.frame, u->line.first.ts, unit_confidence(c->s, u), detail);
}

struct finding *
report_reply(struct check_ctx *c, const struct smtp_reply *r, const char *fmt, ...)
{
	const char *detail;
	va_list ap;

	va_start(ap, fmt);
	detail = arena_vprintf(c->s->verdict, fmt, ap);
	va_end(ap);
	detail = by_lines(c, reply_text(r), "reply", detail);
	return finding_new(c, r->first.frame, r->first.ts, reply_confidence(c->s, r), detail);
}

const char *
check_text(struct check_ctx *c, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = arena_vprintf(c->s->verdict, fmt, ap);
	va_end(ap);
	return text;
}

const char *
count_text(struct check_ctx *c, uint64_t n, const char *noun)
{
	return check_text(c, "%llu %s%s", (unsigned long long)n, noun, n == 1 ? "" : "s");
}

void
relate(struct finding *f, uint64_t frame)
{
	unsigned i;

	if (frame == 0 || frame == f->frame || f->nframes == FINDING_MAX_FRAMES)
		return;
	for (i = 0; i < f->nframes; i++)
		if (f->frames[i] == frame)
			return;
	f->frames[f->nframes++] = frame;
}

void
lower_to(struct finding *f, enum confidence c)
{
	if (f->confidence > c)
		f->confidence = c;
}

enum confidence
unit_confidence(const struct smtp_session *s, const struct smtp_unit *u)
{
	if (u->flags & UNIT_GUESSED)
		return CONF_POSSIBLE;
	if (s->limited || s->stream->ledger.refused || u->epoch > 0 || s->stream->midstream ||
	    (u->flags & UNIT_AFTER_GAP))
		return CONF_PROBABLE;
	return CONF_CERTAIN;
}

enum confidence
reply_confidence(const struct smtp_session *s, const struct smtp_reply *r)
{
	if (s->limited || s->stream->ledger.refused || r->epoch > 0 || s->stream->midstream ||
	    (r->flags & (REPLY_AFTER_GAP | REPLY_UNJUDGED)))
		return CONF_PROBABLE;
	return CONF_CERTAIN;
}
