/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript_mark - whose line of a transcript it is, and what remarks say.
 *
 * Marks are a table.  In front of a mark may stand what quoting, numbering and
 * logging put there: blanks, "> ", numbers, times, names of days and months,
 * single characters.  Prose has colons and arrows too, so a kind of mark is
 * believed only after one of its lines looked like SMTP.
 *
 * Nothing here keeps state.
 */
#include "capture/transcript.h"

enum { PREFIX_TOKENS = 6 };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

enum style {
	STYLE_ANGLE = 1,  /* C> S> */
	STYLE_COLON = 2,  /* C: S: as in the RFCs */
	STYLE_TARGET = 4, /* I: T: initiator and target */
	STYLE_TRIPLE = 8, /* >>> <<< */
	STYLE_ARROW = 16, /* -> <- of swaks(1) */
	STYLE_WORD = 32,  /* Client: Server: */
	STYLE_TAKEN = 64, /* In: Out: of Postfix to its postmaster, by the server */
	STYLE_GIVEN = 128 /* ... and by the client */
};

static const struct mark_row {
	const char *mark;
	enum talk_side side;
	enum style style;
	bool tls;
} rows[] = {
	{ "C>", SIDE_CLIENT, STYLE_ANGLE, false },
	{ "S>", SIDE_SERVER, STYLE_ANGLE, false },
	{ "C:", SIDE_CLIENT, STYLE_COLON, false },
	{ "S:", SIDE_SERVER, STYLE_COLON, false },
	{ "I:", SIDE_CLIENT, STYLE_TARGET, false },
	{ "T:", SIDE_SERVER, STYLE_TARGET, false },
	{ ">>>", SIDE_CLIENT, STYLE_TRIPLE, false },
	{ "<<<", SIDE_SERVER, STYLE_TRIPLE, false },
	{ "->", SIDE_CLIENT, STYLE_ARROW, false },
	{ "~>", SIDE_CLIENT, STYLE_ARROW, true },
	{ "**>", SIDE_CLIENT, STYLE_ARROW, false },
	{ "*~>", SIDE_CLIENT, STYLE_ARROW, true },
	{ "<-", SIDE_SERVER, STYLE_ARROW, false },
	{ "<~", SIDE_SERVER, STYLE_ARROW, true },
	{ "<**", SIDE_SERVER, STYLE_ARROW, false },
	{ "<~*", SIDE_SERVER, STYLE_ARROW, true },
	{ "Client:", SIDE_CLIENT, STYLE_WORD, false },
	{ "Server:", SIDE_SERVER, STYLE_WORD, false },
	{ "In:", SIDE_CLIENT, STYLE_TAKEN, false },
	{ "Out:", SIDE_SERVER, STYLE_TAKEN, false },
	{ "In:", SIDE_SERVER, STYLE_GIVEN, false },
	{ "Out:", SIDE_CLIENT, STYLE_GIVEN, false },
};

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(uint8_t c)
{
	int l = ascii_lower(c);

	return l >= 'a' && l <= 'z';
}

