/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optrc - finds and reads the configuration files.
 *
 * A file is never looked for in the current folder, which may be anybody's: the
 * paths that come from the environment have to be absolute.  Of the two usual
 * places it is enough that nothing is there; a file that was asked for has to
 * be readable.  A line that is wrong ends the program: half a configuration
 * would be reported from as if it were whole.
 *
 * The lines work on the same fields as the options, before those, so that the
 * command line wins.  Nothing keeps a pointer into a line: only options that read
 * a value at once can be set (option_row.settable).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/mem.h"
#include "optfile.h"
#include "optrc.h"

enum {
	WORDS_MAX = 3,
	SETTABLE_MAX = 300 /* octets of the list of options in an error */
};

#define BLANKS " \t\r\f\v"

/* ---- lines ---- */

static int
do_suppress(struct options *o, char *const word[], struct error *err)
{
	return options_suppress(o, word[0], err);
}

static int
do_grade(struct options *o, char *const word[], struct error *err)
{
	return policy_grade(&o->policy, word[0], word[1], err);
}

static int
unsettable(const char *name, struct error *err)
{
	size_t nrows, i, n = 0;
	const struct option_row *rows = options_rows(&nrows);
	char list[SETTABLE_MAX] = "";

	for (i = 0; i < nrows && n < sizeof list; i++)
		if (rows[i].settable)
			n += (size_t)snprintf(
			    list + n, sizeof list - n, "%s%s", n ? ", " : "", rows[i].name);
	error_set(err, "\"%s\" cannot be set here; what can: %s", name, list);
	return -1;
}

static int
do_set(struct options *o, char *const word[], struct error *err)
{
	size_t n, i;
	const struct option_row *rows = options_rows(&n);

	for (i = 0; i < n; i++)
		if (rows[i].settable && strcmp(rows[i].name, word[0]) == 0)
			return options_set(o, &rows[i], word[1], err);
	return unsettable(word[0], err);
}

static const struct {
	const char *verb, *form;
	size_t nwords; /* behind the verb */
	int (*act)(struct options *, char *const word[], struct error *);
} verbs[] = {
	{ "suppress", "suppress ID[,ID...]", 1, do_suppress },
	{ "grade", "grade ID LEVEL", 2, do_grade },
	{ "set", "set OPTION VALUE", 2, do_set },
};

/* `word' has one place more than any verb takes, so that a word too many shows. */
static int
do_words(struct options *o, char *const word[], size_t n, struct error *err)
{
	size_t i;

	for (i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		if (strcmp(word[0], verbs[i].verb) != 0)
			continue;
		if (n - 1 == verbs[i].nwords)
			return verbs[i].act(o, word + 1, err);
		error_set(err, "the form is \"%s\"", verbs[i].form);
		return -1;
	}
	error_set(err, "\"%s\" is unknown: give suppress, grade or set", word[0]);
	return -1;
}

/* A comment begins with a '#' at the beginning of a word. */
static int
do_line(struct options *o, char *line, struct error *err)
{
	char *word[WORDS_MAX + 1], *next;
	size_t n = 0;

	while (n <= WORDS_MAX && (next = strsep(&line, BLANKS)) != NULL) {
		if (next[0] == '#')
			break;
		if (next[0] != '\0')
			word[n++] = next;
	}
	return n ? do_words(o, word, n, err) : 0;
}

static int
read_file(struct options *o, const char *path, struct error *err)
{
	char *text = optfile_read(path, err), *rest = text, *line;
	unsigned number = 0;
	int rc = 0;

	if (!text)
		return -1;
	while (rc == 0 && (line = strsep(&rest, "\n")) != NULL) {
		number++;
		rc = do_line(o, line, err);
	}
	if (rc != 0)
		error_prefix(err, "%s:%u", path, number);
	free(text);
	return rc;
}

/* ---- places ---- */

/*
 * One of the two usual places.  What cannot be reached is not there: a service
 * that runs as somebody else often may not look into the home that it was given.
 */
static int
read_if_there(struct options *o, const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		if (errno == ENOENT || errno == ENOTDIR || errno == EACCES)
			return 0;
		error_set(err, "%s: %s", path, strerror(errno));
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		error_set(err, "%s: is no regular file", path);
		return -1;
	}
	return read_file(o, path, err);
}

static bool
is_absolute(const char *path)
{
	return path && path[0] == '/';
}

/* The XDG Base Directory Specification: a path that is not absolute is to be ignored. */
static int
read_usual(struct options *o, const struct optrc_places *at, struct error *err)
{
	char *path = NULL;
	int rc = 0;

	if (at->system)
		rc = read_if_there(o, at->system, err);
	if (is_absolute(at->xdg))
		path = xasprintf("%s/smtpscope/smtpscoperc", at->xdg);
	else if (is_absolute(at->home))
		path = xasprintf("%s/.config/smtpscope/smtpscoperc", at->home);
	if (rc == 0 && path)
		rc = read_if_there(o, path, err);
	free(path);
	return rc;
}

int
optrc_read(struct options *o, const struct optrc_places *at, struct error *err)
{
	bool set = at->variable && at->variable[0] != '\0';

	if ((set || !at->variable) && read_usual(o, at, err) != 0)
		return -1;
	if (at->named)
		return read_file(o, at->named, err);
	if (set && !is_absolute(at->variable)) {
		error_set(err, "SMTPSCOPERC: \"%s\" is not an absolute path", at->variable);
		return -1;
	}
	return set ? read_file(o, at->variable, err) : 0;
}
