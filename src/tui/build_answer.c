/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build_answer - a session in a few lines: what went wrong and whose doing it is,
 * what that means for the mail, what to do, what to look for in the log.
 *
 * For a person with a full queue: the most important comes first, and a line that
 * nothing is known for is not there.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/incident.h"
#include "tui/loglines.h"
#include "tui/sheet.h"

enum {
	HANG = 7,
	CAUSE_OCTETS = 260, /* of the detail */
	MESSAGES = 2,       /* told of one by one */
	ROWS = 8,
	NAME_COLUMNS = 60 /* of an address */
};

struct row {
	const char *label;
	enum style style;
	struct output *text;
	uint64_t frame;
	int lines; /* at most; 0: all */
};

struct answer {
	struct sheet h;
	const struct finding *cause; /* or NULL */
	struct row row[ROWS];
	unsigned n;
};

/* A paragraph behind a label, to be laid out when all are known; none if there is no text. */
static void
put_row(struct answer *a, const char *label, enum style style, struct output *o)
{
	struct error err;

	if (output_slice(o).n && a->n < ROWS)
		a->row[a->n++] = (struct row){ label, style, o, a->h.frame, 0 };
	else
		output_close(o, &err);
}

static struct sheet_par
row_par(const struct row *r)
{
	return (struct sheet_par){
		.label = r->label, .label_style = STYLE_HEADER, .hang = HANG, .lines = r->lines
	};
}

/* A line for each row; what is left goes round among those that need more. */
static void
share_lines(struct answer *a)
{
	int room = a->h.opt->lines - (int)doc_count(a->h.doc) - (int)a->n, need[ROWS];
	bool given = true;
	unsigned i;

	for (i = 0; i < a->n; i++) {
		struct sheet_par par = row_par(&a->row[i]);

		need[i] = sheet_lines(&a->h, &par, output_slice(a->row[i].text)) - 1;
		a->row[i].lines = 1;
	}
	while (given) {
		given = false;
		for (i = 0; i < a->n && room > 0; i++) {
			if (need[i] == 0)
				continue;
			a->row[i].lines++;
			need[i]--;
			room--;
			given = true;
		}
	}
}

static void
lay_out(struct answer *a)
{
	struct error err;
	unsigned i;

	if (a->h.opt->lines)
		share_lines(a);
	for (i = 0; i < a->n; i++) {
		struct sheet_par par = row_par(&a->row[i]);

		a->h.frame = a->row[i].frame;
		sheet_wrap(&a->h, &par, a->row[i].style, output_slice(a->row[i].text));
		output_close(a->row[i].text, &err);
	}
}

/* The first sentence: up to a full stop that a blank and a capital letter follow. */
static struct slice
first_sentence(struct slice s)
{
	size_t i;

	for (i = 0; i + 2 < s.n; i++)
		if (s.p[i] == '.' && s.p[i + 1] == ' ' && s.p[i + 2] >= 'A' && s.p[i + 2] <= 'Z')
			return slice_of(s.p, i + 1);
	return s;
}

static void
put_head(struct answer *a)
{
	static const char *const nouns[] = { "note", "warning", "error" };
	const struct finding *f = a->cause;
	uint32_t left[3];
	bool any = false;
	int sev;

	memcpy(left, a->h.s->counted, sizeof left);
	left[f->severity] -= left[f->severity] > 0;
	a->h.frame = f->frame;
	a->h.finding = f;
	sheet_line(&a->h, DOC_ANCHOR);
	doc_printf(a->h.doc, sheet_severity(f->severity), "%s (%s) %s", severity_name(f->severity),
	    confidence_name(f->confidence), f->check->id);
	doc_printf(a->h.doc, STYLE_PLAIN, ", %s %" PRIu64,
	    a->h.s->stream->transcript ? "line" : "frame", f->frame);
	for (sev = SEV_ERROR; sev >= SEV_NOTE; sev--) {
		if (!left[sev])
			continue;
		doc_printf(a->h.doc, STYLE_DIM, "%s%" PRIu32 " %s%s", any ? ", " : "; also ",
		    left[sev], nouns[sev], left[sev] == 1 ? "" : "s");
		any = true;
	}
}

