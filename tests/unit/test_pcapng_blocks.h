/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_pcapng_blocks - pcapng files made block by block, in either byte order.
 *
 * The put_ functions add a block to `struct octets', whose byte order may be
 * changed before a put_section().
 */
#ifndef SMTPSCOPE_TESTS_UNIT_TEST_PCAPNG_BLOCKS_H
#define SMTPSCOPE_TESTS_UNIT_TEST_PCAPNG_BLOCKS_H

#include "test_capture_files.h"

enum {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2,
	BLOCK_SIMPLE = 3,
	BLOCK_NAMES = 4,
	BLOCK_STATISTICS = 5,
	BLOCK_ENHANCED = 6,
	BLOCK_SECRETS = 10,
	BLOCK_CUSTOM = 0xbad,
	BLOCK_SECTION_HEADER = 0x0a0d0d0a
};

/* What a description of an interface may have. */
struct interface_form {
	int linktype;
	uint32_t snaplen;
	int resolution; /* if_tsresol; -1: no such option */
	int64_t offset; /* if_tsoffset; 0: no such option */
};

static inline void
put_option(struct octets *body, int code, const void *value, size_t n)
{
	put_number(body, (uint64_t)code, 2);
	put_number(body, n, 2);
	put_octets(body, value, n);
	put_number(body, 0, (int)(-n % 4));
}

static inline void
put_option_u64(struct octets *body, int code, uint64_t value)
{
	put_number(body, (uint64_t)code, 2);
	put_number(body, 8, 2);
	put_number(body, value, 8);
}

static inline void
put_section(struct octets *o)
{
	struct octets body = { .big = o->big };

	put_number(&body, 0x1a2b3c4d, 4);
	put_number(&body, 1, 2);
	put_number(&body, 0, 2);
	put_number(&body, UINT64_MAX, 8);
	put_block(o, BLOCK_SECTION_HEADER, &body);
}

static inline void
put_interface(struct octets *o, const struct interface_form *f)
{
	struct octets body = { .big = o->big };
	uint8_t resolution = (uint8_t)f->resolution;

	put_number(&body, (uint64_t)f->linktype, 2);
	put_number(&body, 0, 2);
	put_number(&body, f->snaplen, 4);
	put_option(&body, 2, "eth0\0", 5); /* a name, which needs padding */
	if (f->resolution >= 0)
		put_option(&body, 9, &resolution, 1);
	if (f->offset)
		put_option_u64(&body, 14, (uint64_t)f->offset);
	put_option(&body, 0, "", 0);
	put_block(o, BLOCK_INTERFACE, &body);
}

/* An Ethernet interface as most files have it. */
static inline void
put_plain_interface(struct octets *o)
{
	put_interface(o, &(struct interface_form){ .linktype = 1, .resolution = -1 });
}

static inline void
put_fill(struct octets *body, uint32_t n, int fill)
{
	uint8_t octet = (uint8_t)fill;

	while (n-- > 0)
		put_octets(body, &octet, 1);
}

/* The octets of the frame are all `fill'; `drops' -1: no such option. */
static inline void
put_enhanced(
    struct octets *o, uint32_t interface, uint64_t ticks, uint32_t len, int fill, int64_t drops)
{
	struct octets body = { .big = o->big };

	put_number(&body, interface, 4);
	put_number(&body, ticks >> 32, 4);
	put_number(&body, ticks & UINT32_MAX, 4);
	put_number(&body, len, 4);
	put_number(&body, len + 5, 4);
	put_fill(&body, len, fill);
	put_number(&body, 0, (int)(-len % 4));
	if (drops >= 0) {
		put_option(&body, 1, "a comment", 9);
		put_option_u64(&body, 4, (uint64_t)drops);
	}
	put_block(o, BLOCK_ENHANCED, &body);
}

static inline void
put_old_packet(struct octets *o, int interface, int drops, uint64_t ticks, uint32_t len, int fill)
{
	struct octets body = { .big = o->big };

	put_number(&body, (uint64_t)interface, 2);
	put_number(&body, (uint64_t)drops, 2);
	put_number(&body, ticks >> 32, 4);
	put_number(&body, ticks & UINT32_MAX, 4);
	put_number(&body, len, 4);
	put_number(&body, len + 5, 4);
	put_fill(&body, len, fill);
	put_block(o, BLOCK_PACKET, &body);
}

/* `len' octets were on the wire, `caplen' are there. */
static inline void
put_simple(struct octets *o, uint32_t len, uint32_t caplen, int fill)
{
	struct octets body = { .big = o->big };

	put_number(&body, len, 4);
	put_fill(&body, caplen, fill);
	put_block(o, BLOCK_SIMPLE, &body);
}

/* -1: no such option */
static inline void
put_statistics(struct octets *o, uint32_t interface, int64_t ifdrop, int64_t osdrop)
{
	struct octets body = { .big = o->big };

	put_number(&body, interface, 4);
	put_number(&body, 0, 8);
	put_option_u64(&body, 4, 1000);
	if (ifdrop >= 0)
		put_option_u64(&body, 5, (uint64_t)ifdrop);
	if (osdrop >= 0)
		put_option_u64(&body, 7, (uint64_t)osdrop);
	put_block(o, BLOCK_STATISTICS, &body);
}

/* A block that is passed over. */
static inline void
put_other(struct octets *o, uint32_t type, size_t n)
{
	struct octets body = { .big = o->big };

	put_fill(&body, (uint32_t)n, 0x77);
	put_block(o, type, &body);
}

#endif
