/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem - allocation for our own small needs: succeeds or ends the program.
 * Anything whose size the network decides goes through a budget (budget.h).
 */
#ifndef SMTPSCOPE_BASE_MEM_H
#define SMTPSCOPE_BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t);
void *xcalloc(size_t, size_t);
void *xreallocarray(void *, size_t, size_t);
/* An array that is used all over, not zeroed: in large pages if it is worth them and the system has
 * them, since page by page the first use of a million items costs as much as sorting them. */
void *xlarge(size_t n, size_t size);
char *xstrdup(const char *);
char *xstrndup(const char *, size_t);
char *xasprintf(const char *fmt, ...) __attribute__((__format__(printf, 1, 2)));

#endif
