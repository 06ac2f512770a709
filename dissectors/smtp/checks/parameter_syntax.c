/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase D: the form and the values of MAIL and RCPT parameters.
 *
 * Of a parameter that is not in the table only the form is judged (RFC 5321 4.1.2).
 */
#include "smtp/checks/check.h"
#include "smtp/checks/parameter.h"

static bool
digits(struct slice t, size_t max)
{
	size_t i;

	for (i = 0; i < t.n; i++)
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
	return t.n > 0 && t.n <= max;
}

/* RFC 3461 4: "+" only in front of two hexadecimal digits. */
static bool
xtext(struct slice t)
{
	size_t i, k;

	for (i = 0; i < t.n; i++) {
		if (t.p[i] < 33 || t.p[i] > 126 || t.p[i] == '=')
			return false;
		if (t.p[i] != '+')
			continue;
		for (k = 1; k <= 2; k++)
			if (i + k >= t.n || t.p[i + k] == 0 ||
			    strchr("0123456789ABCDEFabcdef", t.p[i + k]) == NULL)
				return false;
		i += 2;
	}
	return true;
}

/* RFC 3461 4.1 */
static bool
notify(struct slice t)
{
	struct slice word;
	size_t i, n = 0;
	bool never = false;

	for (; n == 0 || t.n > 0; t = slice_from(t, i + 1), n++) {
		for (i = 0; i < t.n && t.p[i] != ','; i++)
			;
		word = slice_of(t.p, i);
		never |= slice_caseeq(word, "NEVER");
		if (!slice_caseeq(word, "NEVER") && !slice_caseeq(word, "SUCCESS") &&
		    !slice_caseeq(word, "FAILURE") && !slice_caseeq(word, "DELAY"))
			return false;
	}
	return !never || n == 1;
}

/* RFC 2852: a signed number of at most nine digits, and R (more than 0 seconds) or N. */
static bool
deliver_by(struct slice t)
{
	bool minus = t.n > 0 && t.p[0] == '-', zero = true;
	size_t i, start = minus || (t.n > 0 && t.p[0] == '+');

	for (i = start; i < t.n && t.p[i] >= '0' && t.p[i] <= '9'; i++)
		zero = zero && t.p[i] == '0';
	if (i == start || i - start > 9 || i + 1 >= t.n || t.p[i] != ';')
		return false;
	return ascii_lower(t.p[i + 1]) == 'n' ||
	    (ascii_lower(t.p[i + 1]) == 'r' && !minus && !zero);
}

static bool
orcpt(struct slice t)
{
	const uint8_t *semi = t.n ? memchr(t.p, ';', t.n) : NULL;

	return semi != NULL && semi > t.p && xtext(slice_from(t, (size_t)(semi - t.p) + 1));
}

static bool
priority(struct slice t)
{
	if (t.n == 2 && t.p[0] == '-')
		t = slice_from(t, 1);
	return digits(t, 1);
}

static const char *
value_fault(enum value kind, struct slice v)
{
	switch (kind) {
	case VALUE_NONE:
		return v.p == NULL ? NULL : "takes no value";
	case VALUE_DIGITS:
		return digits(v, 20) ? NULL : "takes a number";
	case VALUE_NOTIFY:
		return notify(v) ? NULL :
		                   "takes NEVER alone, or a list of SUCCESS, FAILURE and DELAY";
	case VALUE_ORCPT:
		return orcpt(v) ? NULL : "takes an address type, \";\" and xtext";
	case VALUE_RET:
		return slice_caseeq(v, "FULL") || slice_caseeq(v, "HDRS") ? NULL :
		                                                            "takes FULL or HDRS";
	case VALUE_ENVID:
		return v.n > 0 && v.n <= 100 && xtext(v) ? NULL :
		                                           "takes xtext of at most 100 characters";
	case VALUE_BODY:
		return slice_caseeq(v, "7BIT") || slice_caseeq(v, "8BITMIME") ||
		        slice_caseeq(v, "BINARYMIME") ?
		    NULL :
		    "takes 7BIT, 8BITMIME or BINARYMIME";
	case VALUE_PRIORITY:
		return priority(v) ? NULL : "takes a number from -9 to 9";
	case VALUE_BY:
		return deliver_by(v) ?
		    NULL :
		    "takes seconds, \";\" and N or R, and R needs more than 0 seconds";
	case VALUE_ANY:
		break;
	}
	return NULL;
}

