/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase D: the form of command lines.
 */
#include "smtp/checks/check.h"

static bool
blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static void
path_space(struct check_ctx *c, struct smtp_unit *u)
{
	const uint8_t *colon = u->arg.n ? memchr(u->arg.p, ':', u->arg.n) : NULL;
	const char *where;
	struct finding *f;
	size_t at;

	if (u->kind != UNIT_COMMAND || (u->verb->id != VERB_MAIL && u->verb->id != VERB_RCPT) ||
	    !colon)
		return;
	at = (size_t)(colon - u->arg.p);
	if (at > 0 && blank(colon[-1]))
		where = "before";
	else if (at + 1 < u->arg.n && blank(colon[1]))
		where = "behind";
	else
		return;
	f = report_unit(c, u, "Blank %s the colon in \"%.*s\"%s.", where, TEXT(u->line.text),
	    unit_class(u) == 5 ? "; the server refused it" : "");
	if (unit_class(u) == 5 && u->meant->code == 501)
		f->severity = SEV_WARNING;
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

const struct check checks_command[] = {
	{ .info = { .id = "path-space",
	      .title = "Space between the colon and the path",
	      .phase = 'D',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_NOTE,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 3.3; RFC 5321 4.1.1.2",
	      .what = "MAIL FROM or RCPT TO with a blank on either side of the colon.",
	      .why = "Most servers take it; strict ones answer 501 and the mail bounces.",
	      .proof = "The command line itself.",
	      .fakes = "Nothing; it is reported once for a connection, with a count.",
	      .remedy = "Write \"MAIL FROM:<path>\" without blanks." },
	    .once = true,
	    .unit = path_space },
	{ .info = { .id = NULL } }
};
