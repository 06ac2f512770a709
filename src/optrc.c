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
#include "optscreen.h"

enum {
	WORDS_MAX = 3,
	SETTABLE_MAX = 300 /* octets of the list of options in an error */
};

#define BLANKS " \t\r\f\v"

/* ---- lines ---- */

static int
do_suppress(struct options *o, char *const word[], size_t n, struct error *err)
{
	(void)n;
	return options_suppress(o, word[0], err);
}

static int
do_grade(struct options *o, char *const word[], size_t n, struct error *err)
{
	(void)n;
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
do_set(struct options *o, char *const word[], size_t nwords, struct error *err)
{
	size_t n, i;
	const struct option_row *rows = options_rows(&n);

	(void)nwords;
	for (i = 0; i < n; i++)
		if (rows[i].settable && strcmp(rows[i].name, word[0]) == 0)
			return options_set(o, &rows[i], word[1], err);
	return unsettable(word[0], err);
}

static const struct verb {
	const char *name, *form;
	size_t least, most; /* words behind the verb */
	bool rest;          /* the last word is what remains of the line */
	int (*act)(struct options *, char *const word[], size_t n, struct error *);
} verbs[] = {
	{ "suppress", "suppress ID[,ID...]", 1, 1, false, do_suppress },
	{ "grade", "grade ID LEVEL", 2, 2, false, do_grade },
	{ "set", "set OPTION VALUE", 2, 2, false, do_set },
	{ "bind", "bind [VIEW] KEY ACTION", 2, 3, false, optscreen_bind },
	{ "unbind", "unbind [VIEW] KEY", 1, 2, false, optscreen_unbind },
	{ "alias", "alias NAME COMMAND", 2, 2, true, optscreen_alias },
	{ "color", "color STYLE COLOR [on COLOR] [ATTRIBUTE...]", 2, 2, true, optscreen_color },
};

static const struct verb *
find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	return NULL;
}

/* The first word of the text, which is cut off; NULL: there is none. */
static char *
take_word(char **text)
{
	char *word = *text + strspn(*text, BLANKS);

	*text = word + strcspn(word, BLANKS);
	if (*text == word)
		return NULL;
	if (**text)
		*(*text)++ = '\0';
	return word;
}

/* A comment begins with a '#' at the beginning of a word. */
static void
cut_comment(char *line)
{
	size_t i, end = 0;

	for (i = 0; line[i]; i++) {
		if (line[i] == '#' && (i == 0 || strchr(BLANKS, line[i - 1])))
			break;
		if (!strchr(BLANKS, line[i]))
			end = i + 1;
	}
	line[end] = '\0';
}

static int
do_line(struct options *o, char *line, struct error *err)
{
	char *word[WORDS_MAX + 1], *name;
	const struct verb *v;
	size_t n = 0;

	cut_comment(line);
	name = take_word(&line);
	if (!name)
		return 0;
	v = find_verb(name);
	if (!v) {
		error_set(err,
		    "\"%s\" is unknown: give suppress, grade, set, bind, unbind, alias or color",
		    name);
		return -1;
	}
	while (n <= v->most) {
		line += strspn(line, BLANKS);
		if (v->rest && n + 1 == v->most) {
			word[n] = line;
			n += line[0] != '\0';
			break;
		}
		if ((word[n] = take_word(&line)) == NULL)
			break;
		n++;
	}
	if (n >= v->least && n <= v->most)
		return v->act(o, word, n, err);
	error_set(err, "the form is \"%s\"", v->form);
	return -1;
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
