/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_pcapng_cut - pcapng cut at every octet, of a file and of a pipe: the whole
 * frames come first, then the place of the cut.  A cut between two blocks is none.
 */
#include "test_pcapng_blocks.h"

static void
expect_eof(struct capture *c)
{
	struct error err;

	if (next_end(c, &err) != CAPTURE_EOF)
		fail_msg("got \"%s\", want the end", err.text);
}

struct cut_file {
	struct octets o;
	size_t ends[32]; /* of the blocks */
	int frames[32];  /* up to there */
	size_t n, open;  /* blocks; of them needed to open the file */
};

static void
cut_mark(struct cut_file *f, bool frame)
{
	f->ends[f->n] = f->o.n;
	f->frames[f->n] = (f->n ? f->frames[f->n - 1] : 0) + frame;
	f->n++;
}

static void
cut_make(struct cut_file *f)
{
	put_section(&f->o);
	cut_mark(f, false);
	put_other(&f->o, BLOCK_NAMES, 7);
	cut_mark(f, false);
	put_plain_interface(&f->o);
	cut_mark(f, false);
	f->open = f->n;
	put_enhanced(&f->o, 0, 1, 5, 0, 2);
	cut_mark(f, true);
	put_interface(&f->o, &(struct interface_form){ 101, 0, 9, 77 });
	cut_mark(f, false);
	put_old_packet(&f->o, 1, 1, 1, 6, 0);
	cut_mark(f, true);
	put_simple(&f->o, 9, 9, 0);
	cut_mark(f, true);
	put_statistics(&f->o, 0, 1, 1);
	cut_mark(f, false);
	f->o.big = !f->o.big;
	put_section(&f->o);
	cut_mark(f, false);
	put_plain_interface(&f->o);
	cut_mark(f, false);
	put_other(&f->o, BLOCK_SECRETS, 33);
	cut_mark(f, false);
	put_enhanced(&f->o, 0, 1, 0, 0, -1);
	cut_mark(f, true);
}

/* The first n octets: enough blocks to open it? */
static void
expect_cut_header(const struct cut_file *f, size_t n, size_t whole, const char *path)
{
	const char *label = strcmp(path, "-") == 0 ? "standard input" : path;
	struct capture_config cfg = { .files = &path, .nfiles = 1 };
	size_t begin = whole ? f->ends[whole - 1] : 0;
	char want[3 * PATH_LEN];
	struct error err = { "" };
	struct capture *c = capture_open(&cfg, &err);

	if (n == begin && whole) {
		/* As a capture without an interface, it has no frame. */
		if (!c)
			fail_msg("%zu octets: got \"%s\", want it open", n, err.text);
		expect_eof(c);
		close_capture(c);
		return;
	}
	if (c)
		fail_msg("%zu octets: was opened", n);
	if (n < 4)
		snprintf(want, sizeof want, "%s: is %s", label, n ? "not a pcap" : "empty");
	else
		snprintf(
		    want, sizeof want, "%s: ends inside its header (offset %zu): ", label, begin);
	if (strncmp(err.text, want, strlen(want)) != 0)
		fail_msg("%zu octets: got \"%s\", want \"%s\"", n, err.text, want);
}

static void
expect_cut_frames(const struct cut_file *f, size_t n, size_t whole, const char *path)
{
	const char *label = strcmp(path, "-") == 0 ? "standard input" : path;
	struct capture *c = open_one(path, (struct capture_config){ .files = NULL });
	bool cut = n != f->ends[whole - 1];
	int frames = f->frames[whole - 1], i;
	char want[3 * PATH_LEN];
	struct capture_stats stats;
	struct error err;

	for (i = 0; i < frames; i++)
		assert_int_equal(next_packet(c, "cut").frame, i + 1);
	if (next_end(c, &err) != (cut ? CAPTURE_ERROR : CAPTURE_EOF))
		fail_msg("%zu octets: cut %d, got \"%s\"", n, cut, err.text);
	snprintf(want, sizeof want, "%s: cut after frame %d (offset %zu): ", label, frames,
	    f->ends[whole - 1]);
	if (cut && strncmp(err.text, want, strlen(want)) != 0)
		fail_msg("%zu octets: got \"%s\", want \"%s...\"", n, err.text, want);
	capture_stats(c, &stats);
	assert_int_equal(stats.truncated_input, cut);
	close_capture(c);
}

static void
test_every_cut(void **state)
{
	struct folder folder;
	char path[2 * PATH_LEN];
	size_t n, whole;
	int big, i;

	(void)state;
	folder_make(&folder);
	for (big = 0; big < 2; big++) {
		struct cut_file f = { .o.big = big };

		cut_make(&f);
		for (n = whole = 0; n <= f.o.n; n++) {
			while (whole < f.n && f.ends[whole] <= n)
				whole++;
			folder_save(&folder, "x", f.o.p, n, path);
			for (i = 0; i < 2; i++) {
				if (i)
					stdin_pipe(f.o.p, n);
				(whole < f.open ? expect_cut_header : expect_cut_frames)(
				    &f, n, whole, i ? "-" : path);
			}
		}
	}
	folder_remove(&folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
