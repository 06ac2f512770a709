/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sarif - findings in the Static Analysis Results Interchange Format, 2.1.0
 * (OASIS), for the tools that gather results of many analysers.
 *
 * One run: the checks are its rules, every finding is a result, written when its
 * session ends.  A capture has no lines; the frame is the logical location, and
 * the properties have what the format has no place for.
 *
 * A rule has its usual level; what the operator asked for instead stands among the
 * overrides of the invocation, what the run did not see among its notifications, so
 * that no reader takes silence for health.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/output.h"
#include "report/common.h"
#include "report/json.h"
#include "report/redact.h"
#include "report/reporter.h"
#include "report/trust.h"
#include "smtp/checks.h"

struct sarif {
	const struct report_config *cfg;
	struct redactor *redactor;
	struct json j;
	uint32_t told[RUN_CHECKS_MAX]; /* results of this session, by check */
};

/* In a message "{" opens a placeholder unless it stands twice (3.11.5), and "](" may make a link
 * (3.11.6), whose brackets not every reader lets one escape: a blank parts them. */
static void
put_literal(struct output *o, struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		out_putc(o, s.p[i]);
		if (s.p[i] == '{' || s.p[i] == '}')
			out_putc(o, s.p[i]);
		else if (s.p[i] == ']' && i + 1 < s.n && s.p[i + 1] == '(')
			out_putc(o, ' ');
	}
}

/* Objects of SARIF allow no members beside those of the standard, so there is no room for the
 * exact octets: what is no text is shown as such. */
static void
put_text(struct sarif *w, const char *key, struct slice s)
{
	struct output *redacted = output_memory(), *text = output_memory(),
	              *literal = output_memory();
	struct error err;

	redact_text(w->redactor, redacted, s);
	escape_detail(text, output_slice(redacted));
	put_literal(literal, output_slice(text));
	json_text(&w->j, key, (const char *)output_slice(literal).p);
	output_close(redacted, &err);
	output_close(text, &err);
	output_close(literal, &err);
}

static void
put_message(struct sarif *w, const char *key, struct slice text)
{
	json_open(&w->j, key, '{');
	put_text(w, "text", text);
	json_close(&w->j, '}');
}

static void
put_own(struct json *j, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	json_open(j, key, '{');
	json_text(j, "text", text);
	json_close(j, '}');
}

static const char *
level_of(enum severity s)
{
	return severity_name(s); /* the three words are the same */
}

static void
put_rule(struct json *j, const struct check_info *c)
{
	json_open(j, NULL, '{');
	json_text(j, "id", c->id);
	put_own(j, "shortDescription", c->title);
	/* Services want both of every rule. */
	put_own(j, "fullDescription", c->why && *c->why ? c->why : c->title);
	put_own(j, "help", c->remedy && *c->remedy ? c->remedy : c->title);
	json_open(j, "defaultConfiguration", '{');
	json_text(j, "level", level_of(c->severity));
	json_close(j, '}');
	json_open(j, "properties", '{');
	json_text(j, "kind", check_kind_name(c->kind));
	json_text(j, "culprit", culprit_name(c->culprit));
	if (c->refs)
		json_text(j, "refs", c->refs);
	json_close(j, '}');
	json_close(j, '}');
}

static void
sarif_begin(void *state, struct output *o, const struct report_config *cfg)
{
	struct sarif *w = state;
	struct json *j = &w->j;
	size_t i, n = checks_count();

	w->cfg = cfg;
	w->redactor = redactor_new(cfg->redact);
	json_init(j, o);
	json_open(j, NULL, '{');
	json_text(j, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	json_text(j, "version", "2.1.0");
	json_open(j, "runs", '[');
	json_open(j, NULL, '{');
	json_open(j, "tool", '{');
	json_open(j, "driver", '{');
	json_text(j, "name", "smtpscope");
	json_text(j, "version", PACKAGE_VERSION);
	json_open(j, "rules", '[');
	for (i = 0; i < n; i++)
		put_rule(j, checks_nth(i));
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, '}');
	json_text(j, "columnKind", "unicodeCodePoints");
	json_open(j, "results", '[');
}