static void
put_cause(struct answer *a)
{
	static const char *const who[] = { [CULPRIT_CLIENT] = "client",
		[CULPRIT_SERVER] = "server",
		[CULPRIT_PATH] = "the network between",
		[CULPRIT_EITHER] = "client or server" };
	const struct finding *f = a->cause;
	struct output *o = output_memory();
	struct slice detail = slice_str(f->detail ? f->detail : "");

	/* A remark blames nobody. */
	if (f->severity > SEV_NOTE)
		out_printf(o, "%s: ", check_of_capture(f->check) ? "the capture" : who[f->culprit]);
	detail = first_sentence(detail);
	if (detail.n > CAUSE_OCTETS)
		detail.n = 0;
	/* The sentence may begin as the title does. */
	if (!slice_caseprefix(detail, f->check->title))
		out_printf(o, "%s.%s", f->check->title, detail.n ? " " : "");
	out_write(o, detail);
	put_row(a, "Cause  ", STYLE_PLAIN, o);
}

/* -- the mail --------------------------------------------------------------------------- */

static void
put_address(struct output *o, struct slice s)
{
	size_t n = common_fit(s, NAME_COLUMNS);

	out_putc(o, '<');
	out_write(o, slice_of(s.p, n));
	out_puts(o, n < s.n ? "...>" : ">");
}

/* What is to be expected of the mail now, where the result alone does not say it. */
static const char *
outlook(const struct smtp_transaction *t)
{
	switch (mail_fate(t)) {
	case MAIL_LOST:
		return "LOST: the client must believe it was delivered; nobody will try again";
	case MAIL_IN_DOUBT:
		return "it may have been delivered, and may be delivered twice";
	case MAIL_LATE:
		return "it stays queued, and is tried again";
	case MAIL_REFUSED:
		return "it goes back to its sender";
	case MAIL_UNSENT:
		return "if the client had a message, it still has it";
	case MAIL_PART:
	case MAIL_TAKEN:
	case MAIL_UNKNOWN:
	case MAIL_FATES:
		break;
	}
	return NULL;
}

static enum style
outlook_style(enum mail_fate fate)
{
	switch (fate) {
	case MAIL_LOST:
	case MAIL_IN_DOUBT:
		return STYLE_ERROR;
	case MAIL_REFUSED:
	case MAIL_LATE:
	case MAIL_PART:
		return STYLE_WARNING;
	case MAIL_TAKEN:
		return STYLE_GOOD;
	case MAIL_UNSENT:
	case MAIL_UNKNOWN:
	case MAIL_FATES:
		break;
	}
	return STYLE_PLAIN;
}

static void
put_message(struct answer *a, const struct smtp_transaction *t)
{
	const struct smtp_rcpt *to = STAILQ_FIRST(&t->rcpts);
	const char *more = outlook(t);
	struct output *o = output_memory();

	out_puts(o, common_result_words(t->result));
	if (more && t->result != RESULT_REJECTED && t->result != RESULT_DEFERRED)
		out_printf(o, "; %s", more);
	out_puts(o, ": ");
	put_address(o, t->sender);
	if (to) {
		out_puts(o, " to ");
		put_address(o, to->addr);
	}
	if (t->nrcpt > 1)
		out_printf(o, " and %" PRIu32 " more", t->nrcpt - 1);
	if (t->final && t->final->code >= 400) {
		out_printf(o, ", %03u ", t->final->code);
		out_write(o, common_reply_text(t->final));
	}
	a->h.frame = t->final ? t->final->first.frame : t->first_frame;
	put_row(a, "Mail   ", outlook_style(mail_fate(t)), o);
}

/* Surely no message came to pass in TLS. */
static bool
unagreed(const struct smtp_session *s)
{
	const struct finding *f;

	STAILQ_FOREACH (f, &s->findings, link)
		if (f->confidence > CONF_POSSIBLE &&
		    strcmp(f->check->id, "tls-handshake-failed") == 0)
			return true;
	return false;
}

