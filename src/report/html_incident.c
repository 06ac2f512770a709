/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_incident - one incident in full: what happened, the exchange that shows
 * it, the frames that prove it, what was ruled out, what to do.
 *
 * An exchange that an earlier section has shown is not shown again.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "report/common.h"
#include "report/html.h"
#include "report/ladder.h"

static const char *
frame_word(const struct evidence *e)
{
	return place_name(e->transcript);
}

void
html_badge(struct output *o, enum severity severity, enum confidence confidence)
{
	out_printf(o, "<span class=\"badge %s\">%s, %s</span>", severity_name(severity),
	    severity_name(severity), confidence_name(confidence));
}

void
html_check(struct html_page *p, const struct check_info *check)
{
	explained_first(&p->cited, check);
	out_printf(p->o, "<a href=\"#check-%s\"><code>%s</code></a>", check->id, check->id);
}

void
html_culprit(struct html_page *p, const struct incident *inc)
{
	struct output *words = output_memory();

	incident_culprit(words, p->r, inc);
	html_words(p->o, words);
}

void
html_mail(struct html_page *p, const struct incident *inc)
{
	struct output *words = output_memory();

	incident_mail(words, inc->fate, "none under way");
	html_words(p->o, words);
}

static void
put_again(struct html_page *p, const struct evidence *e)
{
	unsigned i;

	if (!e->nagain)
		return;
	out_puts(p->o, "<p>The same again in this session:</p>\n<ul>\n");
	for (i = 0; i < e->nagain; i++) {
		out_printf(p->o, "<li class=\"anywhere\">%s %" PRIu64 ": ", frame_word(e),
		    e->again[i].frame);
		html_text(p->o, e->again[i].detail);
		out_puts(p->o, "</li>\n");
	}
	if (e->more_again)
		out_printf(p->o, "<li>and %" PRIu64 " more</li>\n", e->more_again);
	out_puts(p->o, "</ul>\n");
}

/* -- what happened ---------------------------------------------------------------------- */

static void
put_head(struct html_page *p, const struct incident *inc, size_t i)
{
	const struct evidence *e = inc->evidence;

	out_printf(p->o, "<article class=\"%s\" id=\"incident-%zu\">\n<h2>%zu. ",
	    severity_name(inc->severity), i + 1, i + 1);
	html_str(p->o, inc->check->title);
	out_puts(p->o, "</h2>\n<p>");
	html_badge(p->o, inc->severity, e->confidence);
	out_puts(p->o, " ");
	html_check(p, inc->check);
	out_puts(p->o, " at fault: <strong>");
	html_culprit(p, inc);
	out_puts(p->o, "</strong></p>\n<p class=\"said\">");
	html_text(p->o, e->detail);
	out_puts(p->o, "</p>\n");
	put_again(p, e);
	if (e->table.n) {
		out_puts(p->o, "<pre tabindex=\"0\">");
		html_text(p->o, e->table);
		out_puts(p->o, "</pre>\n");
	}
	if (inc->check->why) {
		out_puts(p->o, "<p><strong>What it means:</strong> ");
		html_str(p->o, inc->check->why);
		out_puts(p->o, "</p>\n");
	}
}

static void
put_mail(struct html_page *p, const struct incident *inc)
{
	const struct evidence *e = inc->evidence;
	struct output *words = output_memory();
	unsigned i;

	out_puts(p->o, "<p><strong>The mail:</strong> ");
	incident_mail(words, inc->fate, "no message was under way");
	out_putc(words, '.');
	incident_harm(words, inc);
	html_words(p->o, words);
	out_puts(p->o, "</p>\n");
	if (!e->nmessages)
		return;
	out_puts(p->o, "<ul>\n");
	for (i = 0; i < e->nmessages; i++) {
		out_printf(p->o, "<li class=\"anywhere\">session %" PRIu64 ", ", e->session);
		html_text(p->o, e->message[i]);
		out_puts(p->o, "</li>\n");
	}
	if (e->more_messages)
		out_printf(p->o, "<li>and %u more in session %" PRIu64 "</li>\n", e->more_messages,
		    e->session);
	out_puts(p->o, "</ul>\n");
}

/* -- the proof -------------------------------------------------------------------------- */

