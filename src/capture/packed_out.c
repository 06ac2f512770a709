/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packed_out - stdio for plain files, zlib for those that end in .gz.
 *
 * The first failure is kept, with what the system said, and told when the file
 * is closed: the writer above asks after every block and stops.
 *
 * A gzip file has no name and no time in it (RFC 1952 2.3.1), so that the same
 * octets give the same file.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#include "base/error.h"
#include "base/mem.h"
#include "capture/packed_out.h"

struct packed_out {
	char *name;
	FILE *fp; /* NULL: compressed */
#ifdef HAVE_ZLIB
	gzFile gz;
#endif
	bool failed;
	int error; /* errno of the first failure */
};

bool
packed_out_gzip(void)
{
#ifdef HAVE_ZLIB
	return true;
#else
	return false;
#endif
}

static bool
open_gzip(struct packed_out *out, const char *path)
{
#ifdef HAVE_ZLIB
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0)
		return false;
	out->gz = gzdopen(fd, "wb");
	if (!out->gz) {
		close(fd);
		errno = ENOMEM;
	}
	return out->gz != NULL;
#else
	(void)out;
	(void)path;
	errno = ENOTSUP;
	return false;
#endif
}

struct packed_out *
packed_out_open(const char *path, bool gzip, struct error *err)
{
	struct packed_out *out = xcalloc(1, sizeof *out);

	errno = 0;
	if (gzip ? open_gzip(out, path) : (out->fp = fopen(path, "we")) != NULL) {
		out->name = xstrdup(path);
		return out;
	}
	error_set(err, "%s: cannot be written: %s", path, strerror(errno ? errno : EIO));
	free(out);
	return NULL;
}

static bool
fail(struct packed_out *out)
{
	if (!out->failed)
		out->error = errno ? errno : EIO;
	out->failed = true;
	return false;
}

bool
packed_out_write(struct packed_out *out, struct slice s)
{
	if (out->failed)
		return false;
	errno = 0;
	if (out->fp)
		return fwrite(s.p, 1, s.n, out->fp) == s.n || fail(out);
#ifdef HAVE_ZLIB
	return s.n == 0 || gzwrite(out->gz, s.p, (unsigned)s.n) == (int)s.n || fail(out);
#else
	return fail(out);
#endif
}

int
packed_out_close(struct packed_out *out, struct error *err)
{
	int rc;

	if (!out)
		return 0;
	errno = 0;
	if (out->fp && fclose(out->fp) != 0)
		fail(out);
#ifdef HAVE_ZLIB
	if (out->gz && gzclose(out->gz) != Z_OK)
		fail(out);
#endif
	rc = out->failed ? -1 : 0;
	if (rc != 0)
		error_set(err, "%s: writing failed: %s; the file holds only a part of the frames",
		    out->name, strerror(out->error));
	free(out->name);
	free(out);
	return rc;
}
