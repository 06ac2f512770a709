/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optcapture - the options of capturing that are more than a number or a text, with
 * the letters and units that tcpdump and tshark gave them.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "export/export.h"
#include "optfile.h"
#include "options.h"
#include "optvalue.h"

enum { MILLION = 1000000, KIB = 1024 };

int
optcapture_direction(struct options *o, const char *arg, struct error *err)
{
	static const char *const words[] = {
		[CAPTURE_INOUT] = "inout", [CAPTURE_IN] = "in", [CAPTURE_OUT] = "out", NULL
	};
	unsigned i;

	if (optvalue_choice(arg, words, &i, err) != 0)
		return -1;
	o->capture.direction = (enum capture_direction)i;
	return 0;
}

int
optcapture_stop(struct options *o, const char *arg, struct error *err)
{
	static const struct stop_row {
		const char *name;
		size_t field;
		uint64_t unit, max;
	} rows[] = {
		{ "duration", offsetof(struct autostop, seconds), 1, UINT32_MAX },
		{ "sessions", offsetof(struct autostop, sessions), 1, UINT64_MAX },
		{ "findings", offsetof(struct autostop, findings), 1, UINT64_MAX },
		{ "filesize", offsetof(struct autostop, octets), KIB, UINT64_MAX / KIB },
	};
	const char *colon = strchr(arg, ':');
	size_t i, n = colon ? (size_t)(colon - arg) : 0;
	uint64_t value;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strlen(rows[i].name) != n || memcmp(rows[i].name, arg, n) != 0)
			continue;
		if (optvalue_number(colon + 1, 1, rows[i].max, &value, err) != 0)
			return -1;
		value *= rows[i].unit;
		memcpy((char *)&o->capture.stop + rows[i].field, &value, sizeof value);
		return 0;
	}
	error_set(err,
	    "\"%s\" is no condition: give duration:SECONDS, sessions:N, findings:N or "
	    "filesize:KIB",
	    arg);
	return -1;
}

/* Millions of octets, as in tcpdump, which takes suffixes, too. */
int
optcapture_size(struct options *o, const char *arg, struct error *err)
{
	static const struct optvalue_size limits = { MILLION, 4096, UINT64_C(1) << 50 };

	return optvalue_size(arg, &limits, &o->capture.rotation.octets, err);
}

int
optcapture_files(struct options *o, const char *arg, struct error *err)
{
	(void)err;
	word_list_add(&o->lists, arg, strlen(arg));
	return 0;
}

static int
read_list(struct options *o, const char *path, struct error *err)
{
	char *text = optfile_read(strcmp(path, "-") == 0 ? "/dev/stdin" : path, err);
	char *rest = text, *line;
	size_t before = o->files.n;

	if (!text)
		return -1;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (line[0] != '\0')
			word_list_add(&o->files, line, strlen(line));
	free(text);
	if (o->files.n > before)
		return 0;
	error_set(err, "%s: names no file", path);
	return -1;
}

int
optcapture_read_lists(struct options *o, struct error *err)
{
	size_t i;

	for (i = 0; i < o->lists.n; i++) {
		if (read_list(o, o->lists.v[i], err) == 0)
			continue;
		error_prefix(err, "-V, --files-from");
		return -1;
	}
	return 0;
}

static int
fail(struct error *err, const char *text)
{
	error_set(err, "%s", text);
	return -1;
}

int
optcapture_check(const struct options *o, struct error *err)
{
	const struct optcapture *c = &o->capture;
	const struct rotation *r = &c->rotation;
	bool rotates = r->octets || r->seconds;

	if (r->files && !rotates)
		return fail(err, "-W: how long is a file? Give -C or -G, too");
	if (rotates && (!o->write || strcmp(o->write, "-") == 0))
		return fail(err, "-C, -G: name the files with -w");
	if (rotates && export_is_name(o->write))
		return fail(err,
		    "-C, -G: a pcapng file with findings is written as one; name a .pcap with -w");
	if (r->seconds && r->files != 1 && !strchr(o->write, '%'))
		return fail(err,
		    "-G: give -w a name with a time in it, such as mail-%H%M%S.pcap: each file would "
		    "replace the one before");
	if (c->stop.octets && (!o->write || export_is_name(o->write)))
		return fail(err, "-a filesize: name a .pcap with -w");
	if (o->interfaces.n)
		return 0;
	if (c->stop.seconds || c->stop.sessions || c->stop.findings || c->stop.octets)
		return fail(
		    err, "-a: ends a live capture (-i); of files, -c takes the first packets");
	if (c->direction != CAPTURE_INOUT)
		return fail(err, "-Q: only for interfaces (-i)");
	return 0;
}
