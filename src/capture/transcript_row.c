/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript_row - the lines of a table of frames, each by itself.
 *
 * What a line is, how many octets it tells of, and how much of them it shows.  What
 * this program and network monitors write around the words of the peers is taken off;
 * a line in doubt is none of a table.  Borrows the line; keeps no state.
 */
#include "capture/transcript_talk.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

enum { HEAD_TOKENS = 4 }; /* number, date, time, name */

static struct slice
token_of(struct slice *s)
{
	size_t n = 0;
	struct slice t;

	*s = mark_trim(*s);
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	t = slice_of(s->p, n);
	*s = slice_from(*s, n);
	return t;
}

/* Of digits and what stands between them in dates and times. */
static bool
is_number(struct slice t)
{
	size_t i;

	for (i = 0; i < t.n; i++)
		if (!t.p[i] || !strchr("0123456789.:-+TZ", t.p[i]))
			return false;
	return t.n && t.p[0] >= '0' && t.p[0] <= '9';
}

static bool
is_protocol(struct slice t)
{
	static const char *const names[] = { "SMTP", "LMTP", "TCP", "TLS" };
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		if (slice_caseeq(t, names[i]))
			return true;
	return false;
}

/* "3081 Target >>> IMC SMTP", with or without times. */
bool
row_head(struct slice s, struct row_head *h)
{
	struct slice t = token_of(&s);
	unsigned tokens;

	if (!is_number(t))
		return false;
	for (tokens = 0; tokens < HEAD_TOKENS; tokens++) {
		h->from = t;
		t = token_of(&s);
		if (slice_caseeq(t, ">>>"))
			break;
		if (tokens > 0 && !is_number(h->from))
			return false;
	}
	h->to = token_of(&s);
	return tokens > 0 && tokens < HEAD_TOKENS && h->to.n && h->from.n <= TABLE_NAME &&
	    h->to.n <= TABLE_NAME && is_protocol(token_of(&s)) && mark_trim(s).n == 0;
}

/* -- what a line below the head is ------------------------------------------------------- */

static const struct {
	const char *prefix;
	enum row_part part;
} parts[] = {
	{ "Rsp: continued", PART_MORE },
	{ "Rsp - ", PART_MORE },
	{ "Rsp: ", PART_REPLY },
	{ "Cmd? no command: ", PART_COMMAND },
	{ "Cmd: ", PART_COMMAND },
	{ "Auth: ", PART_COMMAND },
	{ "Cmd? no command - ", PART_SKIP },
	{ "Cmd - ", PART_SKIP },
	{ "Auth - ", PART_SKIP },
	{ "Data - end of data, continued", PART_SKIP },
	{ "Data - end of data", PART_END },
	{ "Data - BDAT", PART_SKIP }, /* made up from the size in the command */
	{ "Data - not interpreted, ", PART_LOST },
	{ "Data - ", PART_TEXT },
	{ "... ", PART_FOLDED },
	{ "not captured, ", PART_LOST },
	{ "not followed by this engine, ", PART_LOST },
	{ "not kept, ", PART_LOST },
	{ "TLS - ", PART_SKIP },
	{ "Sent again, ", PART_SKIP },
	{ "Keep-alive, ", PART_SKIP },
};

/* ".A...F, len: ..." */
static bool
is_flags(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n && s.p[i] && strchr(".CEUAPRSF", s.p[i]); i++)
		;
	return i >= 6 && slice_caseprefix(slice_from(s, i), ", len:");
}

/* *rest: what stands behind the word that says so. */
enum row_part
row_part(struct slice s, struct slice *rest)
{
	size_t i;

	*rest = s;
	for (i = 0; i < COUNT(parts); i++) {
		if (slice_caseprefix(s, parts[i].prefix)) {
			*rest = slice_from(s, strlen(parts[i].prefix));
			return parts[i].part;
		}
	}
	return is_flags(s) ? PART_FLAGS : PART_NONE;
}

/* -- a line of speech -------------------------------------------------------------------- */

