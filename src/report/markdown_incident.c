/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * markdown_incident - one incident in full: what happened, the exchange that
 * shows it, the frames that prove it, what was ruled out, what to do.
 *
 * An exchange that an earlier section has shown is not shown again.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "report/common.h"
#include "report/ladder.h"
#include "report/markdown.h"

void
markdown_time(struct markdown_page *p, int64_t ts)
{
	incident_time(p->o, ts);
}

void
markdown_str(struct markdown_page *p, const char *text)
{
	markdown_text(p->o, slice_str(text));
}

/* What a function of the outline writes, as Markdown. */
void
markdown_words(struct markdown_page *p, struct output *words)
{
	struct error err;

	markdown_text(p->o, output_slice(words));
	output_close(words, &err);
}

void
markdown_culprit(struct markdown_page *p, const struct incident *inc)
{
	struct output *words = output_memory();

	incident_culprit(words, p->r, inc);
	markdown_words(p, words);
}

static void
put_again(struct markdown_page *p, const struct evidence *e)
{
	unsigned i;

	if (!e->nagain)
		return;
	out_puts(p->o, "The same again in this session:\n\n");
	for (i = 0; i < e->nagain; i++) {
		out_printf(
		    p->o, "- %s %" PRIu64 ": ", place_name(e->transcript), e->again[i].frame);
		markdown_text(p->o, e->again[i].detail);
		out_putc(p->o, '\n');
	}
	if (e->more_again)
		out_printf(p->o, "- and %" PRIu64 " more\n", e->more_again);
	out_putc(p->o, '\n');
}

static void
put_mail(struct markdown_page *p, const struct incident *inc)
{
	const struct evidence *e = inc->evidence;
	struct output *words;
	unsigned i;

	out_puts(p->o, "**The mail:** ");
	words = output_memory();
	incident_mail(words, inc->fate, "no message was under way");
	out_putc(words, '.');
	incident_harm(words, inc);
	markdown_words(p, words);
	out_puts(p->o, "\n\n");
	for (i = 0; i < e->nmessages; i++) {
		out_printf(p->o, "- session %" PRIu64 ", ", e->session);
		markdown_text(p->o, e->message[i]);
		out_putc(p->o, '\n');
	}
	if (e->more_messages)
		out_printf(
		    p->o, "- and %u more in session %" PRIu64 "\n", e->more_messages, e->session);
	if (e->nmessages)
		out_putc(p->o, '\n');
}

static void
put_peer(struct markdown_page *p, const struct ladder *l, enum stream_dir role, struct slice says)
{
	markdown_str(p, l->name[role]);
	if (l->address[role][0])
		out_printf(p->o, " (%s)", l->address[role]);
	if (!l->e->transcript)
		out_printf(p->o, " port %u", l->e->ep[role].port);
	if (says.n) {
		out_puts(p->o, " (says ");
		markdown_text(p->o, says);
		out_putc(p->o, ')');
	}
}

static void
put_session(struct markdown_page *p, const struct ladder *l)
{
	const struct evidence *e = l->e;

	out_printf(p->o, "### The exchange in session %" PRIu64 "\n\n", e->session);
	put_peer(p, l, DIR_CLIENT, e->helo);
	out_puts(p->o, " to ");
	put_peer(p, l, DIR_SERVER, e->banner);
	if (!e->transcript) {
		out_puts(p->o, ", from ");
		markdown_time(p, e->start);
	}
	out_printf(p->o, ", %ss %" PRIu64 "-%" PRIu64 "; ", place_name(e->transcript),
	    e->first_frame, e->last_frame);
	markdown_text(p->o, e->ending);
	out_puts(p->o, ".\n\n");
}

static void
put_pictures(struct markdown_page *p, const struct ladder *l)
{
	struct output *block = output_memory();

	ladder_excerpt(block, l);
	markdown_block(p->o, "text", block);
	out_puts(p->o,
	    "\nThe same as a ladder; `...>` carries no payload, `===>` several commands or "
	    "replies, `---x` was never acknowledged:\n\n");
	block = output_memory();
	ladder_text(block, l);
	markdown_block(p->o, "text", block);
	out_puts(p->o, "\n<details><summary>The same as a drawing</summary>\n\n");
	block = output_memory();
	ladder_mermaid(block, l);
	markdown_block(p->o, "mermaid", block);
	out_puts(p->o, "\n</details>\n\n");
}

