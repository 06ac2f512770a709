/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store - measures rows by the million: memory, each column's sort, filters.
 *
 *	store [ROWS]
 *
 * Prints what a key press costs in time of the processor: until the new order is
 * complete, and the longest single portion of work, which is what a screen would
 * stand still for.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../unit/test_store_rows.h"
#include "base/budget.h"
#include "base/error.h"
#include "filter/filter.h"

/* Of the processor: others may be busy on it. */
static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static size_t
text_octets(struct store *s)
{
	size_t n = 0, i;

	for (i = 0; i < store_count(s); i++) {
		const struct session_row *r = store_at(s, i);

		n += store_text(s, r->message_id).n + store_text(s, r->queue_id).n +
		    store_text(s, r->last_reply).n + store_text(s, r->rcpt).n +
		    store_text(s, r->sender).n + store_text(s, r->helo).n;
	}
	return n;
}

/* Works until the listing is complete. */
static void
complete(const char *name, struct listing *l)
{
	double began = now_ms(), last = began, longest = 0, t;
	unsigned calls = 0;
	bool more;

	do {
		more = listing_work(l, 0);
		t = now_ms();
		longest = t - last > longest ? t - last : longest;
		last = t;
		calls++;
	} while (more);
	printf("%-44s %8.1f ms  longest portion %6.2f ms  %5u calls  %zu rows\n", name,
	    last - began, longest, calls, listing_count(l));
}

static void
measure_filters(struct store *s, struct listing *l)
{
	static const char *const texts[] = { "severity >= warning",
		"severity >= warning and rcpt ~ @far", "rcpt ~ \"box77@\"",
		"host in (192.0.2.0/28, 2001:db8::/64) and not result = delivered",
		"finding in (reply-mid-data, eod-missing) or duration > 4m", "box777", "zzzz" };
	struct filter *f;
	struct error err;
	double began;
	size_t i, k, n;

	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		f = filter_compile(texts[i], NULL, &err);
		began = now_ms();
		for (k = n = 0; k < store_count(s); k++)
			n += filter_match(f, s, store_at(s, k));
		printf("match alone %44.1f ms  %zu rows\n", now_ms() - began, n);
		listing_filter(l, f);
		complete(texts[i], l);
		listing_filter(l, NULL);
		filter_free(f);
	}
}

int
main(int argc, char **argv)
{
	static const char *const columns[] = { "number", "start", "client", "server", "severity",
		"result", "closure", "duration", "octets", "transactions", "rcpts", "sender",
		"helo" };
	size_t rows = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000, i;
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	struct listing *l = listing_new(s);
	double began = now_ms();
	struct fake f;

	for (i = 0; i < rows; i++) {
		fake_session(&f, i);
		store_put(s, &f.s, false);
	}
	printf("%zu rows of %zu octets: %.1f ms, %" PRIu64 " octets, of texts %zu\n",
	    store_count(s), sizeof(struct session_row), now_ms() - began, b.used, text_octets(s));
	complete("first order", l);
	for (i = 1; i < SORT_KEYS; i++) {
		listing_sort(l, (enum sort_key)i, false);
		complete(columns[i], l);
	}
	measure_filters(s, l);
	listing_sort(l, SORT_OCTETS, false);
	complete("octets", l);
	for (i = 0; i < 1000; i++) {
		fake_session(&f, rows + i);
		store_put(s, &f.s, false);
	}
	complete("1000 more", l);
	listing_free(l);
	store_free(s);
	return 0;
}