/* "(+10 lines)" at the end. */
static void
take_lines(struct row_said *w)
{
	struct slice s = w->text;
	size_t i;

	if (s.n == 0 || s.p[s.n - 1] != ')')
		return;
	for (i = s.n; i-- > 0;) {
		if (!slice_caseprefix(slice_from(s, i), " (+"))
			continue;
		if (mark_number(slice_from(s, i), " (+", &w->lines))
			w->text.n = i;
		return;
	}
}

/* What this program says of a line, in brackets at its end. */
void
row_remark(struct row_said *w)
{
	static const char *const remarks[] = { "ends in LF", "CR without LF", "NUL inside",
		"octets missing", "never ended", "longer than is kept" };
	struct slice s = w->text, in;
	size_t i, k;

	if (s.n == 0 || s.p[s.n - 1] != ']')
		return;
	for (i = s.n; i > 0 && s.p[i - 1] != '['; i--)
		;
	in = slice_from(s, i);
	if (i < 2 || s.p[i - 2] != ' ')
		return;
	/* Behind a bare code, and perhaps its blank, stands what it means. */
	if ((i == 5 || i == 6) && s.p[0] >= '0' && s.p[0] <= '9')
		w->text.n = i - 2;
	for (k = 0; k < COUNT(remarks); k++) {
		if (!mark_contains(in, remarks[k]))
			continue;
		w->text.n = i - 2;
		w->whole &= k < 3;
	}
}

/* "250 2.1.5 Ok, 14 bytes (to RCPT after 6 ms)" */
struct row_said
row_said(struct slice s)
{
	struct row_said w = { .text = s, .whole = true };
	static const char dots[] = "...";
	size_t i;

	for (i = s.n; i-- > 0;) {
		if (slice_caseprefix(slice_from(s, i), ", ") &&
		    mark_number(slice_from(s, i), ", ", &w.octets) &&
		    mark_contains(slice_from(s, i), " byte")) {
			w.text.n = i;
			break;
		}
		w.octets = 0;
	}
	take_lines(&w);
	row_remark(&w);
	i = strlen(dots);
	/* Cut to fit the line, unless that is how it ends. */
	if (w.text.n > i && slice_caseeq(slice_from(w.text, w.text.n - i), dots) &&
	    w.octets > w.text.n + 2) {
		w.text.n -= i;
		w.whole = w.lines == 0 ? false : w.whole;
	}
	return w;
}

/* Some monitors show what RFC 821 4.2.2 says of a code instead of the code. */
unsigned
row_code(struct slice s)
{
	static const struct {
		unsigned code;
		const char *text;
	} rows[] = {
		{ 220, "Service ready" },
		{ 221, "Service closing transmission channel" },
		{ 250, "Requested mail action okay, completed" },
		{ 354, "Start mail input" },
		{ 421, "Service not available, closing transmission channel" },
		{ 450, "Requested mail action not taken: mailbox unavailable" },
		{ 451, "Requested action aborted: local error in processing" },
		{ 452, "Requested action not taken: insufficient system storage" },
		{ 500, "Syntax error, command unrecognized" },
		{ 501, "Syntax error in parameters or arguments" },
		{ 502, "Command not implemented" },
		{ 503, "Bad sequence of commands" },
		{ 504, "Command parameter not implemented" },
		{ 550, "Requested action not taken: mailbox unavailable" },
		{ 552, "Requested mail action aborted: exceeded storage allocation" },
		{ 553, "Requested action not taken: mailbox name not allowed" },
		{ 554, "Transaction failed" },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		if (slice_caseprefix(s, rows[i].text))
			return rows[i].code;
	return 0;
}

uint64_t
row_folded(struct slice s)
{
	uint64_t n = 0;

	if (!mark_contains(s, "octets of message text"))
		return 0;
	for (; s.n && !slice_caseprefix(s, "folded: "); s = slice_from(s, 1))
		;
	for (s = slice_from(s, strlen("folded: ")); s.n && n < UINT64_MAX / 100;
	     s = slice_from(s, 1)) {
		if (s.p[0] >= '0' && s.p[0] <= '9')
			n = n * 10 + s.p[0] - '0';
		else if (s.p[0] != ',')
			break;
	}
	return n;
}
