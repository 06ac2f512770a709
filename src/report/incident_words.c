/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * incident_words - what an incident means, in words that every format uses.
 *
 * The sentences say what the capture shows and no more; "lost" is kept for mail
 * whose sender was led to believe that it had been delivered.
 */
#include <inttypes.h>

#include "base/output.h"
#include "base/timefmt.h"
#include "report/common.h"
#include "report/incident.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const char *const fate_names[MAIL_FATES] = {
	[MAIL_LOST] = "lost",
	[MAIL_IN_DOUBT] = "in doubt",
	[MAIL_REFUSED] = "refused",
	[MAIL_LATE] = "late",
	[MAIL_UNSENT] = "not sent",
	[MAIL_PART] = "delivered in part",
	[MAIL_TAKEN] = "delivered",
	[MAIL_UNKNOWN] = "unknown",
};

static const char *const fate_harms[MAIL_FATES] = {
	[MAIL_LOST] =
	    "Lost: the client must believe that the message was delivered, but the server "
	    "did not take it; nobody will try again.",
	[MAIL_IN_DOUBT] = "In doubt: the server had the whole message and may or may not have "
	                  "delivered it; sent again, it may arrive twice.",
	[MAIL_REFUSED] = "Refused: the message is not delivered, and its sender gets it back.",
	[MAIL_LATE] =
	    "Late: the message is not delivered yet; the client keeps it and tries again.",
	[MAIL_UNSENT] =
	    "Not sent: the client ended the transaction before DATA. If it had a message "
	    "and not only an address to verify, it still has it.",
};

const char *
mail_fate_name(enum mail_fate fate)
{
	return fate_names[fate];
}

static bool
is_taken(enum smtp_result r)
{
	return r == RESULT_DELIVERED || r == RESULT_DELIVERED_IN_PART;
}

enum mail_fate
mail_fate(const struct smtp_transaction *t)
{
	if (is_taken(t->result) != is_taken(t->believed))
		return is_taken(t->result) || t->result == RESULT_IN_DOUBT ||
		        t->result == RESULT_UNKNOWN ?
		    MAIL_IN_DOUBT :
		    MAIL_LOST;
	switch (t->result) {
	case RESULT_DELIVERED:
		return MAIL_TAKEN;
	case RESULT_DELIVERED_IN_PART:
		return MAIL_PART;
	case RESULT_REJECTED:
	case RESULT_REJECTED_MID_DATA:
		/* RFC 5321 4.2.1: 4yz is to be tried again. A 250 may stand for a message
		 * all recipients of which were refused. */
		return t->final && t->final->code / 100 == 4 ? MAIL_LATE : MAIL_REFUSED;
	case RESULT_ABORTED:
		return t->data || t->body ? MAIL_LATE : MAIL_UNSENT;
	case RESULT_DEFERRED:
	case RESULT_LOST:
		return MAIL_LATE;
	case RESULT_IN_DOUBT:
		return MAIL_IN_DOUBT;
	case RESULT_UNKNOWN:
		break;
	}
	return MAIL_UNKNOWN;
}

bool
incident_is_serious(const struct incident *inc)
{
	return inc->severity > SEV_NOTE;
}

/* The address of this side, if all sessions had the same one. */
static const struct ipaddr *
only_one(const struct incident *inc, enum stream_dir role)
{
	unsigned i;

	for (i = 1; i < inc->npairs; i++)
		if (!ipaddr_same(&inc->pair[i].ip[role], &inc->pair[0].ip[role]))
			return NULL;
	return inc->npairs && !inc->other_sessions ? &inc->pair[0].ip[role] : NULL;
}

/* "server 192.0.2.25", or only the other name, which has the word in it. */
static void
put_host(struct output *o, struct redactor *r, enum stream_dir role, const struct ipaddr *addr)
{
	char text[IPADDR_TEXT_MAX];

	redact_ip(r, text, addr);
	if (strncmp(text, common_role(role), strlen(common_role(role))) != 0)
		out_printf(o, "%s ", common_role(role));
	out_puts(o, text);
}

static void
put_path(struct output *o, struct redactor *r, const struct incident *inc)
{
	const struct ipaddr *client = only_one(inc, DIR_CLIENT),
	                    *server = only_one(inc, DIR_SERVER);
	char text[IPADDR_TEXT_MAX];

	out_puts(o, "path ");
	if (client && server) {
		out_puts(o, "from ");
		put_host(o, r, DIR_CLIENT, client);
		out_puts(o, " to ");
		put_host(o, r, DIR_SERVER, server);
		return;
	}
	redact_network(r, text, &inc->net, inc->prefix);
	out_printf(o, "to %s", text);
}

static void
put_clients(struct output *o, struct redactor *r, const struct incident *inc)
{
	const struct ipaddr *client = only_one(inc, DIR_CLIENT);
	char text[IPADDR_TEXT_MAX];

	if (client) {
		put_host(o, r, DIR_CLIENT, client);
		return;
	}
	redact_network(r, text, &inc->net, inc->prefix);
	out_printf(o, "clients in %s", text);
}

