/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_text - the one place where text becomes HTML.
 *
 * First what no display may see is made visible (escape.h), then the five
 * characters with a meaning become entities.  Everything that is not a constant
 * of the HTML reporter passes here, its own texts included: there is no second
 * way that could be forgotten.
 */
#include "base/error.h"
#include "base/escape.h"
#include "base/output.h"
#include "report/html_text.h"

static const char *
entity(uint8_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void
put_entities(struct output *o, struct slice s)
{
	size_t run = 0;

	while (run < s.n) {
		const char *text = entity(s.p[run]);

		if (!text) {
			run++;
			continue;
		}
		out_write(o, slice_of(s.p, run));
		out_puts(o, text);
		s = slice_from(s, run + 1);
		run = 0;
	}
	out_write(o, s);
}

void
html_text(struct output *o, struct slice text)
{
	struct output *escaped = output_memory();
	struct error err;

	escape_detail(escaped, text);
	put_entities(o, output_slice(escaped));
	output_close(escaped, &err);
}

void
html_wire(struct output *o, struct slice wire)
{
	struct output *escaped = output_memory();

	escape_text(escaped, wire);
	html_words(o, escaped);
}

void
html_str(struct output *o, const char *text)
{
	html_text(o, slice_str(text));
}

void
html_words(struct output *o, struct output *words)
{
	struct error err;

	html_text(o, output_slice(words));
	output_close(words, &err);
}
