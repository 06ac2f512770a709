/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * common - names, numbers, times and wrapped text that several reporters print.
 *
 * Everything is written straight to the output; only wrapping needs the escaped
 * text first and makes it in a memory output that lives for the call.  Widths
 * are counted in characters, so a column may be off by a few where the text has
 * wide ones.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/common.h"

static const char *const colors[] = {
	[COLOR_NONE] = "\033[0m",
	[COLOR_ERROR] = "\033[1;31m",
	[COLOR_WARNING] = "\033[33m",
	[COLOR_NOTE] = "\033[36m",
	[COLOR_CLIENT] = "\033[32m",
	[COLOR_SERVER] = "\033[34m",
};

static const char *
shown_name(const struct report_config *cfg, const struct ipaddr *addr)
{
	size_t i;

	if (cfg->redact & REDACT_HOSTS)
		return NULL;
	for (i = 0; i < cfg->nnames; i++)
		if (ipaddr_same(&cfg->names[i].addr, addr))
			return cfg->names[i].name;
	return NULL;
}

const char *
common_missing(const struct smtp_session *s)
{
	const struct smtp_gap *g;
	bool engine = true, budget = true;

	STAILQ_FOREACH (g, &s->gaps, link) {
		engine &= g->reason == REASON_ENGINE;
		budget &= g->reason == REASON_BUDGET;
	}
	if (engine == budget)
		return "not captured";
	return engine ? "not followed by this engine" : "not kept";
}

const char *
common_role(enum stream_dir role)
{
	return role == DIR_CLIENT ? "client" : "server";
}

void
common_peers(struct peers *p, const struct report_config *cfg, const struct smtp_session *s)
{
	const struct endpoint *ep[2] = { &smtp_half(s, DIR_CLIENT)->ep,
		&smtp_half(s, DIR_SERVER)->ep };
	bool same = ipaddr_same(&ep[0]->addr, &ep[1]->addr);
	unsigned i;

	for (i = 0; i < 2; i++) {
		const char *name = same ? NULL : shown_name(cfg, &ep[i]->addr);

		endpoint_text(p->full[i], ep[i]);
		if (same)
			endpoint_text(p->address[i], ep[i]);
		else
			ipaddr_text(p->address[i], &ep[i]->addr);
		/* The addresses that a transcript has are made up. */
		if (s->stream->transcript && !name) {
			snprintf(p->address[i], sizeof p->address[i], "%s",
			    common_role((enum stream_dir)i));
			snprintf(p->full[i], sizeof p->full[i], "%s", p->address[i]);
		}
		p->named[i] = name != NULL;
		p->name[i] = name ? name : p->address[i];
	}
}

const char *
common_number(char out[NUMBER_TEXT_MAX], uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%" PRIu64, n), i;
	char *p = out;

	for (i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*p++ = ',';
		*p++ = digits[i];
	}
	*p = '\0';
	return out;
}

const char *
common_read(const struct run *run)
{
	const struct capture_stats *c = &run->capture;

	return place_name(c->packets > 0 && c->text_frames == c->packets);
}

void
common_count(struct output *o, uint64_t n, const char *noun)
{
	char text[NUMBER_TEXT_MAX];

	out_printf(o, "%s %s%s", common_number(text, n), noun, n == 1 ? "" : "s");
}

int64_t
common_since(int64_t a, int64_t b)
{
	int64_t d;

	if (__builtin_sub_overflow(a, b, &d))
		return a < b ? INT64_MIN : INT64_MAX;
	return d;
}

void
common_seconds(struct output *o, int64_t ns, int digits)
{
	uint64_t v = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	uint64_t frac = v % (uint64_t)NS_PER_S;

	out_printf(o, "%s%" PRIu64 ".%0*" PRIu64, ns < 0 ? "-" : "", v / (uint64_t)NS_PER_S,
	    digits == 9 ? 9 : 6, digits == 9 ? frac : frac / (uint64_t)NS_PER_US);
}

