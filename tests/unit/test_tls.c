/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of the TLS record parser: each row's octets are read whole, cut in two at
 * every place, and octet by octet, and must tell the same; holes and the end of a
 * handshake have tables of their own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/budget.h"
#include "guarded.h"
#include "tls/tls.h"

enum { OCTETS_MAX = 1024 };

#define RANDOM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
/* ClientHello without session id, suites 1301 002f, extensions SNI "a.example" and ALPN "smtp",
 * and supported_versions with a GREASE value in front. */
#define SNI "0000000e000c000009612e6578616d706c65"
#define ALPN                                                                                       \
	"001000070005"                                                                             \
	"04736d7470"
#define VERSIONS "002b0007060a0a03040303"
#define CLIENT_BODY                                                                                \
	"0303" RANDOM "00"                                                                         \
	"000413"                                                                                   \
	"01002f"                                                                                   \
	"0100"                                                                                     \
	"0028" SNI ALPN VERSIONS
#define CLIENT_HELLO                                                                               \
	"1603010059"                                                                               \
	"01000055" CLIENT_BODY
#define SERVER_12                                                                                  \
	"160303002a"                                                                               \
	"02000026"                                                                                 \
	"0303" RANDOM "00"                                                                         \
	"c02f"                                                                                     \
	"00"
#define SERVER_13                                                                                  \
	"1603030032"                                                                               \
	"0200002e"                                                                                 \
	"0303" RANDOM "00"                                                                         \
	"1301"                                                                                     \
	"00"                                                                                       \
	"0006"                                                                                     \
	"002b00020304"
#define SERVER_10                                                                                  \
	"160301002a"                                                                               \
	"02000026"                                                                                 \
	"0301" RANDOM "00"                                                                         \
	"0005"                                                                                     \
	"00"

struct row {
	const char *name, *hex;
	unsigned records;
	uint16_t version, cipher, nciphers;
	const char *sni, *alpn;
	uint8_t level, alert; /* 0, 0: none in clear */
	bool sealed, cut, foreign;
	unsigned data_records;
};

static const struct row rows[] = {
	{ "nothing", "", 0, 0, 0, 0, "", "", 0, 0, false, false, false, 0 },
	{ "ClientHello", CLIENT_HELLO, 1, TLS_1_3, 0, 2, "a.example", "smtp", 0, 0, false, false,
	    false, 0 },
	{ "ClientHello in two records",
	    "1603010004"
	    "01000055"
	    "1603010055" CLIENT_BODY,
	    2, TLS_1_3, 0, 2, "a.example", "smtp", 0, 0, false, false, false, 0 },
	{ "ServerHello 1.2", SERVER_12, 1, TLS_1_2, 0xc02f, 0, "", "", 0, 0, false, false, false,
	    0 },
	{ "ServerHello 1.3", SERVER_13, 1, TLS_1_3, 0x1301, 0, "", "", 0, 0, false, false, false,
	    0 },
	{ "ServerHello 1.0 and its Finished",
	    SERVER_10 "140301000101"
	              "1603010004"
	              "deadbeef",
	    3, TLS_1_0, 0x0005, 0, "", "", 0, 0, true, false, false, 0 },
	{ "alert in clear", "15030300020230", 1, 0, 0, 0, "", "", 2, 48, false, false, false, 0 },
	{ "the first of two alerts",
	    "15030300020170"
	    "15030300020228",
	    2, 0, 0, 0, "", "", 1, 112, false, false, false, 0 },
	{ "encrypted alert",
	    "1503030004"
	    "01020304",
	    1, 0, 0, 0, "", "", 0, 0, false, false, false, 0 },
	{ "application data",
	    "1703030003"
	    "aabbcc"
	    "1703030001"
	    "dd",
	    2, 0, 0, 0, "", "", 0, 0, false, false, false, 2 },
	{ "an extension runs past the hello",
	    "160303"
	    "0030"
	    "0200002c"
	    "0303" RANDOM "00"
	    "1301"
	    "00"
	    "0004"
	    "002b00ff",
	    1, TLS_1_2, 0x1301, 0, "", "", 0, 0, false, true, false, 0 },
	{ "a hello that ends in its random",
	    "1603030008"
	    "01000004"
	    "03030001",
	    1, TLS_1_2, 0, 0, "", "", 0, 0, false, true, false, 0 },
	{ "SSL 2 hello",
	    "802e"
	    "010301"
	    "001500000010" RANDOM "0a0b0c",
	    1, TLS_1_0, 0, 0, "", "", 0, 0, false, false, false, 0 },
	{ "text", "323230206d782e6578616d706c65", 0, 0, 0, 0, "", "", 0, 0, false, false, true, 0 },
	{ "a record that is too long", "1703034801", 0, 0, 0, 0, "", "", 0, 0, false, false, true,
	    0 },
	{ "text behind a record",
	    "15030300020230"
	    "3435342054",
	    1, 0, 0, 0, "", "", 2, 48, false, false, true, 0 },
};

