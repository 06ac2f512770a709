/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * copy - to the clipboard of the terminal, wherever that runs: OSC 52, which is
 * written and never asked for.
 *
 * tmux takes it when its set-clipboard is "on", and passes it on, wrapped, when its
 * allow-passthrough is; which of the two cannot be known, so it gets both.  screen
 * passes on what is wrapped, in parts.  Nobody answers: whether it worked shows
 * when it is pasted, and the message says what was sent.
 */
#include <stdlib.h>

#include "base/output.h"
#include "report/base64.h"
#include "tui/app.h"

enum { SCREEN_PART = 720 /* octets: screen takes strings of 768 */ };

void
copy_put(struct output *out, struct slice s, bool ascii)
{
	struct glyph_rules rules = { .ascii = ascii };
	struct glyph g;

	while (s.n) {
		s = slice_from(s, glyph_next(s, &rules, &g));
		out_write(out, slice_of(g.text, g.len));
	}
}

static void
send(struct app *a, struct slice s)
{
	sbuf_add(&a->send, s);
}

static void
send_screen(struct app *a, struct slice sequence)
{
	size_t n;

	while (sequence.n) {
		n = sequence.n < SCREEN_PART ? sequence.n : SCREEN_PART;
		send(a, slice_str("\033P"));
		send(a, slice_of(sequence.p, n));
		send(a, slice_str("\033\\"));
		sequence = slice_from(sequence, n);
	}
}

void
copy_text(struct app *a, struct slice text, const char *what)
{
	const char *term = getenv("TERM");
	struct output *out;
	struct error ignored;
	struct slice osc;

	if (text.n > COPY_MAX) {
		app_say(a, STYLE_WARNING,
		    "%s has %zu octets, and terminals take %d: save it instead (s)", what, text.n,
		    COPY_MAX);
		return;
	}
	out = output_memory();
	out_puts(out, "\033]52;c;");
	base64_put(out, text);
	out_puts(out, "\a");
	osc = output_slice(out);
	sbuf_clear(&a->send);
	if (getenv("TMUX")) {
		send(a, osc);
		send(a, slice_str("\033Ptmux;\033"));
		send(a, osc);
		send(a, slice_str("\033\\"));
	} else if (term && strncmp(term, "screen", 6) == 0) {
		send_screen(a, osc);
	} else {
		send(a, osc);
	}
	output_close(out, &ignored);
	app_say(a, STYLE_PLAIN, "%s was sent to the clipboard of the terminal", what);
}

void
copy_shown(struct app *a, struct slice raw, const char *what)
{
	struct output *out = output_memory();
	struct error ignored;

	copy_put(out, raw, a->build.ascii);
	copy_text(a, output_slice(out), what);
	output_close(out, &ignored);
}
