/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary - who talked, how it ended, what became of each message.
 *
 * The summary answers the questions of a person with a full mail queue: which
 * side closed, which mail is delivered, refused or in doubt, and whether the
 * capture is good enough to say so.  Lines about troubles appear only where
 * there was trouble.
 */
#include <inttypes.h>

#include "base/escape.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/finding_text.h"
#include "report/summary.h"
#include "report/tlsline.h"

enum { RCPT_SHOWN = 20, NAME_COLUMNS = 80 };

static void
put_peer(struct output *o, const struct peers *p, enum stream_dir role)
{
	out_puts(o, p->full[role]);
	if (p->named[role])
		out_printf(o, " (%s)", p->name[role]);
}

void
summary_heading(struct output *o, const struct report_config *cfg, const struct smtp_session *s)
{
	const struct stream *st = s->stream;
	char start[TIME_TEXT_MAX];
	struct peers peers;

	common_peers(&peers, cfg, s);
	time_rfc3339(start, st->first_ts, cfg->digits);
	out_printf(o, "Session %" PRIu64 ": ", s->number);
	put_peer(o, &peers, DIR_CLIENT);
	out_puts(o, " > ");
	put_peer(o, &peers, DIR_SERVER);
	out_puts(o, "\n  ");
	if (s->app != APP_UNKNOWN)
		out_printf(o, "%s, ", smtp_app_name(s->app));
	if (st->transcript)
		out_printf(o, "from a transcript, lines %" PRIu64 "-%" PRIu64, st->first_frame,
		    st->last_frame);
	else
		out_printf(o, "started %s", start);
	if (cfg->engine && strcmp(cfg->engine, "native") != 0)
		out_printf(o, ", engine %s", cfg->engine);
	if (st->midstream)
		out_puts(o, ", joined in mid-stream");
	if (!s->roles_certain && (s->role_by_evidence || !st->roles_by_syn))
		out_puts(o, ", roles inferred");
	out_putc(o, '\n');
}

/* The name that the client gave last, and the server's banner. */
static void
put_names(struct output *o, const struct smtp_session *s)
{
	const struct smtp_unit *u, *helo = NULL, *greeting = NULL;
	bool any = false;

	STAILQ_FOREACH (u, &s->units, link) {
		if (u->kind == UNIT_GREETING)
			greeting = u;
		else if (u->verb &&
		    (u->verb->id == VERB_HELO || u->verb->id == VERB_EHLO ||
		        u->verb->id == VERB_LHLO))
			helo = u;
	}
	if (helo) {
		out_printf(o, "  client says %s ", helo->verb->name);
		common_cut(o, helo->arg, NAME_COLUMNS);
		any = true;
	}
	if (greeting && greeting->reply) {
		out_printf(o, "%sserver says %03u ", any ? "; " : "  ", greeting->reply->code);
		common_cut(o, common_reply_text(greeting->reply), NAME_COLUMNS);
		any = true;
	}
	if (any)
		out_putc(o, '\n');
}

static void
put_traffic(struct output *o, const struct smtp_session *s, enum stream_dir role)
{
	const struct stream_half *half = smtp_half(s, role);
	char number[NUMBER_TEXT_MAX];

	common_count(o, half->octets, "octet");
	out_printf(o, " from the %s", common_role(role));
	if (half->repeated)
		out_printf(o, " (%s of them seen before)", common_number(number, half->repeated));
}

static void
put_times(struct output *o, const struct smtp_session *s)
{
	const struct stream *st = s->stream;
	char text[TIME_TEXT_MAX];

	time_duration(text, common_since(st->last_ts, st->first_ts));
	if (st->transcript)
		out_printf(o, "  lines %" PRIu64 "-%" PRIu64 ", ", st->first_frame, st->last_frame);
	else
		out_printf(o, "  frames %" PRIu64 "-%" PRIu64 ", lasted %s, ", st->first_frame,
		    st->last_frame, text);
	put_traffic(o, s, DIR_CLIENT);
	out_puts(o, ", ");
	put_traffic(o, s, DIR_SERVER);
	out_putc(o, '\n');
}

/* `u': the command that names it, or NULL.  "<>" is an address, too: the null path. */
static void
put_address(struct output *o, const struct smtp_unit *u, struct slice addr)
{
	if (addr.n == 0 && u && u->line.flags & LINE_GAP) {
		out_puts(o, "an address that was not captured");
		return;
	}
	out_putc(o, '<');
	common_cut(o, addr, NAME_COLUMNS);
	out_putc(o, '>');
}

static void
put_recipient(struct output *o, const char *place, const struct smtp_rcpt *r)
{
	out_puts(o, "    to ");
	put_address(o, r->unit, r->addr);
	if (!r->reply) {
		out_puts(o, ": no reply\n");
		return;
	}
	out_printf(o, ": %s (%03u, %s %" PRIu64 ")", r->accepted ? "accepted" : "refused",
	    r->reply->code, place, r->reply->first.frame);
	if (r->final)
		out_printf(o, ", message %03u in %s %" PRIu64, r->final->code, place,
		    r->final->first.frame);
	out_putc(o, '\n');
}