/* RFC 3986 2: what may not stand in a URI as it is. */
static void
put_uri(struct json *j, const char *name)
{
	struct output *o = output_memory();
	struct error err;
	const char *p;

	for (p = name; *p; p++) {
		uint8_t c = (uint8_t)*p;
		int l = ascii_lower(c);

		if ((l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || strchr("-._~/", c))
			out_putc(o, c);
		else
			out_printf(o, "%%%02X", c);
	}
	json_text(j, "uri", (const char *)output_slice(o).p);
	output_close(o, &err);
}

static void
put_frame(struct sarif *w, const struct smtp_session *s, uint64_t frame)
{
	const char *unit = place_name(s->stream->transcript);
	char name[64];
	struct json *j = &w->j;

	snprintf(name, sizeof name, "%s %" PRIu64, unit, frame);
	json_open(j, NULL, '{');
	json_text(j, "name", name);
	snprintf(name, sizeof name, "session %" PRIu64 "/%s %" PRIu64, s->number, unit, frame);
	json_text(j, "fullyQualifiedName", name);
	json_close(j, '}');
}

static void
put_location(struct sarif *w, const struct smtp_session *s, uint64_t frame)
{
	const char *source =
	    w->cfg->capture ? capture_source_name(w->cfg->capture, s->stream->first_source) : NULL;
	struct json *j = &w->j;

	json_open(j, NULL, '{');
	json_open(j, "physicalLocation", '{');
	json_open(j, "artifactLocation", '{');
	/* The name of a file may be that of a host or a customer. */
	put_uri(j, source && !redactor_what(w->redactor) ? source : "input");
	json_close(j, '}');
	/* Services want a line.  A transcript has them; of a capture it is the frame, as a list of
	 * its frames has one line for each. */
	json_open(j, "region", '{');
	json_uint(j, "startLine", frame);
	json_close(j, '}');
	json_close(j, '}');
	json_open(j, "logicalLocations", '[');
	put_frame(w, s, frame);
	json_close(j, ']');
	json_close(j, '}');
}

static void
put_properties(struct sarif *w, const struct smtp_session *s, const struct finding *f)
{
	struct json *j = &w->j;
	char text[IPADDR_TEXT_MAX];
	unsigned i;

	json_open(j, "properties", '{');
	json_text(j, "confidence", confidence_name(f->confidence));
	json_text(j, "culprit", culprit_name(f->culprit));
	json_uint(j, "session", s->number);
	for (i = 0; i < 2 && !s->stream->transcript; i++) {
		redact_ip(w->redactor, text, &smtp_half(s, (enum stream_dir)i)->ep.addr);
		json_text(j, i == DIR_CLIENT ? "client_ip" : "server_ip", text);
	}
	if (f->parent)
		json_text(j, "consequence_of", f->parent->check->id);
	json_close(j, '}');
}

static void
put_detail(struct sarif *w, const struct smtp_session *s, const struct finding *f)
{
	struct output *text = output_memory();
	struct error err;

	redact_detail(redactor_what(w->redactor), text, s, f);
	put_message(w, "message", output_slice(text));
	output_close(text, &err);
}

/* The same finding of the same test in another run: neither frames nor times are in it.  The name
 * is the one that services look for. */
static void
put_fingerprint(struct sarif *w, const struct smtp_session *s, const struct finding *f)
{
	uint32_t *n = &w->told[checks_position(f->check)];
	char text[96];

	snprintf(text, sizeof text, "%s:%" PRIu64 ":%" PRIu32, f->check->id, s->number, ++*n);
	json_open(&w->j, "partialFingerprints", '{');
	json_text(&w->j, "primaryLocationLineHash", text);
	json_close(&w->j, '}');
}

static void
put_result(struct sarif *w, const struct smtp_session *s, const struct finding *f)
{
	struct json *j = &w->j;
	unsigned i;

	json_open(j, NULL, '{');
	json_text(j, "ruleId", f->check->id);
	json_uint(j, "ruleIndex", checks_position(f->check));
	/* What follows from another finding is not counted anywhere. */
	json_text(j, "level", level_of(f->parent ? SEV_NOTE : f->severity));
	put_detail(w, s, f);
	json_open(j, "locations", '[');
	put_location(w, s, f->frame);
	json_close(j, ']');
	if (f->nframes) {
		json_open(j, "relatedLocations", '[');
		for (i = 0; i < f->nframes && i < FINDING_MAX_FRAMES; i++)
			put_location(w, s, f->frames[i]);
		json_close(j, ']');
	}
	if (f->count > 1)
		json_uint(j, "occurrenceCount", f->count);
	put_fingerprint(w, s, f);
	put_properties(w, s, f);
	json_close(j, '}');
}

static void
sarif_session(void *state, struct output *o, const struct smtp_session *s)
{
	struct sarif *w = state;
	const struct finding *f;

	(void)o;
	if (STAILQ_EMPTY(&s->findings))
		return;
	if (redactor_what(w->redactor))
		redact_learn(w->redactor, s);
	memset(w->told, 0, sizeof w->told);
	STAILQ_FOREACH (f, &s->findings, link)
		if (common_shown(w->cfg, f))
			put_result(w, s, f);
}

/* Checks that were to be graded otherwise, or not to be reported. */
static void
put_overrides(struct sarif *w)
{
	size_t i, n = w->cfg->grades ? checks_count() : 0;
	struct json *j = &w->j;

	json_open(j, "ruleConfigurationOverrides", '[');
	for (i = 0; i < n; i++) {
		const struct check_info *c = checks_nth(i);
		enum check_grade grade = w->cfg->grades[i];

		if (grade == GRADE_USUAL)
			continue;
		json_open(j, NULL, '{');
		json_open(j, "descriptor", '{');
		json_text(j, "id", c->id);
		json_uint(j, "index", i);
		json_close(j, '}');
		json_open(j, "configuration", '{');
		json_bool(j, "enabled", grade != GRADE_OFF);
		json_text(j, "level", level_of(severity_graded(c->severity, grade)));
		json_close(j, '}');
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
put_notification(struct sarif *w, const char *level, struct slice text)
{
	json_open(&w->j, NULL, '{');
	json_text(&w->j, "level", level);
	put_message(w, "message", text);
	json_close(&w->j, '}');
}

static void
put_notifications(struct sarif *w, const struct run *run)
{
	struct trust_row rows[TRUST_ROWS_MAX];
	size_t i, n = trust_rows(rows, run);
	struct output *words;
	struct error err;

	json_open(&w->j, "toolExecutionNotifications", '[');
	for (i = 0; i < n; i++) {
		words = output_memory();
		trust_put(words, &rows[i]);
		put_notification(w, rows[i].asked ? "note" : "warning", output_slice(words));
		output_close(words, &err);
	}
	if (redactor_shared(w->redactor))
		put_notification(w, "note",
		    slice_str("there were more names than can be told apart; some are called "
		              "\"-other\""));
	if (run->error)
		put_notification(w, "error", slice_str(run->error));
	json_close(&w->j, ']');
}

static void
sarif_end(void *state, struct output *o, const struct run *run)
{
	struct sarif *w = state;
	struct json *j = &w->j;

	(void)o;
	json_close(j, ']');
	json_open(j, "invocations", '[');
	json_open(j, NULL, '{');
	json_bool(j, "executionSuccessful", run->error == NULL);
	put_overrides(w);
	put_notifications(w, run);
	json_close(j, '}');
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, ']');
	json_close(j, '}');
	json_line_end(j);
}

static void
sarif_fini(void *state)
{
	struct sarif *w = state;

	redactor_free(w->redactor);
}

const struct reporter_ops reporter_sarif = {
	.name = "sarif",
	.summary = "findings as SARIF 2.1.0",
	.size = sizeof(struct sarif),
	.begin = sarif_begin,
	.session = sarif_session,
	.end = sarif_end,
	.fini = sarif_fini,
};
