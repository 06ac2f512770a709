/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_open - opens one saved capture, reads it frame by frame, closes it.
 *
 * libpcap reads pcap, pcapng.c pcapng; which of them is due, the first octets
 * tell.  Why a file is not read at all is put into words by capture_refuse.c.
 *
 * The stream has a large buffer, because a record is read with two calls of
 * fread(3).  Order of release: libpcap closes the stream, then the buffer.
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
#include "capture/pcapng.h"
#include "capture/savefile.h"
#include "capture/source.h"

/* Magic numbers of pcap as stored by a machine of either byte order. */
static const struct pcap_magic {
	uint8_t big[4], little[4];
	bool nano;
} pcap_magics[] = {
	{ { 0xa1, 0xb2, 0xc3, 0xd4 }, { 0xd4, 0xc3, 0xb2, 0xa1 }, false },
	{ { 0xa1, 0xb2, 0x3c, 0x4d }, { 0x4d, 0x3c, 0xb2, 0xa1 }, true },
	/* longer record headers, as patched kernels of 1998 wrote them */
	{ { 0xa1, 0xb2, 0xcd, 0x34 }, { 0x34, 0xcd, 0xb2, 0xa1 }, false },
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
savefile_open_pcap(
    struct savefile *f, const struct pcap_magic *magic, const char *name, struct error *err)
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
	why = ferror(f->fp) ? stream_failure(f->stream, &cut) : NULL;
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

int
savefile_open(struct savefile *f, const char *name, size_t bufsize,
    const volatile sig_atomic_t *broken, struct error *err)
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
			rc = savefile_open_pcap(f, magic, name, err);
		} else if (pcapng_is_magic(stream_head(f->stream))) {
			rc = savefile_open_pcapng(f, name, err);
		} else {
			refuse_unknown(f->stream, name, err);
			rc = -1;
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

enum savefile_status
savefile_next(struct savefile *f, struct packet *pkt)
{
	enum savefile_status status =
	    f->pcap ? savefile_next_pcap(f, pkt) : pcapng_next(f->ng, pkt, &f->fault);

	return status == SAVEFILE_OK ? status : savefile_fault(f, status);
}

void
savefile_drops(const struct savefile *f, struct capture_stats *stats)
{
	if (f->ng)
		pcapng_drops(f->ng, stats);
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
	pcapng_free(f->ng);
	free(f->buffer);
	*f = (struct savefile){ .pcap = NULL };
}
