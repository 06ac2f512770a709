/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arena - a chunked allocator charged to a budget and freed whole.
 * Owns everything a session keeps.  Memory is zeroed.
 */
#ifndef SMTPSCOPE_BASE_ARENA_H
#define SMTPSCOPE_BASE_ARENA_H

#include <stddef.h>
#include <stdarg.h>
#include <stdbool.h>
#include "base/slice.h"

struct arena;
struct budget;

/* `max': octets this arena may hold, 0 for no limit but the budget's.  The
 * struct and its first chunk come with the first allocation. */
struct arena *arena_new(struct budget *, size_t max);
void arena_free(struct arena *);  /* accepts NULL */
void arena_reset(struct arena *); /* forgets every allocation, keeps one chunk */
size_t arena_used(const struct arena *);
/* Was an allocation refused since the arena was made or reset? */
bool arena_refused(const struct arena *);

/* NULL when the budget or `max' refuses. */
void *arena_alloc(struct arena *, size_t);
/* A copy with a NUL behind it; {NULL, 0} when refused. */
struct slice arena_dup(struct arena *, struct slice);
/* Never NULL: "" when refused. */
const char *arena_printf(struct arena *, const char *fmt, ...)
    __attribute__((__format__(printf, 2, 3)));
const char *arena_vprintf(struct arena *, const char *fmt, va_list)
    __attribute__((__format__(printf, 2, 0)));

#endif
