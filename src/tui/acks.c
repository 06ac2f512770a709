/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * acks - findings that somebody has looked at.
 *
 * The file is read once more before it is written, so that two runs at a time lose nothing but a
 * change of the same instant; it is written beside its place and renamed.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "report/community_id.h"
#include "tui/acks.h"

enum { CHECK_MAX = 63, LINE_OCTETS = 160, LINES_MAX = ACKS_MAX + 16 };

struct ack {
	int64_t ts;
	char check[CHECK_MAX + 1];
	char flow[COMMUNITY_ID_MAX];
};

struct acks {
	char *folder, *path; /* NULL: nothing is kept beyond the run */
	struct error unfit;  /* why the file is not written; "": it may be */
	struct ack *v;       /* in the order in which they were made */
	size_t n;
};

/* -- in memory -------------------------------------------------------------------------- */

static size_t
find(const struct acks *a, const struct ack *k)
{
	size_t i = a->n;

	while (i-- > 0)
		if (a->v[i].ts == k->ts && strcmp(a->v[i].check, k->check) == 0 &&
		    strcmp(a->v[i].flow, k->flow) == 0)
			return i;
	return a->n;
}

static void
take_out(struct acks *a, size_t i)
{
	memmove(&a->v[i], &a->v[i + 1], (a->n - i - 1) * sizeof *a->v);
	a->n--;
}

static void
put_in(struct acks *a, const struct ack *k)
{
	if (find(a, k) < a->n)
		return;
	if (a->n == ACKS_MAX)
		take_out(a, 0);
	a->v = xreallocarray(a->v, a->n + 1, sizeof *a->v);
	a->v[a->n++] = *k;
}

static struct ack
key(const struct acks_session *s, const char *check)
{
	struct ack k = { .ts = s->first_ts };

	snprintf(k.check, sizeof k.check, "%s", check);
	community_id(k.flow, &s->ep[0], &s->ep[1]);
	return k;
}

bool
acks_has(const struct acks *a, const struct acks_session *s, const char *check)
{
	struct ack k;
	size_t i = 0;

	/* Nearly always nobody has looked at anything of this time. */
	while (a && i < a->n && a->v[i].ts != s->first_ts)
		i++;
	if (!a || i == a->n)
		return false;
	k = key(s, check);
	return find(a, &k) < a->n;
}

/* -- the file --------------------------------------------------------------------------- */

static bool
parse_line(const char *line, struct ack *k)
{
	int end = 0;

	_Static_assert(CHECK_MAX == 63 && COMMUNITY_ID_MAX == 31, "the widths in the format");
	return sscanf(line, "%63s %30s %" SCNd64 " %n", k->check, k->flow, &k->ts, &end) == 3 &&
	    line[end] == '\0';
}

/* All lines, in order; false: it is none of our files, and `unfit' says so. */
static bool
read_lines(struct acks *a, FILE *file)
{
	char line[LINE_OCTETS];
	struct ack k;
	unsigned n;

	for (n = 1; fgets(line, sizeof line, file); n++) {
		if (line[0] == '#' && strchr(line, '\n'))
			continue;
		if (n > LINES_MAX || !parse_line(line, &k)) {
			error_set(&a->unfit, "%s:%u: %s", a->path, n,
			    n > LINES_MAX ? "too many lines" : "this is no acknowledgement");
			return false;
		}
		put_in(a, &k);
	}
	return true;
}

/* What the file says now holds, if it can be read. */
static void
read_file(struct acks *a)
{
	struct ack *before = a->v;
	size_t nbefore = a->n;
	struct stat st;
	FILE *file;
	int fd = open(a->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	a->unfit.text[0] = '\0';
	if (fd < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			error_set(&a->unfit, "%s: %s", a->path, strerror(errno));
		return;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid())
		error_set(&a->unfit, "%s: is not a file of this user", a->path);
	file = a->unfit.text[0] ? NULL : fdopen(fd, "r");
	if (!file) {
		close(fd);
		return;
	}
	a->v = NULL;
	a->n = 0;
	if (!read_lines(a, file)) {
		free(a->v);
		a->v = before;
		a->n = nbefore;
	} else {
		free(before);
	}
	fclose(file);
}

/* The folders on the way, each for the user alone. */
static int
make_folders(struct acks *a, struct error *err)
{
	char *p;

	for (p = a->folder + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(a->folder, 0700) != 0 && errno != EEXIST) {
			error_set(err, "%s: %s", a->folder, strerror(errno));
			*p = c;
			return -1;
		}
		*p = c;
		if (c == '\0')
			return 0;
	}
}

/* With sudo the home may be another user's: what root makes there, its owner cannot change. */
static int
check_owner(struct acks *a, struct error *err)
{
	struct stat st;
	char *path = xstrdup(a->folder), *slash;

	while (stat(path, &st) != 0 && (slash = strrchr(path, '/')) != NULL && slash != path)
		*slash = '\0';
	if (stat(path, &st) != 0 || st.st_uid != geteuid()) {
		error_set(err, "%s belongs to another user", path);
		free(path);
		return -1;
	}
	free(path);
	return 0;
}

static int
write_lines(const struct acks *a, const char *beside, struct error *err)
{
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	bool ok = file != NULL;
	size_t i;

	if (ok)
		fputs("# smtpscope: findings that were acknowledged\n", file);
	for (i = 0; ok && i < a->n; i++)
		ok = fprintf(file, "%s %s %" PRId64 "\n", a->v[i].check, a->v[i].flow, a->v[i].ts) >
		    0;
	if (file && fclose(file) != 0)
		ok = false;
	else if (!file && fd >= 0)
		close(fd);
	if (!ok)
		error_set(err, "%s: %s", beside, strerror(errno));
	return ok ? 0 : -1;
}

static int
write_file(struct acks *a, struct error *err)
{
	char *beside;
	int rc;

	if (check_owner(a, err) != 0 || make_folders(a, err) != 0)
		return -1;
	beside = xasprintf("%s.%ld.part", a->path, (long)getpid());
	rc = write_lines(a, beside, err);
	if (rc == 0 && rename(beside, a->path) != 0) {
		error_set(err, "%s: %s", a->path, strerror(errno));
		rc = -1;
	}
	if (rc != 0)
		(void)unlink(beside);
	free(beside);
	return rc;
}

int
acks_set(
    struct acks *a, const struct acks_session *s, const char *check, bool on, struct error *err)
{
	struct ack k = key(s, check);
	size_t i;

	if (a->path)
		read_file(a);
	i = find(a, &k);
	if (on)
		put_in(a, &k);
	else if (i < a->n)
		take_out(a, i);
	if (!a->path) {
		error_set(err, "there is no home folder");
		return -1;
	}
	if (a->unfit.text[0]) {
		*err = a->unfit;
		return -1;
	}
	return write_file(a, err);
}

/* -- making ----------------------------------------------------------------------------- */

/* The XDG Base Directory Specification: a path that is not absolute is to be ignored. */
struct acks *
acks_new(const char *xdg, const char *home)
{
	struct acks *a = xcalloc(1, sizeof *a);

	if (xdg && xdg[0] == '/')
		a->folder = xasprintf("%s/smtpscope", xdg);
	else if (home && home[0] == '/')
		a->folder = xasprintf("%s/.local/state/smtpscope", home);
	if (a->folder) {
		a->path = xasprintf("%s/acknowledged", a->folder);
		read_file(a);
	}
	return a;
}

void
acks_free(struct acks *a)
{
	if (!a)
		return;
	free(a->folder);
	free(a->path);
	free(a->v);
	free(a);
}
