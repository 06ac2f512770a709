/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optfile - small text files that options name, read whole.
 *
 * A file that is no text, or longer than anybody writes by hand, is refused: it
 * is the wrong file, and half of it would be another filter or another wish.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "optfile.h"

enum { FILE_MAX = 65536 }; /* octets */

char *
optfile_read(const char *path, struct error *err)
{
	FILE *fp = fopen(path, "re");
	char *text, *kept = NULL;
	size_t n;
	int failed;

	if (!fp) {
		error_set(err, "%s: %s", path, strerror(errno));
		return NULL;
	}
	text = xmalloc(FILE_MAX + 1);
	n = fread(text, 1, FILE_MAX + 1, fp);
	failed = ferror(fp) ? errno : 0;
	fclose(fp);
	if (failed)
		error_set(err, "%s: %s", path, strerror(failed));
	else if (n > FILE_MAX)
		error_set(err, "%s: longer than %d octets", path, FILE_MAX);
	else if (memchr(text, '\0', n))
		error_set(err, "%s: is not a text", path);
	else {
		text[n] = '\0';
		kept = xstrdup(text);
	}
	free(text);
	return kept;
}
