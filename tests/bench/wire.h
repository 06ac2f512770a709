/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire - TCP connections written as a capture: pcap, Ethernet, microseconds.
 *
 * The caller says what a side sends; sequence and acknowledgement numbers, time
 * stamps, checksums and delayed ACKs follow from the connection.  One struct
 * wire is one file, and everything random in it comes from its seed: the same
 * calls always write the same octets.
 */
#ifndef SMTPSCOPE_BENCH_WIRE_H
#define SMTPSCOPE_BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum wire_side { SIDE_CLIENT, SIDE_SERVER };

enum wire_flag { WIRE_FIN = 1, WIRE_SYN = 2, WIRE_RST = 4, WIRE_PSH = 8, WIRE_ACK = 16 };

struct wire {
	FILE *file;
	uint64_t random;        /* state of the generator */
	int64_t now;            /* microseconds since 1970 */
	uint64_t frames;        /* written so far: the number of the last one */
	uint64_t octets;        /* of the file */
	uint64_t swapped;       /* data segments that changed places with the next one */
	uint64_t retransmitted; /* data segments that were sent twice */
};

struct wire_side_state {
	uint8_t addr[16]; /* IPv4 in the first four */
	uint16_t port;
	uint16_t ip_id;
	uint32_t seq;   /* next octet it sends */
	uint32_t got;   /* next octet it expects: its acknowledgement number */
	uint32_t clock; /* offset of its time stamp clock */
	uint32_t echo;  /* last time stamp of the peer */
	unsigned owed;  /* data segments received and not acknowledged */
};

struct wire_conn {
	bool v6;
	struct wire_side_state side[2];
};

/* False with errno set. */
bool wire_open(struct wire *, const char *path, uint64_t seed);
/* False with errno set when anything could not be written. */
bool wire_close(struct wire *);

uint32_t wire_below(struct wire *, uint32_t n); /* 0 .. n-1 */
double wire_unit(struct wire *);                /* 0 <= x < 1 */

/* SYN, SYN-ACK, ACK. */
void wire_handshake(struct wire *, struct wire_conn *);
/* One segment without payload. */
void wire_control(struct wire *, struct wire_conn *, enum wire_side, unsigned flags);
/*
 * Octets of one side, in segments of at most the MSS; the peer acknowledges every
 * second one.  With `disturb', 0.5 % of the segments are swapped with their
 * successor and 0.5 % sent twice.
 */
void wire_send(
    struct wire *, struct wire_conn *, enum wire_side, const char *, size_t n, bool disturb);
void wire_puts(struct wire *, struct wire_conn *, enum wire_side, const char *);
/* Payload octets in one full segment. */
size_t wire_mss(const struct wire_conn *);

#endif