static void
put_number(struct markdown_page *p, bool known, uint32_t n)
{
	if (known)
		out_printf(p->o, " %" PRIu32 " |", n);
	else
		out_puts(p->o, " |");
}

static void
put_frame_row(struct markdown_page *p, const struct ladder *l, const struct step *s)
{
	struct output *words = output_memory();

	out_printf(p->o, "| %s%" PRIu64 "%s | ", s->mark == STEP_ANCHOR ? "**" : "", s->frame,
	    s->mark == STEP_ANCHOR ? "**" : "");
	common_seconds(p->o, common_since(s->ts, l->e->start), p->cfg->digits);
	out_puts(p->o, " | ");
	markdown_str(p, l->name[s->role]);
	out_puts(p->o, " |");
	put_number(p, s->seq_known, s->seq);
	put_number(p, s->seq_known, step_next_seq(s));
	put_number(p, s->ack_known, s->ack);
	out_printf(p->o, " %" PRIu32 " | ", s->len);
	ladder_label(words, s);
	markdown_words(p, words);
	out_puts(p->o, " |\n");
}

/* The frames of the proof, with the numbers that Wireshark shows. */
static void
put_frames(struct markdown_page *p, const struct ladder *l)
{
	const struct evidence *e = l->e;
	size_t i;
	unsigned k;

	if (e->transcript) {
		out_puts(p->o,
		    "Read from a transcript: there are no frames to look at, and nothing "
		    "that TCP would prove.\n\n");
		return;
	}
	out_puts(p->o,
	    "### The frames that prove it\n\n"
	    "| frame | time (s) | from | seq | next seq | ack | octets | what |\n"
	    "|--:|--:|---|--:|--:|--:|--:|---|\n");
	for (i = 0; i < e->nsteps; i++)
		if (e->step[i].kind == STEP_FRAME && e->step[i].mark != STEP_PLAIN)
			put_frame_row(p, l, &e->step[i]);
	out_printf(p->o, "\nWireshark display filter: `frame.number == %" PRIu64, e->frame);
	for (k = 0; k < e->nframes; k++)
		out_printf(p->o, " || frame.number == %" PRIu64, e->frames[k]);
	for (k = 0; k < e->nagain; k++)
		out_printf(p->o, " || frame.number == %" PRIu64, e->again[k].frame);
	out_puts(p->o,
	    "`. The sequence and acknowledgement numbers are those of the wire: switch "
	    "\"Relative sequence numbers\" off in the preferences of TCP.\n\n");
}

static void
put_proof(struct markdown_page *p, const struct incident *inc)
{
	const struct check_info *c = inc->check;
	const struct evidence *e = inc->evidence;
	unsigned i;

	out_puts(p->o, "### What proves it, and what was ruled out\n\n");
	if (c->proof) {
		out_puts(p->o, "What has to be seen: ");
		markdown_str(p, c->proof);
		out_puts(p->o, "\n\n");
	}
	if (c->fakes) {
		out_puts(p->o, "What looks alike, and how it is told apart: ");
		markdown_str(p, c->fakes);
		out_puts(p->o, "\n\n");
	}
	if (!e->transcript)
		out_puts(p->o, "A capture can mislead; this one, in this session:\n\n");
	for (i = 0; i < GATES && !e->transcript; i++) {
		bool held = e->gates >> i & 1;

		out_printf(p->o, "- [%c] ", held ? 'x' : ' ');
		markdown_str(p, gate_text((enum gate)i, held));
		out_putc(p->o, '\n');
	}
	if (!e->transcript) {
		out_puts(p->o, "- ");
		markdown_str(p, point_text(e->point));
		out_putc(p->o, '\n');
	}
	out_putc(p->o, '\n');
}

