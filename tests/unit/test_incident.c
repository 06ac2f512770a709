/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of incidents: what is put together, what a message met, the order,
 * the limits and the counts of what is beyond them, the choice of evidence.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "report/incident.h"
#include "test_report_scene.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const struct check_info note_check = { .id = "test-note",
	.title = "a remark",
	.culprit = CULPRIT_CLIENT,
	.kind = CHECK_REMARK,
	.severity = SEV_NOTE };
static const struct check_info warning_check = { .id = "test-warning",
	.title = "a warning",
	.culprit = CULPRIT_SERVER,
	.kind = CHECK_INTEROP,
	.severity = SEV_WARNING };

static void
want_number(const char *name, const char *what, uint64_t got, uint64_t want)
{
	if (got != want)
		fail_msg("%s: %s: got %" PRIu64 ", want %" PRIu64, name, what, got, want);
}

static void
set_ip(struct scene *sc, enum stream_dir role, uint32_t addr)
{
	struct ipaddr *a = &sc->stream.half[role].ep.addr;
	unsigned i;

	for (i = 0; i < 4; i++)
		a->b[i] = (uint8_t)(addr >> (24 - 8 * i));
}

/* A session of one finding. */
static struct finding *
one_finding(struct scene *sc, const struct check_info *check, uint64_t number)
{
	scene_init(sc, number * 10);
	sc->s.number = number;
	sc->stream.first_ts = (int64_t)number * NS_PER_S;
	scene_segment(sc, DIR_CLIENT, 0, TCP_SYN);
	scene_command(sc, "NOOP");
	return scene_finding(sc, check, number * 10 + 1, "something happened");
}

/* -- what is put together --------------------------------------------------------------- */

static const struct group_row {
	const char *name;
	enum culprit culprit;
	uint32_t first[2], second[2]; /* client and server of the two sessions */
	size_t want;
} group_rows[] = {
	{ "server: same server, other clients", CULPRIT_SERVER, { 0xc0000201, 0xc6336401 },
	    { 0x0a000001, 0xc6336401 }, 1 },
	{ "server: neighbours are two", CULPRIT_SERVER, { 0xc0000201, 0xc6336401 },
	    { 0xc0000201, 0xc6336402 }, 2 },
	{ "client: same network", CULPRIT_CLIENT, { 0xc0000201, 0xc6336401 },
	    { 0xc00002fe, 0xcb007101 }, 1 },
	{ "client: next network", CULPRIT_CLIENT, { 0xc00002ff, 0xc6336401 },
	    { 0xc0000300, 0xc6336401 }, 2 },
	{ "path: network of the server", CULPRIT_PATH, { 0xc0000201, 0xc6336401 },
	    { 0x0a000001, 0xc63364ff }, 1 },
	{ "either: by server", CULPRIT_EITHER, { 0xc0000201, 0xc6336401 },
	    { 0x0a000001, 0xc6336402 }, 2 },
};

static void
test_groups(void **state)
{
	struct redactor *r = redactor_new(0);
	size_t i, n;
	unsigned k;

	(void)state;
	for (i = 0; i < COUNT(group_rows); i++) {
		const struct group_row *row = &group_rows[i];
		struct incidents *v = incidents_new(&scene_config, r, false);

		for (k = 0; k < 2; k++) {
			struct scene *sc = xcalloc(1, sizeof *sc);

			one_finding(sc, &scene_check, k + 1)->culprit = row->culprit;
			set_ip(sc, DIR_CLIENT, k ? row->second[0] : row->first[0]);
			set_ip(sc, DIR_SERVER, k ? row->second[1] : row->first[1]);
			incidents_session(v, &sc->s);
			free(sc);
		}
		incidents_ranked(v, &n);
		want_number(row->name, "incidents", n, row->want);
		incidents_free(v);
	}
	redactor_free(r);
}

