/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mailbox - the grammar of what stands between angle brackets, and of host names.
 * Works on borrowed text, never allocates, and names the first fault only.
 */
#include <arpa/inet.h>
#include "smtp/mailbox.h"

enum { LABEL_MAX = 63, IP_TEXT_MAX = 45 };

static bool
let_dig(uint8_t c)
{
	int l = ascii_lower(c);

	return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

static bool
is_atext(uint8_t c)
{
	return let_dig(c) || (c != 0 && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static const char *
label_fault(struct slice l)
{
	size_t i;

	if (l.n == 0)
		return "the domain has an empty label";
	for (i = 0; i < l.n; i++) {
		if (l.p[i] == '_')
			return "\"_\" is not allowed in a domain";
		if (!let_dig(l.p[i]) && l.p[i] != '-')
			return "the domain holds a character that is no letter, digit or hyphen";
	}
	if (l.p[0] == '-' || l.p[l.n - 1] == '-')
		return "a label of the domain begins or ends with a hyphen";
	return l.n > LABEL_MAX ? "a label of the domain is longer than 63 octets" : NULL;
}

const char *
domain_fault(struct slice d)
{
	const char *fault;
	size_t i, from = 0;

	if (d.n == 0)
		return "the domain is empty";
	for (i = 0; i <= d.n; i++) {
		if (i < d.n && d.p[i] != '.')
			continue;
		if (i == d.n && i > 0 && from == i)
			return "the domain ends in a dot";
		fault = label_fault(slice_of(d.p + from, i - from));
		if (fault != NULL)
			return fault;
		from = i + 1;
	}
	return NULL;
}

static bool
is_address(int family, struct slice s)
{
	char text[IP_TEXT_MAX + 1];
	unsigned char out[16];

	if (s.n == 0 || s.n > IP_TEXT_MAX || memchr(s.p, 0, s.n) != NULL)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return inet_pton(family, text, out) == 1;
}

bool
is_ip_address(struct slice s)
{
	return is_address(AF_INET, s) || is_address(AF_INET6, s);
}

const char *
literal_fault(struct slice s)
{
	if (s.n < 2 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return "the address literal is not closed by \"]\"";
	s = slice_of(s.p + 1, s.n - 2);
	if (slice_caseprefix(s, "IPv6:"))
		return is_address(AF_INET6, slice_from(s, 5)) ?
		    NULL :
		    "the literal holds no valid IPv6 address";
	if (is_address(AF_INET6, s))
		return "the IPv6 literal lacks the tag \"IPv6:\"";
	return is_address(AF_INET, s) ? NULL : "the literal holds no valid address";
}

const char *
host_fault(struct slice t)
{
	size_t i;

	for (i = 0; i < t.n && t.p[i] != ' ' && t.p[i] != '\t'; i++)
		;
	t.n = i;
	return t.n > 0 && t.p[0] == '[' ? literal_fault(t) : domain_fault(t);
}

static const char *
quoted_fault(struct slice l)
{
	size_t i;

	for (i = 1; i < l.n && l.p[i] != '"'; i++) {
		if (l.p[i] == '\\')
			i++;
		if (i >= l.n || l.p[i] < 32 || l.p[i] == 127)
			return "the quoted local part holds a control character or ends too early";
	}
	if (i >= l.n)
		return "the quotes of the local part are not closed";
	return i + 1 == l.n ? NULL : "text follows the quoted local part";
}

static const char *
local_fault(struct slice l)
{
	size_t i;

	if (l.n == 0)
		return "the local part is empty";
	if (l.p[0] == '"')
		return quoted_fault(l);
	if (l.p[0] == '.' || l.p[l.n - 1] == '.')
		return "the local part begins or ends with a dot";
	for (i = 0; i < l.n; i++) {
		if (l.p[i] == '.' && l.p[i - 1] == '.')
			return "the local part has two dots in a row";
		if (l.p[i] != '.' && !is_atext(l.p[i]))
			return l.p[i] == ' ' ? "there is a blank inside the path" :
			                       "the local part holds a character that needs quotes";
	}
	return NULL;
}

/* Where the local part ends: the "@" that stands outside quotes, or the end. */
static size_t
local_end(struct slice p)
{
	bool quoted = p.n > 0 && p.p[0] == '"';
	size_t i;

	for (i = quoted; i < p.n; i++) {
		if (quoted && p.p[i] == '\\')
			i++;
		else if (quoted && p.p[i] == '"')
			quoted = false;
		else if (!quoted && p.p[i] == '@')
			return i;
	}
	return p.n;
}

void
mailbox_split(struct slice path, struct mailbox *m)
{
	const uint8_t *colon = path.n && path.p[0] == '@' ? memchr(path.p, ':', path.n) : NULL;
	size_t at;

	m->route = slice_of(path.p, 0);
	if (colon != NULL) {
		m->route.n = (size_t)(colon - path.p);
		path = slice_from(path, m->route.n + 1);
	}
	at = local_end(path);
	m->local = slice_of(path.p, at);
	m->domain = slice_from(path, at + 1);
}

const char *
mailbox_fault(const struct mailbox *m)
{
	const char *fault = local_fault(m->local);
	bool at =
	    m->domain.p != NULL && m->local.p != NULL && m->domain.p > m->local.p + m->local.n;

	if (fault != NULL)
		return fault;
	if (m->domain.n == 0)
		return at ? "nothing stands behind the \"@\"" :
		            "the address has no \"@\" and no domain";
	return m->domain.p[0] == '[' ? literal_fault(m->domain) : domain_fault(m->domain);
}
