/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redact_address - mail addresses: found in a text, and those that are known to be
 * one, whatever they are made of.
 *
 * Rather too much is hidden than too little, as in redact_text.c.
 */
#include "base/error.h"
#include "base/output.h"
#include "report/redact_parts.h"

enum { PATH_MAX_OCTETS = 2048 };

/* Octets of a domain or an address literal at the start of s. */
static size_t
domain_length(struct slice s)
{
	size_t n = 0;

	if (s.n && s.p[0] == '[') {
		while (n < s.n && s.p[n] != ']' && s.p[n] > ' ')
			n++;
		return n < s.n && s.p[n] == ']' ? n + 1 : 0;
	}
	while (n < s.n && redact_is_word(s.p[n]))
		n++;
	while (n > 0 && redact_is_mark(s.p[n - 1]))
		n--;
	return n;
}

/* Octets of the local part at the start of s; an "@" follows it.  0: there is none. */
static size_t
local_length(struct slice s)
{
	size_t n = 0;

	if (s.n && s.p[0] == '"') {
		for (n = 1; n < s.n && s.p[n] != '"'; n++)
			if (s.p[n] == '\\')
				n++;
		n = n < s.n ? n + 1 : 0;
	} else {
		while (n < s.n && redact_is_atext(s.p[n]))
			n++;
	}
	return n && n < s.n && s.p[n] == '@' ? n : 0;
}

static void
put_domain(struct redactor *r, struct output *o, struct slice domain)
{
	char name[REDACT_NAME_TEXT];

	if (!(redactor_what(r) & REDACT_HOSTS)) {
		out_write(o, domain);
		return;
	}
	redact_host(r, name, domain);
	out_puts(o, name);
}

/* A mailbox whose local part has so many octets. */
static size_t
put_parts(struct redactor *r, struct output *o, struct slice s, size_t local)
{
	char name[REDACT_NAME_TEXT];
	size_t domain;

	if (!local)
		return 0;
	domain = domain_length(slice_from(s, local + 1));
	if (!domain)
		return 0;
	if (redactor_what(r) & REDACT_ADDRESSES &&
	    !slice_caseeq(slice_of(s.p, local), "postmaster")) {
		redact_mailbox(r, name, slice_of(s.p, local + 1 + domain));
		out_puts(o, name);
	} else {
		out_write(o, slice_of(s.p, local));
	}
	out_putc(o, '@');
	put_domain(r, o, slice_of(s.p + local + 1, domain));
	return local + 1 + domain;
}

size_t
redact_put_mailbox(struct redactor *r, struct output *o, struct slice s)
{
	return put_parts(r, o, s, local_length(s));
}

/* Octets of a path, behind its "<", of which a report shows only the beginning; 0: it is none. */
static size_t
cut_length(struct slice in, size_t end)
{
	bool quoted = in.n && in.p[0] == '"';
	size_t n;

	for (n = 0; n < end; n++) {
		if (end - n >= 3 && memcmp(in.p + n, "...", 3) == 0)
			return n;
		if (!quoted && in.p[n] <= ' ')
			return 0;
		if (quoted && n && in.p[n] == '"' && in.p[n - 1] != '\\')
			return n; /* the end of the quotation that it stands in */
	}
	return quoted && end == in.n ? n : 0;
}

static size_t
put_cut_path(struct redactor *r, struct output *o, struct slice in, size_t end)
{
	size_t n = cut_length(in, end);
	char name[REDACT_NAME_TEXT];

	if (n == 0 || !(redactor_what(r) & REDACT_ADDRESSES))
		return 0;
	out_putc(o, '<');
	out_puts(o, redact_cut_word(r, name, slice_of(in.p, n)) ? name : "[hidden]");
	return 1 + n;
}

size_t
redact_put_path(struct redactor *r, struct output *o, struct slice s)
{
	struct slice in = slice_from(s, 1);
	size_t end, local = 0, n;
	struct output *parts;
	struct error err;
	bool quoted;

	if (s.n == 0 || s.p[0] != '<' || local_length(in))
		return 0;
	quoted = in.n && in.p[0] == '"'; /* its blanks may be where the line was broken */
	for (end = 0; end < in.n && end < PATH_MAX_OCTETS; end++) {
		if (in.p[end] == '<' || in.p[end] == '>' || (in.p[end] == '\n' && !quoted))
			break;
		if (in.p[end] == '@')
			local = end;
	}
	if (!local)
		return put_cut_path(r, o, in, end);
	parts = output_memory();
	n = put_parts(r, parts, in, local);
	if (n) {
		out_putc(o, '<');
		out_write(o, output_slice(parts));
	}
	output_close(parts, &err);
	return n ? n + 1 : 0;
}

/* Octets of a source route in front of the mailbox, its colon included (RFC 5321 4.1.2). */
static size_t
route_length(struct slice address)
{
	size_t n = 0, i;

	for (i = 0; address.n && address.p[0] == '@' && i < address.n; i++)
		if (address.p[i] == ':')
			n = i + 1;
	return n;
}

/* Octets of an address that is one as a text would have it; a full stop behind it is none of it. */
static size_t
plain_length(struct slice address, size_t local)
{
	size_t domain = local ? domain_length(slice_from(address, local + 1)) : 0, n;

	if (!domain)
		return 0;
	for (n = local + 1 + domain; n < address.n && redact_is_mark(address.p[n]);)
		n++;
	return n;
}

void
redact_address(struct redactor *r, struct output *o, struct slice address)
{
	size_t n = route_length(address), at;
	char name[REDACT_NAME_TEXT];
	struct slice local;

	redact_text(r, o, slice_of(address.p, n));
	address = slice_from(address, n);
	n = local_length(address);
	if (address.n && plain_length(address, n) == address.n) {
		n = put_parts(r, o, address, n);
		out_write(o, slice_from(address, n));
		return;
	}
	for (at = address.n; at > 0 && address.p[at - 1] != '@'; at--)
		;
	local = slice_of(address.p, at ? at - 1 : address.n);
	if (local.n && redactor_what(r) & REDACT_ADDRESSES && !slice_caseeq(local, "postmaster")) {
		redact_mailbox(r, name, address);
		out_puts(o, name);
	} else {
		out_write(o, local);
	}
	if (at)
		out_putc(o, '@');
	if (at && at < address.n)
		put_domain(r, o, slice_from(address, at));
}