/* IPv6 clients are one where their first 64 bits are; consequences make no incident. */
static void
test_key(void **state)
{
	struct redactor *r = redactor_new(0);
	struct incidents *v = incidents_new(&scene_config, r, false);
	const struct incident *const *all;
	unsigned k;
	size_t n;

	(void)state;
	for (k = 0; k < 3; k++) {
		struct scene *sc = xcalloc(1, sizeof *sc);
		struct finding *f = one_finding(sc, &note_check, k + 1), *child;
		struct ipaddr *a = &sc->stream.half[DIR_CLIENT].ep.addr;

		a->family = 6;
		a->b[7] = k == 2;
		a->b[15] = (uint8_t)k;
		f->count = 5;
		child = scene_finding(sc, &warning_check, 12, "follows");
		child->parent = f;
		incidents_session(v, &sc->s);
		free(sc);
	}
	all = incidents_ranked(v, &n);
	want_number("key", "incidents", n, 2);
	want_number("key", "prefix", all[0]->prefix, 64);
	want_number("key", "sessions", all[0]->sessions, 2);
	want_number("key", "findings", all[0]->findings, 10);
	want_number("key", "pairs", all[0]->npairs, 2);
	incidents_free(v);
	redactor_free(r);
}

/* -- messages --------------------------------------------------------------------------- */

static const struct fate_row {
	const char *name;
	enum smtp_result result, believed;
	uint16_t code;
	enum mail_fate want;
	bool data; /* DATA was sent */
} fate_rows[] = {
	{ "delivered", RESULT_DELIVERED, RESULT_DELIVERED, 250, MAIL_TAKEN, false },
	{ "in part", RESULT_DELIVERED_IN_PART, RESULT_DELIVERED_IN_PART, 250, MAIL_PART, false },
	{ "rejected", RESULT_REJECTED, RESULT_REJECTED, 550, MAIL_REFUSED, false },
	{ "rejected for now", RESULT_REJECTED_MID_DATA, RESULT_REJECTED_MID_DATA, 452, MAIL_LATE,
	    false },
	{ "deferred", RESULT_DEFERRED, RESULT_DEFERRED, 451, MAIL_LATE, false },
	{ "cut off", RESULT_LOST, RESULT_LOST, 0, MAIL_LATE, false },
	{ "given up", RESULT_ABORTED, RESULT_ABORTED, 0, MAIL_LATE, true },
	{ "given up before DATA", RESULT_ABORTED, RESULT_ABORTED, 0, MAIL_UNSENT, false },
	{ "in doubt", RESULT_IN_DOUBT, RESULT_IN_DOUBT, 250, MAIL_IN_DOUBT, false },
	{ "in doubt, believed", RESULT_IN_DOUBT, RESULT_DELIVERED, 250, MAIL_IN_DOUBT, false },
	{ "taken for delivered", RESULT_REJECTED, RESULT_DELIVERED, 550, MAIL_LOST, false },
	{ "taken for refused", RESULT_DELIVERED, RESULT_REJECTED, 250, MAIL_IN_DOUBT, false },
	{ "not seen", RESULT_UNKNOWN, RESULT_UNKNOWN, 0, MAIL_UNKNOWN, false },
};

static void
test_fates(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(fate_rows); i++) {
		const struct fate_row *row = &fate_rows[i];
		struct smtp_reply reply = { .code = row->code };
		struct smtp_unit data = { .kind = UNIT_COMMAND };
		struct smtp_transaction t = { .result = row->result,
			.believed = row->believed,
			.data = row->data ? &data : NULL,
			.final = row->code ? &reply : NULL };
		enum mail_fate got = mail_fate(&t);

		if (got != row->want)
			fail_msg("%s: got %s, want %s", row->name, mail_fate_name(got),
			    mail_fate_name(row->want));
	}
}

