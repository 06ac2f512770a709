/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_decode_bench - IP fragments for the decoder, one by one.
 *
 * The datagram is what frame_build() made of a text without a link header; a
 * piece of it is given by offset and length behind its IP header.  Each piece
 * goes into a frame of its own, numbered from 1, behind a guard page.
 */
#ifndef SMTPSCOPE_TESTS_UNIT_TEST_DECODE_BENCH_H
#define SMTPSCOPE_TESTS_UNIT_TEST_DECODE_BENCH_H

#include "base/budget.h"
#include "test_decode_check.h"
#include "test_decode_frame.h"

/* TCP with 100 octets of payload: 120 octets behind the IP header. */
#define BENCH4 "ip4=06 tcp=5 fill=100"
#define BENCH6 "ip6=06 tcp=5 fill=100"

struct piece {
	uint32_t off, len;
	bool more;
	bool other; /* other content */
	enum decode_status want;
	int64_t ts;           /* ns */
	uint64_t first_frame; /* of a whole one; 0: 1 */
};

/* What a test holds: a decoder, a datagram, a running frame number. */
struct bench {
	struct budget budget;
	struct decoder *dec;
	struct segment seg;
	struct packet pkt;
	struct frame f;
	const char *row;
	uint8_t *copy; /* of the last frame, behind a guard page */
	size_t ncopy;
	uint32_t id;
};

struct bench *bench_new(const char *text);
/* Fails when the decoder did not give everything back to the budget. */
void bench_free(struct bench *);
/* The IP header in front of a piece; how long it is. */
size_t bench_header(const struct bench *, uint8_t *out, const struct piece *);
void bench_ip4_checksum(uint8_t *header);
enum decode_status bench_send(struct bench *, const struct piece *);
/* `cut' octets of the end are not captured. */
enum decode_status bench_send_cut(struct bench *, const struct piece *, size_t cut);
void bench_check_whole(const struct bench *, uint64_t first_frame, int issues);
void bench_check_stats(const struct bench *, uint64_t expired, uint64_t refused, uint64_t pending);

#endif
