/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase N: what one session shows of the habits of its two sides - refusals for the
 * time being, answers held back on purpose, searches for addresses, slow answers.
 *
 * Thinking times are those of the server: from the frame that made a unit whole to
 * the first octet of its reply, less the shortest round trip seen.  A reply that
 * follows another one of its group is timed from that one.
 */
#include <stdlib.h>
#include "smtp/checks/across.h"

#define SECOND INT64_C(1000000000)

enum { TIMES_MAX = 256 };

struct thought {
	const struct smtp_unit *unit;
	int64_t think;
};

struct thoughts {
	struct thought of[TIMES_MAX]; /* the first of the session; more change no median */
	size_t n;
};

static bool
repeated_between(const struct smtp_session *s, int64_t from, int64_t until)
{
	const struct ledger *l = &s->stream->ledger;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->seg[i].ts >= from && l->seg[i].ts <= until &&
		    (l->seg[i].kind == KIND_RETRANSMISSION || l->seg[i].kind == KIND_OVERLAP ||
		        l->seg[i].win == 0) &&
		    !captured_twice(l, i))
			return true;
	return false;
}

static int64_t
round_trip(const struct smtp_session *s)
{
	int64_t rtt = s->stream->rtt_min[(unsigned)DIR_SERVER ^ s->flip];

	return rtt > 0 ? rtt : 0;
}

static void
collect(const struct smtp_session *s, struct thoughts *t)
{
	const struct smtp_unit *u;
	const struct smtp_reply *before = NULL;
	int64_t from, rtt = round_trip(s);

	t->n = 0;
	STAILQ_FOREACH (u, &s->units, link) {
		if (u->meant == NULL || u->meant->first.frame == 0)
			continue;
		from = u->at_ts;
		if (before != NULL && before->last.ts > from)
			from = before->last.ts;
		before = u->meant;
		if (u->kind == UNIT_GREETING || u->kind == UNIT_EOD || u->chunk_last ||
		    u->at_ts == 0 || (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)) ||
		    t->n == TIMES_MAX)
			continue;
		t->of[t->n].unit = u;
		t->of[t->n].think = u->meant->first.ts - from - rtt;
		if (t->of[t->n].think < 0)
			t->of[t->n].think = 0;
		t->n++;
	}
}

static bool
timeable(const struct smtp_session *s)
{
	return !s->one_sided && s->stream->clock_steps == 0 && !s->stream->midstream;
}

static int
by_think(const void *a, const void *b)
{
	int64_t x = ((const struct thought *)a)->think, y = ((const struct thought *)b)->think;

	return (x > y) - (x < y);
}

static int64_t
median(const struct thoughts *t)
{
	struct thoughts sorted = *t;

	qsort(sorted.of, sorted.n, sizeof sorted.of[0], by_think);
	return sorted.n ? sorted.of[sorted.n / 2].think : 0;
}

static void
slow_command(struct check_ctx *c)
{
	struct thoughts t;
	int64_t mid;
	size_t i;

	if (!timeable(c->s))
		return;
	collect(c->s, &t);
	for (i = 0; i < t.n && t.of[i].think <= 5 * SECOND; i++)
		;
	if (i == t.n)
		return;
	mid = median(&t);
	for (; i < t.n; i++) {
		const struct smtp_unit *u = t.of[i].unit;
		struct finding *f;

		if (t.of[i].think <= 5 * SECOND || t.of[i].think <= 10 * mid ||
		    repeated_between(c->s, u->at_ts, u->meant->first.ts))
			continue;
		f = report_reply(c, u->meant,
		    "The server thought about %s for %s; the median of this session "
		    "is %s.",
		    smtp_unit_name(u), seconds_text(c, (double)t.of[i].think / 1e9),
		    seconds_text(c, (double)mid / 1e9));
		relate(f, u->line.first.frame);
	}
}

struct slow {
	const struct smtp_unit *first;
	int64_t least, most;
	unsigned n, positive, quick_refusals;
};

