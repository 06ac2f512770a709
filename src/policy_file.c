/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy_file - the file of --suppress-file: a line for each suppression,
 *
 *	CHECK [ADDRESS[/BITS]] [until YYYY-MM-DD]	# a remark
 *
 * A line that is wrong ends the program, as in a configuration file: what was meant to be hidden
 * would be shown, or the reverse.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "catalogue.h"
#include "optfile.h"
#include "policy.h"
#include "smtp/checks.h"

#define BLANKS " \t\r\f\v"

static int
parse_net(const char *text, struct suppression *r, struct error *err)
{
	char address[INET6_ADDRSTRLEN];
	size_t n = strcspn(text, "/"), digits;

	snprintf(address, sizeof address, "%.*s", (int)(n < sizeof address ? n : 0), text);
	if (inet_pton(AF_INET, address, r->net.b) == 1)
		r->net.family = 4;
	else if (inet_pton(AF_INET6, address, r->net.b) == 1)
		r->net.family = 6;
	r->bits = r->net.family == 4 ? 32 : 128;
	if (r->net.family && text[n] == '/') {
		digits = strspn(text + n + 1, "0123456789");
		if (digits == 0 || digits > 3 || text[n + 1 + digits] ||
		    (unsigned)atoi(text + n + 1) > r->bits)
			r->net.family = 0;
		else
			r->bits = (unsigned)atoi(text + n + 1);
	}
	if (r->net.family)
		return 0;
	error_set(err, "\"%s\" is neither an address, such as 192.0.2.0/24, nor \"until\"", text);
	return -1;
}

/* The day itself belongs to it. */
static int
parse_day(const char *text, int64_t *until, struct error *err)
{
	struct tm day = { .tm_isdst = 0 };
	char again[16];
	int end = 0;
	time_t t;

	if (text && strlen(text) == 10 &&
	    sscanf(text, "%4d-%2d-%2d%n", &day.tm_year, &day.tm_mon, &day.tm_mday, &end) == 3 &&
	    end == 10 && day.tm_year >= 1970 && day.tm_year < 2200) {
		day.tm_year -= 1900;
		day.tm_mon--;
		t = timegm(&day);
		if (strftime(again, sizeof again, "%Y-%m-%d", &day) && strcmp(again, text) == 0) {
			*until = ((int64_t)t + 86400) * NS_PER_S;
			return 0;
		}
	}
	error_set(err, "behind \"until\" stands a day, such as 2026-12-31");
	return -1;
}

static int
add(struct policy *p, const struct suppression *r, struct error *err)
{
	if (p->suppressions.n == SUPPRESSIONS_MAX) {
		error_set(err, "there are more than %d suppressions", SUPPRESSIONS_MAX);
		return -1;
	}
	p->suppressions.v =
	    xreallocarray(p->suppressions.v, p->suppressions.n + 1, sizeof *p->suppressions.v);
	p->suppressions.v[p->suppressions.n++] = *r;
	return 0;
}

/* Of a line without its remark. */
static int
do_line(struct policy *p, char *line, struct error *err)
{
	struct suppression r = { .until = INT64_MAX };
	char *rest = line, *word = strtok_r(line, BLANKS, &rest);
	const struct check_info *check;

	if (!word)
		return 0;
	check = checks_find(word);
	if (!check)
		return catalogue_unknown(word, err);
	r.position = checks_position(check);
	word = strtok_r(NULL, BLANKS, &rest);
	if (word && strcmp(word, "until") != 0) {
		if (parse_net(word, &r, err) != 0)
			return -1;
		word = strtok_r(NULL, BLANKS, &rest);
	}
	if (word && strcmp(word, "until") == 0) {
		if (parse_day(strtok_r(NULL, BLANKS, &rest), &r.until, err) != 0)
			return -1;
		word = strtok_r(NULL, BLANKS, &rest);
	}
	if (word) {
		error_set(err, "the form is \"CHECK [ADDRESS[/BITS]] [until YYYY-MM-DD]\"");
		return -1;
	}
	return add(p, &r, err);
}

int
policy_read(struct policy *p, const char *path, struct error *err)
{
	char *text = optfile_read(path, err), *rest = text, *line;
	unsigned number = 0;
	int rc = 0;

	if (!text)
		return -1;
	while (rc == 0 && (line = strsep(&rest, "\n")) != NULL) {
		number++;
		line[strcspn(line, "#")] = '\0';
		rc = do_line(p, line, err);
	}
	if (rc != 0)
		error_prefix(err, "%s:%u", path, number);
	free(text);
	return rc;
}
