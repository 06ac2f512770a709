/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_capture_refuse - what is no capture, or cannot be opened, is named in
 * one sentence that says what it is and what to do; nothing leaks on the way.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <fcntl.h>
#include <sys/stat.h>

#include "test_capture_files.h"

/* capture_open() must fail; %s in `want' stands for the label. */
static void
expect_refused(
    const char *name, const struct capture_config *cfg, const char *label, const char *want)
{
	struct error err = { "" };
	struct capture *c = capture_open(cfg, &err);
	char text[sizeof err.text], *p;
	size_t n = 0;

	if (c)
		fail_msg("%s: was opened", name);
	for (; *want && n < sizeof text - 1; want++) {
		if (*want != '%') {
			text[n++] = *want;
			continue;
		}
		n += (size_t)snprintf(text + n, sizeof text - n, "%s", label);
	}
	text[n] = '\0';
	p = strstr(err.text, text);
	if (p != err.text)
		fail_msg("%s: got \"%s\", want \"%s\"", name, err.text, text);
}

static void
refuse_file(const char *name, const char *path, const char *want)
{
	struct capture_config cfg = { .files = &path, .nfiles = 1 };

	expect_refused(name, &cfg, strcmp(path, "-") == 0 ? "standard input" : path, want);
}

#ifdef HAVE_ZLIB
#define GZIP_WANT "%: the gzip data end too early; there is no frame before that"
#else
#define GZIP_WANT "%: is compressed with gzip, and this program was built without zlib; "
#endif
#ifdef HAVE_ZSTD
#define ZSTD_WANT "%: the zstd data end too early; there is no frame before that"
#else
#define ZSTD_WANT "%: is compressed with zstd, and this program was built without libzstd; "
#endif
#ifdef HAVE_LZ4
#define LZ4_WANT "%: the lz4 data end too early; there is no frame before that"
#else
#define LZ4_WANT "%: is compressed with lz4, and this program was built without liblz4; "
#endif

#define US_LE "\xd4\xc3\xb2\xa1"

static const struct content_row {
	const char *name;
	const char *octets;
	size_t n;
	const char *want;
} contents[] = {
	{ "empty", "", 0, "%: is empty (0 bytes); " },
	{ "one octet", "\xd4", 1, "%: is not a pcap or pcapng capture (it begins with d4); " },
	{ "text", "hello", 5, "%: is not a pcap or pcapng capture but text, and no transcript " },
	{ "gzip", "\x1f\x8b\x08\x00", 4, GZIP_WANT },
	{ "zstd", "\x28\xb5\x2f\xfd", 4, ZSTD_WANT },
	{ "lz4", "\x04\x22\x4d\x18", 4, LZ4_WANT },
	{ "old lz4", "\x02\x21\x4c\x18", 4, "%: is compressed with lz4 in its legacy format; " },
	{ "xz",
	    "\xfd"
	    "7zXZ\0",
	    6, "%: is compressed with xz; " },
	{ "bzip2", "BZh91AY", 7, "%: is compressed with bzip2; " },
	{ "snoop", "snoop\0\0\0\0\0\0\2", 12, "%: is a Solaris snoop capture, not a pcap" },
	{ "network monitor", "GMBU\0\2", 6, "%: is a Microsoft Network Monitor capture, not" },
	{ "pcap magic only", US_LE, 4, "%: ends inside the file header, after 4 of 24 bytes; " },
	{ "pcap of the future",
	    US_LE "\x09\0\x09\0"
	          "12345678"
	          "12345678",
	    24, "%: its header is refused by libpcap: " },
	{ "pcapng magic only", "\x0a\x0d\x0d\x0a", 4, "%: ends inside its header (offset 0): " },
};

static void
test_contents(void **state)
{
	const struct content_row *r;
	struct folder folder;
	char path[2 * PATH_LEN];

	(void)state;
	folder_make(&folder);
	for (r = contents; r < contents + COUNT(contents); r++) {
		refuse_file(r->name, folder_save(&folder, "x", r->octets, r->n, path), r->want);
		stdin_pipe(r->octets, r->n);
		refuse_file(r->name, "-", r->want);
	}
	folder_remove(&folder);
}

/* A pcap header cut at every octet, of a file and of a pipe. */
static void
test_cut_header(void **state)
{
	struct octets o = { .big = false };
	struct folder folder;
	char path[2 * PATH_LEN], want[64];
	size_t n;

	(void)state;
	put_pcap_header(&o, MAGIC_NS, 1, 65535);
	folder_make(&folder);
	for (n = 4; n < PCAP_HEADER_LEN; n++) {
		snprintf(want, sizeof want, "%%: ends inside the file header, after %zu of 24 ", n);
		refuse_file("file", folder_save(&folder, "x", o.p, n, path), want);
		stdin_pipe(o.p, n);
		refuse_file("pipe", "-", want);
	}
	folder_remove(&folder);
}