static struct slow
slow_answers(const struct thoughts *t)
{
	struct slow w = { 0 };
	size_t i;

	for (i = 0; i < t->n; i++) {
		unsigned class = t->of[i].unit->meant->code / 100;

		if (t->of[i].think < 3 * SECOND) {
			w.quick_refusals += class >= 4;
			continue;
		}
		if (w.n++ == 0)
			w.first = t->of[i].unit;
		if (w.n == 1 || t->of[i].think < w.least)
			w.least = t->of[i].think;
		if (t->of[i].think > w.most)
			w.most = t->of[i].think;
		w.positive += class < 4;
	}
	return w;
}

static unsigned
pieces(const struct smtp_session *s, const struct smtp_reply *r)
{
	const struct ledger *l = &s->stream->ledger;
	unsigned n = 0;
	size_t i;

	for (i = 0; i < l->n; i++)
		n += smtp_role(s, &l->seg[i]) == DIR_SERVER && l->seg[i].len > 0 &&
		    l->seg[i].off >= r->off && l->seg[i].off < r->end && l->seg[i].kind == KIND_NEW;
	return n;
}

/* The first reply that comes in many small pieces over seconds. */
static bool
dribbled(struct check_ctx *c)
{
	enum { LOOKS = 256, PIECES = 8, PIECE_MAX = 4 };
	const struct smtp_reply *r;
	unsigned n, looks = 0;

	STAILQ_FOREACH (r, &c->s->replies, link) {
		if (r->last.ts - r->first.ts < 3 * SECOND || looks++ >= LOOKS)
			continue;
		n = pieces(c->s, r);
		if (n < PIECES || (r->end - r->off) / n > PIECE_MAX)
			continue;
		report_reply(c, r, "The reply comes in %u pieces over %s.", n,
		    seconds_text(c, (double)(r->last.ts - r->first.ts) / 1e9));
		return true;
	}
	return false;
}

static void
tarpit(struct check_ctx *c)
{
	struct thoughts t;
	struct slow w;
	bool steady, errors;

	if (!timeable(c->s) || dribbled(c))
		return;
	collect(c->s, &t);
	w = slow_answers(&t);
	steady = w.n >= 3 && (w.most - w.least) * 10 < w.least;
	errors = w.n >= 2 && w.positive == 0 && w.quick_refusals == 0;
	if (!steady && !errors)
		return;
	report_reply(c, w.first->meant,
	    "The server held back %u answers%s for %.3g to %.3g s each.", w.n,
	    errors ? ", refusals only," : "", (double)w.least / 1e9, (double)w.most / 1e9);
}

bool
refuses_address(const struct smtp_reply *r)
{
	return r != NULL && (r->code == 550 || r->code == 551 || r->code == 553) &&
	    !(r->enhanced[0] == 5 && r->enhanced[1] == 7); /* X.7.Z: a policy, not the address */
}

static void
harvest(struct check_ctx *c)
{
	enum { MANY = 10, SHARE = 80 };
	const struct smtp_unit *u, *tenth = NULL;
	unsigned asked = 0, refused = 0;
	struct finding *f;

	STAILQ_FOREACH (u, &c->s->units, link) {
		if (u->kind != UNIT_COMMAND || u->verb->id != VERB_RCPT || u->meant == NULL)
			continue;
		if (++asked == MANY)
			tenth = u;
		refused += refuses_address(u->meant);
	}
	if (tenth == NULL || refused * 100 < asked * SHARE) {
		harvest_across(c);
		return;
	}
	f = report_unit(c, tenth,
	    "%u of %u recipients were refused as unknown in this session; this one is "
	    "\"%.*s\".",
	    refused, asked, TEXT(tenth->arg));
	lower_to(f, CONF_PROBABLE); /* the purpose is not on the wire */
}