/* RFC 5321 4.1.2: esmtp-param. */
static const char *
form_fault(struct slice name, struct slice value)
{
	size_t i;

	if (name.n == 0)
		return "has no name";
	for (i = 0; i < name.n; i++) {
		int l = ascii_lower(name.p[i]);

		if (!(l >= 'a' && l <= 'z') && !(name.p[i] >= '0' && name.p[i] <= '9') &&
		    (name.p[i] != '-' || i == 0))
			return "is no parameter: its name consists of letters, digits and hyphens";
	}
	if (value.p != NULL && value.n == 0)
		return "has \"=\" but no value";
	for (i = 0; i < value.n; i++)
		if (value.p[i] <= ' ' || value.p[i] == '=' || value.p[i] == 0x7f)
			return "holds a character that a value may not have";
	return NULL;
}

static const char *
repeated(const struct smtp_unit *u, struct slice until, bool *hold)
{
	struct slice rest, name, value;
	unsigned n = 0;

	*hold = false;
	for (rest = unit_params(u); parameter_next(&rest, &name, &value);) {
		n += same_word(name, until);
		*hold |= slice_caseprefix(name, "HOLD") && slice_caseprefix(until, "HOLD") &&
		    !same_word(name, until);
	}
	return n > 1 ? "stands there twice" : NULL;
}

static const char *
parameter_fault(const struct smtp_unit *u, struct slice name, struct slice value)
{
	const struct parameter *p = parameter_find(name);
	const char *fault = form_fault(name, value);
	bool hold;

	if (fault == NULL)
		fault = repeated(u, name, &hold);
	if (fault != NULL)
		return fault;
	if (hold)
		return "excludes the other one of HOLDFOR and HOLDUNTIL";
	if (p == NULL)
		return NULL;
	if (!(p->on & (u->verb->id == VERB_MAIL ? ON_MAIL : ON_RCPT)))
		return u->verb->id == VERB_MAIL ? "belongs to RCPT" : "belongs to MAIL";
	return value_fault(p->value, value);
}

static void
parameter_syntax(struct check_ctx *c, struct smtp_unit *u)
{
	struct slice rest, name, value;
	const char *fault;
	struct finding *f;

	if (!takes_parameters(u))
		return;
	for (rest = unit_params(u); parameter_next(&rest, &name, &value);) {
		fault = parameter_fault(u, name, value);
		if (fault == NULL)
			continue;
		f = report_unit(c, u, "\"%.*s\": %.*s %s%s.", TEXT(u->line.text), TEXT(name), fault,
		    u->meant != NULL ? check_text(c, "; the server answered %u", u->meant->code) :
		                       "");
		if (u->meant != NULL)
			relate(f, u->meant->first.frame);
		return;
	}
}

const struct check checks_parameter_syntax[] = {
	{ .info = { .id = "parameter-syntax",
	      .title = "Parameter malformed, duplicated or contradictory",
	      .phase = 'D',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_LATER,
	      .refs = "RFC 5321 4.1.2; RFC 3461 4.1; RFC 3461 4.2; RFC 3461 4.4; RFC 3461 4.5; RFC "
	              "6531 3.4",
	      .what = "A parameter with a wrong form or value, twice in one command, on the wrong "
	              "command, or "
	              "beside one that it excludes.",
	      .why = "The server answers 501 or 555.",
	      .proof = "The command line itself.",
	      .fakes = "Private parameters, of which only the form is judged.",
	      .remedy = "Correct what builds the command." },
	    .unit = parameter_syntax },
	{ .info = { .id = NULL } }
};
