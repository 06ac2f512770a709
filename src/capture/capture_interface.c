/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_interface - opens one interface, or says in one sentence why not.
 *
 * The handle is activated, has its link type and filter, and never blocks; the
 * caller closes it.  Frames come in blocks, which costs few wake-ups on a
 * busy mail server; of several interfaces, which have to be put in order, the
 * blocks are shorter.
 *
 * An interface that cannot be promiscuous ("any", some wireless ones) is still
 * captured on: the host's own mail traffic is seen either way.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <limits.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#include "base/error.h"
#include "capture/source.h"

enum {
	TIMEOUT_MS = 100,
	SNAPLEN = 262144 /* libpcap's maximum for most link types */
};

/* pcap_activate() failed with `status'. */
static void
activate_failed(pcap_t *p, const char *name, int status, struct error *err)
{
	char list[INTERFACES_TEXT_MAX];
	const char *detail = pcap_geterr(p);

	switch (status) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		error_set(err,
		    "%s: no permission to capture; run as root, or give the program "
		    "CAP_NET_RAW: setcap cap_net_raw+ep FILE%s%s%s",
		    name, *detail ? " (" : "", detail, *detail ? ")" : "");
		return;
	case PCAP_ERROR_NO_SUCH_DEVICE:
		interfaces_text(list);
		error_set(err, "%s: no such interface; there are: %s", name, *list ? list : "none");
		return;
	case PCAP_ERROR_IFACE_NOT_UP:
		error_set(err, "%s: the interface is down; bring it up first: ip link set %s up",
		    name, name);
		return;
	default:
		error_set(err, "%s: cannot be captured on: %s", name,
		    *detail ? detail : pcap_statustostr(status));
	}
}

/* Before activation nothing of this can fail for a reason of the interface. */
static void
configure(struct interface *in, const char *name, const struct capture_config *cfg)
{
	pcap_set_snaplen(in->pcap, cfg->snaplen ? (int)cfg->snaplen : SNAPLEN);
	pcap_set_promisc(in->pcap, !cfg->no_promisc && strcmp(name, "any") != 0);
	pcap_set_timeout(in->pcap, cfg->ninterfaces > 1 ? INTERFACE_BLOCK_MS : TIMEOUT_MS);
	pcap_set_buffer_size(
	    in->pcap, (int)(cfg->buffer_kib ? cfg->buffer_kib : CAPTURE_BUFFER_KIB) * 1024);
	/* Refused where the system has no such clock; then it is microseconds. */
	(void)pcap_set_tstamp_precision(in->pcap, PCAP_TSTAMP_PRECISION_NANO);
}

/* Before activation. */
static int
set_timestamp(pcap_t *p, const char *name, const char *type, struct error *err)
{
	int value = pcap_tstamp_type_name_to_val(type);

	if (value < 0) {
		error_set(
		    err, "-j %s: no such type of time stamp; -J lists those of an interface", type);
		return -1;
	}
	if (pcap_set_tstamp_type(p, value) == 0)
		return 0;
	error_set(err, "%s: has no time stamps of type %s; -J lists the possible ones", name, type);
	return -1;
}

static int
set_direction(pcap_t *p, const char *name, enum capture_direction direction, struct error *err)
{
	static const pcap_direction_t of[] = {
		[CAPTURE_INOUT] = PCAP_D_INOUT, [CAPTURE_IN] = PCAP_D_IN, [CAPTURE_OUT] = PCAP_D_OUT
	};

	if (direction == CAPTURE_INOUT || pcap_setdirection(p, of[direction]) == 0)
		return 0;
	error_set(err, "%s: one direction alone cannot be captured: %s", name, pcap_geterr(p));
	return -1;
}

static int
set_linktype(pcap_t *p, const char *name, const char *linktype, struct error *err)
{
	int dlt = pcap_datalink_name_to_val(linktype);

	if (dlt < 0) {
		error_set(
		    err, "-y %s: no such link type; -L lists those of an interface", linktype);
		return -1;
	}
	if (pcap_set_datalink(p, dlt) == 0)
		return 0;
	error_set(err, "%s: link type %s is refused: %s; -L lists the possible ones", name,
	    linktype, pcap_geterr(p));
	return -1;
}

static int
set_filter(pcap_t *p, const char *name, const char *filter, struct error *err)
{
	bpf_u_int32 net, mask = PCAP_NETMASK_UNKNOWN;
	char reason[PCAP_ERRBUF_SIZE];
	struct bpf_program program;
	int rc;

	/* Only "ip broadcast" needs it. */
	if (pcap_lookupnet(name, &net, &mask, reason) != 0)
		mask = PCAP_NETMASK_UNKNOWN;
	if (pcap_compile(p, &program, filter, 1, mask) != 0) {
		error_set(
		    err, "%s: filter \"%s\": %s; see pcap-filter(7)", name, filter, pcap_geterr(p));
		return -1;
	}
	rc = pcap_setfilter(p, &program);
	pcap_freecode(&program);
	if (rc == 0)
		return 0;
	error_set(err, "%s: the filter cannot be set: %s", name, pcap_geterr(p));
	return -1;
}

/* All that comes after pcap_create(). */
static int
prepare(struct interface *in, const char *name, const struct capture_config *cfg, struct error *err)
{
	char reason[PCAP_ERRBUF_SIZE];
	int status;

	configure(in, name, cfg);
	if (cfg->timestamp && set_timestamp(in->pcap, name, cfg->timestamp, err) != 0)
		return -1;
	status = pcap_activate(in->pcap);
	if (status < 0) { /* warnings are positive */
		activate_failed(in->pcap, name, status, err);
		return -1;
	}
	if (cfg->linktype && set_linktype(in->pcap, name, cfg->linktype, err) != 0)
		return -1;
	if (set_direction(in->pcap, name, cfg->direction, err) != 0)
		return -1;
	if (cfg->filter && set_filter(in->pcap, name, cfg->filter, err) != 0)
		return -1;
	if (pcap_setnonblock(in->pcap, 1, reason) != 0) {
		error_set(err, "%s: cannot be read without blocking: %s", name, reason);
		return -1;
	}
	in->nano = pcap_get_tstamp_precision(in->pcap) == PCAP_TSTAMP_PRECISION_NANO;
	return 0;
}

int
interface_open(
    struct interface *in, const char *name, const struct capture_config *cfg, struct error *err)
{
	char reason[PCAP_ERRBUF_SIZE];
	char *listed;
	int rc = -1;

	if (cfg->snaplen > INT_MAX || cfg->buffer_kib > INT_MAX / 1024) {
		error_set(err, "%s: snapshot length and buffer must be below 2 GiB", name);
		return -1;
	}
	listed = interface_by_number(name);
	if (listed)
		name = listed;
	in->pcap = pcap_create(name, reason);
	if (!in->pcap)
		error_set(err, "%s: cannot be captured on: %s", name, reason);
	else
		rc = prepare(in, name, cfg, err);
	if (rc != 0 && in->pcap)
		pcap_close(in->pcap);
	free(listed);
	return rc;
}
