/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sasl - what a response of an AUTH exchange gives away: who logs in, and whether
 * the octets hold a password, a token or something that can be guessed at.
 *
 * Only the user name leaves this file; the decoded response is wiped before it
 * returns.  RFC 4616 (PLAIN), RFC 2195 (CRAM-MD5), RFC 7628 (OAUTHBEARER), and the
 * LOGIN and XOAUTH2 that were never standardised.
 */
#include "smtp/sasl.h"

enum { RESPONSE_MAX = 768, USER_MAX = 255, STRAY_MIN = 4 };

enum form { FORM_OTHER, FORM_PLAIN, FORM_LOGIN, FORM_BEARER, FORM_CRAM };

static const struct mechanism {
	const char *name;
	enum form form;
	unsigned user_step, secret_step; /* which response holds it, from 0 */
	unsigned flag;
} mechanisms[] = {
	{ "PLAIN", FORM_PLAIN, 0, 0, UNIT_PASSWORD },
	{ "LOGIN", FORM_LOGIN, 0, 1, UNIT_PASSWORD },
	{ "XOAUTH2", FORM_BEARER, 0, 0, UNIT_PASSWORD },
	{ "OAUTHBEARER", FORM_BEARER, 0, 0, UNIT_PASSWORD },
	{ "CRAM-MD5", FORM_CRAM, 0, 0, UNIT_GUESSABLE },
	{ "DIGEST-MD5", FORM_OTHER, 0, 0, UNIT_GUESSABLE },
	{ "NTLM", FORM_OTHER, 0, 1, UNIT_GUESSABLE },
};

static const struct mechanism *
mechanism_find(struct slice name)
{
	size_t i;

	for (i = 0; i < sizeof mechanisms / sizeof mechanisms[0]; i++)
		if (slice_caseeq(name, mechanisms[i].name))
			return &mechanisms[i];
	return NULL;
}

static int
sextet(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* As far as there is room; what is no base64 ends it. */
static size_t
decode(struct slice t, uint8_t out[RESPONSE_MAX])
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t i, n = 0;

	for (i = 0; i < t.n && sextet(t.p[i]) >= 0 && n < RESPONSE_MAX; i++) {
		bits = bits << 6 | (uint32_t)sextet(t.p[i]);
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (uint8_t)(bits >> have);
		}
	}
	return n;
}

static struct slice
until(struct slice t, uint8_t stop)
{
	const uint8_t *p = t.n ? memchr(t.p, stop, t.n) : NULL;

	return p ? slice_of(t.p, (size_t)(p - t.p)) : t;
}

/* The name within the decoded response; empty when there is none. */
static struct slice
user_in(enum form form, struct slice t)
{
	struct slice first;
	size_t i;

	switch (form) {
	case FORM_PLAIN: /* authzid NUL authcid NUL password */
		first = until(t, 0);
		return first.n < t.n ? until(slice_from(t, first.n + 1), 0) : slice_of(t.p, 0);
	case FORM_LOGIN:
		return t;
	case FORM_BEARER: /* "user=" ^A in XOAUTH2, "a=" , in OAUTHBEARER */
		for (i = 0; i < t.n; i++) {
			if (slice_caseprefix(slice_from(t, i), "user="))
				return until(slice_from(t, i + 5), 1);
			if (slice_caseprefix(slice_from(t, i), ",a="))
				return until(slice_from(t, i + 3), ',');
		}
		break;
	case FORM_CRAM: /* name, blank, 32 hexadecimal digits */
		return t.n > 33 ? slice_of(t.p, t.n - 33) : slice_of(t.p, 0);
	case FORM_OTHER:
		break;
	}
	return slice_of(t.p, 0);
}

bool
sasl_base64(struct slice t)
{
	size_t i, pad = 0;

	for (i = 0; i < t.n; i++) {
		if (t.p[i] == '=')
			pad++;
		else if (pad || sextet(t.p[i]) < 0)
			return false;
	}
	return t.n % 4 == 0 && pad <= 2;
}

void
sasl_look(struct arena *arena, struct smtp_unit *u, struct slice mechanism, unsigned step,
    struct slice response)
{
	const struct mechanism *m = mechanism_find(mechanism);
	volatile uint8_t *wipe;
	uint8_t plain[RESPONSE_MAX];
	struct slice user;
	size_t i, n;

	if (m == NULL || !(sasl_base64(response) || slice_caseeq(response, "****")))
		return; /* what nobody can decode gives nothing away; "****" was masked already */
	if (step == m->secret_step)
		u->flags |= m->flag;
	if (step != m->user_step)
		return;
	n = decode(response, plain);
	user = user_in(m->form, slice_of(plain, n));
	if (user.n > USER_MAX)
		user.n = USER_MAX;
	if (user.n > 0)
		u->user = arena_dup(arena, user);
	for (wipe = plain, i = 0; i < sizeof plain; i++)
		wipe[i] = 0;
}

struct slice
sasl_mechanism(const struct smtp_unit *auth)
{
	size_t i;

	for (i = 0; i < auth->arg.n && auth->arg.p[i] > ' '; i++)
		;
	return slice_of(auth->arg.p, i);
}

/* What stands before the first blank, '=' or ':'; the rest begins behind those. */
static struct slice
next_word(struct slice *t)
{
	struct slice word = *t;

	for (word.n = 0; word.n < t->n && !strchr(" \t=:", t->p[word.n]); word.n++)
		;
	*t = slice_from(*t, word.n);
	while (t->n && strchr(" \t=:", t->p[0]))
		*t = slice_from(*t, 1);
	return word;
}

/* Octets before the secret; t.n: there is none. */
static size_t
stray_at(struct slice t, struct slice line, bool behind)
{
	struct slice rest = t, word;
	size_t i;

	/* Whole groups or not: what clients leave off is "=". */
	for (i = 0; i < line.n && (line.p[i] == '=' || sextet(line.p[i]) >= 0); i++)
		;
	if (behind && i == line.n && line.n >= STRAY_MIN)
		return 0;
	while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t'))
		rest = slice_from(rest, 1);
	word = next_word(&rest);
	if (slice_caseeq(word, "AUTH"))
		next_word(&rest);
	else if (!mechanism_find(next_word(&rest)))
		return t.n;
	return t.n - rest.n;
}

void
sasl_mask_stray(struct arena *arena, struct smtp_unit *u, struct slice line, bool behind)
{
	struct slice t = u->line.text;
	size_t keep = stray_at(t, line, behind), arg = t.n - u->arg.n;

	if (keep >= t.n || (t.n - keep == 4 && memcmp(t.p + keep, "****", 4) == 0))
		return;
	u->line.text = slice_str(arena_printf(arena, "%.*s****", (int)keep, (const char *)t.p));
	u->arg = slice_from(u->line.text, arg < keep ? arg : keep);
	u->flags |= UNIT_MASKED;
	memset((void *)(uintptr_t)t.p, 0, t.n);
}
