/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcapng_block - reads the blocks of a pcapng file one by one.
 *
 * A block has its length at both ends (3.1), and is handed on only when they
 * agree.  The byte order is that of the section: a section header tells its own
 * by a magic number, before its length can be read (4.1).  Nothing is sought, so
 * pipes do.
 *
 * The buffer grows with the octets that come, not with the length that a block
 * claims, and never beyond BLOCK_MAX.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <errno.h>
#include <inttypes.h>

#include "base/mem.h"
#include "capture/pcapng.h"

enum {
	BLOCK_MAX = 1 << 24,
	BLOCK_OVERHEAD = 12, /* type, length, and the length again */
	BLOCK_HEAD = 8,
	BUFFER_MIN = 1 << 13,
	OPTION_END = 0
};

static const uint32_t order_magic = 0x1a2b3c4d;

uint16_t
block_u16(struct block *b)
{
	uint16_t v = cur_be16(&b->body);

	return b->big ? v : __builtin_bswap16(v);
}

uint32_t
block_u32(struct block *b)
{
	uint32_t v = cur_be32(&b->body);

	return b->big ? v : __builtin_bswap32(v);
}

uint64_t
block_u64(struct block *b)
{
	uint64_t first = block_u32(b), second = block_u32(b);

	return b->big ? first << 32 | second : second << 32 | first;
}

/* Four octets that are no part of a body. */
static uint32_t
number_at(const uint8_t *p, bool big)
{
	struct block b = { .body = cur_from(slice_of(p, 4)), .big = big };

	return block_u32(&b);
}

static enum savefile_status
block_bad(struct savefile_fault *fault, const char *what, uint32_t number)
{
	error_set(&fault->why, "%s %" PRIu32, what, number);
	return SAVEFILE_BAD;
}

/* The stream had fewer octets than the block. */
static enum savefile_status
block_short(const struct block_reader *r, struct savefile_fault *fault, size_t n, uint32_t of)
{
	if (ferror(r->fp)) {
		fault->error = errno;
		error_set(&fault->why, "%s", strerror(errno));
		return SAVEFILE_BAD;
	}
	error_set(&fault->why, "%zu of %" PRIu32 " octets are there", n, of);
	return SAVEFILE_CUT;
}

/* Have `want' octets in the buffer, which has `have': how many there are then. */
static size_t
block_fill(struct block_reader *r, size_t have, size_t want)
{
	size_t ask, n;

	while (have < want) {
		if (have == r->size) {
			r->size = r->size ? 2 * r->size : BUFFER_MIN;
			r->octets = xreallocarray(r->octets, r->size, 1);
		}
		ask = (want < r->size ? want : r->size) - have;
		n = fread(r->octets + have, 1, ask, r->fp);
		have += n;
		if (n < ask)
			break;
	}
	return have;
}

/* The magic number of a section header is in the buffer. */
static bool
section_order(struct block_reader *r)
{
	uint32_t magic = number_at(r->octets, true);

	if (magic != order_magic && magic != __builtin_bswap32(order_magic))
		return false;
	r->big = magic == order_magic;
	return true;
}

enum savefile_status
block_read(struct block_reader *r, struct block *b, struct savefile_fault *fault)
{
	uint8_t head[BLOCK_HEAD];
	size_t have, start = 0;
	uint32_t len, again;

	*b = (struct block){ .type = 0 };
	fault->offset = r->offset;
	errno = 0;
	have = fread(head, 1, BLOCK_HEAD, r->fp);
	if (have == 0 && !ferror(r->fp))
		return SAVEFILE_END;
	if (have < BLOCK_HEAD)
		return block_short(r, fault, have, BLOCK_OVERHEAD);
	b->type = number_at(head, r->big);
	if (b->type == BLOCK_SECTION) { /* reads the same in both orders */
		start = block_fill(r, 0, 4);
		if (start < 4)
			return block_short(r, fault, BLOCK_HEAD + start, BLOCK_OVERHEAD);
		if (!section_order(r))
			return block_bad(
			    fault, "unknown byte-order magic", number_at(r->octets, true));
	}
	len = number_at(head + 4, r->big);
	if (len < BLOCK_OVERHEAD || len % 4 != 0 || len > BLOCK_MAX)
		return block_bad(fault, "impossible length", len);
	have = block_fill(r, start, len - BLOCK_HEAD);
	if (have < len - BLOCK_HEAD)
		return block_short(r, fault, BLOCK_HEAD + have, len);
	again = number_at(r->octets + len - BLOCK_OVERHEAD, r->big);
	if (again != len) {
		error_set(&fault->why,
		    "its length is %" PRIu32 " at its beginning and %" PRIu32 " at its end", len,
		    again);
		return SAVEFILE_BAD;
	}
	r->offset += len;
	b->body = cur_from(slice_of(r->octets, len - BLOCK_OVERHEAD));
	b->big = r->big;
	return SAVEFILE_OK;
}

bool
block_option(struct block *b, uint16_t *code, struct slice *value)
{
	size_t len;

	/* An end of options may be left out. */
	if (!cur_ok(&b->body) || cur_left(&b->body) < 4)
		return false;
	*code = block_u16(b);
	len = block_u16(b);
	if (*code == OPTION_END)
		return false;
	*value = cur_take(&b->body, len);
	cur_take(&b->body, -len % 4);
	return cur_ok(&b->body);
}

bool
option_u64(const struct block *b, struct slice value, uint64_t *v)
{
	struct block in = { .body = cur_from(value), .big = b->big };

	*v = block_u64(&in);
	return value.n == 8;
}
