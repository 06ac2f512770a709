/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * piping - sessions to a command: the open one, the tagged ones, or the one under the
 * cursor.
 *
 * The command reads what saving them as .txt would write, from a file that has no name
 * any more: a command that reads only a part of it, or nothing, disturbs
 * nobody.  The loop runs it (shell.h); without a terminal nothing does.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "tui/app.h"
#include "tui/list.h"

/* A folder that nobody else can look into; NULL: none can be made. */
static char *
make_folder(void)
{
	const char *const places[] = { getenv("TMPDIR"), "/var/tmp", "/tmp" };
	char *path;
	size_t i;

	for (i = 0; i < sizeof places / sizeof places[0]; i++) {
		if (!places[i] || !places[i][0])
			continue;
		path = xasprintf("%s/smtpscope-XXXXXX", places[i]);
		if (mkdtemp(path))
			return path;
		free(path);
	}
	return NULL;
}

/* The sessions as a file without a name; -1: a message says why not. */
static int
make_input(struct app *a, const struct chosen *c, const char *format)
{
	char *folder = make_folder(), *path;
	struct error err = { "" };
	int fd = -1;

	if (!folder) {
		app_say(a, STYLE_ERROR, "no temporary file for the command: %s", strerror(errno));
		return -1;
	}
	path = xasprintf("%s/sessions", folder);
	if (a->src->save(a->src->ctx, c->rows, c->n, format, path, &err) == 0) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			error_set(&err, "%s: %s", path, strerror(errno));
	}
	if (fd < 0)
		app_say(a, STYLE_ERROR, "%s", err.text);
	(void)unlink(path);
	(void)rmdir(folder);
	free(path);
	free(folder);
	app_forget(a); /* the source may have had other sessions in between */
	return fd;
}

void
piping_start(struct app *a, const char *command)
{
	struct chosen c = saving_choose(a, true);

	piping_end(a);
	if (command[strspn(command, " ")] == '\0')
		app_say(a, STYLE_PLAIN, "nothing was run");
	else if (c.n == 0)
		app_say(a, STYLE_PLAIN,
		    a->filter_text ? "no session matches the filter" : "there is no session yet");
	else
		a->pipe_input = make_input(a, &c, saving_format(a, "sessions.txt"));
	if (a->pipe_input >= 0)
		a->pipe_command = xstrdup(command);
	free(c.rows);
}

void
piping_end(struct app *a)
{
	if (a->pipe_input >= 0)
		close(a->pipe_input);
	a->pipe_input = -1;
	free(a->pipe_command);
	a->pipe_command = NULL;
}
