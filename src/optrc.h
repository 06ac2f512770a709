/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optrc - smtpscoperc(5): wishes that hold for every run.
 */
#ifndef SMTPSCOPE_OPTRC_H
#define SMTPSCOPE_OPTRC_H

#include "options.h"

#define OPTRC_SYSTEM "/etc/smtpscoperc"

/* Where the files are; every text may be NULL. */
struct optrc_places {
	const char *system;     /* the administrator's file */
	const char *xdg, *home; /* $XDG_CONFIG_HOME and $HOME: below one of them is the user's */
	const char *variable;   /* $SMTPSCOPERC; empty: neither of the above is read */
	const char *named;      /* --config; stands for the variable's */
};

/* Reads what is there, in this order; later lines win.  0, or -1 with the error set, which names
 * file and line. */
int optrc_read(struct options *, const struct optrc_places *, struct error *);

#endif
