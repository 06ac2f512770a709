/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options - the loop over argv.
 *
 * getopt_long() finds the options; the rows of options_table.c say what they do.
 * It is asked for words in order, so that it shows which stand before "--".  Its
 * messages are off: ours name the option and what would have been right.
 * Letters that the neighbouring tools use and we do not have say so, instead of
 * doing something else.
 */
#include <assert.h>
#include <getopt.h>
#include <stdlib.h>

#include "base/error.h"
#include "export/export.h"
#include "filter/filter.h"
#include "optinput.h"
#include "options.h"
#include "optrc.h"
#include "optvalue.h"
#include "report/reporter.h"
#include "report/statistics.h"
#include "stream/reassembler.h"

enum {
	LONG_ONLY = 256, /* codes of long options: this plus the row */
	ROWS_MAX = 64
};

/* 25, 465 and 587 are registered, 24 is the usual one of LMTP, 2525 the usual second one. */
static const uint16_t default_ports[] = { 24, 25, 465, 587, 2525 };

/* What other tools do with these, and we do not yet. */
static const struct {
	const char *option, *what;
} later[] = {
	{ "a", "stopping on a condition" },
	{ "A", "showing packets as text" },
	{ "C", "rotating files" },
	{ "e", "choosing fields" },
	{ "E", "choosing fields" },
	{ "G", "rotating files" },
	{ "I", "monitor mode" },
	{ "j", "choosing the kind of time stamp" },
	{ "J", "choosing the kind of time stamp" },
	{ "k", "reading TLS keys" },
	{ "Q", "choosing a direction" },
	{ "V", "a list of files" },
	{ "W", "rotating files" },
	{ "x", "showing packets as hex" },
	{ "X", "showing packets as hex" },
	{ "Z", "changing the user" },
};

static void
word_list_fini(struct word_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
}

/* Names the option in front of what is wrong with it. */
static int
option_error(const struct option_row *row, struct error *err)
{
	if (row->letter)
		error_prefix(err, "-%c, --%s", row->letter, row->name);
	else
		error_prefix(err, "--%s", row->name);
	return -1;
}

int
options_set(struct options *o, const struct option_row *row, const char *arg, struct error *err)
{
	void *field = (char *)o + row->field;
	int rc = 0;

	switch (row->kind) {
	case KIND_NOTHING:
		break;
	case KIND_FLAG:
		*(bool *)field = true;
		break;
	case KIND_COUNT:
		++*(uint64_t *)field;
		break;
	case KIND_NUMBER:
		rc = optvalue_number(arg, row->min, row->max, field, err);
		break;
	case KIND_TEXT:
		*(const char **)field = arg;
		if (arg[0] == '\0') {
			error_set(err, "the argument is empty");
			rc = -1;
		}
		break;
	case KIND_ACTION:
		*(enum options_action *)field = (enum options_action)row->min;
		break;
	case KIND_CALL:
		rc = row->set(o, arg, err);
		break;
	}
	return rc == 0 ? 0 : option_error(row, err);
}

static const struct option_row *
row_find(int code)
{
	size_t n, i;
	const struct option_row *rows = options_rows(&n);

	if (code >= LONG_ONLY)
		return code < LONG_ONLY + (int)n ? &rows[code - LONG_ONLY] : NULL;
	for (i = 0; i < n; i++)
		if (rows[i].letter && rows[i].letter == code)
			return &rows[i];
	return NULL;
}

/* An option that no row knows: `name' is a letter or a long name. */
static void
unknown_option(const char *dashes, const char *name, struct error *err)
{
	int n = (int)strcspn(name, "=");
	size_t i, nrows, prefix = 0;
	const struct option_row *rows = options_rows(&nrows);

	for (i = 0; i < sizeof later / sizeof later[0]; i++) {
		if (strlen(later[i].option) == (size_t)n &&
		    strncmp(name, later[i].option, (size_t)n) == 0) {
			error_set(err, "%s%.*s: %s is not in this version", dashes, n, name,
			    later[i].what);
			return;
		}
	}
	for (i = 0; dashes[1] && i < nrows; i++)
		prefix += strncmp(rows[i].name, name, (size_t)n) == 0;
	error_set(err, "%s%.*s: %s", dashes, n, name,
	    prefix > 1 ? "several options begin like this" : "no such option");
}

/* getopt_long() returned '?' or ':'. */
static int
option_refused(int code, char **argv, struct error *err)
{
	const struct option_row *row = row_find(optopt);
	char letter[2] = { (char)optopt, '\0' };

	if (row) {
		error_set(err, "%s", code == ':' ? "an argument is missing" : "takes no argument");
		return option_error(row, err);
	}
	if (optopt)
		unknown_option("-", letter, err);
	else
		unknown_option("--", argv[optind - 1] + 2, err);
	return -1;
}

/*
 * tcpdump's -t alone takes no argument, tshark's does.  What follows tells: an
 * option or nothing at all is no format, so -t stood alone.
 */
static bool
is_bare_time(int code, char **argv)
{
	if ((code == ':' ? optopt : code) != 't')
		return false;
	if (code == ':')
		return true;
	if (optarg != argv[optind - 1] || optarg[0] != '-')
		return false;
	optind--;
	return true;
}

