/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase D: lines that are no commands, one by one and in a row.
 *
 * A row of lines that look like message text, refused by the server as commands,
 * means that the two sides disagree about the mode; whose fault that is, the event
 * before the row tells.
 */
#include "smtp/checks/check.h"

static bool
stands_alone(const struct smtp_unit *u)
{
	return !(u->flags & (UNIT_IN_TEXT | UNIT_GUESSED)) &&
	    !(u->line.flags & (LINE_GAP | LINE_UNTERMINATED));
}

static bool
no_verb(const struct smtp_unit *u)
{
	return u->kind == UNIT_GARBAGE || (u->kind == UNIT_COMMAND && u->verb->id == VERB_UNKNOWN);
}

static void
command_unknown(struct check_ctx *c, struct smtp_unit *u)
{
	const char *what;
	struct finding *f;

	if (!stands_alone(u))
		return;
	if (no_verb(u))
		what = u->line.text.n == 0 ? "is a blank line where a command is due" :
		                             "begins with no known command";
	else if (u->kind == UNIT_COMMAND && (u->verb->flags & VERB_NO_ARGUMENT) && u->arg.n > 0)
		what = "has an argument where none is allowed";
	else
		return;
	f = report_unit(c, u, "\"%.*s\" %s%s.", TEXT(u->line.text), what,
	    u->meant != NULL ? check_text(c, "; the server answered %u", u->meant->code) : "");
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

/* ---- message text read as commands ---- */

static bool
base64_like(struct slice t)
{
	size_t i;

	for (i = 0; i < t.n; i++) {
		int l = ascii_lower(t.p[i]);

		if (!(l >= 'a' && l <= 'z') && !(t.p[i] >= '0' && t.p[i] <= '9') && t.p[i] != '+' &&
		    t.p[i] != '/' && t.p[i] != '=')
			return false;
	}
	return t.n >= 40;
}

static bool
header_like(struct slice t)
{
	size_t i;

	for (i = 0; i < t.n && t.p[i] > ' ' && t.p[i] < 0x7f && t.p[i] != ':'; i++)
		;
	return i > 1 && i < t.n && t.p[i] == ':' &&
	    (i + 1 == t.n || t.p[i + 1] == ' ' || t.p[i + 1] == '\t');
}

static bool
text_like(const struct smtp_unit *u)
{
	struct slice t = u->line.text;

	return header_like(t) || base64_like(t) || slice_caseprefix(t, "--") || t.p[0] == ' ' ||
	    t.p[0] == '\t' || slice_caseeq(t, ".");
}

/* Refused as a command, or not answered at all. */
static bool
taken_for_command(const struct smtp_unit *u)
{
	return u->meant == NULL || u->meant->code == 500 || u->meant->code == 502 ||
	    u->meant->code == 503;
}

struct row {
	const struct smtp_unit *first, *last;
	unsigned n, blank, text, refused; /* text: of those that are not blank */
};

static void
row_scan(const struct smtp_unit *u, struct row *row)
{
	memset(row, 0, sizeof *row);
	row->first = u;
	for (; u != NULL && no_verb(u) && stands_alone(u) && taken_for_command(u) &&
	     u->epoch == row->first->epoch;
	     u = STAILQ_NEXT(u, link)) {
		row->last = u;
		row->n++;
		row->blank += u->line.text.n == 0;
		row->text += u->line.text.n > 0 && text_like(u);
		row->refused += u->meant != NULL;
	}
}

/* DATA or BDAT that the server did not take: what was meant as its text follows. */
static const struct smtp_unit *
refused_opener(const struct smtp_unit *prev)
{
	if (prev == NULL)
		return NULL;
	if ((prev->verb->id == VERB_DATA && prev->kind == UNIT_COMMAND) ||
	    prev->verb->id == VERB_BDAT)
		return prev->meant == NULL || prev->meant->code >= 400 ? prev : NULL;
	return NULL;
}

static bool
lost_place(const struct row *row, bool behind_opener)
{
	if (row->refused == 0 || row->n == row->blank)
		return false;
	if (behind_opener)
		return row->n >= 2;
	return row->n >= 3 && row->text > 0 && row->text * 2 >= row->n - row->blank;
}

static const char *
cause(struct check_ctx *c, const struct smtp_unit *prev)
{
	const struct smtp_unit *opener = refused_opener(prev);

	if (opener != NULL)
		return opener->meant != NULL ?
		    check_text(
		        c, "%s had been answered %u", smtp_unit_name(opener), opener->meant->code) :
		    check_text(c, "%s had no reply", smtp_unit_name(opener));
	if (prev != NULL && prev->kind == UNIT_EOD)
		return "the server had ended the message before";
	return "nothing had opened a message";
}

static void
data_as_commands(struct check_ctx *c)
{
	const struct smtp_unit *u, *prev = NULL;
	struct finding *f;
	struct row row;

	if (c->s->stream->midstream)
		return; /* the text may be text */
	for (u = STAILQ_FIRST(&c->s->units); u != NULL; prev = u, u = STAILQ_NEXT(u, link)) {
		if (!no_verb(u) || u->epoch > 0)
			continue;
		row_scan(u, &row);
		if (row.n == 0)
			continue;
		u = row.last;
		if (!lost_place(&row, refused_opener(prev) != NULL))
			continue;
		f = report_unit(c, row.first,
		    "%u lines beginning with \"%.*s\" are message text, but the server "
		    "reads them as commands: %s.",
		    row.n, TEXT(row.first->line.text), cause(c, prev));
		if (has_gap(c->s) || row.refused < row.n)
			lower_to(f, CONF_PROBABLE);
		if (prev != NULL)
			relate(f, prev->line.first.frame);
		if (prev != NULL && prev->meant != NULL)
			relate(f, prev->meant->first.frame);
		relate(f, row.last->line.first.frame);
	}
}

const struct check checks_lost_place[] = {
	{ .info = { .id = "command-unknown",
	      .title = "Unknown verb, or arguments where none are allowed",
	      .phase = 'D',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_REMARK,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.1; RFC 5321 4.1.5; RFC 5321 4.2.4; RFC 5321 4.3.2; RFC 3207 4",
	      .what = "A line that begins with no command we know, or an argument behind DATA, "
	              "RSET, QUIT or "
	              "STARTTLS.",
	      .why = "A typing error, a scanner, or a client that has lost its place.",
	      .proof = "The line itself, in a synchronised dialogue.",
	      .fakes = "Private commands that begin with \"X\"; message text read as commands, "
	               "which has its "
	               "own check.",
	      .remedy =
	          "500 is the right answer to an unknown command; 502 says that it is known and "
	          "switched off." },
	    .unit = command_unknown },
	{ .info = { .id = "data-as-commands",
	      .title = "Message text is being parsed as commands",
	      .phase = 'D',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 3.3; RFC 3030 2",
	      .what = "Three lines in a row that look like message text where commands are due, "
	              "refused 500, "
	              "502 or 503; behind a refused DATA or BDAT two lines without a verb suffice.",
	      .why = "The message is lost, and whatever in it looks like a command is executed.",
	      .proof = "The lines, the replies, and the event that should have opened a message.",
	      .fakes = "HTTP sent to the port; lines behind a hole in the capture; single unknown "
	               "commands.",
	      .remedy =
	          "Client: stop after a refused DATA. Server: look for what ended the message too "
	          "early." },
	    .by_lines = "",
	    .session = data_as_commands },
	{ .info = { .id = NULL } }
};