struct slice
mark_trim(struct slice s)
{
	while (s.n && is_blank(s.p[0]))
		s = slice_from(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
mark_contains(struct slice s, const char *word)
{
	for (; s.n; s = slice_from(s, 1))
		if (slice_caseprefix(s, word))
			return true;
	return false;
}

unsigned
mark_code(struct slice s, bool *more)
{
	*more = s.n > 3 && s.p[3] == '-';
	if (s.n < 3 || s.p[0] < '2' || s.p[0] > '5' || !is_digit(s.p[1]) || !is_digit(s.p[2]))
		return 0;
	if (s.n > 3 && !is_blank(s.p[3]) && s.p[3] != '-')
		return 0;
	return (unsigned)((s.p[0] - '0') * 100 + (s.p[1] - '0') * 10 + (s.p[2] - '0'));
}

static struct slice
word_of(struct slice s)
{
	size_t n = 0;

	while (n < s.n && !is_blank(s.p[n]))
		n++;
	return slice_of(s.p, n);
}

bool
mark_is_smtp(enum talk_side side, struct slice text)
{
	static const char *const verbs[] = { "HELO", "EHLO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT",
		"RSET", "NOOP", "QUIT", "STARTTLS", "AUTH", "VRFY", "EXPN", "HELP", "ETRN" };
	struct slice word = word_of(mark_trim(text));
	bool more;
	size_t i;

	if (side == SIDE_SERVER)
		return mark_code(mark_trim(text), &more) != 0;
	for (i = 0; i < COUNT(verbs); i++)
		if (slice_caseeq(word, verbs[i]))
			return true;
	return false;
}

/* The longest mark that stands here, and that a blank or the end of the line follows; behind a
 * letter and its sign the text may come at once ("C:EHLO"). */
static const struct mark_row *
row_at(struct slice s)
{
	const struct mark_row *r, *best = NULL;
	size_t n;

	for (r = rows; r < rows + COUNT(rows); r++) {
		n = strlen(r->mark);
		if (!slice_caseprefix(s, r->mark) || (best && strlen(best->mark) > n))
			continue;
		if (s.n == n || is_blank(s.p[n]) ||
		    (n == 2 && is_letter(s.p[0]) && (is_letter(s.p[n]) || is_digit(s.p[n]))))
			best = r;
	}
	return best;
}

/* What may stand in front of a mark. */
static bool
is_prefix(struct slice token)
{
	static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	bool digit = false, quote = true, number = true;
	size_t i;

	if (token.n == 1)
		return true;
	for (i = 0; i < COUNT(names); i++)
		if (slice_caseprefix(token, names[i]) &&
		    (token.n == 3 || (token.n == 4 && token.p[3] == ',')))
			return true;
	for (i = 0; i < token.n; i++) {
		digit |= is_digit(token.p[i]);
		quote &= token.p[i] == '>' || token.p[i] == '|';
		number &= is_digit(token.p[i]) || strchr(":.,;()[]#/+-TZ", token.p[i]) != NULL;
		/* strchr() finds the end of its string, too. */
		number &= token.p[i] != 0;
	}
	return quote || (digit && number);
}

/* A mark may be either side's, by the kind: the row whose line this looks like, or else the first
 * of a kind that is in use; NULL: none is believed yet. */
static const struct mark_row *
believed(const struct mark_row *mark, struct slice text, unsigned *styles)
{
	const struct mark_row *r, *used = NULL;

	for (r = rows; r < rows + COUNT(rows); r++) {
		if (strcmp(r->mark, mark->mark) != 0)
			continue;
		if (mark_is_smtp(r->side, text)) {
			*styles |= r->style;
			return r;
		}
		if (!used && (*styles & r->style))
			used = r;
	}
	return used;
}

bool
mark_find(struct slice line, unsigned *styles, struct mark *m)
{
	const struct mark_row *r;
	struct slice token;
	unsigned tokens;

	for (tokens = 0; tokens <= PREFIX_TOKENS; tokens++) {
		while (line.n && is_blank(line.p[0]))
			line = slice_from(line, 1);
		r = row_at(line);
		if (r) {
			m->text = slice_from(line, strlen(r->mark));
			if (m->text.n && is_blank(m->text.p[0]))
				m->text = slice_from(m->text, 1);
			r = believed(r, m->text, styles);
			if (r) {
				m->side = r->side;
				m->tls = r->tls;
				return true;
			}
		}
		token = word_of(line);
		if (token.n == 0 || !is_prefix(token))
			return false;
		line = slice_from(line, token.n);
	}
	return false;
}

bool
mark_is_remark(struct slice s)
{
	static const char pairs[][2] = { { '<', '>' }, { '(', ')' }, { '[', ']' } };
	size_t i;

	s = mark_trim(s);
	if (slice_caseprefix(s, "=== ") || slice_caseprefix(s, "*** "))
		return true;
	for (i = 0; i < COUNT(pairs); i++)
		if (s.n >= 2 && s.p[0] == pairs[i][0] && s.p[s.n - 1] == pairs[i][1])
			return true;
	return false;
}

bool
mark_is_close(struct slice s, enum talk_side *by, bool *reset)
{
	static const char *const ends[] = { "closes", "closed", "TCP close", "closing the conn",
		"disconnect", "hangs up", "hung up", "drops the conn", "dropped the conn",
		"resets" };
	/* The first row that fits counts: the client may be named as the one who saw it. */
	static const struct {
		const char *phrase;
		enum talk_side by;
	} who[] = {
		{ "=== ", SIDE_CLIENT }, /* swaks(1), when it has closed the connection itself */
		{ "client sees", SIDE_SERVER },
		{ "<client", SIDE_CLIENT },
		{ "server", SIDE_SERVER },
		{ "remote host", SIDE_SERVER },
		{ "foreign host", SIDE_SERVER },
		{ "client", SIDE_CLIENT },
	};
	bool found = false;
	size_t i;

	for (i = 0; i < COUNT(ends); i++)
		found |= mark_contains(s, ends[i]);
	if (!found)
		return false;
	*reset = mark_contains(s, "resets");
	for (i = 0; i < COUNT(who); i++) {
		if (mark_contains(s, who[i].phrase)) {
			*by = who[i].by;
			break;
		}
	}
	return true;
}

bool
mark_number(struct slice s, const char *word, uint64_t *out)
{
	uint64_t v = 0;
	size_t i;

	for (; s.n && !slice_caseprefix(s, word); s = slice_from(s, 1))
		;
	if (s.n == 0)
		return false;
	s = slice_from(s, strlen(word));
	for (i = 0; i < s.n && is_digit(s.p[i]) && i < 18; i++)
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	*out = v;
	return i > 0;
}

bool
mark_blank_number(struct slice s, const char *word, uint64_t *out)
{
	for (; s.n && !slice_caseprefix(s, word); s = slice_from(s, 1))
		;
	return s.n && mark_number(mark_trim(slice_from(s, strlen(word))), "", out);
}
