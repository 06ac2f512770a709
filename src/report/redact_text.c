/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redact_text - finds mail addresses, IP addresses, host names and learned words
 * in a text and puts their other names in their place.
 *
 * One pass from left to right.  Mail addresses are tried first (RFC 5321 4.1.2,
 * and anything else around an "@"), then IP addresses, learned words, and what
 * has the form of a host name: labels and dots, the last one no number.  Section
 * numbers behind "RFC nnnn" look like IPv4 addresses and are kept.
 *
 * Rather too much is hidden than too little: a report with an odd word in it is
 * still of use, a name that got out is out.
 */
#include <arpa/inet.h>

#include "base/error.h"
#include "base/output.h"
#include "report/redact_parts.h"

enum { IP_TEXT_MAX = 45, LABEL_MIN = 2, CUT_MIN = 6, WORD_LONG = 72 };

/* Leading zeros as well, which inet_pton() does not take: "10.000.001.020". */
static bool
read_ip4(struct slice s, struct ipaddr *addr)
{
	unsigned part = 0, digits = 0, value = 0;
	size_t i;

	memset(addr, 0, sizeof *addr);
	addr->family = 4;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && digits && part < 3) {
			part++;
			digits = value = 0;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9' || ++digits > 3)
			return false;
		value = value * 10 + (s.p[i] - '0');
		if (value > UINT8_MAX)
			return false;
		addr->b[part] = (uint8_t)value;
	}
	return part == 3 && digits;
}

static bool
read_ip(struct slice s, struct ipaddr *addr)
{
	char text[IP_TEXT_MAX + 1];

	if (s.n == 0 || !memchr(s.p, ':', s.n))
		return read_ip4(s, addr);
	if (s.n > IP_TEXT_MAX)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	memset(addr, 0, sizeof *addr);
	addr->family = 6;
	return inet_pton(AF_INET6, text, addr->b) == 1;
}

static void
put_ip(struct redactor *r, struct output *o, const struct ipaddr *addr)
{
	char name[IPADDR_TEXT_MAX];

	redact_ip(r, name, addr);
	out_puts(o, name);
}

/* An IPv6 address at the start of s: it has colons, which are no part of other names. */
static size_t
put_ip6(struct redactor *r, struct output *o, struct slice s)
{
	struct ipaddr addr;
	size_t n = 0, colons = 0;

	while (
	    n < s.n && n <= IP_TEXT_MAX && s.p[n] && strchr("0123456789abcdefABCDEF:.", s.p[n])) {
		colons += s.p[n] == ':';
		n++;
	}
	/* A full stop or a colon behind the address is none of it. */
	while (n > 2 && (s.p[n - 1] == '.' || (s.p[n - 1] == ':' && s.p[n - 2] != ':')))
		n--;
	if (colons < 2 || n < 3 || !read_ip(slice_of(s.p, n), &addr))
		return 0;
	put_ip(r, o, &addr);
	return n;
}

/* Does the text before it end in "RFC nnnn "? */
static bool
behind_rfc(struct slice before)
{
	size_t n = before.n, digits;

	/* The line may have been broken there. */
	while (n > 0 && (before.p[n - 1] == ' ' || before.p[n - 1] == '\n'))
		n--;
	if (n == before.n)
		return false;
	for (digits = n; digits > 0 && before.p[digits - 1] >= '0' && before.p[digits - 1] <= '9';)
		digits--;
	return digits < n && digits >= 4 && memcmp(before.p + digits - 4, "RFC ", 4) == 0;
}

/* Labels with dots between them; the last has two characters and begins with a letter, so that
 * "12:00:00.000000Z" is none. */
static bool
has_host_form(struct slice s)
{
	size_t i, label = 0, labels = 1;
	bool letter = false;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '.') {
			if (label == 0)
				return false;
			labels++;
			label = 0;
			continue;
		}
		if (label++ == 0)
			letter = s.p[i] < '0' || s.p[i] > '9';
	}
	return labels > 1 && label >= LABEL_MIN && letter;
}

static void
put_token(struct redactor *r, struct output *o, struct slice token, struct slice before)
{
	char name[REDACT_NAME_TEXT];
	struct ipaddr addr;
	struct slice tail;
	size_t n = token.n, front = 0;

	while (n && redact_is_mark(token.p[n - 1]))
		n--;
	while (front < n && redact_is_mark(token.p[front]))
		front++;
	out_write(o, slice_of(token.p, front));
	token = slice_from(token, front);
	n -= front;
	tail = slice_from(token, n);
	token.n = n;
	if (redact_word(r, name, token))
		out_puts(o, name);
	else if (!(redactor_what(r) & REDACT_HOSTS))
		out_write(o, token);
	else if (read_ip(token, &addr) && !behind_rfc(before))
		put_ip(r, o, &addr);
	else if (has_host_form(token) && !slice_caseeq(token, "CRLF.CRLF")) {
		redact_host(r, name, token);
		out_puts(o, name);
	} else
		out_write(o, token);
	out_write(o, tail);
}

/* "Subject: " and what follows on the line; returns the octets that were dealt with. */
static size_t
put_subject(struct redactor *r, struct output *o, struct slice s)
{
	size_t n;

	if (!(redactor_what(r) & REDACT_SUBJECT) || !slice_caseprefix(s, "subject:"))
		return 0;
	for (n = 0; n < s.n && s.p[n] != '\n' && s.p[n] != '"'; n++)
		;
	out_write(o, slice_of(s.p, 8));
	out_puts(o, " [hidden]");
	return n;
}

