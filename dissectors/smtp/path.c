/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * path - where a MAIL or RCPT command holds its path and its parameters
 * (RFC 5321 4.1.1.2, 4.1.2).  Tolerant: what clients send is found even where it
 * breaks the grammar; the checks say what is wrong with it.
 */
#include "smtp/analyse.h"

/* The argument behind FROM: or TO:, blanks skipped. */
static struct slice
behind_colon(const struct smtp_unit *u)
{
	struct slice a = u->arg;
	const uint8_t *colon = a.n ? memchr(a.p, ':', a.n) : NULL;

	if (colon == NULL)
		return (struct slice){ NULL, 0 };
	a = slice_from(a, (size_t)(colon - a.p) + 1);
	while (a.n > 0 && (a.p[0] == ' ' || a.p[0] == '\t'))
		a = slice_from(a, 1);
	return a;
}

/* Length of the path at the start of `a', brackets included. */
static size_t
path_length(struct slice a)
{
	const uint8_t *end;
	bool quoted = false;
	size_t i;

	if (a.n == 0 || a.p[0] != '<') {
		for (i = 0; i < a.n && a.p[i] != ' ' && a.p[i] != '\t'; i++)
			;
		return i;
	}
	end = memchr(a.p, '>', a.n);
	if (end != NULL && memchr(a.p, '"', (size_t)(end - a.p)) == NULL)
		return (size_t)(end - a.p) + 1;
	for (i = 1; i < a.n; i++) {
		if (quoted && a.p[i] == '\\' && i + 1 < a.n)
			i++;
		else if (a.p[i] == '"')
			quoted = !quoted;
		else if (a.p[i] == '>' && !quoted)
			return i + 1;
	}
	return a.n;
}

bool
unit_path(const struct smtp_unit *u, struct slice *out)
{
	struct slice a = behind_colon(u);
	size_t n = path_length(a);

	*out = (struct slice){ NULL, 0 };
	if (a.n == 0)
		return false;
	if (a.p[0] == '<') {
		*out = slice_of(a.p + 1, n - 1);
		if (out->n > 0 && out->p[out->n - 1] == '>')
			out->n--;
	} else {
		*out = slice_of(a.p, n);
	}
	return true;
}

struct slice
unit_params(const struct smtp_unit *u)
{
	struct slice a = behind_colon(u);

	a = slice_from(a, path_length(a));
	while (a.n > 0 && (a.p[0] == ' ' || a.p[0] == '\t'))
		a = slice_from(a, 1);
	return a;
}

bool
unit_param(const struct smtp_unit *u, const char *name, struct slice *value)
{
	struct slice a = unit_params(u);
	size_t n = strlen(name), i;

	while (a.n > 0) {
		for (i = 0; i < a.n && a.p[i] != ' ' && a.p[i] != '\t'; i++)
			;
		if (i >= n && slice_caseprefix(a, name) && (i == n || a.p[n] == '=')) {
			*value = i > n ? slice_of(a.p + n + 1, i - n - 1) : slice_of(a.p + n, 0);
			return true;
		}
		a = slice_from(a, i);
		while (a.n > 0 && (a.p[0] == ' ' || a.p[0] == '\t'))
			a = slice_from(a, 1);
	}
	return false;
}
