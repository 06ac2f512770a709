/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optinput - which inputs are read, with which filter, and that no output
 * destroys one of them.
 *
 * Words that belong to no option are names of files as long as they name
 * regular files, and from the first other one on a capture filter; "--" ends
 * the names.  Nothing is opened here but the file of the filter.
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sbuf.h"
#include "optfile.h"
#include "optinput.h"

static int
fail(struct error *err, const char *text)
{
	error_set(err, "%s", text);
	return -1;
}

static bool
is_regular(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* The words from `first' on, joined by blanks. */
static char *
join_words(const struct word_list *words, size_t first)
{
	char *text = xstrdup(words->v[first]), *longer;
	size_t i;

	for (i = first + 1; i < words->n; i++) {
		longer = xasprintf("%s %s", text, words->v[i]);
		free(text);
		text = longer;
	}
	return text;
}

/* A '#' hides the rest of its line, as in tcpdump's filter files. */
static void
blank_comments(char *text)
{
	char *p;

	while ((p = strchr(text, '#')) != NULL) {
		text = p + strcspn(p, "\n");
		memset(p, ' ', (size_t)(text - p));
	}
}

static char *
filter_read(const char *path, struct error *err)
{
	char *text = optfile_read(path, err);

	if (text)
		blank_comments(text);
	else
		error_prefix(err, "-F, --filter-file");
	return text;
}

/*
 * A filter that no usual link type accepts is misspelt.  Whether it suits the
 * link type of the input is seen when that is opened.
 */
static int
check_filter(const struct options *o, struct error *err)
{
	static const int links[] = { DLT_EN10MB, DLT_LINUX_SLL2, DLT_IEEE802_11_RADIO };
	struct bpf_program program;
	pcap_t *dead;
	size_t i;
	int rc = -1;

	for (i = 0; rc != 0 && i < sizeof links / sizeof links[0]; i++) {
		dead = pcap_open_dead(links[i], 262144);
		if (!dead)
			return 0;
		rc = pcap_compile(dead, &program, o->filter, 1, PCAP_NETMASK_UNKNOWN);
		if (rc == 0)
			pcap_freecode(&program);
		else if (i == 0)
			error_set(
			    err, "the capture filter \"%s\": %s", o->filter, pcap_geterr(dead));
		pcap_close(dead);
	}
	if (rc != 0 && o->filter_word)
		error_prefix(
		    err, "\"%s\" names no file, so it was taken for a filter", o->filter_word);
	return rc;
}

/* Words: first files, then a filter. */
static int
settle_words(struct options *o, struct error *err)
{
	size_t i;

	for (i = 0; i < o->nleading && is_regular(o->words.v[i]); i++)
		word_list_add(&o->files, o->words.v[i], strlen(o->words.v[i]));
	if ((o->filter_arg != NULL) + (o->filter_file != NULL) + (i < o->words.n) > 1)
		return fail(err,
		    "the capture filter is given twice: use one of -f, -F and "
		    "trailing words");
	if (i < o->words.n) {
		o->filter_word = o->words.v[i];
		o->filter = join_words(&o->words, i);
	} else if (o->filter_arg) {
		o->filter = xstrdup(o->filter_arg);
	} else if (o->filter_file && !(o->filter = filter_read(o->filter_file, err))) {
		return -1;
	}
	return o->filter ? check_filter(o, err) : 0;
}

/* With no input named, a pipe or a file on standard input is meant; a terminal cannot be. */
static int
settle_source(struct options *o, struct error *err)
{
	struct stat st;
	size_t i, standard = 0;

	if (o->files.n && o->interfaces.n)
		return fail(err,
		    "-r and -i exclude each other: read saved captures or an "
		    "interface");
	if (o->files.n == 0 && o->interfaces.n == 0 && fstat(STDIN_FILENO, &st) == 0 &&
	    (S_ISFIFO(st.st_mode) || S_ISREG(st.st_mode)))
		word_list_add(&o->files, "-", 1);
	if (o->files.n == 0 && o->interfaces.n == 0) {
		if (o->filter_word)
			error_set(err,
			    "nothing to read: give -r FILE or -i IFACE (\"%s\" names no "
			    "file, so it was taken for a filter)",
			    o->filter_word);
		else
			error_set(err, "nothing to read: give -r FILE or -i IFACE");
		return -1;
	}
	for (i = 0; i < o->files.n; i++)
		standard += strcmp(o->files.v[i], "-") == 0;
	if (standard > 1)
		return fail(err, "-r: standard input can be read only once");
	if (standard && isatty(STDIN_FILENO))
		return fail(err, "-r -: standard input is a terminal, not a capture");
	return 0;
}

/* The report and the saved packets must not land in an input or in each other. */
static bool
same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	if (strcmp(a, "-") == 0 || strcmp(b, "-") == 0)
		return strcmp(a, b) == 0;
	if (strcmp(a, b) == 0)
		return true;
	return stat(a, &sa) == 0 && stat(b, &sb) == 0 && S_ISREG(sa.st_mode) &&
	    sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

static int
check_output(const struct options *o, const char *option, const char *path, struct error *err)
{
	size_t i;

	if (strcmp(path, "-") == 0)
		return 0;
	for (i = 0; i < o->files.n; i++) {
		if (same_file(path, o->files.v[i])) {
			error_set(err, "%s: %s is an input and would be overwritten", option, path);
			return -1;
		}
	}
	return 0;
}

static int
check_outputs(const struct options *o, struct error *err)
{
	if (check_output(o, "-o, --output", o->output, err) != 0)
		return -1;
	if (!o->write)
		return 0;
	if (check_output(o, "-w, --write", o->write, err) != 0)
		return -1;
	if (same_file(o->write, o->output)) {
		error_set(err, "-w and the report both go to %s: give -o another FILE",
		    strcmp(o->write, "-") == 0 ? "standard output" : o->write);
		return -1;
	}
	return 0;
}

int
options_inputs(struct options *o, struct error *err)
{
	if (settle_words(o, err) != 0 || optcapture_read_lists(o, err) != 0 ||
	    settle_source(o, err) != 0)
		return -1;
	if (optcapture_check(o, err) != 0)
		return -1;
	return check_outputs(o, err);
}

static bool
is_set(const char *value)
{
	return value && value[0] != '\0';
}

static bool
is_forced(const char *value)
{
	return is_set(value) && strcmp(value, "0") != 0;
}

bool
options_color(enum color_mode mode, const struct color_env *env)
{
	if (mode != COLOR_AUTO)
		return mode == COLOR_ALWAYS;
	/* no-color.org: any text but an empty one asks for none. */
	if (is_set(env->no_color))
		return false;
	if (is_forced(env->force_color) || is_forced(env->clicolor_force))
		return true;
	return env->tty && is_set(env->term) && strcmp(env->term, "dumb") != 0;
}
