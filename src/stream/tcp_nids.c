/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcp_nids - libnids 1.26 as a second opinion on one question: which octets are
 * in order?  Handshake, FIN, RST and the end are the tracker's for both engines.
 *
 * libnids never sees a captured packet.  Each segment is written anew as a plain
 * IPv4 datagram without options, fragments, URG, FIN or RST, in a buffer of ours:
 * libnids writes into packets, trusts header lengths, cuts urgent octets out and
 * forgets a connection at the first RST.  Windows are announced wide open, since
 * it drops what does not fit the last window captured.
 *
 * libnids does not tell frames, so every segment is noted until its octets have
 * been delivered, and they are attributed to the first that carried them.  Where
 * copies differ libnids may have chosen another.  Octets that were captured and
 * that libnids does not deliver are reported as gaps with REASON_ENGINE.
 *
 * Limits: one instance, since all state of libnids is global; IPv4; whole
 * segments; from the SYN; 1 GiB per direction, where its int counters are still
 * safe; 64 KiB out of order per direction, kept by libnids outside our budget.
 */
#include <stdio.h>
#include <stdlib.h>

#include <nids.h>

#include "base/budget.h"
#include "base/error.h"
#include "base/mem.h"
#include "stream/nids_notes.h"
#include "stream/nids_packet.h"
#include "stream/reassembler.h"

enum {
	POOL_MAX = 65536, /* connections libnids keeps */
	FED_MAX = 1 << 30 /* octets per direction */
};

struct nids_side {
	int64_t next; /* what the sink gets next */
	int64_t pos;  /* what libnids gives next */
	int64_t fed;
	struct nids_notes notes;
	bool syn; /* its SYN was passed on */
};

struct nids_conn {
	struct nids_side side[2];
	bool followed; /* libnids can know this connection */
};

struct reassembler {
	struct reassembler_config cfg;
	struct reassembler_sink sink;
	pcap_t *pcap;
	size_t pool_charge;
	struct stream *stream; /* the segment in hand */
	const struct ledger_seg *rec;
	union {
		uint8_t octets[NIDS_PACKET_MAX];
		uint32_t align;
	} packet;
};

/* libnids calls back without a context. */
static struct reassembler *instance;

/* Octets from `off' on, which is d->next, split by the segments that first carried them. */
static void
tell(struct reassembler *r, struct nids_side *d, int64_t off, struct slice data)
{
	while (data.n) {
		const struct note *by = notes_covering(&d->notes, off), *before;
		int64_t end = off + (int64_t)data.n;
		struct slice part = data;

		if (by && by->end < end)
			end = by->end;
		before = notes_starting(&d->notes, by, off, end);
		if (before)
			end = before->off;
		part.n = (size_t)(end - off);
		d->next = end;
		r->sink.data(r->sink.ctx, r->stream, (enum stream_dir)r->rec->dir, off, part,
		    by ? &by->rec : r->rec);
		data = slice_from(data, part.n);
		off = end;
	}
}

static void
on_tcp(struct tcp_stream *ts, void **param)
{
	struct reassembler *r = instance;
	const struct half_stream *half = ts->server.count_new ? &ts->server : &ts->client;
	struct nids_conn *c;
	struct nids_side *d;
	struct slice data;
	int64_t off;

	if (ts->nids_state == NIDS_JUST_EST) {
		*param = NULL;
		ts->client.collect = ts->server.collect = 1;
		return;
	}
	if (ts->nids_state != NIDS_DATA || !r->stream)
		return;
	c = r->stream->engine;
	d = &c->side[r->rec->dir];
	data = slice_of(
	    half->data + (half->count - half->offset - half->count_new), (size_t)half->count_new);
	off = d->pos;
	d->pos += (int64_t)data.n;
	if (off < d->next) { /* given up before */
		data = slice_from(data, (size_t)(d->next - off));
		off = d->next;
	}
	tell(r, d, off, data);
}

/* libnids reports odd packets here; what matters of them shows in what it delivers. */
static void
on_log(int type, int num, void *ip, void *data)
{
	(void)type;
	(void)num;
	(void)ip;
	(void)data;
}

/* libnids cannot go on without memory, and must not return. */
static void
on_no_memory(char *where)
{
	fprintf(stderr, "smtpscope: libnids: out of memory in %s\n", where);
	abort();
}

