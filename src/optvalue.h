/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optvalue - the values of options, read strictly: digits and known words only,
 * with a range, and an error that says what would have been right.
 *
 * Every function returns 0, or -1 with the error set and nothing stored.
 */
#ifndef SMTPSCOPE_OPTVALUE_H
#define SMTPSCOPE_OPTVALUE_H

#include "model/run.h"

struct error;

/* A whole decimal number. */
int optvalue_number(const char *, uint64_t min, uint64_t max, uint64_t *out, struct error *);
/* A number of octets with an optional suffix K, M or G (powers of 1024); a bare number counts
 * `unit' octets.  The limits and the result are octets. */
struct optvalue_size {
	uint64_t unit, min, max;
};
int optvalue_size(const char *, const struct optvalue_size *, uint64_t *out, struct error *);
/* "r", "d", "a" ... and what getopt makes of tcpdump's -tt to -ttttt. */
int optvalue_time(const char *, enum time_style *out, struct error *);
/* "192.0.2.1=mx1" or "2001:db8::1=mx2".  out->name points into the argument. */
int optvalue_name(const char *, struct address_name *out, struct error *);
/* Position in a NULL-terminated list of words. */
int optvalue_choice(const char *, const char *const words[], unsigned *out, struct error *);

#endif
