/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * error - one sentence about what went wrong in the environment (a file, an
 * interface, an option), filled once at the source and prefixed on the way up.
 * Faults of the observed peers are findings, never errors.
 */
#ifndef SMTPSCOPE_BASE_ERROR_H
#define SMTPSCOPE_BASE_ERROR_H

struct error {
	char text[512]; /* NUL-terminated; empty: no error */
};

void error_set(struct error *, const char *fmt, ...) __attribute__((__format__(printf, 2, 3)));
/* Puts "fmt: " before what is there. */
void error_prefix(struct error *, const char *fmt, ...) __attribute__((__format__(printf, 2, 3)));

#endif