/* A message counts once for an incident, and only if a frame of it is named. */
static void
test_messages(void **state)
{
	struct redactor *r = redactor_new(0);
	struct incidents *v = incidents_new(&scene_config, r, false);
	struct scene *sc = xcalloc(1, sizeof *sc);
	const struct incident *const *all;
	size_t n;

	(void)state;
	one_finding(sc, &scene_check, 1);
	scene_finding(sc, &scene_check, 12, "again");
	scene_finding(sc, &warning_check, 90, "elsewhere");
	sc->tx[0].first_frame = 11;
	sc->tx[0].last_frame = 14;
	sc->tx[0].result = sc->tx[0].believed = RESULT_IN_DOUBT;
	STAILQ_INSERT_TAIL(&sc->s.transactions, &sc->tx[0], link);
	incidents_session(v, &sc->s);
	all = incidents_ranked(v, &n);
	want_number("messages", "incidents", n, 2);
	want_number("messages", "of the first", all[0]->messages, 1);
	want_number("messages", "in doubt", all[0]->fate[MAIL_IN_DOUBT], 1);
	want_number("messages", "of the other", all[1]->messages, 0);
	want_number("messages", "in all", incidents_mail(v)[MAIL_IN_DOUBT], 1);
	incidents_free(v);
	redactor_free(r);
	free(sc);
}

/* -- order and limits ------------------------------------------------------------------- */

static void
test_order(void **state)
{
	static const char *const want[] = { "test-warning", "test-first", "test-second",
		"test-note" };
	static const struct check_info *const checks[] = { &note_check, &scene_other_check,
		&scene_check, &warning_check };
	struct redactor *r = redactor_new(0);
	struct incidents *v = incidents_new(&scene_config, r, false);
	const struct incident *const *all;
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(checks); i++) {
		struct scene *sc = xcalloc(1, sizeof *sc);

		one_finding(sc, checks[i], i + 1);
		/* The warning that makes mail disappear comes before the error that does not; a
		 * note never does. */
		sc->tx[0].first_frame = (i + 1) * 10;
		sc->tx[0].last_frame = (i + 1) * 10 + 1;
		sc->tx[0].result = sc->tx[0].believed = RESULT_DELIVERED;
		if (i == 0 || i == 3)
			sc->tx[0].result = RESULT_REJECTED;
		STAILQ_INSERT_TAIL(&sc->s.transactions, &sc->tx[0], link);
		incidents_session(v, &sc->s);
		free(sc);
	}
	all = incidents_ranked(v, &n);
	want_number("order", "incidents", n, COUNT(want));
	for (i = 0; i < n; i++)
		if (strcmp(all[i]->check->id, want[i]) != 0)
			fail_msg(
			    "order: place %zu: got %s, want %s", i, all[i]->check->id, want[i]);
	incidents_free(v);
	redactor_free(r);
}

/* Thousands of networks: the tables stay as they are, what is beyond is counted, and what is
 * more important still finds a place. */
static void
test_limits(void **state)
{
	enum { SESSIONS = 5000 };
	static const struct check_info *const checks[] = { &note_check, &warning_check,
		&scene_check };
	struct redactor *r = redactor_new(REDACT_ALL);
	struct incidents *v = incidents_new(&scene_config, r, true);
	struct scene *sc = xcalloc(1, sizeof *sc);
	const struct incident *const *all;
	uint64_t fed[SEV_ERROR + 1] = { 0 }, got;
	unsigned i, sev;
	size_t n, k;

	(void)state;
	for (i = 0; i < SESSIONS; i++) {
		sev = i < 3000 ? SEV_NOTE : i < 4900 ? SEV_WARNING : SEV_ERROR;
		one_finding(sc, checks[sev], i + 1);
		set_ip(sc, DIR_CLIENT, 0x0a000000 + (i << 8));
		set_ip(sc, DIR_SERVER, 0x0b000000 + i);
		incidents_session(v, &sc->s);
		fed[sev]++;
	}
	all = incidents_ranked(v, &n);
	want_number("limits", "incidents", n, INCIDENTS_MAX);
	for (sev = SEV_NOTE; sev <= SEV_ERROR; sev++) {
		got = incidents_losses(v)->findings[sev];
		for (k = 0; k < n; k++)
			got += all[k]->severity == (enum severity)sev ? all[k]->findings : 0;
		want_number(severity_name((enum severity)sev), "kept and lost", got, fed[sev]);
	}
	want_number("limits", "errors lost", incidents_losses(v)->findings[SEV_ERROR], 0);
	incidents_free(v);
	redactor_free(r);
	free(sc);
}

