/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * defrag - IP datagrams from their fragments, both families.
 *
 * Owns the octets of what it completed until defrag_release().
 */
#ifndef SMTPSCOPE_DECODE_DEFRAG_H
#define SMTPSCOPE_DECODE_DEFRAG_H

#include "decode/layer.h"

struct budget;

struct defrag_piece {
	const struct ipaddr *src, *dst;
	struct ip_fragment ip;
	uint64_t frame;         /* lowest frame that this fragment came in */
	uint64_t position;      /* of that frame (packet.position) */
	const uint64_t *frames; /* all frames that it came in, 1 at least */
	size_t nframes;
	int64_t ts; /* ns, capture time */
	uint16_t issues;
	uint8_t ttl;
	struct slice data; /* the whole fragment */
};

struct defrag_whole {
	struct slice data;      /* borrowed until defrag_release() */
	const uint64_t *frames; /* that brought it, in the order they came; borrowed likewise */
	size_t nframes;
	uint64_t first_frame, first_position;
	uint16_t issues;  /* of all fragments, and ISSUE_FRAGMENT_OVERLAP */
	uint8_t ttl;      /* of the first fragment */
	uint8_t protocol; /* of the first fragment */
};

enum defrag_result {
	DEFRAG_HELD,  /* kept, or dropped and counted for want of memory, or seen before */
	DEFRAG_WHOLE, /* complete */
	DEFRAG_BAD    /* contradicts itself or its predecessors; not kept */
};

struct defrag_stats {     /* datagrams */
	uint64_t expired; /* not completed in time */
	uint64_t refused; /* dropped: memory, or more than DEFRAG_DATAGRAMS */
	uint64_t pending; /* waiting now */
};

enum {
	DEFRAG_DATAGRAMS = 256,  /* remembered at once */
	DEFRAG_OCTETS = 4 << 20, /* held at once, whatever the budget */
	DEFRAG_WAIT_S = 30,      /* capture time from the first fragment seen to the last */
	DEFRAG_REMEMBER_S = 1    /* a completed one, so that a duplicate starts no new one */
};

struct defrag *defrag_new(struct budget *);
void defrag_free(struct defrag *); /* accepts NULL */
enum defrag_result defrag_add(struct defrag *, const struct defrag_piece *, struct defrag_whole *);
void defrag_release(struct defrag *);
void defrag_stats(const struct defrag *, struct defrag_stats *);

#endif
