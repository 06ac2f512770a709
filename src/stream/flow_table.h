/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flow_table - from a pair of endpoints, in either order, to its flow.
 */
#ifndef SMTPSCOPE_STREAM_FLOW_TABLE_H
#define SMTPSCOPE_STREAM_FLOW_TABLE_H

#include "decode/decode.h"

struct budget;
struct flow;

struct flow_key { /* the lower endpoint first; 36 octets, no padding, plus the family */
	uint8_t addr[2][16];
	uint16_t port[2];
	uint8_t family;
};

struct flow_table {
	struct flow **bucket;
	size_t nbuckets; /* a power of two */
	size_t n;
	uint64_t seed;
	struct budget *budget;
};

/* False: no memory. */
bool flow_table_init(struct flow_table *, uint64_t seed, struct budget *);
void flow_table_fini(struct flow_table *); /* the flows are not touched */
/* True: `src' is the low endpoint. */
bool flow_key_make(struct flow_key *, const struct endpoint *src, const struct endpoint *dst);
uint64_t flow_table_hash(const struct flow_table *, const struct flow_key *);
struct flow *flow_table_find(const struct flow_table *, const struct flow_key *, uint64_t hash);
/* Uses flow.key, flow.hash and flow.chain. */
void flow_table_add(struct flow_table *, struct flow *);
void flow_table_remove(struct flow_table *, struct flow *);

#endif
