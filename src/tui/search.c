/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search - a text in a text, octet by octet.
 */
#include <time.h>

#include "base/timefmt.h"
#include "tui/search.h"

static bool
has_capital(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			return true;
	return false;
}

static bool
same(const uint8_t *a, const uint8_t *b, size_t n, bool exact)
{
	size_t i;

	if (exact)
		return memcmp(a, b, n) == 0;
	for (i = 0; i < n; i++)
		if (ascii_lower(a[i]) != b[i])
			return false;
	return true;
}

struct doc_mark
search_find(struct slice in, size_t from, struct slice needle)
{
	bool exact = has_capital(needle);
	size_t i;

	if (needle.n == 0)
		return (struct doc_mark){ 0, 0 };
	for (i = from; i < in.n && needle.n <= in.n - i; i++)
		if (same(in.p + i, needle.p, needle.n, exact))
			return (struct doc_mark){ i, needle.n };
	return (struct doc_mark){ 0, 0 };
}

int64_t
search_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}
