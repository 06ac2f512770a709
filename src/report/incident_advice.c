/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * incident_advice - what each side has to do about an incident.
 *
 * The remedy of a check names sides ("Server: ... Client: ..."); it is cut at these
 * labels into one advice each.  Its text is borrowed from the catalogue.
 */
#include "report/incident.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const struct side {
	const char *label; /* as it stands in a remedy */
	const char *side;
} sides[] = {
	{ "Server or firewall: ", "Server or firewall" },
	{ "Server: ", "Server" },
	{ "Receiver: ", "Server" },
	{ "Client: ", "Client" },
	{ "Sender: ", "Client" },
};

static const struct side *
side_at(struct slice s)
{
	size_t i;

	for (i = 0; i < COUNT(sides); i++)
		if (slice_caseprefix(s, sides[i].label))
			return &sides[i];
	return NULL;
}

static const char *
default_side(const struct incident *inc)
{
	if (check_of_capture(inc->check))
		return "Capture";
	switch (inc->culprit) {
	case CULPRIT_CLIENT:
		return "Client";
	case CULPRIT_SERVER:
		return "Server";
	case CULPRIT_PATH:
		return "Network";
	case CULPRIT_EITHER:
		break;
	}
	return "Both sides";
}

/* Octets up to the next label that begins a sentence. */
static size_t
until_label(struct slice s)
{
	size_t i;

	for (i = 2; i < s.n; i++)
		if (s.p[i - 1] == ' ' && (s.p[i - 2] == '.' || s.p[i - 2] == ';') &&
		    side_at(slice_from(s, i)))
			return i;
	return s.n;
}

/* What those who wait for the mail have to do, whoever is to blame. */
static const char *
mail_advice(const struct incident *inc)
{
	if (inc->fate[MAIL_LOST])
		return "Send the messages that are named here again: the sending system believes "
		       "that they were delivered and will not do so.";
	if (inc->fate[MAIL_IN_DOUBT])
		return "Ask the receiving side for the message, by its queue id or Message-ID, "
		       "before "
		       "it is sent again by hand.";
	return NULL;
}

size_t
incident_advice(struct advice out[ADVICE_MAX], const struct incident *inc, struct slice remedy)
{
	const char *mail = incident_is_serious(inc) ? mail_advice(inc) : NULL;
	size_t n = 0;

	while (remedy.n && n < ADVICE_MAX - 1) {
		const struct side *side = side_at(remedy);
		size_t len;

		if (side)
			remedy = slice_from(remedy, strlen(side->label));
		len = until_label(remedy);
		out[n].side = side ? side->side : default_side(inc);
		out[n].text = slice_of(remedy.p, len && remedy.p[len - 1] == ' ' ? len - 1 : len);
		n++;
		remedy = slice_from(remedy, len);
	}
	if (mail) {
		out[n].side = "Sending side, for the mail";
		out[n++].text = slice_str(mail);
	}
	return n;
}
