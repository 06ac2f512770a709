/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sortkey - see sortkey.h.
 */
#include <endian.h>

#include "store/sortkey.h"

enum { ADDRESS_KEYS = 3 };

static uint64_t
signed_key(int64_t v)
{
	return (uint64_t)v ^ UINT64_C(1) << 63;
}

/* The letters among eight octets in lower case.  0x80 in an octet of `large': it is one of A to Z,
 * as far as the other seven bits tell, which do not overflow into the next octet. */
static uint64_t
lower_octets(uint64_t v)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), low = v & 0x7f * ones;
	uint64_t large = (low + (0x80 - 'A') * ones) ^ (low + (0x80 - 'Z' - 1) * ones);

	return v + ((large & ~v & 0x80 * ones) >> 2);
}

/* Octets as a number, the first one highest; 8 at most. */
static inline uint64_t
octets_key(const uint8_t *p, size_t n)
{
	uint64_t key = 0;

	memcpy(&key, p, n);
	return htobe64(key) >> (64 - 8 * n);
}

/* Eight octets from there, letters in lower case; 0 behind the end. */
uint64_t
text_key(const struct store *s, pool_ref ref, unsigned depth)
{
	struct slice text;
	uint64_t key = 0;

	/* What has no text comes last. */
	if (!ref)
		return depth ? 0 : UINT64_MAX;
	text = slice_from(store_text(s, ref), (size_t)depth * 8);
	memcpy(&key, text.p, text.n < 8 ? text.n : 8);
	return lower_octets(htobe64(key));
}

/* IPv4 before IPv6, by address, then by port.  IPv4 has one key. */
static uint64_t
endpoint_key(const struct endpoint *e, unsigned depth)
{
	const uint8_t *b = e->addr.b;
	uint64_t family = (uint64_t)e->addr.family << 56;

	if (e->addr.family == 4)
		return family | octets_key(b, 4) << 24 | (uint64_t)e->port << 8;
	if (depth == 0)
		return family | octets_key(b, 6) << 8 | 1;
	if (depth == 1)
		return octets_key(b + 6, 7) << 8 | 1;
	return octets_key(b + 13, 3) << 24 | (uint64_t)e->port << 8;
}

/* Not reported yet: behind those that are. */
static uint64_t
key_number(const struct session_row *r, unsigned depth)
{
	(void)depth;
	return r->number ? r->number : UINT64_MAX;
}

static uint64_t
key_start(const struct session_row *r, unsigned depth)
{
	(void)depth;
	return signed_key(r->first_ts);
}

static uint64_t
key_client(const struct session_row *r, unsigned depth)
{
	return endpoint_key(&r->ep[DIR_CLIENT], depth);
}

static uint64_t
key_server(const struct session_row *r, unsigned depth)
{
	return endpoint_key(&r->ep[DIR_SERVER], depth);
}

/* Among equals those with more findings of that severity are worse. */
static uint64_t
key_severity(const struct session_row *r, unsigned depth)
{
	(void)depth;
	return r->worst < 0 ? 0 : (uint64_t)(r->worst + 1) << 16 | r->counted[r->worst];
}

static uint64_t
key_result(const struct session_row *r, unsigned depth)
{
	(void)depth;
	return r->transactions ? row_badness((enum smtp_result)r->result) + 1 : 0;
}

static uint64_t
key_closure(const struct session_row *r, unsigned depth)
{
	(void)depth;
	return r->flags & ROW_OPEN ? 0 : r->closure + 1u;
}

static uint64_t
key_duration(const struct session_row *r, unsigned depth)
{
	int64_t d;

	(void)depth;
	return __builtin_sub_overflow(r->last_ts, r->first_ts, &d) ? UINT64_MAX : signed_key(d);
}

static uint64_t
key_octets(const struct session_row *r, unsigned depth)
{
	(void)depth;
	return r->octets[0] + r->octets[1];
}

static uint64_t
key_transactions(const struct session_row *r, unsigned depth)
{
	(void)depth;
	return r->transactions;
}

static uint64_t
key_rcpts(const struct session_row *r, unsigned depth)
{
	(void)depth;
	return r->rcpts;
}

const struct sort_column sort_columns[SORT_KEYS] = {
	[SORT_NUMBER] = { key_number, 0, 1 },
	[SORT_START] = { key_start, 0, 1 },
	[SORT_CLIENT] = { key_client, 0, ADDRESS_KEYS },
	[SORT_SERVER] = { key_server, 0, ADDRESS_KEYS },
	[SORT_SEVERITY] = { key_severity, 0, 1 },
	[SORT_RESULT] = { key_result, 0, 1 },
	[SORT_CLOSURE] = { key_closure, 0, 1 },
	[SORT_DURATION] = { key_duration, 0, 1 },
	[SORT_OCTETS] = { key_octets, 0, 1 },
	[SORT_TRANSACTIONS] = { key_transactions, 0, 1 },
	[SORT_RCPTS] = { key_rcpts, 0, 1 },
	[SORT_SENDER] = { NULL, offsetof(struct session_row, sender), TEXT_KEYS },
	[SORT_HELO] = { NULL, offsetof(struct session_row, helo), TEXT_KEYS },
};