/* A learned name that is no word: "jim+lists". */
static size_t
put_learned(struct redactor *r, struct output *o, struct slice s)
{
	char name[REDACT_NAME_TEXT];
	size_t n = 0;
	bool word = true;

	for (; n < s.n && redact_is_atext(s.p[n]); n++)
		word = word && redact_is_word(s.p[n]);
	if (word || !redact_word(r, name, slice_of(s.p, n)))
		return 0;
	out_puts(o, name);
	return n;
}

/*
 * The beginning of a learned name, where a report has cut it: in front of the dots that say so,
 * and at the end of a quotation, which does not.  What is too long for a word is hidden.
 */
static size_t
put_cut(struct redactor *r, struct output *o, struct slice s)
{
	char name[REDACT_NAME_TEXT];
	bool letter = false;
	size_t n, all;

	for (n = 0; n < s.n && redact_is_atext(s.p[n]); n++)
		letter = letter || (ascii_lower(s.p[n]) >= 'a' && ascii_lower(s.p[n]) <= 'z');
	all = n;
	while (n && redact_is_mark(s.p[n - 1]))
		n--;
	if (n < CUT_MIN || (all < s.n && s.p[all] == '@') || redact_word(r, name, slice_of(s.p, n)))
		return 0;
	if ((all - n >= 3 || all == s.n || s.p[all] == '"' || s.p[all] == '\n') &&
	    redact_cut_word(r, name, slice_of(s.p, n))) {
		out_puts(o, name);
		return n;
	}
	if (n < WORD_LONG || !letter)
		return 0;
	out_puts(o, "[hidden]");
	return n;
}

/* At the start of a line, of a quotation, or behind "S> " and "Rsp: ". */
static bool
begins_line(struct slice before)
{
	size_t n = before.n;

	if (n == 0 || before.p[n - 1] == '\n' || before.p[n - 1] == '"')
		return true;
	return n > 1 && before.p[n - 1] == ' ' &&
	    (before.p[n - 2] == '>' || before.p[n - 2] == ':');
}

/*
 * "250-" in front of the text of a reply line (RFC 5321 4.2.1), which would be taken for the
 * beginning of a host's name.  The name of a dial-up host may well begin with digits, too: a
 * digit follows then.
 */
static size_t
put_code(struct output *o, struct slice s, struct slice before)
{
	size_t i;

	if (s.n < 5 || s.p[3] != '-' || (s.p[4] >= '0' && s.p[4] <= '9'))
		return 0;
	if (!begins_line(before))
		return 0;
	for (i = 0; i < 3; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return 0;
	out_write(o, slice_of(s.p, 4));
	return 4;
}

/* The challenge of CRAM-MD5 is the name of the server in base64 (RFC 2195 2). */
static size_t
put_challenge(struct redactor *r, struct output *o, struct slice s)
{
	size_t n = 4;

	if (!(redactor_what(r) & REDACT_HOSTS) || s.n < 4 || memcmp(s.p, "334 ", 4) != 0)
		return 0;
	while (n < s.n && (redact_is_atext(s.p[n]) || s.p[n] == '='))
		n++;
	if (n < 12)
		return 0;
	out_puts(o, "334 [hidden]");
	return n;
}

/* What begins here and is longer than a word; returns the octets that were dealt with. */
static size_t
put_long(struct redactor *r, struct output *o, struct slice s)
{
	size_t n = put_subject(r, o, s);

	if (n == 0)
		n = put_challenge(r, o, s);
	if (n == 0)
		n = redact_put_path(r, o, s);
	if (n == 0)
		n = redact_put_mailbox(r, o, s);
	if (n == 0)
		n = put_learned(r, o, s);
	if (n == 0)
		n = put_cut(r, o, s);
	if (n == 0 && redactor_what(r) & REDACT_HOSTS)
		n = put_ip6(r, o, s);
	return n;
}

void
redact_text(struct redactor *r, struct output *o, struct slice s)
{
	bool inside = false; /* of something longer that was tried from its start */
	size_t i = 0, n;

	if (!redactor_what(r)) {
		out_write(o, s);
		return;
	}
	while (i < s.n) {
		struct slice rest = slice_from(s, i);

		n = put_code(o, rest, slice_of(s.p, i));
		if (n == 0 && !inside && s.p[i] != '\'')
			n = put_long(r, o, rest);
		if (n) {
			i += n;
			inside = false;
			continue;
		}
		for (n = 0; n < rest.n && redact_is_word(rest.p[n]); n++)
			;
		if (n) {
			put_token(r, o, slice_of(rest.p, n), slice_of(s.p, i));
		} else {
			out_putc(o, rest.p[0]);
			n = 1;
		}
		i += n;
		inside = s.p[i - 1] != '\'' && redact_is_atext(s.p[i - 1]);
	}
}

struct output *
redact_capture(struct redactor *r, struct output *o, const struct smtp_session *s)
{
	if (!redactor_what(r))
		return o;
	if (s)
		redact_learn(r, s);
	return output_memory();
}

void
redact_release(struct redactor *r, struct output *o, struct output *captured)
{
	struct error err;

	if (captured == o)
		return;
	redact_text(r, o, output_slice(captured));
	output_close(captured, &err);
}
