/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript_say - what a line of the client or of the server means for the
 * dialogue, and the octets that it stands for.
 *
 * People leave out of a transcript what everybody knows: the text of a message
 * and the dot behind it, that QUIT is followed by a close, that a line ends in
 * CRLF.  These are put in again where the lines around them leave no other
 * reading; a refusal inside a message is left where it stands.
 *
 * A report of this program has remarks on what it did not show; their numbers
 * are used.
 */
#include "capture/transcript_talk.h"

enum {
	PORT_SMTP = 25,
	PORT_LMTP = 24,
	PORT_SMTPS = 465,
	CHUNK_LINE = 72 /* octets in a line of a made-up chunk */
};

/* -- beginning and end of a dialogue ----------------------------------------------------- */

void
talk_begin(struct talk *t, bool tls, uint64_t line)
{
	struct talk_step step = {
		.kind = TALK_OPEN, .line = line, .port = tls ? PORT_SMTPS : PORT_SMTP
	};

	t->open = true;
	t->port_known = false;
	t->opening = talk_push(t, NULL, step, slice_of(NULL, 0));
}

void
talk_close(struct talk *t, enum talk_side by, bool reset, uint64_t line)
{
	struct talk_step step = { .kind = TALK_CLOSE, .side = by, .line = line, .reset = reset };

	if (!t->open || t->closed)
		return;
	t->closed = true;
	t->close = step;
	if (!t->own && !t->table.any)
		talk_push(t, NULL, step, slice_of(NULL, 0));
}

/* A server that has said 221 or 421 closes (RFC 5321 4.1.1.10 and 3.8). */
void
talk_end(struct talk *t)
{
	if (!t->more && (t->code == 221 || t->code == 421))
		talk_close(t, SIDE_SERVER, false, t->line);
	if ((t->own || t->table.any) && t->closed)
		talk_push(t, NULL, t->close, slice_of(NULL, 0));
	t->opening = t->refusal = NULL;
	t->open = t->closed = t->server_seen = t->client_seen = t->more = false;
	t->asked_220 = t->data_asked = t->data = t->data_shown = t->chunk = false;
	t->code = 0;
}

/* In a report a close is told where it happened: may a line of this side stand below it? */
bool
talk_goes_on(const struct talk *t, enum talk_side side)
{
	if (!t->closed || (!t->own && !t->table.any))
		return true;
	/* A table shows what a server answers when the client has shut its side down. */
	return t->table.any && side == SIDE_SERVER && t->close.side == SIDE_CLIENT &&
	    !t->close.reset;
}

/* Is this line the first of another dialogue? */
static bool
begins_another(const struct talk *t, enum talk_side side, struct slice text)
{
	bool more;

	if (t->own)
		return false; /* its heading will tell */
	if (side == SIDE_SERVER)
		return t->server_seen && !t->more && !t->asked_220 && mark_code(text, &more) == 220;
	return t->code == 221 && !t->more &&
	    (slice_caseprefix(text, "EHLO ") || slice_caseprefix(text, "HELO ") ||
	        slice_caseprefix(text, "LHLO "));
}

/* The first reply of a dialogue, or its first command: was its beginning written down? */
static void
settle_opening(struct talk *t, enum talk_side side, struct slice text, unsigned code)
{
	struct talk_step *open = t->opening ? &t->opening->step : NULL;

	if (side == SIDE_SERVER && !t->server_seen) {
		if (open && !t->own && (code == 220 || (!t->client_seen && code >= 400)))
			open->whole = true;
		t->server_seen = true;
	} else if (side == SIDE_CLIENT && !t->client_seen) {
		if (open && slice_caseprefix(text, "LHLO") && !t->port_known)
			open->port = PORT_LMTP;
		t->client_seen = true;
	}
	if (t->server_seen && t->client_seen)
		t->opening = NULL;
}

/* -- the server --------------------------------------------------------------------------- */

/* The answer to an end of data that the author left out, with or without the text before it. */
static void
answer_in_data(struct talk *t, uint64_t line)
{
	if (t->refusal)
		return;
	if (!t->data_shown)
		talk_push_octets(t, SIDE_CLIENT, line, slice_str("[message text]\r\n"));
	talk_push_octets(t, SIDE_CLIENT, line, slice_str(".\r\n"));
	t->data = false;
}

static void
say_server(struct talk *t, struct slice text, uint64_t line)
{
	bool more, first = !t->more;
	unsigned code = mark_code(text, &more);

	settle_opening(t, SIDE_SERVER, text, code);
	if (t->data && first && code / 100 == 2)
		answer_in_data(t, line);
	talk_push_line(t, SIDE_SERVER, line, text);
	/* The client's next line tells whether this came inside the message. */
	if (t->data && first && code >= 400 && !t->refusal)
		t->refusal = STAILQ_LAST(&t->queue, queued, link);
	if (t->data_asked && code == 354 && !more) {
		t->data = true;
		t->data_asked = t->data_shown = false;
	}
	t->more = more && code != 0;
	if (code == 220 && !more)
		t->asked_220 = false;
	t->chunk = false;
	t->code = code;
}

/* -- the client ---------------------------------------------------------------------------- */

/* What the command means for the lines that follow it. */
static void
note_command(struct talk *t, struct slice text, uint64_t line)
{
	struct talk_step fill = { .kind = TALK_FILL, .side = SIDE_CLIENT, .line = line };

	if (slice_caseprefix(text, "STARTTLS") || slice_caseprefix(text, "XCLIENT") ||
	    slice_caseprefix(text, "X-ANONYMOUSTLS"))
		t->asked_220 = true;
	if (slice_caseeq(text, "DATA"))
		t->data_asked = true;
	else if (slice_caseeq(text, "."))
		t->data_asked = false;
	t->chunk = slice_caseprefix(text, "BDAT ") && mark_number(text, "BDAT ", &fill.n);
	fill.lines = 1 + fill.n / CHUNK_LINE;
	if (t->chunk && fill.n)
		talk_push(t, NULL, fill, slice_of(NULL, 0));
}