static size_t
from_hex(const char *hex, uint8_t out[OCTETS_MAX])
{
	char two[3] = { 0 };
	size_t n;

	for (n = 0; hex[2 * n] && n < OCTETS_MAX; n++) {
		memcpy(two, hex + 2 * n, 2);
		out[n] = (uint8_t)strtoul(two, NULL, 16);
	}
	return n;
}

static void
compare(const struct row *r, const struct tls_side *t, size_t cut)
{
	bool alert = t->alert.at.frame != 0;

#define SAME(got, want)                                                                            \
	if ((unsigned long)(got) != (unsigned long)(want))                                         \
	fail_msg("%s, cut at %zu: got %s %lu, want %lu", r->name, cut, #got, (unsigned long)(got), \
	    (unsigned long)(want))
	SAME(t->records, r->records);
	SAME(t->version, r->version);
	SAME(t->cipher, r->cipher);
	SAME(t->nciphers, r->nciphers);
	SAME(alert, r->level != 0);
	if (alert) {
		SAME(t->alert.level, r->level);
		SAME(t->alert.description, r->alert);
	}
	SAME(t->sealed, r->sealed);
	SAME(t->hello_cut, r->cut);
	SAME(t->foreign.frame != 0, r->foreign);
	SAME(t->data_records, r->data_records);
#undef SAME
	if (strcmp(t->sni, r->sni) != 0 || strcmp(t->alpn, r->alpn) != 0)
		fail_msg("%s, cut at %zu: got \"%s\" and \"%s\", want \"%s\" and \"%s\"", r->name,
		    cut, t->sni, t->alpn, r->sni, r->alpn);
}

/* Against a guard page, so that no octet behind the end is read. */
static void
feed(struct tls_side *t, const uint8_t *p, size_t n)
{
	uint8_t *copy = guarded_copy(p, n);

	tls_side_feed(t, slice_of(copy, n), (struct tls_place){ 7, 1000 });
	guarded_free(copy, n);
}

static void
test_rows(void **state)
{
	struct budget budget = { 0 };
	uint8_t p[OCTETS_MAX];
	struct tls_side t;
	size_t i, n, cut;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		n = from_hex(rows[i].hex, p);
		for (cut = 0; cut <= n; cut++) {
			tls_side_init(&t, &budget);
			feed(&t, p, cut);
			feed(&t, p + cut, n - cut);
			compare(&rows[i], &t, cut);
			tls_side_fini(&t);
		}
		tls_side_init(&t, &budget);
		for (cut = 0; cut < n; cut++)
			feed(&t, p + cut, 1);
		compare(&rows[i], &t, n);
		tls_side_fini(&t);
	}
	assert_int_equal(budget.used, 0);
}

static void
test_holes(void **state)
{
	static const struct {
		const char *name, *before;
		uint64_t hole;
		const char *behind;
		bool lost, cut;
		unsigned records;
	} holes[] = {
		{ "inside a record",
		    "1703030008"
		    "0102",
		    4,
		    "0708"
		    "1703030001"
		    "aa",
		    false, false, 2 },
		{ "to the end of a record",
		    "1703030008"
		    "0102",
		    6,
		    "1703030001"
		    "aa",
		    false, false, 2 },
		{ "past the end of a record",
		    "1703030008"
		    "0102",
		    7,
		    "03030001"
		    "aa",
		    true, false, 1 },
		{ "in a header", "170303", 1,
		    "01"
		    "aa",
		    true, false, 0 },
		{ "in a hello",
		    "160303002a"
		    "02000026"
		    "0303",
		    4, "", false, true, 1 },
	};
	struct budget budget = { 0 };
	uint8_t p[OCTETS_MAX];
	struct tls_side t;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof holes / sizeof holes[0]; i++) {
		tls_side_init(&t, &budget);
		n = from_hex(holes[i].before, p);
		feed(&t, p, n);
		tls_side_gap(&t, holes[i].hole);
		n = from_hex(holes[i].behind, p);
		feed(&t, p, n);
		if (t.lost != holes[i].lost || t.hello_cut != holes[i].cut ||
		    t.records != holes[i].records)
			fail_msg("%s: got lost %d, cut %d, %u records, want %d, %d, %u",
			    holes[i].name, t.lost, t.hello_cut, (unsigned)t.records, holes[i].lost,
			    holes[i].cut, holes[i].records);
		tls_side_fini(&t);
	}
	assert_int_equal(budget.used, 0);
}

