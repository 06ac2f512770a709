/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hide - frames with other addresses and another payload: as long as they were,
 * and with checksums that are as right, or as wrong, as they were.
 */
#ifndef SMTPSCOPE_EXPORT_HIDE_H
#define SMTPSCOPE_EXPORT_HIDE_H

#include "export/plan.h"

struct budget;
struct hide;

struct hide *hide_new(struct budget *, struct aliases *);
void hide_free(struct hide *); /* accepts NULL */
struct hidden {
	bool bare;          /* it was known too little of, and has only its headers left */
	bool fragment;      /* it holds a part of a datagram, which is to be put in: */
	size_t at, n;       /* its place in the frame */
	size_t off;         /* its place in the datagram */
	struct slice whole; /* the datagram, made another one, if this frame completed it */
};

/* Makes the frame another one: its octets, and the datagram's, are the hide's afterwards, until
 * the next call. */
struct hidden hide_frame(struct hide *, struct packet *, struct plan *);

#endif
