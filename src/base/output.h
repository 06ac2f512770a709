/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output - where a report goes: a file or memory, with one sticky error.
 */
#ifndef SMTPSCOPE_BASE_OUTPUT_H
#define SMTPSCOPE_BASE_OUTPUT_H

#include <stdarg.h>
#include <stdio.h>
#include "base/slice.h"

struct error;
struct output;

/* "-" is standard output.  NULL with the error set when it cannot be opened. */
struct output *output_open(const char *path, struct error *);
struct output *output_memory(void);
/* Calls this before anything is added to a file, in whatever thread; NULL: no more. */
void output_before(struct output *, void (*before)(void *ctx), void *ctx);
void out_write(struct output *, struct slice);
void out_puts(struct output *, const char *);
void out_putc(struct output *, int);
void out_printf(struct output *, const char *fmt, ...) __attribute__((__format__(printf, 2, 3)));
void out_flush(struct output *);
/* A write failed (disk full, closed pipe); nothing is written after it. */
bool out_failed(const struct output *);
/* What a memory output holds, NUL-terminated; borrowed until the next write. */
struct slice output_slice(struct output *);
/* A memory output holds nothing again, and keeps its memory. */
void out_clear(struct output *);
/* 0, or -1 with the error set if any write failed.  A closed pipe (EPIPE) is silent. */
int output_close(struct output *, struct error *);

#endif
