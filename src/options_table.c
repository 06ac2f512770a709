/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options_table - every option: its names, what --help says of it, and where its
 * value goes.
 *
 * A row is all there is to an option: parsing, the help text and the tests read
 * the table.  Values that are more than a number or a text have a setter, which
 * reads strictly (optvalue.h) and stores nothing when it fails.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "filter/filter.h"
#include "options.h"
#include "optscreen.h"
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

static int
set_file(struct options *o, const char *arg, struct error *err)
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

static int
set_interfaces(struct options *o, const char *arg, struct error *err)
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
static int
set_ports(struct options *o, const char *arg, struct error *err)
{
	return strcmp(arg, "all") == 0 ? 0 : for_each_part(o, arg, add_port, err);
}

static int
set_buffer(struct options *o, const char *arg, struct error *err)
{
	/* libpcap takes the octets as an int. */
	static const struct optvalue_size limits = { 1024, 1024, 2047 * MIB };

	return optvalue_size(arg, &limits, &o->buffer, err);
}

static int
set_max_memory(struct options *o, const char *arg, struct error *err)
{
	static const struct optvalue_size limits = { 1, 4 * MIB, 1024 * 1024 * MIB };

	o->max_memory_set = true;
	return optvalue_size(arg, &limits, &o->max_memory, err);
}

static int
set_spool(struct options *o, const char *arg, struct error *err)
{
	static const struct optvalue_size limits = { 1, MIB, 1024 * 1024 * MIB };

	if (strcmp(arg, "0") == 0) {
		o->spool = 0;
		return 0;
	}
	return optvalue_size(arg, &limits, &o->spool, err);
}

static int
set_engine(struct options *o, const char *arg, struct error *err)
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

static int
set_format(struct options *o, const char *arg, struct error *err)
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

static int
set_statistics(struct options *o, const char *arg, struct error *err)
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

static int
set_display_filter(struct options *o, const char *arg, struct error *err)
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

static int
set_severity(struct options *o, const char *arg, struct error *err)
{
	if (severity_parse(arg, &o->severity))
		return 0;
	error_set(err, "\"%s\" is unknown: give note, warning or error", arg);
	return -1;
}

static int
set_fail_on(struct options *o, const char *arg, struct error *err)
{
	static const char *const words[] = { "note", "warning", "error", "none", NULL };
	unsigned i;

	if (optvalue_choice(arg, words, &i, err) != 0)
		return -1;
	o->fail_on_set = severity_parse(arg, &o->fail_on);
	return 0;
}

static int
set_color(struct options *o, const char *arg, struct error *err)
{
	static const char *const words[] = { "auto", "always", "never", NULL };
	unsigned i;

	if (optvalue_choice(arg, words, &i, err) != 0)
		return -1;
	o->color = (enum color_mode)i;
	return 0;
}

static int
set_checksum(struct options *o, const char *arg, struct error *err)
{
	static const char *const words[] = { "report", "strict", "ignore", NULL };
	unsigned i;

	if (optvalue_choice(arg, words, &i, err) != 0)
		return -1;
	o->checksum = (enum checksum_mode)i;
	return 0;
}

static int
set_time(struct options *o, const char *arg, struct error *err)
{
	return optvalue_time(arg, &o->time, err);
}

static int
set_name(struct options *o, const char *arg, struct error *err)
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

static int
set_redact(struct options *o, const char *arg, struct error *err)
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

static int
set_grade(struct options *o, const char *arg, struct error *err)
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

static int
set_explain(struct options *o, const char *arg, struct error *err)
{
	(void)err;
	o->action = ACTION_EXPLAIN;
	o->explain = arg;
	return 0;
}

#define FIELD(f)          .field = offsetof(struct options, f)
#define NOTHING           .kind = KIND_NOTHING
#define FLAG(f)           .kind = KIND_FLAG, FIELD(f)
#define COUNT(f)          .kind = KIND_COUNT, FIELD(f)
#define TEXT(f)           .kind = KIND_TEXT, FIELD(f)
#define NUMBER(f, lo, hi) .kind = KIND_NUMBER, FIELD(f), .min = (lo), .max = (hi)
#define ACTION(a)         .kind = KIND_ACTION, FIELD(action), .min = (a)
#define CALL(function)    .kind = KIND_CALL, .set = (function)
#define SETTABLE          .settable = true
#define REPORT            .report = true