/* Seconds, right-aligned at the decimal point. */
static void
time_column(struct output *o, int64_t ns, int digits, int width)
{
	uint64_t v = (ns < 0 ? -(uint64_t)ns : (uint64_t)ns) / (uint64_t)NS_PER_S;
	int used = ns < 0 ? 2 : 1;

	for (; v >= 10; v /= 10)
		used++;
	out_printf(o, "%*s", width > used ? width - used : 0, "");
	common_seconds(o, ns, digits);
}

void
common_time(
    struct output *o, const struct report_config *cfg, int64_t ts, int64_t start, int64_t previous)
{
	char text[TIME_TEXT_MAX];

	switch (cfg->time) {
	case TIME_RELATIVE:
		time_column(o, common_since(ts, start), cfg->digits, 4);
		break;
	case TIME_DELTA:
		time_column(o, common_since(ts, previous), cfg->digits, 4);
		break;
	case TIME_DAY:
		time_of_day(text, ts, cfg->digits);
		out_puts(o, text);
		break;
	case TIME_DATE:
		time_rfc3339(text, ts, cfg->digits);
		out_puts(o, text);
		break;
	case TIME_EPOCH:
		time_column(o, ts, cfg->digits, 10);
		break;
	case TIME_NONE:
		return;
	}
	out_puts(o, "  ");
}

size_t
common_fit(struct slice s, size_t columns)
{
	size_t used = 0, n = 0, octets;
	uint32_t cp;

	while (n < s.n) {
		octets = utf8_decode(slice_from(s, n), &cp);
		/* An octet that is shown as \xHH takes four columns. */
		if (octets == 0)
			used += 4;
		else if (cp < 0x20 || cp == 0x7f || (cp > 0x7f && escape_hides(cp)))
			used += 4 * octets;
		else
			used++;
		if (used > columns)
			break;
		n += octets ? octets : 1;
	}
	return n;
}

void
common_cut(struct output *o, struct slice s, size_t columns)
{
	size_t n = common_fit(s, columns);

	escape_text(o, slice_of(s.p, n));
	if (n < s.n)
		out_puts(o, "...");
}

static unsigned
text_width(struct slice s)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

/* Read again as a transcript, a line that begins so would be speech. */
static bool
names_side(struct slice word)
{
	return slice_caseeq(word, "Client:") || slice_caseeq(word, "Server:");
}

void
common_wrap(struct output *o, struct slice text, unsigned column, unsigned indent)
{
	struct output *scratch = output_memory();
	struct error err;
	struct slice s;
	size_t i = 0, start;
	bool fresh = true; /* nothing of the text stands on this line yet */

	escape_detail(scratch, text);
	s = output_slice(scratch);
	while (i < s.n) {
		struct slice word;
		unsigned width;

		if (s.p[i] == '\n' || s.p[i] == ' ') {
			if (s.p[i] == '\n') {
				out_printf(o, "\n%*s", (int)indent, "");
				column = indent;
				fresh = true;
			}
			i++;
			continue;
		}
		for (start = i; i < s.n && s.p[i] != ' ' && s.p[i] != '\n';)
			i++;
		word = slice_of(s.p + start, i - start);
		width = text_width(word);
		if (!fresh && column + 1 + width > REPORT_WIDTH && !names_side(word)) {
			out_printf(o, "\n%*s", (int)indent, "");
			column = indent;
			fresh = true;
		}
		if (!fresh)
			out_putc(o, ' ');
		out_write(o, word);
		column += width + !fresh;
		fresh = false;
	}
	output_close(scratch, &err);
}

void
common_color(struct output *o, const struct report_config *cfg, enum color c)
{
	if (cfg->color)
		out_puts(o, colors[c]);
}

enum color
common_severity_color(enum severity s)
{
	static const enum color by_severity[] = { COLOR_NOTE, COLOR_WARNING, COLOR_ERROR };

	return by_severity[s];
}

bool
common_shown(const struct report_config *cfg, const struct finding *f)
{
	return f->severity >= cfg->severity;
}

struct slice
common_reply_text(const struct smtp_reply *r)
{
	struct slice s = { NULL, 0 };
	size_t skip;

	if (r->nkept == 0)
		return s;
	s = r->lines[0].text;
	skip = r->lines[0].code ? 3 : 0;
	if (skip && r->lines[0].separator)
		skip++;
	return slice_from(s, skip);
}
