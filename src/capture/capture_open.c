/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_open - opens one saved capture, reads it frame by frame, closes it.
 *
 * libpcap reads the header of pcap, pcapfile.c the records of a plain file, libpcap
 * those of all others, pcapng.c pcapng; which of them is due, the first octets
 * tell.  A text may be a dialogue, which transcript.c reads.  Why a file is not
 * read at all is put into words by capture_refuse.c.
 *
 * The stream has a large buffer, because libpcap reads a record with two calls
 * of fread(3).  Order of release: libpcap closes the stream, then the buffer.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "capture/pcapfile.h"
#include "capture/pcapng.h"
#include "capture/savefile.h"
#include "capture/source.h"
#include "capture/transcript.h"

/* Magic numbers of pcap as stored by a machine of either byte order. */
static const struct pcap_magic {
	uint8_t big[4], little[4];
	bool nano, modified;
} pcap_magics[] = {
	{ { 0xa1, 0xb2, 0xc3, 0xd4 }, { 0xd4, 0xc3, 0xb2, 0xa1 }, false, false },
	{ { 0xa1, 0xb2, 0x3c, 0x4d }, { 0x4d, 0x3c, 0xb2, 0xa1 }, true, false },
	/* longer record headers, as patched kernels of 1998 wrote them */
	{ { 0xa1, 0xb2, 0xcd, 0x34 }, { 0x34, 0xcd, 0xb2, 0xa1 }, false, true },
};

static const struct pcap_magic *
pcap_magic_find(struct slice head)
{
	size_t i;

	for (i = 0; i < sizeof pcap_magics / sizeof pcap_magics[0]; i++)
		if (head.n >= 4 &&
		    (memcmp(head.p, pcap_magics[i].big, 4) == 0 ||
		        memcmp(head.p, pcap_magics[i].little, 4) == 0))
			return &pcap_magics[i];
	return NULL;
}

/* A descriptor for the name; -1 with errno.  Directories and terminals are refused. */
static int
open_fd(const char *name)
{
	struct stat st;
	bool is_stdin = strcmp(name, "-") == 0;
	int fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) :
	                    open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int refused = 0;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) != 0)
		refused = errno;
	else if (S_ISDIR(st.st_mode))
		refused = EISDIR;
	else if (isatty(fd))
		refused = ENOTTY;
	if (!refused) {
		/* Only a hint: a pipe or an odd file system is none the worse. */
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
		return fd;
	}
	close(fd);
	errno = refused;
	return -1;
}

static int
savefile_open_pcap(struct savefile *f, const struct pcap_magic *magic, const char *name,
    size_t bufsize, struct error *err)
{
	char reason[PCAP_ERRBUF_SIZE] = "";

	f->pcap =
	    pcap_fopen_offline_with_tstamp_precision(f->fp, PCAP_TSTAMP_PRECISION_NANO, reason);
	if (!f->pcap) {
		refuse_pcap(f->stream, name, reason, err);
		return -1;
	}
	f->dlt = pcap_datalink(f->pcap);
	f->snaplen = pcap_snapshot(f->pcap);
	f->nano = f->fine = magic->nano;
	if (!magic->modified)
		f->records = pcapfile_new(f->pcap, f->fp, f->stream, magic->nano, bufsize);
	return 0;
}

/*
 * A fault of the decompressor is what counts, not what the reader of the capture
 * makes of it.
 */
static enum savefile_status
savefile_fault(struct savefile *f, enum savefile_status status)
{
	const char *why;
	bool cut;

	if (status != SAVEFILE_CUT && status != SAVEFILE_BAD)
		return status;
	why = f->fault.error || ferror(f->fp) ? stream_failure(f->stream, &cut) : NULL;
	if (!why)
		return status;
	error_set(&f->fault.why, "%s", why);
	return cut ? SAVEFILE_CUT : SAVEFILE_BAD;
}

/* The resolution is one of each interface; a later one may be finer than the first. */
static int
savefile_open_pcapng(struct savefile *f, const char *name, struct error *err)
{
	enum savefile_status status;

	f->ng = pcapng_new(f->fp);
	status = savefile_fault(f, pcapng_begin(f->ng, &f->fault));
	if (status == SAVEFILE_CUT || status == SAVEFILE_BAD) {
		refuse_pcapng(name, status == SAVEFILE_CUT, &f->fault, err);
		return -1;
	}
	f->dlt = pcapng_dlt(f->ng);
	f->snaplen = PCAPNG_FRAME_MAX;
	f->nano = true;
	f->fine = pcapng_is_fine(f->ng);
	return 0;
}

/* No octet among the first that a text does not have. */
static bool
looks_like_text(struct slice head)
{
	size_t i;

	for (i = 0; i < head.n; i++)
		if (head.p[i] < ' ' && (head.p[i] == 0 || !strchr("\t\n\r\f", head.p[i])))
			return false;
	return head.n > 0;
}

/* What is no capture may be a transcript. */
static int
savefile_open_text(struct savefile *f, const char *name, struct error *err)
{
	if (looks_like_text(stream_head(f->stream)))
		f->text = transcript_new(f->fp);
	if (!f->text) {
		refuse_unknown(f->stream, name, err);
		return -1;
	}
	f->dlt = transcript_dlt();
	f->snaplen = PCAPNG_FRAME_MAX;
	return 0;
}