/* The table in the form of getopt_long(). */
struct getopt_tables {
	char letters[2 * ROWS_MAX + 3];
	struct option longs[ROWS_MAX + 1]; /* ends with a row of zeros */
};

static void
getopt_tables_init(struct getopt_tables *t)
{
	size_t n, i;
	const struct option_row *rows = options_rows(&n);
	char *p = t->letters;

	assert(n <= ROWS_MAX);
	*t = (struct getopt_tables){ 0 };
	/* '-': words come in order, as code 1; ':': a missing argument is told apart. */
	*p++ = '-';
	*p++ = ':';
	for (i = 0; i < n; i++) {
		t->longs[i].name = rows[i].name;
		t->longs[i].has_arg = rows[i].optional ? optional_argument :
		    rows[i].arg                        ? required_argument :
		                                         no_argument;
		t->longs[i].val = LONG_ONLY + (int)i;
		if (!rows[i].letter)
			continue;
		*p++ = rows[i].letter;
		if (rows[i].arg)
			*p++ = ':';
	}
}

/* What is asked to be hidden must not be saved all the same. */
static int
check_redact(const struct options *o, struct error *err)
{
	if (!o->redact || !o->write || export_is_name(o->write))
		return 0;
	error_set(err, "--redact: -w %s saves packets as they are; name it FILE.pcapng", o->write);
	return -1;
}

/* Statistics have three forms, and CSV is a single table. */
static int
check_statistics(struct options *o, struct error *err)
{
	const struct reporter_ops *form = statistics_format(o->format);

	if (!o->statistics)
		return 0;
	if (!form) {
		error_set(
		    err, "-z: statistics have no -T %s; give text, jsonl or csv", o->format->name);
		return -1;
	}
	if (strcmp(form->name, "csv") == 0 && (o->statistics & (o->statistics - 1))) {
		error_set(err, "-z: -T csv is one table; give a single statistic");
		return -1;
	}
	o->format = form;
	return 0;
}

static void
options_init(struct options *o)
{
	size_t i;

	*o = (struct options){ .engine = reassemblers[0],
		.format = reporters[0],
		.output = "-",
		.severity = SEV_NOTE,
		.time = TIME_RELATIVE,
		.max_memory = REPORT_MEMORY,
		.spool = UINT64_C(1) << 30 };
	for (i = 0; i < sizeof default_ports / sizeof default_ports[0]; i++)
		options_port_add(o, default_ports[i]);
}

static int
parse_line(struct options *o, int argc, char **argv, struct error *err)
{
	struct getopt_tables t;
	const struct option_row *row;
	int code, rc = 0;

	getopt_tables_init(&t);
	opterr = 0;
	optind = 0; /* glibc: start afresh, so that a line can be parsed many times */
	while (rc == 0 && (code = getopt_long(argc, argv, t.letters, t.longs, NULL)) != -1) {
		if (code == 1)
			word_list_add(&o->words, optarg, strlen(optarg));
		else if (is_bare_time(code, argv))
			o->time = TIME_NONE;
		else if (code == '?' || code == ':')
			rc = option_refused(code, argv, err);
		else if ((row = row_find(code))) {
			rc = options_set(o, row, optarg, err);
			o->screen.report |= row->report;
		}
	}
	o->nleading = o->words.n;
	for (; optind < argc; optind++)
		word_list_add(&o->words, argv[optind], strlen(argv[optind]));
	return rc;
}

/* `asked' is the command line alone. */
static int
read_config(struct options *o, const struct options *asked, struct error *err)
{
	struct optrc_places at = { .system = OPTRC_SYSTEM,
		.xdg = getenv("XDG_CONFIG_HOME"),
		.home = getenv("HOME"),
		.variable = getenv("SMTPSCOPERC"),
		.named = asked->config };

	if (asked->action != ACTION_RUN)
		return 0;
	if (asked->no_config && asked->config) {
		error_set(err, "--config and --no-config exclude each other");
		return -1;
	}
	return asked->no_config ? 0 : optrc_read(o, &at, err);
}

/*
 * The line is parsed twice: it says which files are read, and they have to be
 * read before it, because it wins.
 */
int
options_parse(struct options *o, int argc, char **argv, struct error *err)
{
	struct options asked;
	int rc;

	options_init(o);
	options_init(&asked);
	rc = parse_line(&asked, argc, argv, err);
	if (rc == 0)
		rc = read_config(o, &asked, err);
	if (rc == 0)
		rc = parse_line(o, argc, argv, err);
	if (rc == 0)
		rc = check_redact(o, err);
	if (rc == 0)
		rc = check_statistics(o, err);
	options_fini(&asked);
	return rc == 0 && o->action == ACTION_RUN ? options_inputs(o, err) : rc;
}

void
options_fini(struct options *o)
{
	word_list_fini(&o->files);
	word_list_fini(&o->interfaces);
	word_list_fini(&o->words);
	word_list_fini(&o->lists);
	free(o->filter);
	filter_free(o->show);
	free(o->ports);
	free(o->names);
	policy_fini(&o->policy);
	optscreen_fini(&o->screen);
}
