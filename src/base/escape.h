/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * escape - the one place that makes hostile octets printable.
 *
 * Everything from the wire is kept raw and passes here on its way out.
 */
#ifndef SMTPSCOPE_BASE_ESCAPE_H
#define SMTPSCOPE_BASE_ESCAPE_H

#include "base/slice.h"

struct output;

/*
 * For a terminal or a text file: printable ASCII and valid UTF-8 pass; C0, DEL,
 * C1, bidi controls (U+061C, U+200E-F, U+202A-E, U+2066-9), zero-width characters, line and
 * paragraph separators and invalid octets become \\xHH, one per octet; a backslash
 * is doubled; LF and CR become \\n and \\r, HT \\t.
 */
void escape_text(struct output *, struct slice);
/* The same but a backslash stays single and LF passes (for text of ours with quotes in it). */
void escape_detail(struct output *, struct slice);
/* Octets of the character at the start of a slice that is not empty, and which one it is; 0 if it
 * is not well-formed UTF-8. */
size_t utf8_decode(struct slice, uint32_t *cp);
/* A character above U+007F that a terminal obeys, does not show, or reorders text by. */
bool escape_hides(uint32_t cp);
/* Is every octet part of valid UTF-8 (and not a surrogate or overlong)? */
bool utf8_valid(struct slice);

#endif