static void
put_recipients(struct output *o, const struct report_config *cfg, const char *place,
    const struct smtp_transaction *t)
{
	const struct smtp_rcpt *r;
	uint32_t shown = 0;

	STAILQ_FOREACH (r, &t->rcpts, link) {
		if (shown == RCPT_SHOWN && !cfg->verbose && t->nrcpt > RCPT_SHOWN) {
			out_printf(
			    o, "    and %" PRIu32 " more (-v shows them)\n", t->nrcpt - RCPT_SHOWN);
			return;
		}
		put_recipient(o, place, r);
		shown++;
	}
}

static void
put_transaction(struct output *o, const struct report_config *cfg, const struct smtp_session *s,
    const struct smtp_transaction *t)
{
	out_printf(o, "  Message %" PRIu32 " from ", t->index + 1);
	put_address(o, t->mail, t->sender);
	out_puts(o, ", ");
	common_count(o, t->nrcpt, "recipient");
	if (t->nrcpt)
		out_printf(o, " (%" PRIu32 " accepted)", t->naccepted);
	if (t->body) {
		out_puts(o, ", ");
		common_count(o, t->body->octets, "octet");
		out_puts(o, t->eod ? "" : " seen");
		if (t->body->missing) {
			out_puts(o, ", ");
			common_count(o, t->body->missing, "octet");
			out_printf(o, " %s", common_missing(s));
		}
	}
	out_printf(o, "\n    %s\n", common_outcome(s, t));
	if (t->believed != t->result)
		out_printf(o, "    a client that counts replies must believe: %s\n",
		    common_result_words(t->believed));
	if (t->final) {
		out_printf(o, "    decided by %s %" PRIu64 ": %03u ",
		    place_name(s->stream->transcript), t->final->first.frame, t->final->code);
		common_cut(o, common_reply_text(t->final), NAME_COLUMNS);
		out_putc(o, '\n');
	}
	if (t->queue_id) {
		out_puts(o, "    queue id ");
		common_cut(o, slice_str(t->queue_id), NAME_COLUMNS);
		out_putc(o, '\n');
	}
	put_recipients(o, cfg, place_name(s->stream->transcript), t);
}

/* What keeps this session from being judged in full. */
static void
put_doubts(struct output *o, const struct smtp_session *s)
{
	unsigned role;

	for (role = 0; role < 2; role++) {
		if (!s->gap_octets[role])
			continue;
		out_printf(o, "  %s: ", common_missing(s));
		common_count(o, s->gap_octets[role], "octet");
		out_printf(o, " of the %s\n", common_role((enum stream_dir)role));
	}
	for (role = 0; role < 2; role++) {
		const struct stream_half *h = smtp_half(s, (enum stream_dir)role);

		if (!h->bad_checksums)
			continue;
		out_puts(o, "  bad TCP checksum: ");
		common_count(o, h->bad_checksums, "frame");
		out_printf(o, " of %" PRIu64 " from the %s%s\n", h->packets,
		    common_role((enum stream_dir)role),
		    h->bad_checksums > h->packets / 2 ? " (computed behind the capture point?)" :
		                                        "");
	}
	if (s->one_sided)
		out_puts(o, "  only one direction was captured\n");
	if (s->limited)
		out_printf(o, "  not kept whole: %s\n", s->limit ? s->limit : "a limit was hit");
	if (s->stream->refused_octets) {
		out_puts(o, "  dropped for lack of memory: ");
		common_count(o, s->stream->refused_octets, "octet");
		out_putc(o, '\n');
	}
	if (s->stream->ledger.refused) {
		out_puts(o, "  not recorded for lack of memory: ");
		common_count(o, s->stream->ledger.refused, "frame");
		out_putc(o, '\n');
	}
}

void
summary_session(struct output *o, const struct report_config *cfg, const struct smtp_session *s)
{
	const struct smtp_transaction *t;
	struct peers peers;

	common_peers(&peers, cfg, s);
	out_printf(o, "Summary of session %" PRIu64 ": ", s->number);
	put_peer(o, &peers, DIR_CLIENT);
	out_puts(o, " > ");
	put_peer(o, &peers, DIR_SERVER);
	out_putc(o, '\n');
	put_names(o, s);
	put_times(o, s);
	out_puts(o, "  ");
	common_closure(o, s);
	out_putc(o, '\n');
	if (s->tls.via != TLS_NONE) {
		out_puts(o, "  TLS ");
		tls_line(o, s);
		out_putc(o, '\n');
	}
	if (s->auth_mechanism) {
		out_puts(o, "  AUTH ");
		common_cut(o, slice_str(s->auth_mechanism), NAME_COLUMNS);
		out_printf(o, ": %s\n", s->auth_result ? s->auth_result : "unknown");
	}
	STAILQ_FOREACH (t, &s->transactions, link)
		put_transaction(o, cfg, s, t);
	put_doubts(o, s);
	out_puts(o, "  findings: ");
	finding_counts(o, s);
	out_putc(o, '\n');
}
