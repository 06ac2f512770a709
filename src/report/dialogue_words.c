/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dialogue_words - what happened in a session besides what was said, in words.
 */
#include <inttypes.h>

#include "base/output.h"
#include "report/common.h"
#include "report/dialogue.h"
#include "report/tlsline.h"

bool
dialogue_group(struct dialogue_group *g, const struct smtp_unit *u)
{
	const struct smtp_unit *next = STAILQ_NEXT(u, link);
	uint64_t frame = u->line.first.frame;

	if (u->group != g->number || !u->group)
		*g = (struct dialogue_group){ .number = u->group };
	g->units++;
	g->answers += dialogue_answers(u);
	if (frame != g->segment_frame || !g->segments)
		g->segments++;
	g->segment_frame = frame;
	return u->group && g->units > 1 && (!next || next->group != u->group);
}

void
dialogue_group_put(struct output *o, const struct smtp_session *s, const struct dialogue_group *g)
{
	out_printf(o, "(%" PRIu32 " commands ", g->units);
	if (s->stream->transcript)
		out_puts(o, "sent together");
	else
		out_printf(o, "in %" PRIu32 " segment%s", g->segments, g->segments == 1 ? "" : "s");
	out_printf(
	    o, ", answered by %" PRIu32 " repl%s)", g->answers, g->answers == 1 ? "y" : "ies");
}

static void
put_text(struct output *o, const struct smtp_session *s, const struct smtp_body *b)
{
	const char *place = place_name(s->stream->transcript);

	out_printf(o, "[message text, %" PRIu64 " octet%s in %" PRIu64 " line%s, ", b->octets,
	    b->octets == 1 ? "" : "s", b->lines, b->lines == 1 ? "" : "s");
	if (b->first.frame == b->last.frame)
		out_printf(o, "%s %" PRIu64, place, b->first.frame);
	else
		out_printf(o, "%ss %" PRIu64 "-%" PRIu64, place, b->first.frame, b->last.frame);
	out_printf(o, "%s%s]\n", b->missing ? ", not captured whole" : "",
	    b->eod ? "" : ", its end was not sent or seen");
}

static void
put_close(struct output *o, const struct smtp_session *s, const struct item *it)
{
	uint64_t n = it->role == DIR_SERVER ? dialogue_expected(s, it->frame) : 0;
	const char *who = it->role == DIR_CLIENT ? "Client" : "Server";

	if (s->stream->transcript) {
		if (s->closed_by && strcmp(s->closed_by, common_role(it->role)) == 0)
			out_printf(o, "<%s closes>\n", who);
		return;
	}
	out_printf(o, it->kind == ITEM_FIN ? "<%s closes: FIN>\n" : "<%s resets: RST>\n", who);
	if (n)
		out_printf(o, "<server closed while %" PRIu64 " repl%s expected>\n", n,
		    n == 1 ? "y was" : "ies were");
}

void
dialogue_words(struct output *o, const struct smtp_session *s, const struct item *it)
{
	switch (it->kind) {
	case ITEM_OPEN:
		out_puts(o,
		    s->stream->midstream     ? "<joined in mid-stream>\n" :
		        s->stream->handshake ? "<connected>\n" :
		                               "<connection requested>\n");
		break;
	case ITEM_TEXT:
		put_text(o, s, it->body);
		break;
	case ITEM_GAP:
		out_printf(o, "<%" PRIu64 " octets of the %s were not captured>\n", it->gap->len,
		    common_role(it->role));
		break;
	case ITEM_TLS:
		out_puts(o, "<TLS from here, opaque");
		if (tls_chosen(s))
			out_puts(o, ": ");
		tls_choice(o, s);
		out_puts(o, ">\n");
		break;
	case ITEM_ALERT:
		out_printf(o, "<TLS alert %u from the %s>\n", s->tls.alert,
		    common_role((enum stream_dir)s->tls.alert_dir));
		break;
	case ITEM_FIN:
	case ITEM_RST:
		put_close(o, s, it);
		break;
	case ITEM_UNIT:
	case ITEM_REPLY:
	case ITEM_FINDING:
		break;
	}
}
