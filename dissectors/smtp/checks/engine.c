/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine - runs the checks over a session, grades and folds what they report,
 * and hangs consequences under their causes.
 */
#include <stdarg.h>
#include "smtp/checks/check.h"
#include "smtp/checks/cascade.h"
#include "smtp/checks.h"

enum { FINDINGS_MAX = 1000, FINDINGS_PER_CHECK = 100 };

static const struct check *const tables[] = { checks_capture, checks_opening, checks_command,
	checks_order, checks_reply, checks_data, checks_closing, checks_behaviour };

enum { TABLES = sizeof tables / sizeof tables[0] };

size_t
checks_count(void)
{
	size_t n = 0, i;
	const struct check *c;

	for (i = 0; i < TABLES; i++)
		for (c = tables[i]; c->info.id != NULL; c++)
			n++;
	return n;
}

const struct check_info *
checks_nth(size_t n)
{
	size_t i;
	const struct check *c;

	for (i = 0; i < TABLES; i++)
		for (c = tables[i]; c->info.id != NULL; c++)
			if (n-- == 0)
				return &c->info;
	return NULL;
}

const struct check_info *
checks_find(const char *id)
{
	size_t i;
	const struct check *c;

	for (i = 0; i < TABLES; i++)
		for (c = tables[i]; c->info.id != NULL; c++)
			if (strcmp(c->info.id, id) == 0)
				return &c->info;
	return NULL;
}

size_t
checks_position(const struct check_info *info)
{
	size_t n = 0, i;
	const struct check *c;

	for (i = 0; i < TABLES; i++)
		for (c = tables[i]; c->info.id != NULL; c++, n++)
			if (&c->info == info)
				return n;
	return n;
}

/* ---- reporting ---- */

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
finding_new(struct check_ctx *c, uint64_t frame, int64_t ts, enum confidence conf, const char *detail)
{
	struct finding *f = finding_fold(c, frame);
	static const struct finding none;

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
	f->detail = detail;
	STAILQ_INSERT_TAIL(&c->s->findings, f, link);
	return f;
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
	return finding_new(c, u->line.first.frame, u->line.first.ts, unit_confidence(c->s, u), detail);
}

struct finding *
report_reply(struct check_ctx *c, const struct smtp_reply *r, const char *fmt, ...)
{
	const char *detail;
	va_list ap;

	va_start(ap, fmt);
	detail = arena_vprintf(c->s->verdict, fmt, ap);
	va_end(ap);
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
	if (s->limited || s->stream->ledger.refused || u->epoch > 0 || s->stream->midstream || (u->flags & UNIT_AFTER_GAP))
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

/* ---- running ---- */

static void
run_one(struct check_ctx *c)
{
	struct smtp_unit *u;
	struct smtp_reply *r;
	struct smtp_body *b;
	struct smtp_transaction *t;

	if (c->check->session != NULL)
		c->check->session(c);
	if (c->check->unit != NULL)
		STAILQ_FOREACH (u, &c->s->units, link)
			c->check->unit(c, u);
	if (c->check->reply != NULL)
		STAILQ_FOREACH (r, &c->s->replies, link)
			if (!(r->flags & REPLY_UNJUDGED))
				c->check->reply(c, r);
	if (c->check->body != NULL)
		STAILQ_FOREACH (b, &c->s->bodies, link)
			c->check->body(c, b);
	if (c->check->tx != NULL)
		STAILQ_FOREACH (t, &c->s->transactions, link)
			c->check->tx(c, t);
}

/* Insertion sort by frame: there are few, and equal frames keep the catalogue's order. */
static void
sort_findings(struct smtp_session *s)
{
	struct findings sorted = STAILQ_HEAD_INITIALIZER(sorted);
	struct finding *f, *at, *prev;

	while ((f = STAILQ_FIRST(&s->findings)) != NULL) {
		STAILQ_REMOVE_HEAD(&s->findings, link);
		prev = NULL;
		if (!STAILQ_EMPTY(&sorted) && STAILQ_LAST(&sorted, finding, link)->frame <= f->frame) {
			STAILQ_INSERT_TAIL(&sorted, f, link);
			continue;
		}
		STAILQ_FOREACH (at, &sorted, link) {
			if (at->frame > f->frame)
				break;
			prev = at;
		}
		if (prev == NULL)
			STAILQ_INSERT_HEAD(&sorted, f, link);
		else
			STAILQ_INSERT_AFTER(&sorted, prev, f, link);
	}
	STAILQ_INIT(&s->findings);
	STAILQ_CONCAT(&s->findings, &sorted);
}

static void
count_findings(struct smtp_session *s)
{
	const struct finding *f;

	STAILQ_FOREACH (f, &s->findings, link) {
		if (f->parent != NULL)
			continue;
		s->counted[f->severity]++;
		if ((int)f->severity > s->worst)
			s->worst = (int)f->severity;
	}
}

void
checks_run(struct analysis *a)
{
	struct check_ctx c = { .a = a, .s = a->s };
	size_t i;

	if (a->s->app == APP_UNKNOWN && a->s->nunits == 0 && a->s->nreplies == 0 &&
	    STAILQ_EMPTY(&a->s->gaps) && a->s->stream->half[0].octets + a->s->stream->half[1].octets == 0 &&
	    a->s->stream->midstream)
		return;
	for (i = 0; i < TABLES; i++)
		for (c.check = tables[i]; c.check->info.id != NULL; c.check++)
			run_one(&c);
	cascade(a->s);
	sort_findings(a->s);
	count_findings(a->s);
}