void
incident_culprit(struct output *o, struct redactor *r, const struct incident *inc)
{
	static const char *const alone[] = { [CULPRIT_CLIENT] = "client",
		[CULPRIT_SERVER] = "server",
		[CULPRIT_PATH] = "network",
		[CULPRIT_EITHER] = "client or server" };

	if (inc->transcript) {
		out_puts(o, alone[inc->culprit]);
		return;
	}
	switch (inc->culprit) {
	case CULPRIT_CLIENT:
		put_clients(o, r, inc);
		break;
	case CULPRIT_SERVER:
		put_host(o, r, DIR_SERVER, &inc->net);
		break;
	case CULPRIT_PATH:
		put_path(o, r, inc);
		break;
	case CULPRIT_EITHER:
		out_puts(o, "client or ");
		put_host(o, r, DIR_SERVER, &inc->net);
		break;
	}
}

/* A moment is a matter of frames; for the log of a server the second is enough. */
void
incident_time(struct output *o, int64_t ts)
{
	char text[TIME_TEXT_MAX];

	time_rfc3339(text, ts, 6);
	out_printf(o, "%.*sZ", (int)strcspn(text, "."), text);
}

void
incident_mail(struct output *o, const uint64_t fate[MAIL_FATES], const char *none)
{
	char number[NUMBER_TEXT_MAX];
	bool any = false;
	unsigned i;

	for (i = 0; i < MAIL_FATES; i++) {
		if (!fate[i])
			continue;
		out_printf(
		    o, "%s%s %s", any ? ", " : "", common_number(number, fate[i]), fate_names[i]);
		any = true;
	}
	if (!any)
		out_puts(o, none);
}

void
incident_harm(struct output *o, const struct incident *inc)
{
	unsigned i;

	for (i = 0; i < MAIL_FATES; i++) {
		if (!inc->fate[i] || !fate_harms[i])
			continue;
		/* Told below, if nothing else was refused. */
		if (i == MAIL_REFUSED && inc->fate[i] <= inc->results[RESULT_REJECTED_MID_DATA])
			continue;
		out_putc(o, ' ');
		out_puts(o, fate_harms[i]);
	}
	if (inc->fate[MAIL_REFUSED] && inc->results[RESULT_REJECTED_MID_DATA])
		out_puts(o,
		    " Refused in mid-data: the message is not delivered. A client that reads the "
		    "reply returns it to its sender; one that does not sees only a broken "
		    "connection, and tries again.");
}

const char *
gate_text(enum gate gate, bool held)
{
	static const char *const texts[GATES][2] = {
		[GATE_HANDSHAKE] = { "The handshake was not captured: the session was joined in "
		                     "mid-stream, and what came before is unknown.",
		    "The handshake was captured: nothing came before it." },
		[GATE_BOTH_SIDES] = { "Only one direction was captured.",
		    "Both directions were captured." },
		[GATE_NO_GAP] = { "Octets are missing from the capture in this session.",
		    "No octet is missing from the capture in either direction." },
		[GATE_KEPT] = { "A limit of the program was reached: not everything was kept.",
		    "No limit of the program was reached." },
		[GATE_CHECKSUMS] = { "Some TCP checksums are wrong, or were computed behind the "
		                     "capture point.",
		    "All TCP checksums are right." },
		[GATE_CLOCK] = { "The clock of the capture stepped back; the order of frames is "
		                 "kept, the times are not to be relied on.",
		    "The time stamps never step back." },
		[GATE_END] = { "The end of the connection was not captured.",
		    "The end of the connection was captured." },
	};

	return texts[gate][held];
}

/* Where the capture was made decides what the order of its frames is worth. */
const char *
point_text(const char *point)
{
	static const struct {
		const char *point, *text;
	} rows[] = {
		{ "near-client",
		    "Captured near the client: replies stand later in the file than they "
		    "left, so the acknowledgement numbers decide." },
		{ "near-server",
		    "Captured near the server: commands stand later in the file than they "
		    "left, so the acknowledgement numbers decide." },
		{ "middle",
		    "Captured between the two: frames of both sides were under way, so the "
		    "acknowledgement numbers decide." },
	};
	size_t i;

	for (i = 0; point && i < COUNT(rows); i++)
		if (strcmp(point, rows[i].point) == 0)
			return rows[i].text;
	return "Where the capture was made is not known: the order of frames alone proves nothing.";
}

/* "1 error and 2 warnings" */
static void
put_severities(struct output *o, const struct run *run)
{
	static const char *const nouns[] = { "note", "warning", "error" };
	bool any = false;
	int sev;

	for (sev = SEV_ERROR; sev > SEV_NOTE; sev--) {
		if (!run->by_severity[sev])
			continue;
		out_puts(o, any ? " and " : "");
		common_count(o, run->by_severity[sev], nouns[sev]);
		any = true;
	}
	if (!any)
		out_puts(o, "no errors or warnings");
}

void
incident_lede(struct output *o, const struct incidents *v, size_t serious, const struct run *run)
{
	if (serious) {
		common_count(o, serious, "incident");
		out_puts(o, ": ");
	} else {
		out_puts(o, "No incident: ");
	}
	put_severities(o, run);
	out_puts(o, " in ");
	common_count(o, run->sessions, "session");
	out_puts(o, " with ");
	common_count(o, run->transactions, "message");
	out_putc(o, '.');
	if (!serious)
		return;
	out_puts(o, " Mail that met an incident: ");
	incident_mail(o, incidents_mail(v), "none");
	out_putc(o, '.');
}
