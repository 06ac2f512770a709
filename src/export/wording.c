/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wording - a text is cut into chunks: words and what joins them to addresses
 * and names of hosts.  A chunk of one word stays if everybody uses that word; one
 * with joints is a name, unless it is a number with dots (a status code) or known
 * words with hyphens.  What lies between chunks stays.
 */
#include <arpa/inet.h>

#include "export/wording.h"
#include "export/wording_table.h"

enum { SHORT_NUMBER = 3, IP_TEXT = 46 };

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(uint8_t c)
{
	int l = ascii_lower(c);

	return (l >= 'a' && l <= 'z') || is_digit(c) || c >= 0x80;
}

static bool
is_joint(uint8_t c)
{
	return c == '.' || c == '-' || c == '_' || c == '@' || c == '+';
}

uint8_t
wording_octet(uint8_t c)
{
	if (c >= 0x80)
		return c < 0xc0 ? 0xa9 : c < 0xe0 ? 0xc3 : c < 0xf0 ? 0xe2 : c < 0xf5 ? 0xf0 : 0xff;
	return c <= ' ' || c == 0x7f || c == '.' || c == '=' ? c : 'x';
}

/* Is it one of the words that stay? */
static bool
is_known(struct slice word)
{
	size_t high, low = 0, middle, i;
	const char *const *words = wording_table(&high);
	int d;

	while (low < high) {
		middle = low + (high - low) / 2;
		for (d = 0, i = 0; d == 0 && i < word.n; i++)
			d = ascii_lower(word.p[i]) - (unsigned char)words[middle][i];
		if (d == 0)
			d = words[middle][word.n] ? -1 : 0;
		if (d == 0)
			return true;
		if (d > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool
is_short_number(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n && is_digit(s.p[i]); i++)
		;
	return i == s.n && s.n > 0 && s.n <= SHORT_NUMBER;
}

/* Octets of the first word, or of what is in front of it. */
static size_t
run(const uint8_t *p, size_t n, bool word)
{
	size_t i = 0;

	while (i < n && is_word(p[i]) == word)
		i++;
	return i;
}

/* "5.1.1" and the like, or known words with hyphens, one number among them at most. */
static bool
is_harmless(const uint8_t *p, size_t n)
{
	bool dots = false, hyphens = false, numbers = true, known = true;
	unsigned parts = 0, some = 0;
	size_t at, len;

	for (at = 0; at < n; at += len) {
		len = run(p + at, n - at, true);
		if (len == 0) {
			len = 1;
			dots |= p[at] == '.';
			hyphens |= p[at] == '-';
			if (p[at] != '.' && p[at] != '-')
				return false;
			continue;
		}
		parts++;
		if (is_short_number(slice_of(p + at, len)))
			some++;
		else
			numbers = false;
		known = known && (is_known(slice_of(p + at, len)) || some == 1);
	}
	return dots ? numbers && !hyphens && parts < 4 : known && some < parts;
}

/* The text of an address, in its place if it is as long. */
static bool
put_ip(struct aliases *a, uint8_t *p, size_t n, uint8_t family)
{
	struct ipaddr addr = { .family = family };
	char text[IP_TEXT];

	if (n >= sizeof text)
		return false;
	memcpy(text, p, n);
	text[n] = '\0';
	if (inet_pton(family == 4 ? AF_INET : AF_INET6, text, addr.b) != 1)
		return false;
	alias_ip(a, &addr);
	ipaddr_text(text, &addr);
	if (strlen(text) != n)
		return false;
	memcpy(p, text, n);
	return true;
}

/* Hexadecimal digits of an address whose other text has not its length: the same form. */
static void
put_digits(uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (is_word(p[i]))
			p[i] = '1';
}

/* An IPv6 address at the start; returns its octets, 0 if there is none. */
static size_t
take_ip6(struct aliases *a, uint8_t *p, size_t n)
{
	struct ipaddr addr;
	char text[IP_TEXT];
	size_t i = 0, colons = 0;

	while (i < n && i < sizeof text - 1 && p[i] && strchr("0123456789abcdefABCDEF:.", p[i]))
		colons += p[i++] == ':';
	while (i > 0 && (p[i - 1] == '.' || (i > 1 && p[i - 1] == ':' && p[i - 2] != ':')))
		i--;
	if (colons < 2 || i < 3 || (i < n && is_word(p[i])))
		return 0;
	memcpy(text, p, i);
	text[i] = '\0';
	if (inet_pton(AF_INET6, text, addr.b) != 1)
		return 0;
	if (!put_ip(a, p, i, 6))
		put_digits(p, i);
	return i;
}

static void
put_chunk(struct aliases *a, uint8_t *p, size_t n, bool plain)
{
	size_t at, len;

	while (n > 0 && is_joint(p[n - 1]))
		n--;
	if (run(p, n, true) == n) {
		if (n && !slice_caseeq(slice_of(p, n), "IPv6") &&
		    !(plain && (is_known(slice_of(p, n)) || is_short_number(slice_of(p, n)))))
			alias_word(a, p, n);
		return;
	}
	if ((plain && is_harmless(p, n)) || put_ip(a, p, n, 4))
		return;
	for (at = 0; at < n; at += len) {
		len = run(p + at, n - at, true);
		if (len)
			alias_word(a, p + at, len);
		else
			len = 1;
	}
}

void
wording_words(struct aliases *a, uint8_t *text, size_t n, bool plain)
{
	size_t i = 0, len;

	while (i < n) {
		if (i == 0 || !is_word(text[i - 1])) {
			len = take_ip6(a, text + i, n - i);
			if (len) {
				i += len;
				continue;
			}
		}
		if (!is_word(text[i])) {
			i++;
			continue;
		}
		for (len = 0; i + len < n && (is_word(text[i + len]) || is_joint(text[i + len]));)
			len++;
		put_chunk(a, text + i, len, plain);
		i += len;
	}
}

/* -- the client's lines ------------------------------------------------------------------ */

/* Values of these parameters are numbers, times and words of the protocol. */
static bool
is_open_parameter(struct slice name)
{
	static const char *const names[] = { "SIZE", "BODY", "RET", "NOTIFY", "BY", "HOLDFOR",
		"HOLDUNTIL", "MT-PRIORITY", "RRVS", "PROTO", "SMTPUTF8", "REQUIRETLS" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (slice_caseeq(name, names[i]))
			return true;
	return false;
}

/* A value in xtext (RFC 3461 4): each "+" and two hexadecimal digits stay of that form. */
static void
put_value(struct aliases *a, uint8_t *p, size_t n)
{
	uint8_t *type = n ? memchr(p, ';', n) : NULL;
	size_t at = type ? (size_t)(type - p) : 0, end;

	wording_words(a, p, at, true); /* "rfc822;" */
	for (; at < n; at = end) {
		for (end = at; end < n && p[end] != '+'; end++)
			;
		wording_words(a, p + at, end - at, false);
		if (end + 2 < n && strchr("0123456789ABCDEF", p[end + 1]) &&
		    strchr("0123456789ABCDEF", p[end + 2])) {
			memcpy(p + end, "+2B", 3);
			end += 3;
		} else {
			end += end < n;
		}
	}
}

/* NAME=VALUE with blanks between. */
static void
put_parameters(struct aliases *a, uint8_t *p, size_t n)
{
	size_t at = 0, end, name;

	while (at < n) {
		for (end = at; end < n && p[end] > ' '; end++)
			;
		for (name = at; name < end && p[name] != '='; name++)
			;
		if (!is_open_parameter(slice_of(p + at, name - at))) {
			wording_words(a, p + at, name - at, true);
			put_value(a, p + name, end - name);
		}
		for (at = end; at < n && p[at] <= ' '; at++)
			;
	}
}

/* "FROM:<path> parameters" */
static void
put_path(struct aliases *a, uint8_t *p, size_t n)
{
	uint8_t *colon = n ? memchr(p, ':', n) : NULL;
	size_t at = colon ? (size_t)(colon - p) + 1 : 0, end;
	bool quoted = false;

	wording_words(a, p, at, true);
	while (at < n && p[at] == ' ')
		at++;
	for (end = at; end < n && (quoted || p[end] != ' '); end++) {
		if (p[end] == '"')
			quoted = !quoted;
		else if (quoted && p[end] == '\\' && end + 1 < n)
			end++;
	}
	if (quoted) /* never closed */
		for (end = at; end < n && p[end] != ' '; end++)
			;
	if (!slice_caseeq(slice_of(p + at, end - at), "<postmaster>"))
		wording_words(a, p + at, end - at, false);
	put_parameters(a, p + end, n - end);
}

static void
put_argument(struct aliases *a, enum smtp_verb_id verb, uint8_t *p, size_t n)
{
	switch ((int)verb) {
	case VERB_MAIL:
	case VERB_RCPT:
	case VERB_SEND:
	case VERB_SOML:
	case VERB_SAML:
		put_path(a, p, n);
		break;
	case VERB_BDAT:
		break;
	case VERB_XCLIENT:
	case VERB_XFORWARD:
		put_parameters(a, p, n);
		break;
	case VERB_AUTH:
		wording_words(a, p, n, true);
		break;
	default:
		wording_words(a, p, n, false);
		break;
	}
}

void
wording_unit(struct aliases *a, const struct smtp_unit *u, uint8_t *text, size_t n)
{
	enum smtp_verb_id verb = u->verb ? u->verb->id : VERB_UNKNOWN;
	size_t i;

	if (u->kind != UNIT_COMMAND && u->kind != UNIT_CHUNK) {
		wording_words(a, text, n, true);
		return;
	}
	if (verb == VERB_UNKNOWN) {
		wording_words(a, text, n, true);
		return;
	}
	for (i = 0; i < n && text[i] > ' '; i++)
		;
	if (verb == VERB_X)
		wording_words(a, text, i, true);
	put_argument(a, verb, text + i, n - i);
}

/* -- the server's lines ------------------------------------------------------------------ */

/* Lines of an EHLO reply with these words are kept whole. */
static bool
is_offer(struct slice word)
{
	static const char *const words[] = { "8BITMIME", "ATRN", "AUTH", "BINARYMIME", "BURL",
		"CHECKPOINT", "CHUNKING", "CONNEG", "CONPERM", "DELIVERBY", "DSN",
		"ENHANCEDSTATUSCODES", "ETRN", "EXPN", "FUTURERELEASE", "HELP", "LIMITS",
		"MT-PRIORITY", "MTRK", "OK", "ONEX", "PIPECONNECT", "PIPELINING", "PRDR",
		"REQUIRETLS", "RRVS", "SAML", "SEND", "SIZE", "SMTPUTF8", "SOML", "STARTTLS",
		"SUBMITTER", "TURN", "UTF8SMTP", "VERB", "VRFY", "X-ANONYMOUSTLS", "X-EXPS",
		"XCLIENT", "XEXCH50", "XFORWARD", "XLINK2STATE", "XVERP" };
	size_t i;

	/* Overwritten on the way, letter by letter. */
	for (i = 0; i < word.n && word.p[i] == 'X'; i++)
		;
	if (i > 3 && i + 1 >= word.n)
		return true;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_caseeq(word, words[i]))
			return true;
	return false;
}

void
wording_reply(struct aliases *a, uint8_t *text, size_t n, bool offers)
{
	size_t code = 0, i;

	while (code < n && code < 3 && is_digit(text[code]))
		code++;
	if (code == 3 && n > 3 && (text[3] == '-' || text[3] == ' '))
		code = 4;
	for (i = code; i < n && text[i] > ' ' && text[i] != '='; i++)
		;
	if (!offers || !is_offer(slice_of(text + code, i - code)))
		wording_words(a, text + code, n - code, true);
}

/* -- messages ---------------------------------------------------------------------------- */

static bool
is_usual_field(struct slice name)
{
	static const char *const names[] = { "Received", "Date", "Return-Path", "DKIM-Signature",
		"Message-ID", "From", "To", "Cc", "Subject", "MIME-Version", "Content-Type" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (slice_caseeq(name, names[i]))
			return true;
	return false;
}

static void
put_octets(uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = wording_octet(p[i]);
}

size_t
wording_header(struct aliases *a, uint8_t *text, size_t n)
{
	size_t at = 0, end, name;

	while (at < n && text[at] != '\r' && text[at] != '\n') {
		for (end = at; end < n && text[end] != '\n'; end++)
			;
		end += end < n;
		for (name = at; name < end && text[name] > ' ' && text[name] != ':'; name++)
			;
		if (name == end || text[name] != ':' ||
		    !is_usual_field(slice_of(text + at, name - at))) {
			put_octets(text + at, end - at);
		} else if (slice_caseeq(slice_of(text + at, name - at), "Message-ID")) {
			wording_words(a, text + name, end - name, false);
		} else {
			put_octets(text + name + 1, end - name - 1);
		}
		at = end;
	}
	return at;
}