static void
put_number(struct html_page *p, bool known, uint32_t n)
{
	if (known)
		out_printf(p->o, "<td class=\"num\">%" PRIu32 "</td>", n);
	else
		out_puts(p->o, "<td></td>");
}

static void
put_frame_row(struct html_page *p, const struct ladder *l, const struct step *s)
{
	struct output *words = output_memory();
	struct error err;

	out_printf(p->o, "<tr%s><th scope=\"row\" class=\"num\">%" PRIu64 "</th><td class=\"num\">",
	    s->mark == STEP_ANCHOR ? " class=\"anchor\"" : "", s->frame);
	common_seconds(p->o, common_since(s->ts, l->e->start), p->cfg->digits);
	out_puts(p->o, "</td><td>");
	html_str(p->o, l->name[s->role]);
	out_puts(p->o, "</td>");
	put_number(p, s->seq_known, s->seq);
	put_number(p, s->seq_known, step_next_seq(s));
	put_number(p, s->ack_known, s->ack);
	put_number(p, true, s->len);
	out_puts(p->o, "<td class=\"anywhere\">");
	ladder_label(words, s);
	html_wire(p->o, output_slice(words));
	output_close(words, &err);
	out_puts(p->o, "</td></tr>\n");
}

static void
put_frames(struct html_page *p, const struct ladder *l)
{
	const struct evidence *e = l->e;
	unsigned k;
	size_t i;

	if (e->transcript) {
		out_puts(p->o,
		    "<p>Read from a transcript: there are no frames to look at, and "
		    "nothing that TCP would prove.</p>\n");
		return;
	}
	out_puts(p->o,
	    "<h3>The frames that prove it</h3>\n<div class=\"scroll\" tabindex=\"0\" "
	    "role=\"group\" aria-label=\"Frames of the proof\">\n<table>\n<caption>Numbers "
	    "as they are on the wire</caption>\n<thead><tr><th scope=\"col\" class=\"num\">"
	    "frame</th><th scope=\"col\" class=\"num\">time (s)</th><th scope=\"col\">from"
	    "</th><th scope=\"col\" class=\"num\">seq</th><th scope=\"col\" class=\"num\">"
	    "next seq</th><th scope=\"col\" class=\"num\">ack</th><th scope=\"col\" "
	    "class=\"num\">octets</th><th scope=\"col\">what</th></tr></thead>\n<tbody>\n");
	for (i = 0; i < e->nsteps; i++)
		if (e->step[i].kind == STEP_FRAME && e->step[i].mark != STEP_PLAIN)
			put_frame_row(p, l, &e->step[i]);
	out_printf(p->o,
	    "</tbody>\n</table>\n</div>\n<p class=\"facts\">Wireshark display filter: "
	    "<code>frame.number == %" PRIu64,
	    e->frame);
	for (k = 0; k < e->nframes; k++)
		out_printf(p->o, " || frame.number == %" PRIu64, e->frames[k]);
	for (k = 0; k < e->nagain; k++)
		out_printf(p->o, " || frame.number == %" PRIu64, e->again[k].frame);
	out_puts(p->o,
	    "</code>; switch <q>Relative sequence numbers</q> off in the preferences of "
	    "TCP.</p>\n");
}

static void
put_proof(struct html_page *p, const struct incident *inc)
{
	const struct check_info *c = inc->check;
	const struct evidence *e = inc->evidence;
	unsigned i;

	out_puts(p->o, "<h3>What proves it, and what was ruled out</h3>\n");
	if (c->proof) {
		out_puts(p->o, "<p>What has to be seen: ");
		html_str(p->o, c->proof);
		out_puts(p->o, "</p>\n");
	}
	if (c->fakes) {
		out_puts(p->o, "<p>What looks alike, and how it is told apart: ");
		html_str(p->o, c->fakes);
		out_puts(p->o, "</p>\n");
	}
	if (e->transcript)
		return;
	out_puts(p->o,
	    "<p>A capture can mislead; this one, in this session:</p>\n<ul "
	    "class=\"gates\">\n");
	for (i = 0; i < GATES; i++) {
		bool held = e->gates >> i & 1;

		out_printf(p->o, "<li class=\"%s\"><b>%s</b>", held ? "held" : "failed",
		    held ? "&#10003;" : "&#10007;");
		html_str(p->o, gate_text((enum gate)i, held));
		out_puts(p->o, "</li>\n");
	}
	out_puts(p->o, "<li class=\"held\"><b>&#8226;</b>");
	html_str(p->o, point_text(e->point));
	out_puts(p->o, "</li>\n");
	out_puts(p->o, "</ul>\n");
}

