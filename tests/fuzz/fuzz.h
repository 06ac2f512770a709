/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz - what the targets have in common.
 *
 * A target is LLVMFuzzerTestOneInput(): any octets, no result; a fault is a crash, a
 * report of a sanitizer, a leak or a hang.  Linked with libFuzzer (--enable-fuzzing) it
 * is searched by coverage, with replay.c it reads the files that it is given.
 */
#ifndef SMTPSCOPE_TESTS_FUZZ_H
#define SMTPSCOPE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

/* The whole program on these octets as a saved capture.  `form' chooses among reports. */
void fuzz_analyse(const uint8_t *octets, size_t n, unsigned form);

#endif
