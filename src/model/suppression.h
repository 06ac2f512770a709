/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * suppression - findings of a check that the operator does not want about some peers, for some
 * time.
 *
 * A list in the order in which it was said; the first that fits is enough.  Time is that of the
 * capture: reports know no clock.
 */
#ifndef SMTPSCOPE_MODEL_SUPPRESSION_H
#define SMTPSCOPE_MODEL_SUPPRESSION_H

#include "decode/decode.h"

enum { SUPPRESSIONS_MAX = 1000 };

struct suppression {
	unsigned position; /* of the check in the catalogue */
	struct ipaddr net; /* either side lies in it; family 0: any */
	unsigned bits;     /* of the address that count */
	int64_t until;     /* ns; of sessions that began before; INT64_MAX: of all */
};

struct suppressions {
	struct suppression *v; /* owned by whoever made the list */
	size_t n;
};

/* Is a finding of this check unwanted in a session of these two that began at this time?  The
 * list may be NULL. */
bool suppressions_have(const struct suppressions *, unsigned position, const struct endpoint *,
    const struct endpoint *, int64_t began);

#endif
