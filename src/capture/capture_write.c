/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_write - the -w file: frames saved as pcap while they are handed out.
 *
 * Nanosecond pcap if an input has such times, else the microsecond format that
 * every program reads.  pcap has one link type in its header, so a frame of
 * another one is an error and not a record that would be decoded wrongly.
 *
 * libpcap writes without a result; the stream's error flag is asked after every
 * frame, so a full disk stops the run at once.  The first failure is kept and
 * reported once.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "capture/source.h"

struct writer {
	pcap_t *dead; /* holds the parameters of the file */
	pcap_dumper_t *dumper;
	char *label; /* for messages */
	int dlt;
	bool nano;
	bool failed; /* and reported */
};

static const char *
dlt_name(int dlt)
{
	const char *name = pcap_datalink_val_to_name(dlt);

	return name ? name : "unknown";
}

struct writer *
writer_open(const char *path, const struct source *source, struct error *err)
{
	bool is_stdout = strcmp(path, "-") == 0;
	struct writer *w;

	if (is_stdout && isatty(STDOUT_FILENO)) {
		error_set(err, "-w -: standard output is a terminal; redirect it, or name a file");
		return NULL;
	}
	w = xcalloc(1, sizeof *w);
	w->label = xstrdup(is_stdout ? "standard output" : path);
	w->dlt = source->dlt;
	w->nano = source->nano;
	w->dead = pcap_open_dead_with_tstamp_precision(w->dlt, source->snaplen,
	    w->nano ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO);
	if (w->dead)
		w->dumper = pcap_dump_open(w->dead, path);
	if (!w->dumper) {
		/* libpcap's text begins with the name. */
		error_set(err, "-w: cannot be written: %s",
		    w->dead ? pcap_geterr(w->dead) : "out of memory");
		w->failed = true;
		writer_close(w, err);
		return NULL;
	}
	return w;
}

static int
writer_fail(struct writer *w, int error, struct error *err)
{
	if (!w->failed)
		error_set(err, "%s: writing failed: %s; the file holds only a part of the frames",
		    w->label, strerror(error ? error : EIO));
	w->failed = true;
	return -1;
}

int
writer_add(struct writer *w, const struct packet *pkt, struct error *err)
{
	int64_t s = pkt->ts / NS_PER_S, frac = pkt->ts % NS_PER_S;
	struct pcap_pkthdr h = { .caplen = (bpf_u_int32)pkt->data.n, .len = pkt->wirelen };

	if (w->failed)
		return -1;
	if (frac < 0) {
		frac += NS_PER_S;
		s--;
	}
	if (pkt->transcript) {
		error_set(err,
		    "%s: line %" PRIu64 " of a transcript is no packet that could be saved; leave "
		    "-w out",
		    w->label, pkt->source_frame);
		w->failed = true;
		return -1;
	}
	if (pkt->dlt != w->dlt) {
		error_set(err,
		    "%s: frame %" PRIu64 " has link type %s, the frames before it %s, and a "
		    "pcap file holds one; write them with one run each",
		    w->label, pkt->frame, dlt_name(pkt->dlt), dlt_name(w->dlt));
		w->failed = true;
		return -1;
	}
	/* 32 bits on disk, which libpcap reads as signed. */
	if (s < INT32_MIN || s > UINT32_MAX) {
		error_set(err, "%s: the time of frame %" PRIu64 " does not fit into a pcap file",
		    w->label, pkt->frame);
		w->failed = true;
		return -1;
	}
	h.ts.tv_sec = s;
	h.ts.tv_usec = (suseconds_t)(w->nano ? frac : frac / NS_PER_US);
	errno = 0;
	pcap_dump((u_char *)w->dumper, &h, pkt->data.p);
	return ferror(pcap_dump_file(w->dumper)) ? writer_fail(w, errno, err) : 0;
}

int
writer_flush(struct writer *w, struct error *err)
{
	if (w->failed)
		return -1;
	errno = 0;
	return pcap_dump_flush(w->dumper) != 0 ? writer_fail(w, errno, err) : 0;
}

int
writer_close(struct writer *w, struct error *err)
{
	int rc = 0;

	if (!w)
		return 0;
	if (w->dumper) {
		if (!w->failed)
			rc = writer_flush(w, err);
		pcap_dump_close(w->dumper);
	}
	if (w->dead)
		pcap_close(w->dead);
	free(w->label);
	free(w);
	return rc;
}
