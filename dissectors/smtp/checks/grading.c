/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grading - the findings of a session in their order, with the severities that the operator
 * wants, and counted.
 */
#include "model/suppression.h"
#include "smtp/checks/grading.h"
#include "smtp/session.h"

/* In order of frame, then of the catalogue. */
static bool
stands_before(const struct finding *a, const struct finding *b)
{
	return a->frame != b->frame ? a->frame < b->frame : a->position <= b->position;
}

/* Insertion sort: there are few. */
void
findings_sort(struct smtp_session *s)
{
	struct findings sorted = STAILQ_HEAD_INITIALIZER(sorted);
	struct finding *f, *at, *prev;

	while ((f = STAILQ_FIRST(&s->findings)) != NULL) {
		STAILQ_REMOVE_HEAD(&s->findings, link);
		prev = NULL;
		if (!STAILQ_EMPTY(&sorted) &&
		    stands_before(STAILQ_LAST(&sorted, finding, link), f)) {
			STAILQ_INSERT_TAIL(&sorted, f, link);
			continue;
		}
		STAILQ_FOREACH (at, &sorted, link) {
			if (!stands_before(at, f))
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

/* The operator does not want it, or it only follows from what is not wanted. */
static bool
is_suppressed(const struct smtp_session *s, const struct check_wishes *w, const struct finding *f)
{
	const struct stream *st = s->stream;

	for (; f != NULL; f = f->parent)
		if ((w->grades != NULL && w->grades[f->position] == GRADE_OFF) ||
		    suppressions_have(w->suppressions, f->position, &st->half[0].ep,
		        &st->half[1].ep, st->first_ts))
			return true;
	return false;
}

/*
 * What is suppressed goes after the consequences were hung up: run before, it
 * would leave them behind as faults of their own.
 */
void
findings_grade(struct smtp_session *s, const struct check_wishes *w)
{
	struct findings kept = STAILQ_HEAD_INITIALIZER(kept);
	enum severity wanted;
	struct finding *f;

	if (w->grades == NULL && (w->suppressions == NULL || w->suppressions->n == 0))
		return;
	while ((f = STAILQ_FIRST(&s->findings)) != NULL) {
		STAILQ_REMOVE_HEAD(&s->findings, link);
		if (is_suppressed(s, w, f)) {
			s->suppressed++;
			continue;
		}
		wanted = w->grades == NULL ? f->severity :
		                             severity_graded(f->severity, w->grades[f->position]);
		s->regraded += wanted != f->severity;
		f->severity = wanted;
		STAILQ_INSERT_TAIL(&kept, f, link);
	}
	STAILQ_INIT(&s->findings);
	STAILQ_CONCAT(&s->findings, &kept);
}

void
findings_count(struct smtp_session *s)
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
