/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redact - the tables of names: which name got which number, and which words the
 * present session uses for whom.
 *
 * A number is given when a name is first printed, so that a short report has
 * small numbers.  Names are compared without regard to the case of ASCII letters.
 *
 * The table of numbers grows to REDACT_NAMES_MAX names of NAME_OCTETS at most;
 * the table of words is that of one session, whose size the dissector limits.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/output.h"
#include "report/common.h"
#include "report/redact_names.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

enum {
	WORD_MIN = 3, /* shorter words mean too many other things */
	KINDS = NAME_NETWORK + 1,
};

struct redactor {
	unsigned what;                    /* enum redact_part */
	const struct address_name *given; /* --name; borrowed */
	size_t ngiven;
	struct names names, words;
	uint64_t numbers[KINDS]; /* last one given */
	uint64_t shared;
};

static const char *const kind_words[KINDS] = {
	[NAME_USER] = "user",
	[NAME_HOST] = "host",
	[NAME_CLIENT] = "client",
	[NAME_SERVER] = "server",
	[NAME_ADDRESS] = "address",
	[NAME_NETWORK] = "network",
};

/* Words of the protocol and of mail in general: as names they tell nothing about anybody, and
 * reports would be hard to read without them. */
/* clang-format off */
static const char *const plain_words[] = {
	"abuse", "accepted", "address", "admin", "and", "bounce", "client", "command",
	"connection", "data", "domain", "ehlo", "error", "esmtp", "exim", "for", "frame", "from",
	"gateway", "hello", "helo", "host", "info", "line", "local", "localhost", "mail", "mailer",
	"mailhost", "message", "mx1", "mx2", "not", "null", "octets", "postfix", "postmaster",
	"queued", "rcpt", "ready", "recipient", "relay", "reply", "root", "sender", "sendmail",
	"server", "service", "smtp", "spam", "test", "text", "that", "the", "this", "unknown",
	"user", "welcome", "with"
};
/* clang-format on */

/* The key with its kind in front: a user and a host of the same spelling are two names. */
static struct name *
name_of(struct redactor *r, char space, enum redact_kind kind, struct slice key)
{
	uint8_t text[NAME_OCTETS];
	size_t n = key.n < sizeof text - 1 ? key.n : sizeof text - 1, before = r->names.n;
	struct name *e;

	text[0] = (uint8_t)space;
	if (n)
		memcpy(text + 1, key.p, n);
	e = names_get(&r->names, slice_of(text, n + 1), REDACT_NAMES_MAX);
	if (e && r->names.n > before)
		e->kind = kind;
	return e;
}

static void
name_print(struct redactor *r, char out[REDACT_NAME_TEXT], struct name *e, enum redact_kind kind)
{
	const char *tail;

	if (!e) {
		r->shared++;
	} else {
		kind = e->kind;
		if (!e->number)
			e->number = ++r->numbers[kind];
	}
	tail = kind == NAME_HOST ? ".example" : "";
	if (e)
		snprintf(
		    out, REDACT_NAME_TEXT, "%s%" PRIu64 "%s", kind_words[kind], e->number, tail);
	else
		snprintf(out, REDACT_NAME_TEXT, "%s-other%s", kind_words[kind], tail);
}

struct redactor *
redactor_new(unsigned what)
{
	struct redactor *r = xcalloc(1, sizeof *r);

	r->what = what;
	return r;
}

void
redactor_names(struct redactor *r, const struct address_name *names, size_t n)
{
	r->given = names;
	r->ngiven = n;
}

void
redactor_free(struct redactor *r)
{
	if (!r)
		return;
	names_clear(&r->names);
	names_clear(&r->words);
	free(r);
}

unsigned
redactor_what(const struct redactor *r)
{
	return r->what;
}

uint64_t
redactor_shared(const struct redactor *r)
{
	return r->shared;
}

void
redact_mailbox(struct redactor *r, char out[REDACT_NAME_TEXT], struct slice address)
{
	name_print(r, out, name_of(r, 'u', NAME_USER, address), NAME_USER);
}

void
redact_host(struct redactor *r, char out[REDACT_NAME_TEXT], struct slice host)
{
	name_print(r, out, name_of(r, 'h', NAME_HOST, host), NAME_HOST);
}

/* By its text: letters of either case are one in a key, which octets are not. */
static struct name *
ip_name(struct redactor *r, const struct ipaddr *addr, enum redact_kind kind)
{
	char text[IPADDR_TEXT_MAX];

	ipaddr_text(text, addr);
	return name_of(r, 'a', kind, slice_str(text));
}

void
redact_ip(struct redactor *r, char out[IPADDR_TEXT_MAX], const struct ipaddr *addr)
{
	char text[REDACT_NAME_TEXT];
	size_t i;

	if (!(r->what & REDACT_HOSTS)) {
		for (i = 0; i < r->ngiven; i++)
			if (r->given[i].addr.family == addr->family &&
			    memcmp(r->given[i].addr.b, addr->b, sizeof addr->b) == 0) {
				snprintf(out, IPADDR_TEXT_MAX, "%s", r->given[i].name);
				return;
			}
		ipaddr_text(out, addr);
		return;
	}
	name_print(r, text, ip_name(r, addr, NAME_ADDRESS), NAME_ADDRESS);
	memcpy(out, text, sizeof text);
}