static bool
library_start(struct reassembler *r, int streams, struct error *err)
{
	static struct nids_chksum_ctl trust = { 0, 0, NIDS_DONT_CHKSUM, 0 };

	nids_params.pcap_desc = r->pcap;
	nids_params.pcap_filter = NULL;
	nids_params.device = NULL;
	nids_params.filename = NULL;
	nids_params.syslog = on_log;
	nids_params.no_mem = on_no_memory;
	nids_params.scan_num_hosts = 0;
	nids_params.multiproc = 0;
	nids_params.one_loop_less = 0;
	nids_params.tcp_workarounds = 1;
	nids_params.n_tcp_streams = streams;
	nids_params.dev_addon = 0;
	nids_params.sk_buff_size = 0;
	nids_register_chksum_ctl(&trust, 1);
	if (!nids_init()) {
		error_set(err, "libnids: %s", nids_errbuf);
		return false;
	}
	nids_register_tcp((void *)on_tcp);
	return true;
}

static struct reassembler *
nids_create(
    const struct reassembler_config *cfg, const struct reassembler_sink *sink, struct error *err)
{
	size_t pool = cfg->max_streams < POOL_MAX ? cfg->max_streams : POOL_MAX;
	struct reassembler *r;

	if (instance) {
		error_set(err, "libnids can run only once in a process, use the native engine");
		return NULL;
	}
	while (pool > 16 && cfg->budget->limit &&
	    pool * sizeof(struct tcp_stream) > cfg->budget->limit / 8)
		pool /= 2;
	r = xcalloc(1, sizeof(*r));
	r->cfg = *cfg;
	r->sink = *sink;
	/* Its table has a third more slots than connections. */
	r->pool_charge = pool * (sizeof(struct tcp_stream) + 2 * sizeof(void *));
	if (!budget_take(cfg->budget, r->pool_charge)) {
		error_set(err, "libnids needs %zu KiB of memory", r->pool_charge / 1024);
		free(r);
		return NULL;
	}
	r->pcap = pcap_open_dead(DLT_RAW, 65535);
	if (!r->pcap || !library_start(r, (int)(pool + pool / 3 + 4), err)) {
		if (!r->pcap)
			error_set(err, "libpcap: no handle for libnids");
		else
			pcap_close(r->pcap);
		budget_give(cfg->budget, r->pool_charge);
		free(r);
		return NULL;
	}
	instance = r;
	return r;
}

static void
nids_destroy(struct reassembler *r)
{
	nids_unregister_tcp((void *)on_tcp);
	nids_exit();
	pcap_close(r->pcap);
	budget_give(r->cfg.budget, r->pool_charge);
	free(r);
	instance = NULL;
}

static void
nids_open(struct reassembler *r, struct stream *s)
{
	struct nids_conn *c;

	s->engine = NULL;
	if (!budget_take(r->cfg.budget, sizeof(*c)))
		return;
	c = calloc(1, sizeof(*c));
	if (!c) {
		budget_give(r->cfg.budget, sizeof(*c));
		return;
	}
	c->followed = s->half[0].ep.addr.family == 4;
	s->engine = c;
}

/* Does libnids know this connection?  It files it under the sender of the SYN. */
static struct tcp_stream *
library_find(const struct stream *s)
{
	struct tcp_stream *found = NULL;
	int dir;

	for (dir = 0; dir < 2 && !found; dir++) {
		const struct endpoint *a = &s->half[dir].ep, *b = &s->half[!dir].ep;
		struct tuple4 t = { .source = a->port, .dest = b->port };

		memcpy(&t.saddr, a->addr.b, 4);
		memcpy(&t.daddr, b->addr.b, 4);
		found = nids_find_tcp_stream(&t);
	}
	return found;
}

static void
nids_close(struct reassembler *r, struct stream *s)
{
	struct nids_conn *c = s->engine;
	struct tcp_stream *ts;
	int dir;

	if (!c)
		return;
	if (c->followed && (ts = library_find(s)) != NULL)
		nids_free_tcp_stream(ts);
	for (dir = 0; dir < 2; dir++)
		notes_fini(&c->side[dir].notes, r->cfg.budget);
	free(c);
	budget_give(r->cfg.budget, sizeof(*c));
	s->engine = NULL;
}

