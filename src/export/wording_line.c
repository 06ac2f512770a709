/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wording_line - which parts of a command, of a reply and of a header are names,
 * and which are words and numbers of the protocol.
 */
#include "export/wording.h"

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
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
	if (i >= 3 && i + 1 >= word.n)
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
