/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of the records: the flow hashes, escapes, siblings and limits of
 * values, and every record as a JSON parser that is not ours reads it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <jansson.h>
#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "report/base64.h"
#include "report/community_id.h"
#include "report/json.h"
#include "test_report_scene.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void
want_text(const char *name, const char *got, const char *want)
{
	if (!got || strcmp(got, want) != 0)
		fail_msg("%s: got \"%s\", want \"%s\"", name, got ? got : "nothing", want);
}

static void
want_int(const char *name, json_int_t got, json_int_t want)
{
	if (got != want)
		fail_msg("%s: got %lld, want %lld", name, (long long)got, (long long)want);
}

/* FIPS 180-4 examples and lengths around the block size. */
static void
test_sha1(void **state)
{
	static const struct {
		const char *name, *text;
		unsigned repeat;
		const char *want;
	} rows[] = {
		{ "empty", "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
		{ "abc", "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
		{ "two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
		    "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
		{ "a million", "a", 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f" },
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		size_t n = strlen(rows[i].text);
		char *text = xmalloc(n * rows[i].repeat + 1), got[2 * SHA1_LEN + 1];
		uint8_t sum[SHA1_LEN];

		for (k = 0; k < rows[i].repeat; k++)
			memcpy(text + k * n, rows[i].text, n);
		community_sha1(sum, slice_of(text, n * rows[i].repeat));
		for (k = 0; k < SHA1_LEN; k++)
			snprintf(got + 2 * k, 3, "%02x", sum[k]);
		want_text(rows[i].name, got, rows[i].want);
		free(text);
	}
}

static void
test_community_id(void **state)
{
	static const struct {
		const char *name;
		struct endpoint a, b;
		const char *want;
	} rows[] = {
		{ "published example", { { 4, { 128, 232, 110, 120 } }, 34855 },
		    { { 4, { 66, 35, 250, 204 } }, 80 }, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
		{ "other direction", { { 4, { 66, 35, 250, 204 } }, 80 },
		    { { 4, { 128, 232, 110, 120 } }, 34855 }, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
		{ "IPv6, one address",
		    { { 6, { 0xfe, 0x80, [8] = 0x02, 0x17, 0xf2, 0xff, 0xfe, 0xd7, 0xcf, 0x65 } },
		        63943 },
		    { { 6, { 0xfe, 0x80, [15] = 1 } }, 25 }, NULL },
	};
	char got[COMMUNITY_ID_MAX], back[COMMUNITY_ID_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		community_id(got, &rows[i].a, &rows[i].b);
		community_id(back, &rows[i].b, &rows[i].a);
		want_text(rows[i].name, back, got);
		if (rows[i].want)
			want_text(rows[i].name, got, rows[i].want);
	}
}

/* RFC 4648 10. */
static void
test_base64(void **state)
{
	static const char *const rows[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" }, { "\xff\xfe\xfd", "//79" } };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		char got[16] = "";

		base64_text(got, slice_str(rows[i][0]));
		want_text(rows[i][0], got, rows[i][1]);
	}
}

/* {"k":VALUE...} of one value from the wire; the caller frees it. */
static char *
wire_value(struct slice value)
{
	struct output *o = output_memory();
	struct json *j = xcalloc(1, sizeof *j);
	struct slice text;
	struct error err;
	char *copy;

	json_init(j, o);
	json_open(j, NULL, '{');
	json_wire(j, "k", value);
	json_close(j, '}');
	json_line_end(j);
	text = output_slice(o);
	copy = xstrndup((const char *)text.p, text.n);
	output_close(o, &err);
	free(j);
	return copy;
}

static void
test_wire(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} rows[] = {
		{ "plain", "250 Ok", "{\"k\":\"250 Ok\"}\n" },
		{ "quote and backslash", "a\"b\\c", "{\"k\":\"a\\\"b\\\\c\"}\n" },
		{ "controls", "\b\f\n\r\t\x01\x1b\x7f",
		    "{\"k\":\"\\b\\f\\n\\r\\t\\u0001\\u001b\\u007f\"}\n" },
		{ "UTF-8", "caf\xc3\xa9 \xf0\x9f\x93\xa7",
		    "{\"k\":\"caf\xc3\xa9 \xf0\x9f\x93\xa7\"}\n" },
		{ "C1 and bidi", "\xc2\x9b\xe2\x80\xae", "{\"k\":\"\\u009b\\u202e\"}\n" },
		{ "not UTF-8", "a\xff", "{\"k\":\"a\\\\xff\",\"k_b64\":\"Yf8=\"}\n" },
		{ "overlong", "\xc0\xaf", "{\"k\":\"\\\\xc0\\\\xaf\",\"k_b64\":\"wK8=\"}\n" },
		{ "surrogate", "\xed\xa0\x80",
		    "{\"k\":\"\\\\xed\\\\xa0\\\\x80\",\"k_b64\":\"7aCA\"}\n" },
		{ "cut character", "\xc3", "{\"k\":\"\\\\xc3\",\"k_b64\":\"ww==\"}\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		char *got = wire_value(slice_str(rows[i].in));

		want_text(rows[i].name, got, rows[i].want);
		free(got);
	}
}

/* Values around the limit; a character at the limit is left out whole. */
static void
test_limit(void **state)
{
	static const struct {
		const char *name;
		size_t len;
		const char *end; /* last octets of the value */
		size_t want;     /* octets of it kept */
		bool truncated;
	} rows[] = {
		{ "at the limit", JSON_VALUE_MAX, "z", JSON_VALUE_MAX, false },
		{ "one more", JSON_VALUE_MAX + 1, "z", JSON_VALUE_MAX, true },
		{ "inside a character", JSON_VALUE_MAX + 1, "\xc3\xa9", JSON_VALUE_MAX - 1, true },
		{ "much longer", 100000, "z", JSON_VALUE_MAX, true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		char *in = xmalloc(rows[i].len), *text;
		size_t n = strlen(rows[i].end);
		json_t *got;

		memset(in, 'x', rows[i].len);
		memcpy(in + rows[i].len - n, rows[i].end, n);
		text = wire_value(slice_of(in, rows[i].len));
		got = json_loads(text, 0, NULL);
		assert_non_null(got);
		want_int(rows[i].name, (json_int_t)json_string_length(json_object_get(got, "k")),
		    (json_int_t)rows[i].want);
		want_int(rows[i].name, json_is_true(json_object_get(got, "k_truncated")),
		    rows[i].truncated);
		want_int(rows[i].name, json_object_get(got, "k_b64") != NULL, false);
		json_decref(got);
		free(text);
		free(in);
	}
}

/* Whatever the octets: valid JSON, and _b64 gives them back. */
static void
test_every_octet(void **state)
{
	uint8_t in[3];
	unsigned c;

	(void)state;
	for (c = 0; c < 256 * 3; c++) {
		char *text, b64[BASE64_LEN(3) + 1] = "";
		json_error_t err;
		json_t *got, *exact;

		memset(in, 'A', sizeof in);
		in[c % 3] = (uint8_t)(c / 3);
		text = wire_value(slice_of(in, sizeof in));
		got = json_loads(text, JSON_ALLOW_NUL, &err);
		if (!got)
			fail_msg("octet %02x: got no JSON (%s) from %s", c / 3, err.text, text);
		exact = json_object_get(got, "k_b64");
		base64_text(b64, slice_of(in, sizeof in));
		if (c / 3 < 128)
			assert_memory_equal(
			    json_string_value(json_object_get(got, "k")), in, sizeof in);
		else
			want_text("octets", json_string_value(exact), b64);
		json_decref(got);
		free(text);
	}
}

/* The records of a report, parsed; their number in *n. */
static json_t *
parse_records(char *report)
{
	json_t *all = json_array();
	char *p = report, *lf;

	while ((lf = strchr(p, '\n')) != NULL) {
		json_error_t err;
		json_t *record = json_loadb(p, (size_t)(lf - p), JSON_REJECT_DUPLICATES, &err);

		if (!record)
			fail_msg("got no JSON: %s in %.*s", err.text, (int)(lf - p), p);
		json_array_append_new(all, record);
		p = lf + 1;
	}
	want_text("rest behind the last line", p, "");
	free(report);
	return all;
}

static const char *
text_at(json_t *record, const char *object, const char *key)
{
	return json_string_value(json_object_get(json_object_get(record, object), key));
}

static json_int_t
number_at(json_t *record, const char *object, const char *key)
{
	return json_integer_value(json_object_get(json_object_get(record, object), key));
}

static void
test_records(void **state)
{
	static const char *const order[] = { "exchange", "exchange", "smtp", "anomaly", "anomaly",
		"anomaly", "flow", "stats" };
	struct scene *sc = xcalloc(1, sizeof *sc);
	struct report_config cfg = scene_config;
	struct smtp_transaction *t = &sc->tx[0];
	struct run run = { .sessions = 1 };
	json_t *all, *r;
	size_t i;

	(void)state;
	cfg.verbose = 1;
	scene_mid_data(sc);
	t->sender = slice_str("a@example.org");
	t->body = &sc->body[0];
	t->final = STAILQ_FIRST(&sc->s.replies);
	t->result = RESULT_REJECTED_MID_DATA;
	t->believed = RESULT_DELIVERED;
	t->wait = -1;
	t->first_frame = 3076;
	STAILQ_INSERT_TAIL(&sc->s.transactions, t, link);
	sc->s.ntransactions = 1;
	all = parse_records(scene_report(&reporter_jsonl, &cfg, &sc->s, &run));
	want_int("records", (json_int_t)json_array_size(all), COUNT(order));
	for (i = 0; i < COUNT(order); i++)
		want_text("order",
		    json_string_value(json_object_get(json_array_get(all, i), "event_type")),
		    order[i]);
	r = json_array_get(all, 0);
	want_text("unit", text_at(r, "exchange", "unit"), "unsolicited");
	want_int("code", number_at(r, "exchange", "code"), 552);
	r = json_array_get(all, 2);
	want_text("result", text_at(r, "smtp", "result"), "rejected-mid-data");
	want_text("believed", text_at(r, "smtp", "believed"), "delivered");
	want_int("size", number_at(r, "smtp", "size_seen"), 1608);
	r = json_array_get(all, 3);
	want_text("id", text_at(r, "finding", "id"), "test-first");
	want_int("anchor", json_integer_value(json_object_get(r, "pcap_cnt")), 3081);
	r = json_array_get(all, 5);
	want_text("consequence", text_at(r, "finding", "consequence_of"), "test-first");
	r = json_array_get(all, 6);
	want_text("closure", text_at(r, "session", "closure"), "half-closed");
	want_int("FIN", number_at(r, "tcp", "fin_toclient_frame"), 3083);
	want_int("one id each",
	    (json_int_t)json_array_size(json_object_get(json_object_get(r, "session"), "findings")),
	    2);
	json_decref(all);
	free(sc);
}

/* Every reply is in one exchange and every unit in one at least. */
static void
test_exchanges(void **state)
{
	struct scene *sc = xcalloc(1, sizeof *sc);
	struct report_config cfg = scene_config;
	struct smtp_unit *mail, *rcpt, *quit, *eod;
	struct smtp_reply *r221, *r2;
	json_t *all, *r;

	(void)state;
	cfg.verbose = 1;
	scene_init(sc, 1);
	mail = scene_command(sc, "MAIL FROM:<a@example.org>");
	rcpt = scene_command(sc, "RCPT TO:<b@example.net>");
	quit = scene_command(sc, "QUIT");
	scene_reply(sc, "250 ok", mail);
	r221 = scene_reply(sc, "221 bye", rcpt);
	rcpt->meant = NULL;
	quit->meant = r221;
	eod = scene_command(sc, ".");
	scene_reply(sc, "250 first", eod);
	r2 = scene_reply(sc, "550 second", eod);
	eod->reply = STAILQ_FIRST(&sc->s.replies);
	eod->reply = &sc->reply[2];
	eod->meant = &sc->reply[2];
	r2->unit = eod;
	all = parse_records(scene_report(&reporter_jsonl, &cfg, &sc->s, NULL));
	want_int("records", (json_int_t)json_array_size(all), 6);
	r = json_array_get(all, 1);
	want_int("by count", number_at(r, "exchange", "code"), 221);
	want_int("by meaning",
	    json_integer_value(json_object_get(
	        json_object_get(json_object_get(r, "exchange"), "by_meaning"), "code")),
	    0);
	r = json_array_get(all, 2);
	want_text("verb", text_at(r, "exchange", "verb"), "QUIT");
	want_int("no reply by count",
	    json_object_get(json_object_get(r, "exchange"), "code") != NULL, 0);
	r = json_array_get(all, 4);
	want_text("second reply of a unit", text_at(r, "exchange", "unit"), "end-of-data");
	want_int("its code", number_at(r, "exchange", "code"), 550);
	json_decref(all);
	free(sc);
}

/* The same packets give the same id; another time or port another one. */
static void
test_flow_id(void **state)
{
	struct scene *sc = xcalloc(1, sizeof *sc);
	json_int_t id[4];
	unsigned i;

	(void)state;
	for (i = 0; i < COUNT(id); i++) {
		json_t *all;

		scene_init(sc, 1);
		scene_command(sc, "NOOP");
		sc->stream.first_ts += i == 2;
		sc->stream.half[0].ep.port += i == 3;
		all = parse_records(scene_report(&reporter_jsonl, &scene_config, &sc->s, NULL));
		id[i] = json_integer_value(json_object_get(json_array_get(all, 0), "flow_id"));
		json_decref(all);
	}
	want_int("same input", id[1], id[0]);
	want_int("other time differs", id[2] == id[0], 0);
	want_int("other port differs", id[3] == id[0], 0);
	want_int("53 bits", id[0] >> 53, 0);
	free(sc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha1),
		cmocka_unit_test(test_community_id),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_wire),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_every_octet),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_exchanges),
		cmocka_unit_test(test_flow_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
