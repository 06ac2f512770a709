/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * privilege - groups first, then the user: the other way round the right to change the
 * groups is gone.  All of it is asked for again in the end, because a kernel that did
 * less than it was told would leave the parsers of hostile octets with root's rights.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* setresuid(2) */
#endif
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/types.h>
#include <unistd.h>

#include "base/error.h"
#include "base/privilege.h"

static int
become(const struct passwd *pw, struct error *err)
{
	uid_t uid[3];
	gid_t gid[3];

	if (initgroups(pw->pw_name, pw->pw_gid) != 0 ||
	    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) != 0 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) != 0) {
		error_set(err, "the rights of root cannot be given up for those of \"%s\": %s",
		    pw->pw_name, strerror(errno));
		return -1;
	}
	if (getresuid(&uid[0], &uid[1], &uid[2]) == 0 &&
	    getresgid(&gid[0], &gid[1], &gid[2]) == 0 && uid[0] == pw->pw_uid &&
	    uid[1] == pw->pw_uid && uid[2] == pw->pw_uid && gid[0] == pw->pw_gid &&
	    gid[1] == pw->pw_gid && gid[2] == pw->pw_gid && (pw->pw_uid == 0 || setuid(0) != 0))
		return 0;
	error_set(err, "the rights of root are still there");
	return -1;
}

int
privilege_drop(const char *user, struct error *err)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwnam(user);
	if (!pw) {
		error_set(err, "there is no user \"%s\"%s%s", user, errno ? ": " : "",
		    errno ? strerror(errno) : "");
		return -1;
	}
	if (geteuid() == 0) {
		if (become(pw, err) != 0)
			return -1;
	} else if (getuid() != pw->pw_uid || geteuid() != pw->pw_uid) {
		error_set(err, "only root can become the user \"%s\"", user);
		return -1;
	}
#ifdef __linux__
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		error_set(err, "new rights cannot be ruled out: %s", strerror(errno));
		return -1;
	}
#endif
	return 0;
}
