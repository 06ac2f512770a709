/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * suppression - is a finding one that the operator does not want?
 */
#include "model/suppression.h"

static bool
lies_in(const struct suppression *r, const struct ipaddr *a)
{
	unsigned whole = r->bits / 8, rest = r->bits % 8;

	if (a->family != r->net.family || memcmp(a->b, r->net.b, whole) != 0)
		return false;
	return !rest || ((a->b[whole] ^ r->net.b[whole]) & (0xff00u >> rest) & 0xffu) == 0;
}

bool
suppressions_have(const struct suppressions *list, unsigned position, const struct endpoint *x,
    const struct endpoint *y, int64_t began)
{
	size_t i;

	for (i = 0; list && i < list->n; i++) {
		const struct suppression *r = &list->v[i];

		if (r->position == position && began < r->until &&
		    (r->net.family == 0 || lies_in(r, &x->addr) || lies_in(r, &y->addr)))
			return true;
	}
	return false;
}
