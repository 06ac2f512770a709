/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_refuse - says in one sentence why a file is not read, and what to do.
 *
 * libpcap knows only "unknown file format" for what is no pcap.  Here the first
 * octets tell more: an empty file, one compressed in a way that is not read,
 * and a capture in another program's format each get their own advice.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <errno.h>
#include <inttypes.h>

#include "capture/savefile.h"
#include "capture/unpack.h"

enum { PCAP_HEADER = 24 };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const struct foreign {
	const char *magic;
	size_t len;
	const char *what;
} foreign[] = {
	{ "snoop", 5, "a Solaris snoop capture" },
	{ "iptrace ", 8, "an AIX iptrace capture" },
	{ "GMBU", 4, "a Microsoft Network Monitor capture" },
	{ "RTSS", 4, "a Microsoft Network Monitor 1 capture" },
	{ "TRSNIFF", 7, "a Sniffer capture" },
	{ "XCP\0", 4, "a NetXRay capture" },
};

const char *
savefile_label(const char *name)
{
	return strcmp(name, "-") == 0 ? "standard input" : name;
}

void
refuse_errno(const char *name, int error, struct error *err)
{
	static const struct advice {
		int error;
		const char *text;
	} advices[] = {
		{ ENOENT, "no such file; check the name and the folder" },
		{ EACCES, "no permission to read it; ask its owner, or run as a user who may" },
		{ EISDIR, "is a directory; name the captures in it, each with its own -r" },
		{ EMFILE,
		    "too many open files; raise the limit (ulimit -n), or join the captures "
		    "first (mergecap)" },
		{ ENOTTY, "is a terminal; name a file, or pipe a capture in" },
		{ EINTR, "interrupted before the header of a capture came" },
	};
	const struct advice *a;

	for (a = advices; a < advices + COUNT(advices); a++) {
		if (a->error == error) {
			error_set(err, "%s: %s", savefile_label(name), a->text);
			return;
		}
	}
	error_set(err, "%s: cannot be read: %s", savefile_label(name), strerror(error));
}

/* The format is not decompressed here, or it is inside another one. */
static void
refuse_format(
    const struct unpack_format *f, const struct stream *s, const char *name, struct error *err)
{
	const struct unpack_format *outer = stream_format(s);
	const char *label = savefile_label(name);
	char without[64] = "";

	if (outer) {
		error_set(err,
		    "%s: is compressed twice, with %s inside %s; decompress it once on the way: "
		    "%s FILE | smtpscope -r -",
		    label, f->name, outer->name, outer->tool);
		return;
	}
	if (f->library)
		snprintf(
		    without, sizeof without, ", and this program was built without %s", f->library);
	error_set(err,
	    "%s: is compressed with %s%s; decompress it on the way: %s %s | smtpscope -r -", label,
	    f->name, without, f->tool, strcmp(name, "-") == 0 ? "FILE" : name);
}

int
refuse_head(const struct stream *s, const char *name, struct error *err)
{
	const char *label = savefile_label(name), *why;
	struct slice head = stream_head(s);
	const struct unpack_format *format = unpack_format_find(head), *outer = stream_format(s);
	const struct foreign *f;
	bool cut;

	why = stream_failure(s, &cut);
	if (why) { /* within the few octets of the head */
		error_set(err, "%s: %s; there is no frame before that", label, why);
		return -1;
	}
	if (head.n == 0) {
		error_set(err,
		    "%s: is empty (0 bytes%s%s); the program that captured wrote nothing, or "
		    "has not flushed its buffer yet",
		    label, outer ? " when decompressed from " : "", outer ? outer->name : "");
		return -1;
	}
	if (format) {
		refuse_format(format, s, name, err);
		return -1;
	}
	for (f = foreign; f < foreign + COUNT(foreign); f++) {
		if (head.n < f->len || memcmp(head.p, f->magic, f->len) != 0)
			continue;
		error_set(err,
		    "%s: is %s, not a pcap or pcapng capture; convert it: "
		    "editcap -F pcap FILE OUT.pcap",
		    label, f->what);
		return -1;
	}
	return 0;
}

void
refuse_pcap(const struct stream *s, const char *name, const char *reason, struct error *err)
{
	const char *label = savefile_label(name);
	size_t n = stream_head(s).n;

	if (n < PCAP_HEADER)
		error_set(err,
		    "%s: ends inside the file header, after %zu of %d bytes; there is no "
		    "frame in it",
		    label, n, PCAP_HEADER);
	else
		error_set(err, "%s: its header is refused by libpcap: %s", label, reason);
}

void
refuse_pcapng(const char *name, bool cut, const struct savefile_fault *fault, struct error *err)
{
	const char *label = savefile_label(name);

	if (fault->error == EINTR)
		refuse_errno(name, EINTR, err);
	else
		error_set(err, "%s: %s (offset %" PRIu64 "): %s; there is no frame in it", label,
		    cut ? "ends inside its header" : "its header cannot be read", fault->offset,
		    fault->why.text);
}

static bool
looks_like_text(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < ' ' && s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r')
			return false;
	return s.n >= 4;
}

void
refuse_unknown(const struct stream *s, const char *name, struct error *err)
{
	struct slice head = stream_head(s);
	char first[3 * 4 + 1] = "";
	size_t i;

	if (looks_like_text(head)) {
		error_set(err,
		    "%s: is not a pcap or pcapng capture but text, and no transcript of a "
		    "dialogue: mark at least two lines, of the client with C> and of the server "
		    "with S>; a capture is saved with tcpdump -w or from Wireshark",
		    savefile_label(name));
		return;
	}
	for (i = 0; i < 4 && i < head.n; i++)
		snprintf(first + 3 * i, 4, " %02x", head.p[i]);
	error_set(err,
	    "%s: is not a pcap or pcapng capture (it begins with%s); save it with "
	    "tcpdump -w or from Wireshark; in a transcript of a dialogue, mark the lines "
	    "with C> and S>",
	    savefile_label(name), first);
}