static void
put_effects(struct markdown_page *p, const struct evidence *e)
{
	unsigned i;

	if (!e->neffects)
		return;
	out_puts(p->o, "Follows from it and is not counted: ");
	for (i = 0; i < e->neffects; i++)
		out_printf(p->o, "%s`%s` (%s, %s %" PRIu64 ")", i ? ", " : "",
		    e->effect[i].check->id, severity_name(e->effect[i].severity),
		    place_name(e->transcript), e->effect[i].frame);
	if (e->more_effects)
		out_printf(p->o, " and %u more", e->more_effects);
	out_puts(p->o, ".\n\n");
}

static void
put_advice(struct markdown_page *p, const struct incident *inc)
{
	struct slice own = inc->evidence->remedy;
	struct advice rows[ADVICE_MAX];
	size_t i, n;

	n = incident_advice(
	    rows, inc, own.n ? own : slice_str(inc->check->remedy ? inc->check->remedy : ""));
	if (n == 0)
		return;
	out_puts(p->o, "### What to do\n\n");
	for (i = 0; i < n; i++) {
		out_printf(p->o, "- **%s:** ", rows[i].side);
		markdown_text(p->o, rows[i].text);
		out_putc(p->o, '\n');
	}
	out_putc(p->o, '\n');
}

static void
put_others(struct markdown_page *p, const struct incident *inc)
{
	char text[2][IPADDR_TEXT_MAX];
	unsigned i;

	if (inc->sessions < 2)
		return;
	out_puts(p->o,
	    "### Seen in\n\n| session | frame | time (UTC) | client | server | confidence "
	    "|\n|--:|--:|---|---|---|---|\n");
	for (i = 0; i < inc->nsightings; i++) {
		const struct sighting *s = &inc->sighting[i];

		redact_ip(p->r, text[0], &s->ip[0]);
		redact_ip(p->r, text[1], &s->ip[1]);
		out_printf(p->o, "| %" PRIu64 " | %" PRIu64 " | ", s->session, s->frame);
		markdown_time(p, s->ts);
		out_puts(p->o, " | ");
		markdown_str(p, text[0]);
		out_puts(p->o, " | ");
		markdown_str(p, text[1]);
		out_printf(p->o, " | %s |\n", confidence_name(s->confidence));
	}
	if (inc->sessions > inc->nsightings)
		out_printf(
		    p->o, "\nand %" PRIu64 " more sessions.\n", inc->sessions - inc->nsightings);
	out_putc(p->o, '\n');
}

/* Position of an earlier section that shows the frame of this finding; `i': none. */
static size_t
shown_before(const struct markdown_page *p, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (evidence_shows(p->v[k]->evidence, p->v[i]->evidence))
			return k;
	return i;
}

void
markdown_incident(struct markdown_page *p, size_t i)
{
	const struct incident *inc = p->v[i];
	const struct check_info *c = inc->check;
	const struct evidence *e = inc->evidence;
	size_t shown = shown_before(p, i);
	struct ladder l;

	ladder_init(&l, e, p->r);
	out_printf(p->o, "## %zu. ", i + 1);
	markdown_str(p, c->title);
	out_printf(p->o, "\n\n**%s**, %s, `%s`; at fault: ", severity_name(inc->severity),
	    confidence_name(e->confidence), c->id);
	markdown_culprit(p, inc);
	out_puts(p->o, ".\n\n");
	markdown_text(p->o, e->detail);
	out_puts(p->o, "\n\n");
	put_again(p, e);
	if (e->table.n) {
		struct output *block = output_memory();

		out_write(block, e->table);
		markdown_block(p->o, "text", block);
		out_putc(p->o, '\n');
	}
	if (c->why) {
		out_puts(p->o, "**What it means:** ");
		markdown_str(p, c->why);
		out_puts(p->o, "\n\n");
	}
	put_mail(p, inc);
	if (shown < i) {
		out_printf(p->o,
		    "The exchange, in session %" PRIu64 ", is shown in section %zu.\n\n",
		    e->session, shown + 1);
	} else {
		put_session(p, &l);
		put_pictures(p, &l);
	}
	put_frames(p, &l);
	put_proof(p, inc);
	put_effects(p, e);
	put_advice(p, inc);
	put_others(p, inc);
	if (c->refs) {
		out_puts(p->o, "Sources: ");
		markdown_str(p, c->refs);
		out_puts(p->o, ".\n\n");
	}
}
