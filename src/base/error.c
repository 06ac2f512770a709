/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * error - the text of an error of the environment.
 *
 * A text longer than the buffer is cut; the last three octets then read "..."
 * so that the reader knows.  Formatting goes through a second buffer because
 * the arguments may point into the text that is replaced.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

/* Store `text', which had `want' octets before it was cut to the buffer. */
static void
error_store(struct error *err, const char *text, int want)
{
	size_t max = sizeof err->text;

	memcpy(err->text, text, strlen(text) + 1);
	if (want < 0 || (size_t)want >= max)
		memcpy(err->text + max - 4, "...", 4);
}

void
error_set(struct error *err, const char *fmt, ...)
{
	char text[sizeof err->text] = "";
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	error_store(err, text, n);
}

void
error_prefix(struct error *err, const char *fmt, ...)
{
	char prefix[sizeof err->text] = "";
	char text[2 * sizeof err->text];
	va_list ap;
	int n;

	va_start(ap, fmt);
	vsnprintf(prefix, sizeof prefix, fmt, ap);
	va_end(ap);
	n = snprintf(text, sizeof text, "%s: %s", prefix, err->text);
	text[sizeof err->text - 1] = '\0';
	error_store(err, text, n);
}
