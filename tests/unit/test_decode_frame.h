/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_decode_frame - frames written as text, header by header.
 *
 * Words are separated by blanks and laid down in order:
 *   00ff          octets in hexadecimal
 *   len  lelen    16 bits: octets behind this field (network order, little-endian)
 *   ip4=06 ip6=06 IP header with that protocol, 192.0.2.1 > 198.51.100.2 or
 *                 2001:db8::1 > 2001:db8::2
 *   ihl=6         the header length of the last IPv4 header, in 32-bit words
 *   nolen         the IP header that follows has length 0 (segmentation offload)
 *   out4=2f out6= the same with the addresses of tunnel ends
 *   tcp=5         TCP header, 1025 > 25, seq 1000, ack 2000, PSH ACK, window
 *                 1024; the digit (hexadecimal) is the header length in 32-bit
 *                 words; what follows is options and payload
 *   udp=12b5      UDP header with that destination port
 *   fill=100      that many octets, counting down
 *   pay           "EHLO a" and CR LF; frame.payload is where it begins
 *   final         the 16 octets before are the destination for the TCP checksum
 * Lengths and checksums cover everything to the end of the frame, or to `end':
 *   end           what follows is padding
 */
#ifndef SMTPSCOPE_TESTS_UNIT_TEST_DECODE_FRAME_H
#define SMTPSCOPE_TESTS_UNIT_TEST_DECODE_FRAME_H

#include <stddef.h>
#include <stdint.h>

enum { FRAME_MAX = 1 << 18, FRAME_PATCHES = 32 };

struct frame {
	size_t n;
	size_t payload; /* offset of `pay' */
	size_t end;     /* of what the lengths count */
	size_t ip;      /* offset of the last IP header */
	size_t fill;    /* octets of the last `fill' */
	size_t final;   /* offset of a final destination; 0: none */
	struct frame_patch {
		int kind;
		size_t at;
		size_t ip, final;
	} patch[FRAME_PATCHES];
	size_t npatches;
	uint8_t b[FRAME_MAX];
};

void frame_build(struct frame *, const char *text);

#endif
