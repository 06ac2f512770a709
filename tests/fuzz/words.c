/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words - octets as what people write: an expression of -Y, or, behind a first octet
 * with the lowest bit set, a configuration file.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "filter/filter.h"
#include "fuzz.h"
#include "optrc.h"

static void
read_file(const char *text, size_t n)
{
	char name[32];
	struct optrc_places places = { .variable = "", .named = name };
	char *argv[] = { (char *)"smtpscope", (char *)"--help", NULL };
	struct options o;
	struct error err = { "" };
	int fd = memfd_create("rc", 0);

	if (fd < 0 || write(fd, text, n) != (ssize_t)n || options_parse(&o, 2, argv, &err) != 0)
		abort();
	snprintf(name, sizeof name, "/dev/fd/%d", fd);
	optrc_read(&o, &places, &err);
	options_fini(&o);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
	struct error err = { "" };
	struct filter *filter;
	size_t column = 0;
	char *text;

	if (n == 0)
		return 0;
	text = xmalloc(n);
	memcpy(text, octets + 1, n - 1);
	text[n - 1] = '\0';
	if (octets[0] & 1) {
		read_file(text, n - 1);
	} else {
		filter = filter_compile(text, &column, &err);
		if (!filter && (column < 1 || column > strlen(text) + 1))
			abort();
		filter_free(filter);
	}
	free(text);
	return 0;
}