/* A command that no message text would be taken for. */
static bool
is_command(struct slice text)
{
	static const char *const commands[] = { "QUIT", "RSET", "NOOP", "DATA" };
	size_t i;

	for (i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (slice_caseeq(text, commands[i]))
			return true;
	return slice_caseprefix(text, "MAIL FROM:") || slice_caseprefix(text, "EHLO ");
}

/* "[message text, 57920 octets in 1208 lines ...]" stands for text that was not shown. */
static bool
is_summary(struct talk *t, struct slice text, uint64_t line)
{
	struct talk_step fill = { .kind = TALK_FILL, .side = SIDE_CLIENT, .line = line };

	if (!slice_caseprefix(text, "[message text, "))
		return t->own && slice_caseprefix(text, "[chunk, ");
	if (!t->data_shown && mark_number(text, "[message text, ", &fill.n) && fill.n) {
		(void)mark_number(text, "octets in ", &fill.lines);
		talk_push(t, NULL, fill, slice_of(NULL, 0));
	}
	t->data_shown |= t->data;
	return true;
}

/* The client has read on: where does a refusal stand that came before an end of data? */
static void
settle_refusal(struct talk *t, struct slice text)
{
	struct talk_step end = { .kind = TALK_OCTETS, .side = SIDE_CLIENT };

	if (t->refusal && is_command(text)) {
		end.line = t->refusal->step.line;
		talk_push(t, t->refusal, end, slice_str(".\r\n"));
		t->data = false;
	}
	t->refusal = NULL;
}

static void
say_client(struct talk *t, struct slice text, uint64_t line)
{
	settle_opening(t, SIDE_CLIENT, text, 0);
	if (is_summary(t, text, line))
		return;
	if (t->chunk && !mark_is_smtp(SIDE_CLIENT, text)) {
		t->ignored++; /* octets of the chunk, which were made up from its size */
		return;
	}
	settle_refusal(t, text);
	talk_push_line(t, SIDE_CLIENT, line, text);
	if (!t->data) {
		note_command(t, text, line);
		return;
	}
	t->data_shown = true;
	t->data = !slice_caseeq(text, ".") && !mark_contains(text, "<CRLF>.<CRLF>");
}

/* -- both ---------------------------------------------------------------------------------- */

/* "S> [3 lines not kept, last code 250]": the reply ends all the same. */
static bool
is_left_out(struct talk *t, enum talk_side side, struct slice text, uint64_t line)
{
	char reply[] = "000 \r\n";
	uint64_t code;

	if (!t->own || side != SIDE_SERVER || !slice_caseprefix(text, "["))
		return false;
	if (mark_number(text, "last code ", &code) && code < 1000) {
		reply[0] = (char)('0' + code / 100);
		reply[1] = (char)('0' + code / 10 % 10);
		reply[2] = (char)('0' + code % 10);
		talk_push_octets(t, SIDE_SERVER, line, slice_str(reply));
		t->more = false;
	}
	return true;
}

/* A remark behind a mark.  In message text only one that says that the client closed is. */
static bool
is_remark(struct talk *t, enum talk_side side, struct slice text, uint64_t line)
{
	bool reset, in_text = t->data && side == SIDE_CLIENT;
	enum talk_side by = side;

	if (t->own || !mark_is_remark(text) || (text.p[0] != '<' && text.p[0] != '(') ||
	    (in_text && text.p[0] != '<') || (side == SIDE_CLIENT && t->code == 334))
		return false;
	if (!mark_is_close(text, &by, &reset))
		return !in_text;
	talk_close(t, side, reset, line);
	return true;
}

/* Blanks at the ends are the paste's, but for the one behind a bare code. */
static struct slice
without_blanks(struct slice text)
{
	struct slice bare = mark_trim(text);

	if (bare.n == 3 && bare.p + 3 < text.p + text.n)
		bare.n++;
	return bare;
}

/* With -v a report tells behind a reply what it answers. */
static struct slice
without_pairing(struct slice text)
{
	size_t i;

	if (text.n == 0 || text.p[text.n - 1] != ')')
		return text;
	for (i = text.n; i-- > 0;)
		if (slice_caseprefix(slice_from(text, i), "  (to "))
			return slice_of(text.p, i);
	return text;
}

void
talk_say(struct talk *t, const struct mark *m, struct slice text, uint64_t line)
{
	struct slice bare = mark_trim(text);

	if (m->side == SIDE_SERVER)
		text = without_blanks(t->own ? without_pairing(text) : text);
	else if (!t->data)
		text = bare;
	/* An empty line answers a challenge of AUTH (RFC 4954 4); elsewhere it is the paste's. */
	if (is_remark(t, m->side, bare, line) ||
	    (text.n == 0 && !t->data && !(m->side == SIDE_CLIENT && t->code == 334)))
		return;
	if (!talk_goes_on(t, m->side)) {
		t->ignored++; /* a half-closed connection is more than a transcript can tell */
		return;
	}
	if (t->open && !t->table.any && (t->closed || begins_another(t, m->side, text)))
		talk_end(t);
	if (!t->open)
		talk_begin(t, m->tls, line);
	t->line = line;
	if (is_left_out(t, m->side, text, line))
		return;
	if (m->side == SIDE_SERVER)
		say_server(t, text, line);
	else
		say_client(t, text, line);
}

void
talk_say_text(struct talk *t, struct slice text, uint64_t line)
{
	t->line = line;
	say_client(t, text, line);
}
