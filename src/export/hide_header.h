/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hide_header - names taken out of one header of a frame.
 */
#ifndef SMTPSCOPE_EXPORT_HIDE_HEADER_H
#define SMTPSCOPE_EXPORT_HIDE_HEADER_H

#include "decode/layout.h"
#include "export/alias.h"

/* Octets of the parts of headers that are read, also where their sums are corrected. */
enum {
	IP4_HEADER = 20,
	IP4_ADDRESSES = 12, /* source and destination, 4 octets each */
	IP6_HEADER = 40,
	IP6_ADDRESSES = 8, /* 16 octets each */
	TCP_HEADER = 20
};

/* `header' is a copy of this part, part->len octets, which may have been cut: zeros then. */
void hide_header(struct aliases *, const struct layout_part *, uint8_t *header);

#endif
