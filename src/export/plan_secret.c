/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_secret - a response of AUTH with another name in it and no secret.
 *
 * The response is decoded, its name becomes another one, what keeps its parts
 * apart stays, every other octet becomes x, and it is encoded again: as long as it
 * was, and of the same form.  The octets that were decoded are wiped.
 */
#include "export/plan.h"
#include "export/wording.h"
#include "report/base64.h"

enum { RESPONSE_MAX = 768 };

static int
sextet(uint8_t c)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* Octets of the whole text, or 0 if it is no base64 or too long. */
static size_t
decode(const uint8_t *p, size_t n, uint8_t out[RESPONSE_MAX])
{
	uint32_t bits = 0;
	size_t i, len = 0, digits = n;
	unsigned have = 0;

	while (digits > 0 && n - digits < 2 && p[digits - 1] == '=')
		digits--;
	if (n % 4 != 0 || n / 4 * 3 > RESPONSE_MAX)
		return 0;
	for (i = 0; i < digits; i++) {
		if (sextet(p[i]) < 0)
			return 0;
		bits = bits << 6 | (uint32_t)sextet(p[i]);
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[len++] = (uint8_t)(bits >> have);
		}
	}
	return len;
}

static size_t
find(const uint8_t *p, size_t n, struct slice what)
{
	size_t i;

	for (i = 0; i + what.n <= n; i++)
		if (memcmp(p + i, what.p, what.n) == 0)
			return i;
	return n;
}

bool
plan_secret(struct aliases *a, struct slice user, uint8_t *p, size_t n)
{
	uint8_t plain[RESPONSE_MAX];
	size_t len = decode(p, n, plain), at, i;
	char text[BASE64_LEN(RESPONSE_MAX)];
	volatile uint8_t *wipe = plain;

	if (len == 0)
		return false;
	at = user.n ? find(plain, len, user) : len;
	for (i = 0; i < len; i++)
		if ((i < at || i >= at + user.n) && plain[i] > ' ' && plain[i] != '=' &&
		    plain[i] != ',')
			plain[i] = 'x';
	if (at < len)
		wording_words(a, plain + at, user.n, false);
	base64_text(text, slice_of(plain, len));
	memcpy(p, text, BASE64_LEN(len));
	for (i = 0; i < sizeof plain; i++)
		wipe[i] = 0;
	return true;
}