static bool
hints_greylisting(struct slice t)
{
	static const char *const words[] = { "greylist", "graylist", "grey list", "gray list",
		"grey-list", "postgrey" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (text_contains(t, words[i]))
			return true;
	/* 4.7.1 is what most of them use; full mailboxes and limits have codes of their own. */
	return text_contains(t, "4.7.1 ") &&
	    (text_contains(t, "try again later") || text_contains(t, "retry"));
}

static void
greylisting(struct check_ctx *c, struct smtp_reply *r)
{
	const struct smtp_unit *u = r->meant;
	struct finding *f;

	if (r->code / 100 != 4 || r->code == 421 || u == NULL ||
	    !hints_greylisting(reply_text(r)) ||
	    (u->kind != UNIT_EOD && u->verb->id != VERB_RCPT && u->verb->id != VERB_MAIL &&
	        u->verb->id != VERB_DATA))
		return;
	f = report_reply(c, r,
	    "The server puts %s off for the time being: \"%.*s\". The same client is "
	    "expected to try again after some minutes.",
	    smtp_unit_name(u), TEXT(reply_text(r)));
	lower_to(f, CONF_PROBABLE); /* the text is all there is */
	relate(f, u->line.first.frame);
}

const struct check checks_patterns[] = {
	{ .info = { .id = "greylisting",
	      .title = "Temporary refusal, later success",
	      .phase = 'N',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_REMARK,
	      .severity = SEV_NOTE,
	      .tier = TIER_SECOND,
	      .refs = "RFC 6647",
	      .what = "A 4yz to MAIL, RCPT, DATA or the end of data whose text speaks of "
	              "greylisting; or "
	              "the success, a minute later or more, of what was put off in an earlier "
	              "connection from the same network.",
	      .why = "Normal: the mail passes when the client tries again from the same network.",
	      .proof = "The text of the reply, or both replies.",
	      .fakes =
	          "Full mailboxes and limits, which have other codes and words. That a client "
	          "never "
	          "tries again is not reported: it may wait for half an hour and longer, and has "
	          "some days (RFC 5321 4.5.4.1). The last lines of a report count what was put "
	          "off and not tried again, and say how long the capture went on.",
	      .remedy = "Nothing, as long as the client tries again from the same addresses." },
	    .across = true,
	    .once = true,
	    .reply = greylisting,
	    .tx = greylisting_across },
	{ .info = { .id = "tarpit",
	      .title = "Deliberately slow answers",
	      .phase = 'N',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_REMARK,
	      .severity = SEV_NOTE,
	      .tier = TIER_SECOND,
	      .refs = "RFC 5321 7.8",
	      .what =
	          "Answers held back for 3 s or more, all for the same time or only refusals; or a "
	          "reply that comes octet by octet.",
	      .why = "A usual defence. It hurts only clients with short time-outs.",
	      .proof = "Thinking times without the round trip.",
	      .fakes = "Slow name service, whose times differ; closed windows and lost frames.",
	      .remedy = "Nothing; raise the client's time-outs if it gives up." },
	    .needs_tcp = true,
	    .session = tarpit },
	{ .info = { .id = "harvest",
	      .title = "Directory harvest",
	      .phase = 'N',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_WARNING,
	      .tier = TIER_SECOND,
	      .refs = "RFC 5321 7.8; RFC 5321 7.3",
	      .what =
	          "Ten recipients or more in one session, or of one client within ten minutes, of "
	          "which 80 % are refused as unknown.",
	      .why = "Somebody tries out which addresses exist.",
	      .proof = "The refusals (550, 551, 553).",
	      .fakes = "Mailing lists with some dead addresses; refusals by policy (5.7.x).",
	      .remedy = "Server: limit the refusals per session and the connections of this "
	                "client." },
	    .across = true,
	    .session = harvest },
	{ .info = { .id = "slow-command",
	      .title = "Reply latency outlier",
	      .phase = 'N',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_INTEROP,
	      .severity = SEV_NOTE,
	      .tier = TIER_SECOND,
	      .refs = "RFC 5321 4.5.3.2",
	      .what = "A reply that took more than 5 s and ten times the median of the session.",
	      .why = "Name service, a block list or a filter is slow at this command.",
	      .proof = "Thinking time without the round trip.",
	      .fakes = "Repeats in between; the end of data, which has a check of its own.",
	      .remedy = "Look at what the server asks others for at this command." },
	    .needs_tcp = true,
	    .session = slow_command },
	{ .info = { .id = NULL } }
};
