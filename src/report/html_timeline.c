/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_timeline - the sessions of the run by the time they began, as bars.
 *
 * The parts of a bar stand on each other, the worst at the foot, so that trouble
 * begins at the base line wherever it is.
 */
#include <inttypes.h>

#include "base/output.h"
#include "base/timefmt.h"
#include "report/common.h"
#include "report/html.h"

enum { WIDTH = 960, HEIGHT = 126, FOOT = 120, TALL = 100, BARS_MIN = 24 };

static uint64_t
slot_sum(const uint64_t slot[TIMELINE_CLASSES])
{
	uint64_t n = 0;
	unsigned i;

	for (i = 0; i < TIMELINE_CLASSES; i++)
		n += slot[i];
	return n;
}

/* Start of the interval; capture files may claim any time, so it may lie beyond the numbers. */
static int64_t
slot_time(const struct timeline *t, size_t i)
{
	int64_t ts;

	if (__builtin_mul_overflow(t->first + (int64_t)i, t->width, &ts))
		return t->first < 0 ? INT64_MIN : INT64_MAX;
	return ts;
}

static uint64_t
highest(const struct timeline *t)
{
	uint64_t n = 1, sum;
	size_t i;

	for (i = 0; i < t->n; i++) {
		sum = slot_sum(t->slot[i]);
		if (sum > n)
			n = sum;
	}
	return n;
}

static void
put_bar(struct output *o, const struct timeline *t, size_t i, double width, double scale)
{
	const uint64_t *slot = t->slot[i];
	double y = FOOT, height;
	int k;

	if (!slot_sum(slot))
		return;
	out_puts(o, "<g><title>");
	incident_time(o, slot_time(t, i));
	out_puts(o, ": ");
	common_count(o, slot_sum(slot), "session");
	out_printf(o, ", %" PRIu64 " with errors, %" PRIu64 " with warnings</title>\n",
	    slot[SEV_ERROR + 1], slot[SEV_WARNING + 1]);
	for (k = TIMELINE_CLASSES - 1; k >= 0; k--) {
		if (!slot[k])
			continue;
		height = (double)slot[k] * scale;
		/* One session in ten thousand is still to be seen if it failed. */
		if (k > SEV_NOTE + 1 && height < 2)
			height = 2;
		y -= height;
		out_printf(o,
		    "<rect class=\"c%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n",
		    k, (double)i * width, y, width > 2 ? width - 1 : width, height);
	}
	out_puts(o, "</g>\n");
}

void
html_timeline(struct output *o, const struct timeline *t)
{
	char interval[TIME_TEXT_MAX], number[NUMBER_TEXT_MAX];
	uint64_t most = highest(t);
	double width = (double)WIDTH / (double)(t->n > BARS_MIN ? t->n : BARS_MIN);
	size_t i;

	time_duration(interval, t->width);
	out_printf(o,
	    "<figure class=\"scroll timeline\" tabindex=\"0\" role=\"group\" "
	    "aria-label=\"Sessions over time\">\n"
	    "<svg viewBox=\"0 0 %d %d\" role=\"img\">\n"
	    "<title>Sessions by the time they began, at most %s in %s"
	    "</title>\n",
	    WIDTH, HEIGHT, common_number(number, most), interval);
	for (i = 0; i < t->n; i++)
		put_bar(o, t, i, width, (double)TALL / (double)most);
	out_printf(o,
	    "<path class=\"life\" d=\"M0 %dH%d\"/>\n</svg>\n<ul class=\"legend\"><li><span "
	    "class=\"c3\">&#9632;</span> error</li>"
	    "<li><span class=\"c2\">&#9632;</span> warning</li><li><span "
	    "class=\"c1\">&#9632;</span> note</li>"
	    "<li><span class=\"c0\">&#9632;</span> none</li></ul>\n"
	    "<figcaption class=\"facts\">Sessions in intervals of %s from ",
	    FOOT, WIDTH, interval);
	incident_time(o, slot_time(t, 0));
	out_puts(o, " to ");
	incident_time(o, slot_time(t, t->n));
	out_printf(o, ", by their worst finding; the highest bar is %s.</figcaption>\n</figure>\n",
	    number);
}