void
redact_network(
    struct redactor *r, char out[IPADDR_TEXT_MAX], const struct ipaddr *addr, unsigned prefix)
{
	char text[REDACT_NAME_TEXT];
	size_t n;

	ipaddr_text(out, addr);
	n = strlen(out);
	snprintf(out + n, IPADDR_TEXT_MAX - n, "/%u", prefix);
	if (!(r->what & REDACT_HOSTS))
		return;
	name_print(r, text, name_of(r, 'n', NAME_NETWORK, slice_str(out)), NAME_NETWORK);
	memcpy(out, text, sizeof text);
}

/* -- the words of a session ------------------------------------------------------------- */

static bool
is_plain(struct slice word)
{
	size_t i;

	for (i = 0; i < COUNT(plain_words); i++)
		if (slice_caseeq(word, plain_words[i]))
			return true;
	return word.n < WORD_MIN;
}

/* The first meaning that a word gets in a session stays. */
static void
learn_word(struct redactor *r, struct slice word, enum redact_kind kind, struct slice of)
{
	struct name *e;
	uint8_t *copy;

	if (is_plain(word) || of.n == 0)
		return;
	e = names_get(&r->words, word, SIZE_MAX);
	if (e->of.n)
		return;
	copy = xmalloc(of.n);
	memcpy(copy, of.p, of.n);
	e->kind = kind;
	e->of = slice_of(copy, of.n);
}

/* The whole name, its first label and the one before the last: "mx7.big.example" is known as
 * "mx7" and as "big" too. */
static void
learn_host(struct redactor *r, struct slice host)
{
	size_t first, last, before;

	while (host.n && host.p[host.n - 1] == '.')
		host.n--;
	if (!(r->what & REDACT_HOSTS) || host.n == 0 || host.p[0] == '[' || is_plain(host))
		return;
	learn_word(r, host, NAME_HOST, host);
	for (first = 0; first < host.n && host.p[first] != '.'; first++)
		;
	if (first == host.n)
		return;
	learn_word(r, slice_of(host.p, first), NAME_HOST, host);
	for (last = host.n; last > 0 && host.p[last - 1] != '.'; last--)
		;
	for (before = last ? last - 1 : 0; before > 0 && host.p[before - 1] != '.'; before--)
		;
	if (last > before + 1)
		learn_word(r, slice_of(host.p + before, last - 1 - before), NAME_HOST, host);
}

static void
learn_mailbox(struct redactor *r, struct slice address)
{
	size_t at = address.n;

	while (at > 0 && address.p[at - 1] != '@')
		at--;
	if (r->what & REDACT_ADDRESSES)
		learn_word(r, slice_of(address.p, at ? at - 1 : address.n), NAME_USER, address);
	if (at)
		learn_host(r, slice_from(address, at));
}

static struct slice
first_word(struct slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] > ' ')
		n++;
	return slice_of(s.p, n);
}

/* Text follows the code in these replies, and not always a name. */
static void
learn_dotted(struct redactor *r, struct slice word)
{
	if (word.n && memchr(word.p, '.', word.n - 1))
		learn_host(r, word);
}

void
redact_learn(struct redactor *r, const struct smtp_session *s)
{
	const struct smtp_transaction *t;
	const struct smtp_unit *u;
	const struct smtp_rcpt *to;

	names_clear(&r->words);
	if (r->what & REDACT_HOSTS) {
		ip_name(r, &smtp_half(s, DIR_CLIENT)->ep.addr, NAME_CLIENT);
		ip_name(r, &smtp_half(s, DIR_SERVER)->ep.addr, NAME_SERVER);
	}
	STAILQ_FOREACH (u, &s->units, link) {
		if (u->user.n)
			learn_mailbox(r, u->user);
		if (u->kind == UNIT_GREETING && u->reply)
			learn_host(r, first_word(common_reply_text(u->reply)));
		if (u->verb &&
		    (u->verb->id == VERB_HELO || u->verb->id == VERB_EHLO ||
		        u->verb->id == VERB_LHLO)) {
			learn_host(r, first_word(u->arg));
			if (u->reply)
				learn_dotted(r, first_word(common_reply_text(u->reply)));
		}
	}
	STAILQ_FOREACH (t, &s->transactions, link) {
		learn_mailbox(r, t->sender);
		STAILQ_FOREACH (to, &t->rcpts, link)
			learn_mailbox(r, to->addr);
	}
}

static bool
put_meaning(struct redactor *r, char out[REDACT_NAME_TEXT], const struct name *e)
{
	if (!e)
		return false;
	if (e->kind == NAME_USER)
		redact_mailbox(r, out, e->of);
	else
		redact_host(r, out, e->of);
	return true;
}

bool
redact_word(struct redactor *r, char out[REDACT_NAME_TEXT], struct slice word)
{
	return put_meaning(r, out, names_get(&r->words, word, 0));
}

bool
redact_cut_word(struct redactor *r, char out[REDACT_NAME_TEXT], struct slice word)
{
	return put_meaning(r, out, names_longer(&r->words, word));
}

bool
redact_is_private(const struct redactor *r, const struct smtp_unit *u)
{
	return redact_hides_line(r->what, u);
}
