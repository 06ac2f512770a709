/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packed_out - a file that octets are written to, as they are or compressed.
 */
#ifndef SMTPSCOPE_CAPTURE_PACKED_OUT_H
#define SMTPSCOPE_CAPTURE_PACKED_OUT_H

#include "base/slice.h"

struct error;
struct packed_out;

/* Can files be compressed, or was zlib left out of the program? */
bool packed_out_gzip(void);
/* NULL with the error set.  What the file held before is gone. */
struct packed_out *packed_out_open(const char *path, bool gzip, struct error *);
/* False when it could not be written; every later call is false too. */
bool packed_out_write(struct packed_out *, struct slice);
/* 0, or -1 with the error set if anything could not be written.  Accepts NULL. */
int packed_out_close(struct packed_out *, struct error *);

#endif
