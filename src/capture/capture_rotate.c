/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_rotate - how the files of one -w are called, which is as tcpdump(8) calls
 * them, so that scripts which collect them go on to work.
 *
 * -C alone: FILE, FILE1, FILE2 ...; with -W digits from the first file on, as many as
 * the last number has, and a ring.  -G: FILE is for strftime(3), in local time; with -C
 * as well, numbers start anew with every name.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "capture/source.h"

/* Digits of the largest number in a ring of n. */
static int
digits(uint64_t n)
{
	int d = 1;

	for (n = n ? n - 1 : 0; n >= 10; n /= 10)
		d++;
	return d;
}

/* The format is the user's: what it says can only become a name. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static bool
format_time(char out[PATH_MAX], const char *path, int64_t ts)
{
	time_t at = (time_t)(ts / NS_PER_S);
	struct tm tm;

	return localtime_r(&at, &tm) && strftime(out, PATH_MAX, path, &tm) != 0;
}
#pragma GCC diagnostic pop

char *
rotation_name(
    const struct rotation *r, const char *path, uint64_t count, int64_t ts, struct error *err)
{
	char text[PATH_MAX];

	if (r->seconds) {
		if (!format_time(text, path, ts)) {
			error_set(err, "-w %s: makes no name of a file with -G", path);
			return NULL;
		}
		path = text;
	}
	if (r->octets && r->files)
		return xasprintf("%s%0*" PRIu64, path, digits(r->files), count % r->files);
	if (r->octets && count)
		return xasprintf("%s%" PRIu64, path, count);
	return xstrdup(path);
}
