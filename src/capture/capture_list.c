/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_list - the interfaces there are (-D), their link types (-L) and time
 * stamps (-J).
 *
 * The lists look like tcpdump's, and a number from -D can be given to -i.  They
 * are made of what libpcap may see: without privileges some systems show none,
 * which is said rather than shown as an empty list.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "capture/source.h"

/* NULL if there are none or they cannot be listed. */
static pcap_if_t *
interfaces(void)
{
	char reason[PCAP_ERRBUF_SIZE];
	pcap_if_t *all = NULL;

	return pcap_findalldevs(&all, reason) == 0 ? all : NULL;
}

void
interfaces_text(char out[INTERFACES_TEXT_MAX])
{
	pcap_if_t *all = interfaces(), *d;
	size_t used = 0, n;

	*out = '\0';
	for (d = all; d; d = d->next) {
		n = strlen(d->name) + 2;
		if (used + n + sizeof ", ..." > INTERFACES_TEXT_MAX) {
			memcpy(out + used, ", ...", sizeof ", ...");
			break;
		}
		used += (size_t)snprintf(
		    out + used, INTERFACES_TEXT_MAX - used, "%s%s", used ? ", " : "", d->name);
	}
	pcap_freealldevs(all);
}

char *
interface_by_number(const char *text)
{
	pcap_if_t *all, *d;
	char number[16];
	char *name = NULL;
	unsigned i = 0;

	if (!*text || text[strspn(text, "0123456789")] != '\0')
		return NULL;
	all = interfaces();
	for (d = all; d && strcmp(d->name, text) != 0; d = d->next) {
		snprintf(number, sizeof number, "%u", ++i);
		if (!name && strcmp(number, text) == 0)
			name = xstrdup(d->name);
	}
	if (d) { /* an interface of that very name comes first */
		free(name);
		name = NULL;
	}
	pcap_freealldevs(all);
	return name;
}

/* " [Up, Running, Loopback]", as tcpdump -D shows them. */
static void
print_flags(bpf_u_int32 flags)
{
	static const struct flag {
		bpf_u_int32 mask, value;
		const char *name;
	} table[] = {
		{ PCAP_IF_UP, PCAP_IF_UP, "Up" },
		{ PCAP_IF_RUNNING, PCAP_IF_RUNNING, "Running" },
		{ PCAP_IF_LOOPBACK, PCAP_IF_LOOPBACK, "Loopback" },
		{ PCAP_IF_WIRELESS, PCAP_IF_WIRELESS, "Wireless" },
		{ PCAP_IF_CONNECTION_STATUS, PCAP_IF_CONNECTION_STATUS_CONNECTED, "Connected" },
		{ PCAP_IF_CONNECTION_STATUS, PCAP_IF_CONNECTION_STATUS_DISCONNECTED,
		    "Disconnected" },
	};
	const char *before = " [";
	size_t i;

	for (i = 0; i < sizeof table / sizeof table[0]; i++) {
		if ((flags & table[i].mask) != table[i].value)
			continue;
		printf("%s%s", before, table[i].name);
		before = ", ";
	}
	if (*before == ',')
		putchar(']');
}

/* The end of a list: 0, or -1 with the error set if it could not be printed. */
static int
list_end(struct error *err)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	error_set(err, "standard output: writing failed: %s", strerror(errno));
	return -1;
}

int
capture_list_interfaces(struct error *err)
{
	char reason[PCAP_ERRBUF_SIZE];
	pcap_if_t *all = NULL, *d;
	unsigned i = 0;

	if (pcap_findalldevs(&all, reason) != 0) {
		error_set(err, "interfaces cannot be listed: %s", reason);
		return -1;
	}
	if (!all) {
		error_set(err,
		    "no interface can be captured on by this user; run as root, or give the "
		    "program CAP_NET_RAW (setcap cap_net_raw+ep FILE)");
		return -1;
	}
	for (d = all; d; d = d->next) {
		printf("%u.%s", ++i, d->name);
		if (d->description)
			printf(" (%s)", d->description);
		print_flags(d->flags);
		putchar('\n');
	}
	pcap_freealldevs(all);
	return list_end(err);
}

int
capture_list_linktypes(const char *interface, struct error *err)
{
	const struct capture_config cfg = { .no_promisc = true };
	struct interface in;
	const char *name, *text;
	int *types, n, i;

	if (interface_open(&in, interface, &cfg, err) != 0)
		return -1;
	n = pcap_list_datalinks(in.pcap, &types);
	if (n < 0)
		error_set(
		    err, "%s: link types cannot be listed: %s", interface, pcap_geterr(in.pcap));
	else
		printf("Data link types for %s (use option -y to set):\n", interface);
	for (i = 0; i < n; i++) {
		name = pcap_datalink_val_to_name(types[i]);
		text = pcap_datalink_val_to_description(types[i]);
		if (name)
			printf("  %s (%s)\n", name, text ? text : "no description");
		else
			printf("  DLT %d\n", types[i]);
	}
	if (n >= 0)
		pcap_free_datalinks(types);
	pcap_close(in.pcap);
	return n < 0 ? -1 : list_end(err);
}

/* Needs an interface that is not active, and so no right to capture. */
int
capture_list_timestamps(const char *interface, struct error *err)
{
	char reason[PCAP_ERRBUF_SIZE];
	char *listed = interface_by_number(interface);
	const char *name, *text;
	int *types = NULL, n, i;
	pcap_t *p;

	p = pcap_create(listed ? listed : interface, reason);
	free(listed);
	if (!p) {
		error_set(err, "%s: %s", interface, reason);
		return -1;
	}
	n = pcap_list_tstamp_types(p, &types);
	if (n < 0)
		error_set(err, "%s: types of time stamps cannot be listed: %s", interface,
		    pcap_geterr(p));
	else if (n == 0)
		printf("Time stamp type cannot be set for %s\n", interface);
	else
		printf("Time stamp types for %s (use option -j to set):\n", interface);
	for (i = 0; i < n; i++) {
		name = pcap_tstamp_type_val_to_name(types[i]);
		text = pcap_tstamp_type_val_to_description(types[i]);
		if (name)
			printf("  %s (%s)\n", name, text ? text : "no description");
	}
	if (n > 0)
		pcap_free_tstamp_types(types);
	pcap_close(p);
	return n < 0 ? -1 : list_end(err);
}