int
savefile_open(struct savefile *f, const char *name, size_t bufsize, const atomic_bool *broken,
    struct error *err)
{
	const struct pcap_magic *magic;
	int fd = open_fd(name), rc;

	*f = (struct savefile){ .pcap = NULL };
	if (fd >= 0)
		f->fp = stream_open(fd, broken, &f->stream);
	if (!f->fp) {
		refuse_errno(name, errno, err);
		return -1;
	}
	f->buffer = xmalloc(bufsize);
	setvbuf(f->fp, f->buffer, _IOFBF, bufsize);
	rc = refuse_head(f->stream, name, err);
	if (rc == 0) {
		magic = pcap_magic_find(stream_head(f->stream));
		if (magic) {
			rc = savefile_open_pcap(f, magic, name, bufsize, err);
		} else if (pcapng_is_magic(stream_head(f->stream))) {
			rc = savefile_open_pcapng(f, name, err);
		} else {
			rc = savefile_open_text(f, name, err);
		}
	}
	if (rc == 0)
		stream_opened(f->stream);
	else
		savefile_close(f);
	return rc;
}

static enum savefile_status
savefile_next_pcap(struct savefile *f, struct packet *pkt)
{
	off_t offset = ftello(f->fp);
	struct pcap_pkthdr *h;
	const u_char *octets;
	int rc = pcap_next_ex(f->pcap, &h, &octets);

	if (rc == 1) {
		pkt->source_frame++;
		pkt->ts = source_time(&h->ts, 1);
		pkt->wirelen = h->len < h->caplen ? h->caplen : h->len;
		pkt->dlt = f->dlt;
		pkt->data = slice_of(octets, h->caplen);
		return SAVEFILE_OK;
	}
	if (rc == PCAP_ERROR_BREAK)
		return SAVEFILE_END;
	f->fault.offset = (uint64_t)offset;
	error_set(&f->fault.why, "%s", pcap_geterr(f->pcap));
	return feof(f->fp) && !ferror(f->fp) ? SAVEFILE_CUT : SAVEFILE_BAD;
}

static enum savefile_status
savefile_next_text(struct savefile *f, struct packet *pkt)
{
	if (transcript_next(f->text, pkt))
		return SAVEFILE_OK;
	if (!ferror(f->fp))
		return SAVEFILE_END;
	f->fault.offset = (uint64_t)ftello(f->fp);
	error_set(&f->fault.why, "%s", strerror(errno));
	return SAVEFILE_BAD;
}

bool
savefile_can_seek(const struct savefile *f)
{
	return f->records && !stream_format(f->stream) && stream_size(f->stream) > 0;
}

int
savefile_seek(struct savefile *f, uint64_t position)
{
	return pcapfile_seek(f->records, position);
}

void
savefile_set_hasty(struct savefile *f, bool hasty)
{
	f->hasty = hasty && stream_size(f->stream) == 0;
	stream_set_hasty(f->stream, f->hasty && f->records && !stream_format(f->stream));
}

int
savefile_fd(const struct savefile *f)
{
	return stream_size(f->stream) == 0 && !stream_format(f->stream) ? stream_fd(f->stream) : -1;
}

/* Nothing is read ahead, and nothing has come: whoever reads by the FILE is not asked. */
static bool
nothing_came(const struct savefile *f)
{
	return f->hasty && !f->records && !stream_format(f->stream) &&
	    (uint64_t)ftello(f->fp) == stream_position(f->stream) && stream_would_wait(f->stream);
}

void
savefile_progress(const struct savefile *f, uint64_t *done, uint64_t *total)
{
	*done = stream_consumed(f->stream);
	*total = stream_size(f->stream);
}

enum savefile_status
savefile_next(struct savefile *f, struct packet *pkt)
{
	enum savefile_status status;

	if (nothing_came(f))
		return SAVEFILE_AGAIN;
	if (f->records)
		status = pcapfile_next(f->records, pkt, &f->fault);
	else if (f->pcap)
		status = savefile_next_pcap(f, pkt);
	else if (f->ng)
		status = pcapng_next(f->ng, pkt, &f->fault);
	else
		status = savefile_next_text(f, pkt);
	return status == SAVEFILE_OK ? status : savefile_fault(f, status);
}

void
savefile_drops(const struct savefile *f, struct capture_stats *stats)
{
	if (f->ng)
		pcapng_drops(f->ng, stats);
	if (f->text)
		transcript_stats(f->text, stats);
}

bool
savefile_is_compressed(const struct savefile *f)
{
	return stream_format(f->stream) != NULL;
}

void
savefile_close(struct savefile *f)
{
	if (f->pcap)
		pcap_close(f->pcap);
	else if (f->fp)
		fclose(f->fp);
	pcapfile_free(f->records);
	pcapng_free(f->ng);
	transcript_free(f->text);
	free(f->buffer);
	*f = (struct savefile){ .pcap = NULL };
}
