/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_text - text as HTML that means itself and nothing else.
 */
#ifndef SMTPSCOPE_REPORT_HTML_TEXT_H
#define SMTPSCOPE_REPORT_HTML_TEXT_H

#include "base/slice.h"

struct output;

/* Fit for the content of an element and for an attribute in double quotes. */
void html_text(struct output *, struct slice);
/* Octets from the wire: a backslash is doubled, so that an escape is told from its look-alike. */
void html_wire(struct output *, struct slice);
void html_str(struct output *, const char *);
/* What a function wrote into memory; closes it. */
void html_words(struct output *, struct output *words);

#endif