/* -- the rest --------------------------------------------------------------------------- */

static void
put_effects(struct html_page *p, const struct evidence *e)
{
	unsigned i;

	if (!e->neffects)
		return;
	out_puts(p->o, "<p>Follows from it and is not counted: ");
	for (i = 0; i < e->neffects; i++) {
		out_puts(p->o, i ? ", " : "");
		html_check(p, e->effect[i].check);
		out_printf(p->o, " (%s, %s %" PRIu64 ")", severity_name(e->effect[i].severity),
		    frame_word(e), e->effect[i].frame);
	}
	if (e->more_effects)
		out_printf(p->o, " and %u more", e->more_effects);
	out_puts(p->o, ".</p>\n");
}

static void
put_advice(struct html_page *p, const struct incident *inc)
{
	struct slice own = inc->evidence->remedy;
	struct advice rows[ADVICE_MAX];
	size_t i, n;

	n = incident_advice(
	    rows, inc, own.n ? own : slice_str(inc->check->remedy ? inc->check->remedy : ""));
	if (n == 0)
		return;
	out_puts(p->o, "<h3>What to do</h3>\n<ul>\n");
	for (i = 0; i < n; i++) {
		out_printf(p->o, "<li><strong>%s:</strong> ", rows[i].side);
		html_text(p->o, rows[i].text);
		out_puts(p->o, "</li>\n");
	}
	out_puts(p->o, "</ul>\n");
}

static void
put_sighting(struct html_page *p, const struct sighting *s)
{
	char text[IPADDR_TEXT_MAX];
	unsigned i;

	out_printf(p->o,
	    "<tr><th scope=\"row\" class=\"num\">%" PRIu64 "</th><td class=\"num\">%" PRIu64
	    "</td><td class=\"nowrap\">",
	    s->session, s->frame);
	incident_time(p->o, s->ts);
	for (i = 0; i < 2; i++) {
		redact_ip(p->r, text, &s->ip[i]);
		out_puts(p->o, "</td><td>");
		html_str(p->o, text);
	}
	out_printf(p->o, "</td><td>%s</td></tr>\n", confidence_name(s->confidence));
}

static void
put_others(struct html_page *p, const struct incident *inc)
{
	unsigned i;

	if (inc->sessions < 2)
		return;
	out_puts(p->o,
	    "<h3>Seen in</h3>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
	    "aria-label=\"Sessions\">\n<table>\n<caption>Sessions of this incident"
	    "</caption>\n<thead><tr><th scope=\"col\" class=\"num\">session</th>"
	    "<th scope=\"col\" class=\"num\">frame</th><th scope=\"col\">time (UTC)</th>"
	    "<th scope=\"col\">client</th><th scope=\"col\">server</th><th scope=\"col\">"
	    "confidence</th></tr></thead>\n<tbody>\n");
	for (i = 0; i < inc->nsightings; i++)
		put_sighting(p, &inc->sighting[i]);
	out_puts(p->o, "</tbody>\n</table>\n</div>\n");
	if (inc->sessions > inc->nsightings)
		out_printf(p->o, "<p class=\"facts\">and %" PRIu64 " more sessions.</p>\n",
		    inc->sessions - inc->nsightings);
}

void
html_incident(struct html_page *p, size_t i)
{
	const struct incident *inc = p->v[i];
	const struct evidence *e = inc->evidence;
	struct ladder l;
	size_t shown = 0;

	ladder_init(&l, e, p->r);
	put_head(p, inc, i);
	put_mail(p, inc);
	put_advice(p, inc);
	while (shown < i && !evidence_shows(p->v[shown]->evidence, e))
		shown++;
	if (shown < i)
		out_printf(p->o,
		    "<p>The exchange, in session %" PRIu64
		    ", is shown in <a href=\"#incident-%zu\">"
		    "section %zu</a>.</p>\n",
		    e->session, shown + 1, shown + 1);
	else
		html_exchange(p, &l);
	put_frames(p, &l);
	put_proof(p, inc);
	put_effects(p, e);
	put_others(p, inc);
	out_puts(p->o, "</article>\n");
}
