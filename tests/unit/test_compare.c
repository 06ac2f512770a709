/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of the comparison: which session is chosen to stand beside a faulty one,
 * what is no model, and that whatever finds no room is counted.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/error.h"
#include "report/compare_parts.h"
#include "report/redact.h"
#include "test_report_scene.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* One session: MAIL, RCPT and what follows, each letter a command. */
struct talk {
	const char *commands; /* M R D Q N(oop); small: sent early; "!": no reply to it */
	unsigned server;      /* number in its address */
	bool fault;
	bool gap;
	enum severity severity; /* of the fault */
};

static const char *
command_text(char c)
{
	switch (c) {
	case 'M':
		return "MAIL FROM:<a@example.org>";
	case 'R':
		return "RCPT TO:<b@example.net>";
	case 'N':
		return "NOOP";
	case 'D':
		return "DATA";
	default:
		return "QUIT";
	}
}

static void
make_session(struct scene *sc, const struct talk *t, uint64_t number)
{
	const char *p;

	scene_init(sc, number * 100);
	sc->s.number = number;
	sc->stream.handshake = true;
	sc->stream.half[DIR_SERVER].ep.addr.b[3] = (uint8_t)t->server;
	sc->stream.half[DIR_SERVER].ep.addr.b[2] = (uint8_t)(t->server >> 8);
	sc->s.closure = CLOSURE_QUIT;
	sc->s.gap_octets[0] = t->gap;
	for (p = t->commands; *p; p++) {
		bool early = *p >= 'a' && *p <= 'z';
		struct smtp_unit *u = scene_command(sc, command_text((char)(*p & ~0x20)));

		if (early)
			u->flags |= UNIT_EARLY;
		if (p[1] == '!')
			p++;
		else
			scene_reply(sc, "250 ok", u);
	}
	if (t->fault)
		scene_finding(sc, &scene_check, number * 100 + 3, "lost")->severity = t->severity;
}

static void
feed(struct comparisons *v, const struct talk *t, size_t n, uint64_t first)
{
	struct scene *sc = calloc(1, sizeof *sc);
	size_t i;

	assert_non_null(sc);
	for (i = 0; i < n; i++) {
		make_session(sc, &t[i], first + i);
		comparisons_session(v, &sc->s);
	}
	free(sc);
}

#define BAD   .fault = true, .severity = SEV_ERROR
#define OK    .fault = false
#define TALKS 4

static void
test_choice(void **state)
{
	static const struct {
		const char *name;
		struct talk talk[TALKS];
		size_t n;
		uint64_t want; /* number of the session beside the first; 0: none */
		bool other;
	} rows[] = {
		{ "the same server before a closer one of another",
		    { { "MRQ!", 1, BAD }, { "MRQ", 2, OK }, { "MNQ", 1, OK } }, 3, 3, false },
		{ "another server where the same always fails",
		    { { "MRQ!", 1, BAD }, { "MRQ", 2, OK } }, 2, 2, true },
		{ "what says the same for longest",
		    { { "MRNQ!", 1, BAD }, { "MQ", 1, OK }, { "MRQ", 1, OK } }, 3, 3, false },
		{ "what is answered the same for longest",
		    { { "MR!Q!", 1, BAD }, { "M!RQ", 1, OK }, { "MRQ", 1, OK } }, 3, 3, false },
		{ "the fault came last",
		    { { "MRQ", 1, OK }, { "MRNQ", 1, OK }, { "MRNQ!", 1, BAD } }, 3, 2, false },
		{ "then what differs least",
		    { { "MRq!", 1, BAD }, { "MRQ", 1, OK }, { "MRq", 1, OK } }, 3, 3, false },
		{ "then the first", { { "MRQ!", 1, BAD }, { "MRQ", 1, OK }, { "MRQ", 1, OK } }, 3,
		    2, false },
		{ "a gap makes no model", { { "MRQ!", 1, BAD }, { "MRQ", 1, .gap = true } }, 2, 0,
		    false },
		{ "a warning makes none either",
		    { { "MRQ!", 1, BAD }, { "MR!Q", 1, .fault = true, .severity = SEV_WARNING } },
		    2, 0, false },
		{ "a note does not matter",
		    { { "MRQ!", 1, BAD }, { "MRQ", 1, .fault = true, .severity = SEV_NOTE } }, 2, 2,
		    false },
		{ "nothing in common with another server", { { "MRQ!", 1, BAD }, { "NQ", 2, OK } },
		    2, 0, true },
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct redactor *r = redactor_new(0);
		struct comparisons *v = comparisons_new(&scene_config, r);
		const struct pair *pairs;
		uint64_t got;

		feed(v, rows[i].talk, rows[i].n, 1);
		pairs = comparisons_pairs(v, &n);
		got = n ? pairs[0].good->session : 0;
		if (got != rows[i].want)
			fail_msg("%s: got session %ju, want %ju", rows[i].name, (uintmax_t)got,
			    (uintmax_t)rows[i].want);
		if (n && pairs[0].other_server != rows[i].other)
			fail_msg("%s: another server: got %d", rows[i].name, pairs[0].other_server);
		comparisons_free(v);
		redactor_free(r);
	}
}

