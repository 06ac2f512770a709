/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shell_user - whose rights a command has that is typed into the program.
 *
 * A capture needs rights that a shell must not inherit: an administrator who lets
 * somebody run this program as root has not given away a root shell.
 */
#include <config.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "tui/shell.h"

/* A number of the environment; false: it is none. */
static bool
parse_id(const char *text, unsigned *id)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || n >= UINT32_MAX)
		return false;
	*id = (unsigned)n;
	return true;
}

/* Who called sudo(8), pkexec(1) or doas(1).  1: found, 0: none of them; -1: it cannot be told. */
static int
find_caller(struct passwd **user)
{
	static const char *const ids[] = { "SUDO_UID", "PKEXEC_UID" };
	const char *name = getenv("DOAS_USER"), *text;
	unsigned id;
	size_t i;

	*user = NULL;
	for (i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		text = getenv(ids[i]);
		if (!text)
			continue;
		if (parse_id(text, &id))
			*user = getpwuid(id);
		return *user ? 1 : -1;
	}
	if (!name)
		return 0;
	*user = getpwnam(name);
	return *user ? 1 : -1;
}

static void
find_groups(struct shell_user *u, const char *name)
{
	gid_t list[SHELL_GROUPS_MAX];
	int n = SHELL_GROUPS_MAX, i;

	/* Who is in more groups has the first one only: fewer rights, not more. */
	if (getgrouplist(name, u->gid, list, &n) < 0)
		n = 0;
	for (i = 0; i < n; i++)
		u->group[i] = list[i];
	u->ngroups = (size_t)n;
	if (n == 0)
		u->group[u->ngroups++] = u->gid;
	u->groups = true;
}

int
shell_user(struct shell_user *u, struct error *err)
{
	struct passwd *caller;
	int found = 0;

	memset(u, 0, sizeof *u);
	u->uid = getuid();
	u->gid = getgid();
	u->change = u->uid != geteuid() || u->gid != getegid();
	if (u->uid == 0)
		found = find_caller(&caller);
	if (found < 0) {
		error_set(err,
		    "who called sudo, doas or pkexec cannot be told: no command is run "
		    "with their rights");
		return -1;
	}
	if (found && caller->pw_uid != 0) {
		u->change = true;
		u->uid = caller->pw_uid;
		u->gid = caller->pw_gid;
		find_groups(u, caller->pw_name);
	}
	return 0;
}

bool
shell_become(const struct shell_user *u)
{
	gid_t list[SHELL_GROUPS_MAX];
	size_t i;

	if (!u->change)
		return true;
	for (i = 0; i < u->ngroups; i++)
		list[i] = u->group[i];
	if (u->groups && setgroups(u->ngroups, list) != 0)
		return false;
	if (setregid(u->gid, u->gid) != 0 || setreuid(u->uid, u->uid) != 0)
		return false;
	/* And there is no way back. */
	return u->uid == 0 || (setuid(0) != 0 && geteuid() == u->uid && getegid() == u->gid);
}
