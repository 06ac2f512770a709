/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outcome - what became of a message, and how a session ended, in words.
 *
 * The words say what can be known and no more: "surely not delivered" is kept
 * for what acknowledgement numbers prove, "in doubt" for what nobody can tell.
 * The names for machines are the model's (smtp_names.c).
 */
#include <inttypes.h>
#include <string.h>

#include "base/output.h"
#include "report/common.h"

const char *
common_result_words(enum smtp_result r)
{
	/* clang-format off */
	static const char *const words[] = {
		[RESULT_DELIVERED] = "delivered: the server took the message",
		[RESULT_DELIVERED_IN_PART] =
		    "delivered in part: the server took the message, but not for every recipient",
		[RESULT_REJECTED] = "rejected for good: the sender gets it back",
		[RESULT_DEFERRED] = "deferred: the client keeps it and tries again",
		[RESULT_REJECTED_MID_DATA] = "rejected in mid-data: surely not delivered",
		[RESULT_ABORTED] = "given up by the client before the end of data: not delivered",
		[RESULT_LOST] =
		    "cut off before the server had the end of data: surely not delivered",
		[RESULT_IN_DOUBT] =
		    "in doubt: the server had the whole message, but no answer to it can be trusted",
		[RESULT_UNKNOWN] = "unknown: the capture does not show what became of it",
	};
	/* clang-format on */

	return words[r];
}

/* The server ended it by 421, whatever the client still said; RFC 5321 3.8 lets it. */
static bool
shut_at_recipient(const struct smtp_transaction *t)
{
	const struct smtp_rcpt *r;

	STAILQ_FOREACH (r, &t->rcpts, link)
		if (r->reply && r->reply->code == 421)
			return true;
	return false;
}

const char *
common_outcome(const struct smtp_session *s, const struct smtp_transaction *t)
{
	if (t->result == RESULT_ABORTED && s->closed_by && strcmp(s->closed_by, "server") == 0 &&
	    (t->cut_off || shut_at_recipient(t)))
		return "ended by the server before the end of data: not delivered";
	return common_result_words(t->result);
}

/* Who was the first to close or to reset, and in which frame. */
static bool
first_to_close(const struct smtp_session *s, enum stream_dir *who, bool *reset, uint64_t *frame)
{
	unsigned role;

	*frame = UINT64_MAX;
	for (role = 0; role < 2; role++) {
		const struct stream_half *h = smtp_half(s, (enum stream_dir)role);
		const uint64_t at[2] = { h->fin_frame, h->rst_frame };
		unsigned i;

		for (i = 0; i < 2; i++) {
			if (at[i] && at[i] < *frame) {
				*frame = at[i];
				*who = (enum stream_dir)role;
				*reset = i == 1;
			}
		}
	}
	return *frame != UINT64_MAX;
}

/* What the other side did after the first one had closed. */
static void
closure_answer(struct output *o, const struct smtp_session *s, enum stream_dir first)
{
	enum stream_dir other = first == DIR_CLIENT ? DIR_SERVER : DIR_CLIENT;
	const struct stream_half *h = smtp_half(s, other);

	if (h->fin_frame && (!h->rst_frame || h->fin_frame < h->rst_frame))
		out_printf(
		    o, "; the %s closed in frame %" PRIu64, common_role(other), h->fin_frame);
	else if (h->rst_frame)
		out_printf(o, "; the %s reset the connection in frame %" PRIu64, common_role(other),
		    h->rst_frame);
	else if (smtp_half(s, first)->rst_frame)
		out_printf(o, "; the %s then reset the connection in frame %" PRIu64,
		    common_role(first), smtp_half(s, first)->rst_frame);
	else
		out_printf(o, "; %sno FIN of the %s was captured",
		    s->closure == CLOSURE_HALF_CLOSED ? "half-closed, " : "", common_role(other));
}

/* The class says no more than the first FIN or RST, which is told anyway; in TLS nobody can
 * see whether there was a QUIT. */
static bool
closure_tells_only_who(const struct smtp_session *s)
{
	enum smtp_closure c = s->closure;

	return c == CLOSURE_HALF_CLOSED || c == CLOSURE_SERVER_FIN || c == CLOSURE_SERVER_RST ||
	    c == CLOSURE_CLIENT_RST || (c == CLOSURE_CLIENT_FIN && s->tls.via != TLS_NONE);
}

void
common_closure(struct output *o, const struct smtp_session *s)
{
	/* clang-format off */
	static const char *const words[] = {
		[CLOSURE_QUIT] = "ended by QUIT",
		[CLOSURE_QUIT_NO_WAIT] = "QUIT, but the client did not wait for its reply",
		[CLOSURE_CLIENT_FIN] = "closed by the client without QUIT",
		[CLOSURE_SERVER_FIN] = "closed by the server",
		[CLOSURE_HALF_CLOSED] = "closed on one side only",
		[CLOSURE_CLIENT_RST] = "reset by the client",
		[CLOSURE_SERVER_RST] = "reset by the server",
		[CLOSURE_SIMULTANEOUS] = "closed by both sides at once",
		[CLOSURE_IDLE] = "silent until it was given up",
		[CLOSURE_REFUSED] = "connection refused",
		[CLOSURE_NO_ANSWER] = "no answer to the connection request",
		[CLOSURE_REUSED] = "addresses and ports taken over by a new connection",
		[CLOSURE_CAPTURE_END] = "still open when the capture ended",
	};
	/* clang-format on */
	const char *word = s->stream->transcript && s->closure == CLOSURE_CAPTURE_END ?
	    "its end is not in the transcript" :
	    words[s->closure];
	enum stream_dir who = DIR_CLIENT;
	bool reset = false;
	uint64_t frame;
	bool known = !s->stream->transcript && first_to_close(s, &who, &reset, &frame);

	if (!known || !closure_tells_only_who(s))
		out_printf(o, "%s%s", word, known ? "; " : "");
	if (known) {
		out_printf(o, "%s %s (%s, frame %" PRIu64 ")", common_role(who),
		    reset ? "reset the connection" : "closed first", reset ? "RST" : "FIN", frame);
		if (!reset)
			closure_answer(o, s, who);
	}
	if (s->phase && s->closure != CLOSURE_QUIT)
		out_printf(o, "; phase: %s", s->phase);
}