/* A message without MAIL: the capture began, or was damaged, before it. */
static void
put_unknown(struct answer *a, struct output *o)
{
	const struct smtp_body *b = STAILQ_FIRST(&a->h.s->bodies);

	if (b) {
		common_count(o, (uint64_t)(b->end - b->off), "octet");
		out_puts(o, " of a message, whose sender and recipients were not captured");
	} else {
		out_puts(o,
		    unagreed(a->h.s)                ? "none: TLS was not agreed on" :
		        a->h.s->tls.via != TLS_NONE ? "inside TLS: not known" :
		                                      "none");
	}
}

/* The worst message, and how many others there are. */
static void
put_mail(struct answer *a)
{
	const struct smtp_transaction *t, *worst[MESSAGES] = { NULL };
	struct output *o;
	unsigned n = 0, i;
	int fate;

	for (fate = MAIL_LOST; fate < MAIL_FATES; fate++)
		STAILQ_FOREACH (t, &a->h.s->transactions, link)
			if ((int)mail_fate(t) == fate && n < MESSAGES)
				worst[n++] = t;
	for (i = 0; i < n; i++)
		put_message(a, worst[i]);
	o = output_memory();
	if (n == 0)
		put_unknown(a, o);
	else if (a->h.s->ntransactions > n)
		out_printf(o, "and %" PRIu32 " more", a->h.s->ntransactions - n);
	a->h.frame = 0;
	put_row(a, n ? "" : "Mail   ", STYLE_PLAIN, o);
}

/* -- what to do, what to look for ------------------------------------------------------- */

static void
put_remedy(struct answer *a)
{
	const char *remedy = a->cause->remedy ? a->cause->remedy : a->cause->check->remedy;
	struct output *o = output_memory();

	out_puts(o, remedy ? remedy : "");
	put_row(a, "Do     ", STYLE_PLAIN, o);
}

/* Which lines of the log belong to it: the time, the names under which it is known there. */
static void
put_log(struct answer *a)
{
	const struct smtp_session *s = a->h.s;
	const struct smtp_transaction *t, *last = NULL;
	struct output *o = output_memory();
	char text[TIME_TEXT_MAX];
	bool any;

	any = a->cause && loglines_check(o, a->cause->check);
	STAILQ_FOREACH (t, &s->transactions, link)
		last = t;
	if (!any && last)
		any = loglines_result(o, last);
	if (!s->stream->transcript) {
		time_rfc3339(text, s->stream->last_ts, 6);
		out_printf(o, "%slook at %.*sZ", any ? "; " : "", (int)strcspn(text, "."), text);
		any = true;
	}
	STAILQ_FOREACH (t, &s->transactions, link) {
		if (t->queue_id)
			out_printf(o, "%squeue id %.40s", any ? ", " : "", t->queue_id);
		if (t->body && t->body->message_id.n) {
			size_t n = common_fit(t->body->message_id, NAME_COLUMNS);

			out_puts(o, ", Message-ID ");
			out_write(o, slice_of(t->body->message_id.p, n));
		}
		if (t->queue_id || (t->body && t->body->message_id.n))
			break;
	}
	a->h.frame = 0;
	put_row(a, "Log    ", STYLE_PLAIN, o);
}

static void
put_end(struct answer *a)
{
	struct output *o = output_memory();

	common_closure(o, a->h.s);
	put_row(a, "End    ", STYLE_DIM, o);
}

void
build_answer(struct doc *doc, const struct smtp_session *s, const struct build_options *opt)
{
	struct answer a = { .cause = sheet_cause(s) };

	sheet_init(&a.h, doc, s, opt, 0);
	if (a.cause) {
		put_head(&a);
		put_cause(&a);
	} else {
		sheet_line(&a.h, 0);
		sheet_str(&a.h, STYLE_GOOD, "no findings");
	}
	put_mail(&a);
	if (a.cause)
		put_remedy(&a);
	put_log(&a);
	put_end(&a);
	lay_out(&a);
	sheet_fini(&a.h);
}
