/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * browse_pcapng - the frames of some sessions as a pcapng file, with their findings as
 * comments on the frames, as -w FILE.pcapng writes them for a whole run.  Private to
 * browse_save.c.
 */
#ifndef SMTPSCOPE_BROWSE_PCAPNG_H
#define SMTPSCOPE_BROWSE_PCAPNG_H

#include "browse_save.h"

/* `run': counters of these sessions alone, to be filled here.  0, or -1 with the error set. */
int save_pcapng(const struct save_job *, struct run *run, const char *path, struct error *);

#endif
