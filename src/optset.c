/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optset - the options whose value is more than a number or a text.
 *
 * Each reads strictly (optvalue.h), and stores nothing when it fails.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "filter/filter.h"
#include "options.h"
#include "optset.h"
#include "optvalue.h"
#include "report/reporter.h"
#include "report/statistics.h"
#include "stream/reassembler.h"

enum { CHOICES_MAX = 16 };

#define MIB (UINT64_C(1) << 20)

void
word_list_add(struct word_list *list, const char *s, size_t n)
{
	list->v = xreallocarray(list->v, list->n + 1, sizeof *list->v);
	list->v[list->n++] = xstrndup(s, n);
}

void
options_port_add(struct options *o, uint16_t port)
{
	o->ports = xreallocarray(o->ports, o->nports + 2, sizeof *o->ports);
	o->ports[o->nports++] = port;
	o->ports[o->nports] = 0;
}

int
optset_file(struct options *o, const char *arg, struct error *err)
{
	if (arg[0] == '\0') {
		error_set(err, "the name is empty");
		return -1;
	}
	word_list_add(&o->files, arg, strlen(arg));
	return 0;
}

/* Calls `each' for the parts of a list with commas; none may be empty. */
static int
for_each_part(struct options *o, const char *list,
    int (*each)(struct options *, const char *part, struct error *), struct error *err)
{
	char *copy = xstrdup(list), *rest = copy, *part;
	int rc = 0;

	while (rc == 0 && (part = strsep(&rest, ",")) != NULL) {
		if (part[0] == '\0') {
			error_set(err, "an entry of \"%s\" is empty", list);
			rc = -1;
		} else {
			rc = each(o, part, err);
		}
	}
	free(copy);
	return rc;
}

static int
add_interface(struct options *o, const char *name, struct error *err)
{
	(void)err;
	word_list_add(&o->interfaces, name, strlen(name));
	return 0;
}

int
optset_interfaces(struct options *o, const char *arg, struct error *err)
{
	return for_each_part(o, arg, add_interface, err);
}

static int
add_port(struct options *o, const char *text, struct error *err)
{
	uint64_t port;

	if (optvalue_number(text, 1, 65535, &port, err) != 0)
		return -1;
	options_port_add(o, (uint16_t)port);
	return 0;
}

/* "all" changes nothing: every port is judged by what is said on it, whatever is given here. */
int
optset_ports(struct options *o, const char *arg, struct error *err)
{
	return strcmp(arg, "all") == 0 ? 0 : for_each_part(o, arg, add_port, err);
}

int
optset_buffer(struct options *o, const char *arg, struct error *err)
{
	/* libpcap takes the octets as an int. */
	static const struct optvalue_size limits = { 1024, 1024, 2047 * MIB };

	return optvalue_size(arg, &limits, &o->buffer, err);
}

int
optset_max_memory(struct options *o, const char *arg, struct error *err)
{
	static const struct optvalue_size limits = { 1, 4 * MIB, 1024 * 1024 * MIB };

	o->max_memory_set = true;
	return optvalue_size(arg, &limits, &o->max_memory, err);
}

int
optset_spool(struct options *o, const char *arg, struct error *err)
{
	static const struct optvalue_size limits = { 1, MIB, 1024 * 1024 * MIB };

	if (strcmp(arg, "0") == 0) {
		o->spool = 0;
		return 0;
	}
	return optvalue_size(arg, &limits, &o->spool, err);
}

int
optset_engine(struct options *o, const char *arg, struct error *err)
{
	const char *names[CHOICES_MAX + 1] = { NULL };
	unsigned i;

	for (i = 0; reassemblers[i] && i < CHOICES_MAX; i++)
		names[i] = reassemblers[i]->name;
	if (optvalue_choice(arg, names, &i, err) != 0)
		return -1;
	o->engine = reassemblers[i];
	return 0;
}

int
optset_format(struct options *o, const char *arg, struct error *err)
{
	const char *names[CHOICES_MAX + 1] = { NULL };
	unsigned i;

	for (i = 0; reporters[i] && i < CHOICES_MAX; i++)
		names[i] = reporters[i]->name;
	if (optvalue_choice(arg, names, &i, err) != 0)
		return -1;
	o->format = reporters[i];
	return 0;
}

int
optset_statistics(struct options *o, const char *arg, struct error *err)
{
	if (strcmp(arg, "help") == 0) {
		o->action = ACTION_LIST_STATISTICS;
		return 0;
	}
	return statistics_parse(arg, &o->statistics, err);
}

