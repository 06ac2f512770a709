/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fields_words - fields whose values are words that the model has no names for, or of
 * which a session has several at once: a set of bits in the row, by the value of the word.
 *
 * Of a set, "=" is true if one of them is meant, "!=" if none is; an empty one fits nothing.
 */
#include "filter/fields.h"
#include "tls/tls.h"

static const uint16_t tls_versions[] = { TLS_SSL2, TLS_SSL3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 };
enum { TLS_VERSIONS = sizeof tls_versions / sizeof tls_versions[0] };

bool
field_get_tls_version(const struct store *s, const struct session_row *r, int64_t v[2])
{
	unsigned i;

	(void)s;
	for (i = 0; i < TLS_VERSIONS; i++) {
		if (r->tls_version == tls_versions[i]) {
			v[0] = v[1] = i;
			return true;
		}
	}
	return false;
}

const char *
field_word_tls_version(unsigned i)
{
	static const char *const words[TLS_VERSIONS] = { "ssl2", "ssl3", "1.0", "1.1", "1.2",
		"1.3" };

	return i < TLS_VERSIONS ? words[i] : NULL;
}

bool
field_get_results(const struct store *s, const struct session_row *r, int64_t v[2])
{
	(void)s;
	v[0] = v[1] = r->results;
	return r->results != 0;
}

bool
field_get_classes(const struct store *s, const struct session_row *r, int64_t v[2])
{
	(void)s;
	v[0] = v[1] = r->classes;
	return r->classes != 0;
}

const char *
field_word_class(unsigned i)
{
	static const char *const words[] = {
		[CLASS_NO_CODE] = "no-code",
		[CLASS_1YZ] = "1yz",
		[CLASS_2YZ] = "2yz",
		[CLASS_3YZ] = "3yz",
		[CLASS_4YZ] = "4yz",
		[CLASS_5YZ] = "5yz",
		[CLASS_OTHER] = "other",
		[CLASS_MISSING] = "missing",
	};

	return i < sizeof words / sizeof words[0] ? words[i] : NULL;
}
