/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wording_table - words that tell nothing about anybody, in lower case and in order.
 */
#ifndef SMTPSCOPE_EXPORT_WORDING_TABLE_H
#define SMTPSCOPE_EXPORT_WORDING_TABLE_H

#include <stddef.h>

const char *const *wording_table(size_t *n);

#endif
