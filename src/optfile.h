/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optfile - small text files that options name.
 */
#ifndef SMTPSCOPE_OPTFILE_H
#define SMTPSCOPE_OPTFILE_H

struct error;

/* The whole file, to be freed; NULL with the error set, which begins with the path. */
char *optfile_read(const char *path, struct error *);

#endif