/* clang-format off */
static const struct option_row rows[] = {
	{ 'r', "read-file", "FILE", GROUP_INPUT,
	  "read a saved capture, \"-\" is standard input;\n"
	  "repeatable: several are merged by time", CALL(set_file) },
	{ 'i', "interface", "IF[,IF]", GROUP_INPUT,
	  "capture live, \"any\" for all; repeatable", CALL(set_interfaces) },
	{ 'f', "filter", "EXPR", GROUP_INPUT,
	  "capture filter, see pcap-filter(7); trailing\n"
	  "words are one too", TEXT(filter_arg) },
	{ 'F', "filter-file", "FILE", GROUP_INPUT,
	  "read the capture filter from FILE", TEXT(filter_file) },
	{ 'd', "decode-as", "PORT[,PORT]", GROUP_INPUT,
	  "these ports are SMTP as well as 24, 25, 465, 587\n"
	  "and 2525; others are, once they show it", CALL(set_ports), SETTABLE },
	{ 0, "first-frame", "N", GROUP_INPUT,
	  "number of the first frame (default 1)", NUMBER(first_frame, 1, UINT64_C(1) << 52) },

	{ 's', "snapshot-length", "N", GROUP_CAPTURE,
	  "octets kept of a packet (default 262144)", NUMBER(snaplen, 0, 262144) },
	{ 'B', "buffer-size", "KIB", GROUP_CAPTURE,
	  "kernel buffer; suffix K, M or G", CALL(set_buffer) },
	{ 'p', "no-promiscuous-mode", NULL, GROUP_CAPTURE,
	  "do not put the interface into that mode", FLAG(no_promisc) },
	{ 'y', "linktype", "TYPE", GROUP_CAPTURE,
	  "link type to capture, as -L lists them", TEXT(linktype) },
	{ 'c', "count", "N", GROUP_CAPTURE,
	  "stop after N packets", NUMBER(max_packets, 1, UINT64_MAX) },
	{ 'w', "write", "FILE", GROUP_CAPTURE,
	  "also save the packets that pass the filter;\n"
	  "FILE.pcapng: those of the sessions, with findings\n"
	  "as comments on their frames", TEXT(write) },
	{ 'D', "list-interfaces", NULL, GROUP_CAPTURE,
	  "list the interfaces and end", ACTION(ACTION_LIST_INTERFACES) },
	{ 'L', "list-data-link-types", NULL, GROUP_CAPTURE,
	  "list the link types of the interface and end", ACTION(ACTION_LIST_LINKTYPES) },
	{ 'U', "packet-buffered", NULL, GROUP_CAPTURE,
	  "accepted; a live -w file is always up to date", NOTHING },

	{ 0, "engine", "NAME", GROUP_ANALYSIS,
	  "who puts TCP streams together, see below", CALL(set_engine), SETTABLE },
	{ 0, "checksum", "MODE", GROUP_ANALYSIS,
	  "wrong checksums: report (default), strict\n"
	  "(such segments are dropped), ignore", CALL(set_checksum), SETTABLE },
	{ 0, "timeout", "SECONDS", GROUP_ANALYSIS,
	  "a silent connection ends after this (3600)", NUMBER(timeout, 1, 31536000),
	  SETTABLE },
	{ 0, "max-memory", "SIZE", GROUP_ANALYSIS,
	  "limit for everything kept (default 256M; 512M in\n"
	  "the terminal interface)", CALL(set_max_memory), SETTABLE },
	{ 0, "spool", "SIZE", GROUP_ANALYSIS,
	  "limit for the temporary file of frames that no\n"
	  "input gives twice (default 1G; 0: no file)", CALL(set_spool), SETTABLE },
	{ 0, "threads", "N", GROUP_ANALYSIS,
	  "1: all in turn; 2: sessions are judged apart;\n"
	  "3: files are read apart, too (default, given two\n"
	  "processors)", NUMBER(threads, 1, 3), SETTABLE },
	{ 0, "suppress", "ID[,ID]", GROUP_ANALYSIS,
	  "no findings of these checks; repeatable", CALL(options_suppress) },
	{ 0, "grade", "ID=LEVEL", GROUP_ANALYSIS,
	  "severity of the findings of a check: error,\n"
	  "warning, note, off or usual; repeatable", CALL(set_grade) },

	{ 'Y', "display-filter", "EXPR", GROUP_OUTPUT,
	  "only sessions that match: severity >= warning\n"
	  "and rcpt ~ @example.net; help lists the fields", CALL(set_display_filter) },
	{ 'T', "format", "FORMAT", GROUP_OUTPUT,
	  "form of the report, see below", CALL(set_format), REPORT },
	{ 'z', "statistics", "NAME[,NAME]", GROUP_OUTPUT,
	  "tables about the run in place of its sessions;\n"
	  "help lists them; as text, -T jsonl or -T csv", CALL(set_statistics), REPORT },
	{ 'o', "output", "FILE", GROUP_OUTPUT,
	  "where the report goes (default \"-\")", TEXT(output), REPORT },
	{ 'q', "quiet", NULL, GROUP_OUTPUT,
	  "findings and summaries only", FLAG(quiet), REPORT },
	{ 'v', "verbose", NULL, GROUP_OUTPUT,
	  "more detail; repeatable", COUNT(verbose), REPORT },
	{ 0, "severity", "LEVEL", GROUP_OUTPUT,
	  "lowest shown: note (default), warning, error", CALL(set_severity), SETTABLE },
	{ 0, "fail-on", "LEVEL", GROUP_OUTPUT,
	  "exit status 1 if a finding reaches LEVEL;\n"
	  "none (default) never", CALL(set_fail_on), SETTABLE, REPORT },
	{ 0, "color", "WHEN", GROUP_OUTPUT,
	  "auto (default), always, never", CALL(set_color), SETTABLE },
	{ 't', "time-format", "FORMAT", GROUP_OUTPUT,
	  "r since the session began (default), d since the\n"
	  "line before, a or u time of day, ad or ud with\n"
	  "date (UTC), e seconds since 1970, none; also -t\n"
	  "to -ttttt as in tcpdump", CALL(set_time), SETTABLE },
	{ 0, "name", "ADDR=NAME", GROUP_OUTPUT,
	  "show NAME for this address; repeatable", CALL(set_name) },
	{ 0, "redact", "WHAT[,WHAT]", GROUP_OUTPUT,
	  "hide addresses, hosts, subject, body; all, none;\n"
	  "alone: all, as markdown and html do anyway", CALL(set_redact), .optional = true },
	{ 0, "show-text", NULL, GROUP_OUTPUT,
	  "show the text of messages, too", FLAG(show_text) },
	{ 'l', "line-buffered", NULL, GROUP_OUTPUT,
	  "write every record at once", FLAG(line_buffered), REPORT },
	{ 'n', "numeric", NULL, GROUP_OUTPUT,
	  "accepted; names are never looked up", NOTHING },
	{ 'N', "no-tui", NULL, GROUP_OUTPUT,
	  "a report, even on a terminal", CALL(optscreen_text) },

	{ 0, "tui", NULL, GROUP_SCREEN,
	  "the terminal interface, even if standard input\n"
	  "is no terminal; usual on one unless -N, -T, -z,\n"
	  "-o, -q, -v, -l or --fail-on is given", CALL(optscreen_screen) },
	{ 0, "theme", "NAME", GROUP_SCREEN,
	  "colours: dark, light, mono, contrast", CALL(optscreen_theme), SETTABLE },
	{ 0, "columns", "NAME[,NAME]", GROUP_SCREEN,
	  "of the list of sessions", CALL(optscreen_columns), SETTABLE },
	{ 0, "sort", "[-]NAME", GROUP_SCREEN,
	  "column that the list is sorted by", CALL(optscreen_sort), SETTABLE },
	{ 0, "ascii", "on|off", GROUP_SCREEN,
	  "lines in ASCII, other characters escaped", CALL(optscreen_ascii), SETTABLE,
	  .optional = true },
	{ 0, "mouse", "on|off", GROUP_SCREEN,
	  "heed the mouse (default off)", CALL(optscreen_mouse), SETTABLE, .optional = true },

	{ 0, "list-checks", NULL, GROUP_OTHER,
	  "list what can be found; -T jsonl: as JSON", ACTION(ACTION_LIST_CHECKS) },
	{ 0, "explain", "ID", GROUP_OTHER,
	  "tell all about one check", CALL(set_explain) },
	{ 0, "man-checks", NULL, GROUP_OTHER,
	  NULL, ACTION(ACTION_MAN_CHECKS) },
	{ 0, "config", "FILE", GROUP_OTHER,
	  "read this smtpscoperc(5), too", TEXT(config) },
	{ 0, "no-config", NULL, GROUP_OTHER,
	  "read no smtpscoperc(5)", FLAG(no_config) },
	{ 0, "version", NULL, GROUP_OTHER,
	  "version, engines, libraries", ACTION(ACTION_VERSION) },
	{ 'h', "help", NULL, GROUP_OTHER,
	  "this text", ACTION(ACTION_HELP) },
};
/* clang-format on */

const struct option_row *
options_rows(size_t *n)
{
	*n = sizeof rows / sizeof rows[0];
	return rows;
}
