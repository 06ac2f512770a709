/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcapfile - the records of a plain pcap file, handed out from the buffer that
 * they were read into.
 *
 * libpcap reads the file header: it knows versions, link types and limits.  It
 * also copies every record twice, which takes longer than to decode it.  So
 * its records are read here if nothing about the file is unusual: version 2.4,
 * the byte order of this machine, a snap length that can be, and a link type whose
 * frames libpcap hands out as they are.  All others stay with libpcap, and the results and the
 * sentences about damage are the same for both.
 *
 * Owns the buffer.  It holds at least one record, and no record is longer than
 * FRAME_MAX, so it does not grow beyond that.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/timefmt.h"
#include "capture/pcapfile.h"
#include "capture/source.h"

enum {
	RECORD_HEADER = 16,
	FRAME_MAX = 262144 /* libpcap's limit for the link types below */
};

struct pcapfile {
	struct stream *stream;
	uint8_t *octets;
	size_t size;       /* of octets[] */
	size_t begin, end; /* read and not used yet: octets[begin] .. octets[end - 1] */
	uint64_t offset;   /* in the capture, of octets[begin] */
	uint32_t snaplen;
	int dlt;
	int64_t unit; /* nanoseconds that the fraction of a second counts */
};

static bool
is_plain_link(int dlt)
{
	static const int plain[] = { DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL, DLT_LOOP,
		DLT_RAW, DLT_IPV4, DLT_IPV6, DLT_PPP };
	size_t i;

	for (i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (plain[i] == dlt)
			return true;
	return false;
}

struct pcapfile *
pcapfile_new(struct pcap *pcap, FILE *fp, struct stream *stream, bool nano, size_t bufsize)
{
	int dlt = pcap_datalink(pcap), snaplen = pcap_snapshot(pcap);
	off_t used = ftello(fp);
	struct pcapfile *p;

	if (pcap_major_version(pcap) != 2 || pcap_minor_version(pcap) != 4 ||
	    pcap_is_swapped(pcap) || !is_plain_link(dlt) || snaplen <= 0 || snaplen > FRAME_MAX)
		return NULL;
	if (used < 0 || (uint64_t)used != stream_position(stream))
		return NULL;
	p = xcalloc(1, sizeof *p);
	p->stream = stream;
	p->size = bufsize > RECORD_HEADER ? bufsize : RECORD_HEADER;
	p->octets = xmalloc(p->size);
	p->offset = (uint64_t)used;
	p->snaplen = (uint32_t)snaplen;
	p->dlt = dlt;
	p->unit = nano ? 1 : NS_PER_US;
	return p;
}

void
pcapfile_free(struct pcapfile *p)
{
	if (!p)
		return;
	free(p->octets);
	free(p);
}

/* Read on until there are n octets from `begin' on. */
static bool
read_on(struct pcapfile *p, size_t n, int *error)
{
	ssize_t got;

	if (p->size - p->begin < n) {
		memmove(p->octets, p->octets + p->begin, p->end - p->begin);
		p->end -= p->begin;
		p->begin = 0;
		if (p->size < n) {
			p->octets = xreallocarray(p->octets, n, 1);
			p->size = n;
		}
	}
	while (p->end - p->begin < n) {
		got = stream_take(p->stream, p->octets + p->end, p->size - p->end);
		if (got <= 0) {
			*error = got < 0 ? errno : 0;
			return false;
		}
		p->end += (size_t)got;
	}
	return true;
}

/* Make n octets from `begin' on available.  False: the input ends before, or *error is set. */
static inline bool
fill(struct pcapfile *p, size_t n, int *error)
{
	*error = 0;
	return p->end - p->begin >= n || read_on(p, n, error);
}

/* The input ends `got' octets into something `wanted' long, or cannot be read. */
static enum savefile_status
cut(struct savefile_fault *fault, int error, const char *what, size_t wanted, size_t got)
{
	fault->error = error;
	if (error == EAGAIN)
		return SAVEFILE_AGAIN;
	if (error) {
		error_set(&fault->why, "error reading dump file: %s", strerror(error));
		return SAVEFILE_BAD;
	}
	error_set(&fault->why, "truncated dump file; tried to read %zu %s bytes, only got %zu",
	    wanted, what, got);
	return SAVEFILE_CUT;
}

/* The octets were put there by this machine, or one like it. */
static uint32_t
word(struct cursor *c)
{
	uint32_t v = cur_be32(c);

	return htonl(v);
}

enum savefile_status
pcapfile_next(struct pcapfile *p, struct packet *pkt, struct savefile_fault *fault)
{
	struct timeval tv;
	struct cursor c;
	uint32_t caplen, len;
	size_t left;
	int error;

	fault->offset = p->offset;
	if (!fill(p, RECORD_HEADER, &error)) {
		left = p->end - p->begin;
		if (left == 0 && !error)
			return SAVEFILE_END;
		return cut(fault, error, "header", RECORD_HEADER, left);
	}
	c = cur_from(slice_of(p->octets + p->begin, RECORD_HEADER));
	tv.tv_sec = (int32_t)word(&c);
	tv.tv_usec = (int32_t)word(&c);
	caplen = word(&c);
	len = word(&c);
	if (caplen > FRAME_MAX) {
		error_set(&fault->why,
		    "invalid packet capture length %" PRIu32 ", bigger than snaplen of %" PRIu32,
		    caplen, p->snaplen);
		return SAVEFILE_BAD;
	}
	if (!fill(p, RECORD_HEADER + (size_t)caplen, &error))
		return cut(fault, error, "captured", caplen, p->end - p->begin - RECORD_HEADER);
	pkt->data = slice_of(p->octets + p->begin + RECORD_HEADER, caplen);
	pkt->position = p->offset;
	p->begin += RECORD_HEADER + (size_t)caplen;
	p->offset += RECORD_HEADER + (uint64_t)caplen;
	/* Longer than the file says that frames can be: shown as if cut there. */
	if (pkt->data.n > p->snaplen)
		pkt->data.n = p->snaplen;
	pkt->ts = source_time(&tv, p->unit);
	pkt->wirelen = len < pkt->data.n ? (uint32_t)pkt->data.n : len;
	pkt->dlt = p->dlt;
	pkt->source_frame++;
	return SAVEFILE_OK;
}

int
pcapfile_seek(struct pcapfile *p, uint64_t offset)
{
	/* What was read ahead often holds it: sessions are looked at one after the other. */
	uint64_t first = p->offset - p->begin;

	if (offset >= first && offset - first <= p->end) {
		p->begin = (size_t)(offset - first);
		p->offset = offset;
		return 0;
	}
	if (stream_jump(p->stream, offset) != 0)
		return -1;
	p->begin = p->end = 0;
	p->offset = offset;
	return 0;
}