/* -- evidence --------------------------------------------------------------------------- */

static void
test_better_evidence(void **state)
{
	static const enum confidence order[] = { CONF_PROBABLE, CONF_CERTAIN, CONF_CERTAIN,
		CONF_POSSIBLE };
	struct redactor *r = redactor_new(0);
	struct incidents *v = incidents_new(&scene_config, r, true);
	struct scene *sc = xcalloc(1, sizeof *sc);
	const struct incident *const *all;
	unsigned i;
	size_t n;

	(void)state;
	for (i = 0; i < COUNT(order); i++) {
		one_finding(sc, &scene_check, i + 1)->confidence = order[i];
		/* The third is as certain, and more of it was captured. */
		sc->stream.handshake = i == 2;
		incidents_session(v, &sc->s);
	}
	all = incidents_ranked(v, &n);
	want_number("evidence", "incidents", n, 1);
	want_number("evidence", "session", all[0]->evidence->session, 3);
	want_number("evidence", "confidence", all[0]->confidence, CONF_CERTAIN);
	incidents_free(v);
	redactor_free(r);
	free(sc);
}

/* Every frame of the session is a step or within a fold, in order, and the finding's frame is
 * marked. */
static void
want_whole(const char *name, const struct evidence *e, uint64_t frames, uint64_t anchor)
{
	uint64_t seen = 0, last = 0, anchors = 0;
	size_t i;

	for (i = 0; i < e->nsteps; i++) {
		const struct step *p = &e->step[i];

		seen += p->kind == STEP_FOLD ? p->frames : 1;
		if (p->frame <= last)
			fail_msg("%s: frame %" PRIu64 " behind %" PRIu64, name, p->frame, last);
		last = p->last_frame;
		if (p->mark != STEP_ANCHOR)
			continue;
		anchors++;
		want_number(name, "anchor", p->frame, anchor);
	}
	want_number(name, "frames", seen, frames);
	want_number(name, "anchors", anchors, 1);
	if (e->nsteps > 2 * EVIDENCE_STEPS + 1)
		fail_msg(
		    "%s: got %zu steps, want %d at most", name, e->nsteps, 2 * EVIDENCE_STEPS + 1);
}

static void
test_steps(void **state)
{
	static const unsigned commands[] = { 0, 3, 28, 60 };
	struct redactor *r = redactor_new(0);
	struct scene *sc = xcalloc(1, sizeof *sc);
	size_t i;
	unsigned k;

	(void)state;
	for (i = 0; i < COUNT(commands); i++) {
		struct evidence *e;
		struct finding *f;
		uint64_t n, at;
		char name[64];

		scene_init(sc, 100);
		scene_segment(sc, DIR_CLIENT, 0, TCP_SYN);
		for (k = 0; k < commands[i]; k++) {
			struct smtp_unit *u =
			    scene_command(sc, "NOOP with a long remark behind it");

			scene_reply(sc, "250 2.0.0 Ok", u);
		}
		scene_text(sc, 40, 500);
		n = sc->stream.ledger.n;
		for (at = 100; at < 100 + n; at += 1 + n / 7) {
			snprintf(name, sizeof name, "%u commands, frame %" PRIu64, commands[i], at);
			sc->nfinding = 0;
			memset(sc->finding, 0, sizeof sc->finding[0]);
			STAILQ_INIT(&sc->s.findings);
			f = scene_finding(sc, &scene_check, at, "here");
			f->frames[f->nframes++] = 100;
			f->frames[f->nframes++] = 99999; /* of another session */
			e = evidence_new(&sc->s, f, &scene_config, r, true);
			want_whole(name, e, n, at);
			evidence_free(e);
		}
	}
	redactor_free(r);
	free(sc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_fates),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_better_evidence),
		cmocka_unit_test(test_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
