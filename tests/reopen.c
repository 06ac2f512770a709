/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reopen - is a session that is analysed a second time, from its own frames, the one that
 * it was the first time?
 *
 *	reopen [--from-spool] OPTIONS-OF-SMTPSCOPE
 *
 * Runs the options' input once, keeps the JSON records of every session with a row, then
 * opens each row again, in an order that jumps, and compares the records octet for octet.
 * Prints the first line that differs.  Exit status: 0 equal, 1 not, 2 the run failed, 77
 * the input is one that is read from a spool only.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/budget.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "capture/spool.h"
#include "pipeline.h"
#include "reopen.h"
#include "report/reporter.h"
#include "store/store.h"

enum {
	SPOOL_SIZE = 1 << 28,
	LITTLE = 12000,  /* octets, too few for any session, ... */
	ENOUGH = 1 << 18 /* ... and what --max-memory=4M leaves for one */
};

struct seen {
	struct session_row row;
	char *records; /* owned */
	size_t n;
};

struct test {
	struct store *store;
	struct reopen *reopen;
	const struct report_config *cfg;
	struct seen *seen;
	size_t n, cap;
};

/* CHANGE=cut or CHANGE=moved: what happens to the file between the two passes. */
static void
change_file(const char *name)
{
	const char *what = getenv("CHANGE");
	FILE *fp = what ? fopen(name, "r+") : NULL;

	if (!fp)
		return;
	if (strcmp(what, "cut") == 0)
		(void)!ftruncate(fileno(fp), 200);
	else /* the time of the first record */
		(void)!(fseek(fp, 24, SEEK_SET) || fputc(0x55, fp) == EOF);
	fclose(fp);
}

/* The records of one session; to be freed. */
static char *
records(const struct report_config *cfg, const struct smtp_session *s, size_t *n)
{
	struct report_config all = *cfg;
	void *state = xcalloc(1, reporter_jsonl.size);
	struct output *out = output_memory();
	struct error ignored;
	struct slice text;
	char *copy;

	all.verbose = 1;
	reporter_jsonl.begin(state, out, &all);
	reporter_jsonl.session(state, out, s);
	text = output_slice(out);
	copy = xstrndup((const char *)text.p, text.n);
	*n = text.n;
	reporter_jsonl.fini(state);
	free(state);
	output_close(out, &ignored);
	return copy;
}

static void
on_ended(void *ctx, struct smtp_session *s)
{
	struct test *t = ctx;
	struct seen *seen;

	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->seen = xreallocarray(t->seen, t->cap, sizeof *t->seen);
	}
	seen = &t->seen[t->n++];
	*seen = (struct seen){ .records = NULL };
	seen->row = *store_put(t->store, s, false);
	reopen_note(t->reopen, s);
	seen->records = records(t->cfg, s, &seen->n);
}

static size_t
line_end(const char *text, size_t at, size_t n)
{
	while (at < n && text[at] != '\n')
		at++;
	return at;
}

/* The first line of the two that is not the same. */
static void
tell_difference(const struct seen *first, const char *again, size_t n)
{
	size_t i = 0, from = 0;

	for (; i < first->n && i < n && first->records[i] == again[i]; i++)
		if (again[i] == '\n')
			from = i + 1;
	printf("session %" PRIu64 ", first: %.*s\nsession %" PRIu64 ", again: %.*s\n",
	    first->row.number, (int)(line_end(first->records, from, first->n) - from),
	    first->records + from, first->row.number, (int)(line_end(again, from, n) - from),
	    again + from);
}

static bool
same_again(struct test *t, const struct seen *first)
{
	const struct smtp_session *s;
	struct error err = { "" };
	char *again;
	bool same;
	size_t n;

	s = reopen_session(t->reopen, &first->row, &err);
	if (!s) {
		printf("session %" PRIu64 ": %s\n", first->row.number, err.text);
		return false;
	}
	again = records(t->cfg, s, &n);
	same = n == first->n && memcmp(again, first->records, n) == 0;
	if (!same)
		tell_difference(first, again, n);
	free(again);
	return same;
}