static void
test_long_hello(void **state)
{
	struct budget budget = { 0 };
	struct tls_side t;
	uint8_t p[OCTETS_MAX] = { 0x16, 3, 1, 0x40, 0, 1, 0, 0xff, 0xff, 3, 3 };
	size_t left = 0x4000 + 5, n;

	(void)state;
	tls_side_init(&t, &budget);
	for (n = sizeof p; left > 0; left -= n, memset(p, 0, sizeof p)) {
		n = left < sizeof p ? left : sizeof p;
		feed(&t, p, n);
	}
	memcpy(p, "\x16\x03\x01\x04\x00", 5);
	feed(&t, p, 5);
	memset(p, 0, sizeof p);
	feed(&t, p, sizeof p);
	assert_int_equal(t.records, 2);
	assert_int_equal(t.version, TLS_1_2);
	assert_true(t.hello.frame != 0 && t.hello_cut);
	assert_true(budget.used <= TLS_KEEP_MAX);
	tls_side_fini(&t);
	assert_int_equal(budget.used, 0);
}

static void
test_complete(void **state)
{
	static const struct {
		const char *name, *client, *server;
		bool complete;
	} pairs[] = {
		{ "TLS 1.2",
		    CLIENT_HELLO "140303000101"
		                 "1603030004"
		                 "01020304",
		    SERVER_12 "140303000101"
		              "1603030004"
		              "01020304",
		    true },
		{ "no Finished of the server",
		    CLIENT_HELLO "140303000101"
		                 "1603030004"
		                 "01020304",
		    SERVER_12, false },
		{ "TLS 1.3", CLIENT_HELLO "1703030030" RANDOM RANDOM,
		    SERVER_13 "1703030004"
		              "01020304",
		    true },
		{ "TLS 1.3, ended by an alert", CLIENT_HELLO "1703030013" RANDOM,
		    SERVER_13 "1703030004"
		              "01020304",
		    false },
		{ "a retry of TLS 1.3, given up", CLIENT_HELLO "140303000101" CLIENT_HELLO,
		    SERVER_13 "140303000101" SERVER_13, false },
		{ "no answer", CLIENT_HELLO, "", false },
	};
	struct tls_side side[2];
	uint8_t p[OCTETS_MAX];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		tls_side_init(&side[0], NULL);
		tls_side_init(&side[1], NULL);
		n = from_hex(pairs[i].client, p);
		feed(&side[0], p, n);
		n = from_hex(pairs[i].server, p);
		feed(&side[1], p, n);
		if (tls_complete(&side[0], &side[1]) != pairs[i].complete)
			fail_msg("%s: got %d, want %d", pairs[i].name, !pairs[i].complete,
			    pairs[i].complete);
		tls_side_fini(&side[0]);
		tls_side_fini(&side[1]);
	}
	assert_false(tls_complete(NULL, NULL));
}

static void
test_names(void **state)
{
	static const struct {
		uint16_t suite;
		const char *want;
	} suites[] = { { 0x0005, "RC4" }, { 0x0000, "no encryption" }, { 0x0003, "export grade" },
		{ 0x0009, "single DES" }, { 0x0034, "anonymous" }, { 0xc018, "anonymous" },
		{ 0x1301, NULL }, { 0xc02f, NULL }, { 0x002f, NULL } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof suites / sizeof suites[0]; i++) {
		const char *got = tls_cipher_weakness(suites[i].suite);

		if ((got == NULL) != (suites[i].want == NULL) ||
		    (got && strcmp(got, suites[i].want) != 0))
			fail_msg("suite %04x: got %s, want %s", suites[i].suite, got ? got : "none",
			    suites[i].want ? suites[i].want : "none");
	}
	assert_string_equal(tls_version_name(TLS_1_1), "TLS 1.1");
	assert_string_equal(tls_alert_name(48), "unknown_ca");
	assert_string_equal(tls_alert_name(255), "an alert without a name");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_long_hello),
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
