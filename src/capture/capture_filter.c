/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_filter - the filter of saved captures, compiled once for each link type.
 *
 * A program made for one link type looks at the wrong octets of another, and a
 * file can have several.  A link type is compiled for when its first frame
 * comes: an interface that saw nothing cannot make a filter fail.
 *
 * Owns the programs; the expression is borrowed.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <pcap/pcap.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "capture/pcapng.h"
#include "capture/source.h"

struct program {
	int dlt;
	struct bpf_program code; /* empty: no frame of this type can match */
};

struct frame_filter {
	const char *text;
	struct program *programs;
	size_t n;
};

struct frame_filter *
frame_filter_new(const char *text)
{
	struct frame_filter *f = xcalloc(1, sizeof *f);

	f->text = text;
	return f;
}

static const struct program *
program_find(const struct frame_filter *f, int dlt)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->programs[i].dlt == dlt)
			return &f->programs[i];
	return NULL;
}

int
frame_filter_prepare(struct frame_filter *f, int dlt, bool may_reject, struct error *err)
{
	struct program p = { .dlt = dlt };
	const char *name = pcap_datalink_val_to_name(dlt);
	bool rejects;
	pcap_t *dead;

	if (program_find(f, dlt))
		return 0;
	dead = pcap_open_dead(dlt, PCAPNG_FRAME_MAX);
	if (!dead) {
		error_set(err, "filter \"%s\": out of memory", f->text);
		return -1;
	}
	if (pcap_compile(dead, &p.code, f->text, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		rejects = strstr(pcap_geterr(dead), "rejects all packets") != NULL;
		if (!rejects || !may_reject) {
			error_set(err, "filter \"%s\": %s (link type %s); see pcap-filter(7)",
			    f->text, pcap_geterr(dead), name ? name : "unknown");
			pcap_close(dead);
			return -1;
		}
		p.code = (struct bpf_program){ .bf_len = 0 };
	}
	pcap_close(dead);
	f->programs = xreallocarray(f->programs, f->n + 1, sizeof *f->programs);
	f->programs[f->n++] = p;
	return 0;
}

bool
frame_filter_match(const struct frame_filter *f, const struct packet *pkt)
{
	struct pcap_pkthdr h = { .caplen = (bpf_u_int32)pkt->data.n, .len = pkt->wirelen };
	const struct program *p = program_find(f, pkt->dlt);

	return p && p->code.bf_len && pcap_offline_filter(&p->code, &h, pkt->data.p) != 0;
}

void
frame_filter_free(struct frame_filter *f)
{
	size_t i;

	if (!f)
		return;
	for (i = 0; i < f->n; i++)
		pcap_freecode(&f->programs[i].code);
	free(f->programs);
	free(f);
}