static void
test_differences(void **state)
{
	static const struct talk talk[] = { { "MR!q!", 1, BAD }, { "MRQ", 1, OK },
		{ "MRq", 1, OK } };
	struct redactor *r = redactor_new(0);
	struct comparisons *v = comparisons_new(&scene_config, r);
	struct sample_answer bad, good;
	const struct pair *p;
	size_t n;

	(void)state;
	feed(v, talk, COUNT(talk), 1);
	p = comparisons_pairs(v, &n);
	assert_int_equal(n, 1);
	assert_int_equal(p->with->sessions, 1);
	assert_int_equal(p->without->sessions, 2);
	assert_true(pair_contrast(p, TRAIT_QUIT_EARLY) > 0.49);
	assert_true(pair_contrast(p, TRAIT_QUIT_EARLY) < 0.51);
	assert_true(pair_contrast(p, TRAIT_TLS) <= 0);
	assert_int_equal(p->with->traits[TRAIT_QUIT_EARLY], 1);
	assert_int_equal(p->without->traits[TRAIT_QUIT_EARLY], 1);
	assert_true(pair_answer(p, &bad, &good));
	assert_string_equal(bad.unit, "RCPT");
	assert_int_equal(bad.code, 0);
	assert_int_equal(good.code, 250);
	comparisons_free(v);
	redactor_free(r);
}

/* More servers than there are places; the last one fails, and gets a place nevertheless. */
static void
test_limits(void **state)
{
	static const struct talk bad = { "MRQ!", 4000, BAD };
	struct redactor *r = redactor_new(0);
	struct comparisons *v = comparisons_new(&scene_config, r);
	const struct compare_losses *lost;
	const struct pair *p;
	unsigned i;
	size_t n;

	(void)state;
	for (i = 0; i < COMPARE_SERVERS + 10; i++) {
		struct talk good = { "MRQ", i, OK };

		feed(v, &good, 1, i + 1);
	}
	feed(v, &bad, 1, 9000);
	lost = comparisons_losses(v);
	assert_int_equal(lost->servers, 10 + 1); /* ten came too late, one made room */
	p = comparisons_pairs(v, &n);
	assert_int_equal(n, 1);
	assert_int_equal(p->bad->session, 9000);
	assert_true(p->other_server);
	comparisons_free(v);
	redactor_free(r);
}

/* The places for shapes are taken by the first; the one that is closest to the fault comes
 * late, and is found all the same. */
static void
test_late_model(void **state)
{
	static const char *const shapes[] = { "MQ", "MMQ", "MNQ", "NQ", "NNQ", "NMQ", "DQ", "DDQ",
		"MDQ", "NDQ", "MRQ", "MRNq", "MRNQ", "MRNNQ" };
	static const struct talk bad = { "MRNQ!", 1, BAD };
	struct redactor *r = redactor_new(0);
	struct comparisons *v = comparisons_new(&scene_config, r);
	const struct pair *p;
	size_t i, n;

	(void)state;
	feed(v, &bad, 1, 1);
	for (i = 0; i < COUNT(shapes); i++) {
		struct talk good = { shapes[i], 1, OK };

		feed(v, &good, 1, i + 2);
	}
	assert_true(COUNT(shapes) > COMPARE_SHAPES);
	p = comparisons_pairs(v, &n);
	assert_int_equal(n, 1);
	assert_int_equal(p->good->session, 2 + 12); /* MRNQ */
	assert_int_equal(p->without->sessions, COUNT(shapes));
	comparisons_free(v);
	redactor_free(r);
}

/* A dialogue longer than the sample: runs are folded, the rest is counted. */
static void
test_long(void **state)
{
	static const struct {
		const char *name, *commands;
		unsigned lines, more;
	} rows[] = {
		{ "one by one", "MNMNMNMNMNMNMNMNMNMNMNMNMNMN", 48, 8 },
		/* MAIL and its reply; three RCPT and a remark in place of nine */
		{ "a run", "MR!R!R!R!R!R!R!R!R!R!R!R!", 2 + 3 + 1, 0 },
	};
	struct redactor *r = redactor_new(0);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct talk t = { rows[i].commands, 1, BAD };
		struct scene *sc = calloc(1, sizeof *sc);
		struct sample *v;

		assert_non_null(sc);
		make_session(sc, &t, 1);
		v = sample_new(&sc->s, STAILQ_FIRST(&sc->s.findings), r);
		if (v->nlines != rows[i].lines || v->more != rows[i].more)
			fail_msg("%s: got %u lines and %u more, want %u and %u", rows[i].name,
			    v->nlines, v->more, rows[i].lines, rows[i].more);
		sample_free(v);
		free(sc);
	}
	redactor_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_late_model),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
