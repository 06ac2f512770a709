/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * catalogue - what the table of checks tells a reader: --list-checks, --explain
 * and the manual page smtpscope-checks(7).
 */
#ifndef SMTPSCOPE_CATALOGUE_H
#define SMTPSCOPE_CATALOGUE_H

#include <stdbool.h>

struct error;
struct output;

/* One line per check, or one JSON object per line. */
void catalogue_list(struct output *, bool json);
/* 0, or -1 with the error set and similar ids in it: no check has this id. */
int catalogue_explain(struct output *, const char *id, struct error *);
/* No check has this id: sets the error, with similar ids in it, and returns -1. */
int catalogue_unknown(const char *id, struct error *);
/* smtpscope-checks(7) in mdoc. */
void catalogue_man(struct output *);

#endif