static void
test_advice_names_the_file(void **state)
{
	struct folder folder;
	char path[2 * PATH_LEN], want[4 * PATH_LEN];

	(void)state;
	folder_make(&folder);
	folder_save(&folder, "x.bz2", "BZh", 3, path);
	snprintf(want, sizeof want,
	    "%%: is compressed with bzip2; decompress it on the way: bzcat %s |", path);
	refuse_file("bzip2", path, want);
	folder_remove(&folder);
}

static void
test_places(void **state)
{
	struct folder folder;
	char path[2 * PATH_LEN];
	int tty;

	(void)state;
	folder_make(&folder);
	refuse_file("folder", folder.path, "%: is a directory; ");
	snprintf(path, sizeof path, "%s/none", folder.path);
	refuse_file("missing", path, "%: no such file; ");
	folder_save(&folder, "x", "x", 1, path);
	assert_int_equal(chmod(path, 0), 0);
	if (access(path, R_OK) != 0) /* root may read everything */
		refuse_file("no permission", path, "%: no permission to read it; ");
	tty = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	if (tty >= 0 && isatty(tty)) {
		assert_true(dup2(tty, STDIN_FILENO) >= 0);
		refuse_file("terminal", "-", "%: is a terminal; ");
	}
	close(tty);
	folder_remove(&folder);
}

/* What was opened before the one that fails is closed. */
static void
test_second_of_two(void **state)
{
	struct octets o = { .big = false };
	struct folder folder;
	char good[2 * PATH_LEN], bad[2 * PATH_LEN];
	const char *files[] = { good, bad, good };
	struct capture_config cfg = { .files = files, .nfiles = 3 };
	int before, after;

	(void)state;
	put_pcap_header(&o, MAGIC_US, 1, 65535);
	folder_make(&folder);
	folder_save(&folder, "good", o.p, o.n, good);
	folder_save(&folder, "bad", "", 0, bad);
	before = dup(STDERR_FILENO);
	close(before);
	expect_refused("second of three", &cfg, bad, "%: is empty ");
	after = dup(STDERR_FILENO);
	close(after);
	assert_int_equal(after, before);
	folder_remove(&folder);
}

static void
test_config(void **state)
{
	static const char *const files[] = { "-", "-" };
	static const struct row {
		const char *name;
		struct capture_config cfg;
		const char *want;
	} rows[] = {
		{ "nothing", { .files = NULL }, "no input; " },
		{ "both", { .files = files, .nfiles = 1, .interfaces = files, .ninterfaces = 1 },
		    "saved captures (-r) and interfaces (-i) cannot " },
		{ "standard input twice", { .files = files, .nfiles = 2 },
		    "standard input (-r -) can be read only once" },
	};
	const struct row *r;

	(void)state;
	for (r = rows; r < rows + COUNT(rows); r++)
		expect_refused(r->name, &r->cfg, "", r->want);
}

static void
test_filter(void **state)
{
	struct octets o = { .big = false };
	struct folder folder;
	char path[2 * PATH_LEN];
	const char *file = path;
	struct capture_config cfg = { .files = &file, .nfiles = 1, .filter = "tcp porkt 25" };

	(void)state;
	put_pcap_header(&o, MAGIC_US, 1, 65535);
	folder_make(&folder);
	folder_save(&folder, "x", o.p, o.n, path);
	expect_refused("syntax", &cfg, path, "%: filter \"tcp porkt 25\": ");
	folder_remove(&folder);
}

static void
test_write(void **state)
{
	struct octets o = { .big = false };
	struct folder folder;
	char path[2 * PATH_LEN], alias[2 * PATH_LEN];
	const char *file = path;
	struct capture_config cfg = { .files = &file, .nfiles = 1 };
	struct stat st;

	(void)state;
	put_pcap_header(&o, MAGIC_US, 1, 65535);
	folder_make(&folder);
	folder_save(&folder, "x", o.p, o.n, path);
	snprintf(alias, sizeof alias, "%s/y", folder.path);
	assert_int_equal(link(path, alias), 0);
	cfg.write = alias;
	expect_refused("over the input", &cfg, alias, "%: is an input, ");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, o.n); /* and it was not touched */
	cfg.write = "/nonexistent/x";
	expect_refused(
	    "no such folder", &cfg, "", "-w: cannot be written: /nonexistent/x: No such");
	folder_remove(&folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contents),
		cmocka_unit_test(test_cut_header),
		cmocka_unit_test(test_advice_names_the_file),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_second_of_two),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