static void
library_feed(struct reassembler *r, const struct segment *seg, uint32_t seq, struct slice payload)
{
	struct pcap_pkthdr hdr = { 0 };

	hdr.ts.tv_sec = seg->pkt->ts / 1000000000;
	hdr.ts.tv_usec = seg->pkt->ts % 1000000000 / 1000;
	hdr.caplen = hdr.len = (bpf_u_int32)nids_packet(r->packet.octets, seg, seq, payload);
	nids_pcap_handler(NULL, &hdr, r->packet.octets);
	nids_last_pcap_header = NULL; /* it pointed to `hdr' */
}

static void
feed_payload(struct reassembler *r, const struct segment *seg)
{
	struct slice rest = seg->payload;
	uint32_t seq = seg->seq;

	do {
		struct slice part = { rest.p, rest.n < NIDS_CHUNK ? rest.n : NIDS_CHUNK };

		library_feed(r, seg, seq, part);
		seq += (uint32_t)part.n;
		rest = slice_from(rest, part.n);
	} while (rest.n);
}

/* A SYN, once per side and without data: libnids ignores data there. */
static bool
feed_syn(struct reassembler *r, struct nids_side *d, const struct segment *seg)
{
	if (!d->syn)
		library_feed(r, seg, seg->seq, (struct slice){ NULL, 0 });
	d->syn = true;
	return seg->wire_len == 0;
}

static bool
nids_segment(struct reassembler *r, struct stream *s, const struct segment *seg,
    const struct ledger_seg *rec)
{
	struct nids_conn *c = s->engine;
	struct nids_side *d;
	int64_t before;
	bool known = true;

	if (!c) {
		s->refused_octets += rec->len;
		return false;
	}
	d = &c->side[rec->dir];
	if (rec->len && rec->off + rec->len > d->next &&
	    !notes_add(&d->notes, r->cfg.budget, rec)) {
		s->refused_octets += rec->len;
		return false;
	}
	if (!c->followed || seg->payload.n < rec->len || d->fed > FED_MAX - (int64_t)rec->len)
		return false;
	before = d->next;
	d->fed += rec->len;
	r->stream = s;
	r->rec = rec;
	if (seg->flags & TCP_SYN)
		known = feed_syn(r, d, seg);
	else
		feed_payload(r, seg);
	r->stream = NULL;
	if (d->next > before)
		notes_prune(&d->notes, d->next);
	else if (known && rec->len)
		known = library_find(s) != NULL;
	return known;
}

static void
nids_give_up(struct reassembler *r, struct stream *s, enum stream_dir dir, int64_t upto,
    enum stream_reason reason)
{
	struct nids_conn *c = s->engine;
	struct nids_side *d;
	size_t i;

	if (!c)
		return;
	d = &c->side[dir];
	if (upto == INT64_MAX)
		for (i = 0, upto = d->next; i < d->notes.n; i++)
			upto = d->notes.note[i].end > upto ? d->notes.note[i].end : upto;
	while (d->next < upto) {
		const struct note *by = notes_covering(&d->notes, d->next);
		const struct note *behind =
		    by ? by : notes_starting(&d->notes, NULL, d->next, upto);
		int64_t off = d->next, end = upto;

		if (by && by->end < end)
			end = by->end;
		else if (!by && behind)
			end = behind->off;
		d->next = end;
		r->sink.gap(r->sink.ctx, s, dir, off, (uint64_t)(end - off),
		    by ? REASON_ENGINE : reason, behind ? &behind->rec : NULL);
	}
	notes_prune(&d->notes, d->next);
}

#define VERSION_DIGITS(n) #n
#define VERSION_TEXT(n)   VERSION_DIGITS(n)

const struct reassembler_ops reassembler_nids_ops = {
	.name = "nids",
	.summary = "libnids: IPv4 from the SYN on, no gaps",
	.library = "libnids " VERSION_TEXT(NIDS_MAJOR) "." VERSION_TEXT(NIDS_MINOR),
	.caps = 0,
	.create = nids_create,
	.open = nids_open,
	.segment = nids_segment,
	.give_up = nids_give_up,
	.close = nids_close,
	.destroy = nids_destroy,
};