/* With little memory it takes no more than that, and either is whole or says that it is not. */
static bool
little_again(struct test *t, const struct seen *first, uint64_t limit)
{
	const struct smtp_session *s;
	struct error err = { "" };
	bool good, same = true;
	char *again;
	size_t n;

	reopen_limit(t->reopen, limit);
	s = reopen_session(t->reopen, &first->row, &err);
	good = reopen_memory(t->reopen) <= limit && (s || err.text[0]);
	if (limit == ENOUGH && s && !s->limited && !s->stream->refused_octets &&
	    !s->stream->ledger.refused) {
		again = records(t->cfg, s, &n);
		same = n == first->n && memcmp(again, first->records, n) == 0;
		if (!same)
			tell_difference(first, again, n);
		free(again);
	}
	if (!good || !same)
		printf("session %" PRIu64 ": %" PRIu64 " octets taken of %" PRIu64 ", %s\n",
		    first->row.number, reopen_memory(t->reopen), limit,
		    same ? "nobody says why it is not there" : "not whole, and does not say so");
	return good && same;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
compare(struct test *t)
{
	size_t differ = 0, i, step = t->n % 7 ? 7 : 1;
	double total = 0, longest = 0, took;

	for (i = 0; i < t->n; i++) {
		took = seconds();
		differ += !same_again(t, &t->seen[i * step % t->n]);
		took = seconds() - took;
		total += took;
		longest = took > longest ? took : longest;
	}
	for (i = 0; i < t->n; i++)
		differ +=
		    !little_again(t, &t->seen[i], LITTLE) || !little_again(t, &t->seen[i], ENOUGH);
	printf("%zu sessions, %zu differ", t->n, differ);
	if (getenv("TIMES") && t->n)
		printf("; %.3f ms each, the longest %.3f ms", total * 1e3 / (double)t->n,
		    longest * 1e3);
	putchar('\n');
	return differ ? 1 : 0;
}

static int
run(const struct options *o, bool from_spool)
{
	struct budget unlimited = { .limit = 0 };
	struct test t = { .store = store_new(&unlimited) };
	struct session_sink sink = { .ended = on_ended, .ctx = &t };
	struct error err = { "" };
	enum exit_status status;
	struct spool *spool = NULL;
	struct pipeline *p = pipeline_browse(o, &sink, o->max_memory, &status, &err);
	int rc = 2;
	size_t i;

	if (p && from_spool)
		spool = spool_new(SPOOL_SIZE, &err);
	if (!p || (from_spool && !spool))
		goto out;
	rc = 77;
	if (!spool && !capture_can_seek(pipeline_capture(p)))
		goto out;
	rc = 2;
	pipeline_spool(p, spool);
	t.cfg = pipeline_report_config(p);
	if (!(t.reopen = reopen_new(o, spool, &err)))
		goto out;
	while (pipeline_step(p, 1000, &err) == CAPTURE_PACKET)
		;
	pipeline_finish(p);
	err.text[0] = '\0'; /* of a capture cut in its last record */
	change_file(o->files.v[0]);
	rc = compare(&t);
out:
	if (err.text[0])
		fprintf(stderr, "reopen: %s\n", err.text);
	for (i = 0; i < t.n; i++)
		free(t.seen[i].records);
	free(t.seen);
	store_free(t.store);
	reopen_free(t.reopen);
	if (p)
		pipeline_close(p, &err);
	spool_free(spool);
	return rc;
}

int
main(int argc, char **argv)
{
	bool from_spool = argc > 1 && strcmp(argv[1], "--from-spool") == 0;
	struct options options;
	struct error err = { "" };
	int rc = 2;

	argv[from_spool] = argv[0];
	if (options_parse(&options, argc - from_spool, argv + from_spool, &err) != 0)
		fprintf(stderr, "reopen: %s\n", err.text);
	else
		rc = run(&options, from_spool);
	options_fini(&options);
	return rc;
}
