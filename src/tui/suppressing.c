/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * suppressing - a line for the file of --suppress-file: the check of a finding, and the address of
 * the side at fault.
 *
 * A line is only ever added, after a question, and holds from the next run on: what is on the
 * screen has been judged already.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "tui/app.h"
#include "tui/pager.h"

enum { LINE_OCTETS = 160 };

/* The line for the finding of this view; false: it is gone. */
static bool
line_of(struct app *a, char line[LINE_OCTETS])
{
	struct pager *p = app_pager(a);
	const struct smtp_session *s = p ? app_session(a, &p->row) : NULL;
	const struct finding *f = s ? pager_finding(p, s) : NULL;
	char address[IPADDR_TEXT_MAX];

	if (!f)
		return false;
	ipaddr_text(
	    address, &p->row.ep[f->culprit == CULPRIT_CLIENT ? DIR_CLIENT : DIR_SERVER].addr);
	snprintf(line, LINE_OCTETS, "%s %s", f->check->id, address);
	return true;
}

/* Does the file have the line?  `unended': its last line has no end. */
static bool
has_line(const char *path, const char *line, bool *unended)
{
	FILE *fp = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;
	bool found = false;
	ssize_t n;

	*unended = false;
	while (fp && !found && (n = getline(&text, &room, fp)) > 0) {
		*unended = text[n - 1] != '\n';
		text[strcspn(text, "\r\n")] = '\0';
		found = strcmp(text, line) == 0;
	}
	free(text);
	if (fp)
		fclose(fp);
	return found;
}

/* In one piece, on a line of its own. */
static int
add_line(const char *path, const char *line, struct error *err)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	char text[LINE_OCTETS + 2];
	bool unended, there = has_line(path, line, &unended);
	int n = snprintf(text, sizeof text, "%s%s\n", unended ? "\n" : "", line);
	bool ok = fd >= 0 && (there || write(fd, text, (size_t)n) == n);

	if (!ok)
		error_set(err, "%s: %s", path, strerror(errno));
	if (fd >= 0 && close(fd) != 0 && ok) {
		error_set(err, "%s: %s", path, strerror(errno));
		ok = false;
	}
	return ok ? 0 : -1;
}

static void
suppress(struct app *a)
{
	struct error err = { "" };
	char line[LINE_OCTETS];

	if (!line_of(a, line))
		return;
	if (add_line(a->cfg->suppress_file, line, &err) != 0)
		app_say(a, STYLE_ERROR, "%s", err.text);
	else
		app_say(a, STYLE_PLAIN, "\"%s\" holds from the next run on", line);
}

void
suppressing_ask(struct app *a)
{
	char line[LINE_OCTETS];
	bool unended;

	if (!a->cfg->suppress_file)
		app_say(a, STYLE_PLAIN,
		    "there is no file for it: give --suppress-file=FILE, which may be empty");
	else if (app_pager(a)->row.flags & ROW_TRANSCRIPT)
		app_say(a, STYLE_PLAIN, "a transcript has no addresses");
	else if (line_of(a, line) && has_line(a->cfg->suppress_file, line, &unended))
		app_say(a, STYLE_PLAIN, "\"%s\" is in the file already", line);
	else if (line_of(a, line))
		app_ask(a, suppress, "Add \"%s\" to %s?  y or n", line, a->cfg->suppress_file);
}
