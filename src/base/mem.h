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
char *xstrdup(const char *);
char *xstrndup(const char *, size_t);
char *xasprintf(const char *fmt, ...) __attribute__((__format__(printf, 1, 2)));

#endif
