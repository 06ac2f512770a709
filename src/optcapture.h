/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optcapture - what is wished of capturing: where from, when it ends, and how what is
 * saved is divided among files.
 */
#ifndef SMTPSCOPE_OPTCAPTURE_H
#define SMTPSCOPE_OPTCAPTURE_H

#include "capture/capture.h"

struct error;
struct options;

/* -a: a live capture ends when one of these is reached; 0: it does not matter. */
struct autostop {
	uint64_t seconds;            /* since it began */
	uint64_t sessions, findings; /* that have ended; of a severity that is shown */
	uint64_t octets;             /* saved by -w */
};

struct optcapture {
	enum capture_direction direction; /* -Q */
	const char *timestamp;            /* -j */
	const char *user;                 /* -Z */
	struct rotation rotation;         /* -C, -G, -W */
	struct autostop stop;             /* -a */
};

/* Options; 0, or -1 with the error set. */
int optcapture_direction(struct options *, const char *arg, struct error *);
int optcapture_stop(struct options *, const char *arg, struct error *);
int optcapture_size(struct options *, const char *arg, struct error *);  /* -C */
int optcapture_files(struct options *, const char *arg, struct error *); /* -V */
/* Once only: standard input may be among them.  Adds what they name to the files. */
int optcapture_read_lists(struct options *, struct error *);
/* Do they fit together, and to the inputs?  0, or -1 with the error set. */
int optcapture_check(const struct options *, struct error *);

#endif