/* The place of the mistake goes below the sentence. */
static void
point_at_mistake(const char *text, size_t column, struct error *err)
{
	struct output *o = output_memory();
	struct error what = *err, ignored;
	struct slice lines;

	filter_point(o, text, column, 2);
	lines = output_slice(o);
	/* The last line ends where the message does. */
	error_set(err, "%s\n%.*s", what.text, (int)lines.n - 1, (const char *)lines.p);
	output_close(o, &ignored);
}

int
optset_display_filter(struct options *o, const char *arg, struct error *err)
{
	struct filter *filter;
	size_t column;

	if (strcmp(arg, "help") == 0) {
		o->action = ACTION_FILTER_HELP;
		return 0;
	}
	filter = filter_compile(arg, &column, err);
	if (!filter) {
		if (arg[0])
			point_at_mistake(arg, column, err);
		return -1;
	}
	filter_free(o->show);
	o->show = filter;
	o->display_filter = arg;
	return 0;
}

int
optset_severity(struct options *o, const char *arg, struct error *err)
{
	if (severity_parse(arg, &o->severity))
		return 0;
	error_set(err, "\"%s\" is unknown: give note, warning or error", arg);
	return -1;
}

int
optset_fail_on(struct options *o, const char *arg, struct error *err)
{
	static const char *const words[] = { "note", "warning", "error", "none", NULL };
	unsigned i;

	if (optvalue_choice(arg, words, &i, err) != 0)
		return -1;
	o->fail_on_set = severity_parse(arg, &o->fail_on);
	return 0;
}

int
optset_color(struct options *o, const char *arg, struct error *err)
{
	static const char *const words[] = { "auto", "always", "never", NULL };
	unsigned i;

	if (optvalue_choice(arg, words, &i, err) != 0)
		return -1;
	o->color = (enum color_mode)i;
	return 0;
}

int
optset_checksum(struct options *o, const char *arg, struct error *err)
{
	static const char *const words[] = { "report", "strict", "ignore", NULL };
	unsigned i;

	if (optvalue_choice(arg, words, &i, err) != 0)
		return -1;
	o->checksum = (enum checksum_mode)i;
	return 0;
}

int
optset_time(struct options *o, const char *arg, struct error *err)
{
	return optvalue_time(arg, &o->time, err);
}

int
optset_name(struct options *o, const char *arg, struct error *err)
{
	struct address_name name;

	if (optvalue_name(arg, &name, err) != 0)
		return -1;
	o->names = xreallocarray(o->names, o->nnames + 1, sizeof *o->names);
	o->names[o->nnames++] = name;
	return 0;
}

static int
add_redact(struct options *o, const char *word, struct error *err)
{
	static const struct {
		const char *word;
		unsigned parts;
	} rows[] = { { "addresses", REDACT_ADDRESSES }, { "hosts", REDACT_HOSTS },
		{ "subject", REDACT_SUBJECT }, { "body", REDACT_BODY }, { "all", REDACT_ALL },
		{ "none", 0 } };
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strcmp(word, rows[i].word) == 0) {
			o->redact = rows[i].parts ? o->redact | rows[i].parts : 0;
			return 0;
		}
	}
	error_set(
	    err, "\"%s\" is unknown: give addresses, hosts, subject, body, all or none", word);
	return -1;
}

int
optset_redact(struct options *o, const char *arg, struct error *err)
{
	o->redact_set = true;
	o->redact = 0;
	return for_each_part(o, arg ? arg : "all", add_redact, err);
}

static int
add_suppressed(struct options *o, const char *id, struct error *err)
{
	return policy_suppress(&o->policy, id, err);
}

int
options_suppress(struct options *o, const char *list, struct error *err)
{
	return for_each_part(o, list, add_suppressed, err);
}

int
optset_suppress_file(struct options *o, const char *arg, struct error *err)
{
	if (policy_read(&o->policy, arg, err) != 0)
		return -1;
	o->suppress_file = arg;
	return 0;
}

int
optset_grade(struct options *o, const char *arg, struct error *err)
{
	const char *equals = strchr(arg, '=');
	char *id;
	int rc;

	if (!equals || equals == arg) {
		error_set(err, "\"%s\" is not of the form ID=LEVEL", arg);
		return -1;
	}
	id = xstrndup(arg, (size_t)(equals - arg));
	rc = policy_grade(&o->policy, id, equals + 1, err);
	free(id);
	return rc;
}

int
optset_explain(struct options *o, const char *arg, struct error *err)
{
	(void)err;
	o->action = ACTION_EXPLAIN;
	o->explain = arg;
	return 0;
}
