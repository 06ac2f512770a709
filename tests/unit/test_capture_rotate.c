/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_capture_rotate - which files -w, -C, -G and -W make, what is in them, and that
 * all of them together are the input.
 */
#include <sys/stat.h>

#include "test_capture_files.h"

enum { RECORDS = 12, DATA = 84, RECORD = DATA + 16, HEADER = 24 };

/* Twelve records of 100 octets in the file, ten seconds apart, from 1000000000 on. */
static const struct row {
	const char *name;
	const char *path; /* behind the folder */
	struct rotation rotation;
	const char *want; /* NAME=RECORDS of each file there is, by name */
} rows[] = {
	{ "one file", "x", { 0 }, "x=12" },
	{ "-C, whole records", "x", { .octets = 524 }, "x=5 x1=5 x2=2" },
	{ "-C, an octet less", "x", { .octets = 523 }, "x=4 x1=4 x2=4" },
	{ "-C below a record", "x", { .octets = 10 },
	    "x=1 x1=1 x10=1 x11=1 x2=1 x3=1 x4=1 x5=1 x6=1 x7=1 x8=1 x9=1" },
	{ "-C -W, room for all", "x", { .octets = 524, .files = 11 }, "x00=5 x01=5 x02=2" },
	{ "-C -W, a ring", "x", { .octets = 224, .files = 4 }, "x0=2 x1=2 x2=2 x3=2" },
	{ "-G", "%s", { .seconds = 40 }, "1000000000=4 1000000040=4 1000000080=4" },
	{ "-G, one name", "x", { .seconds = 40 }, "x=4" },
	{ "-G longer than the capture", "%s.pcap", { .seconds = 3600 }, "1000000000.pcap=12" },
	{ "-G -W", "%s", { .seconds = 50, .files = 2 }, "1000000000=5 1000000050=5" },
	{ "-G -C", "%s.", { .seconds = 60, .octets = 424 },
	    "1000000000.=4 1000000000.1=2 1000000060.=4 1000000060.1=2" },
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* "x=5 x1=2": files of the folder but the input, and whole records in each. */
static void
list_files(const char *folder, char *out, size_t size)
{
	char names[RECORDS + 2][PATH_LEN], path[3 * PATH_LEN];
	DIR *dir = opendir(folder);
	const struct dirent *e;
	size_t n = 0, i, used = 0;
	struct stat st;

	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL && n < COUNT(names))
		if (e->d_name[0] != '.' && strcmp(e->d_name, "in") != 0 &&
		    strlen(e->d_name) < PATH_LEN)
			memcpy(names[n++], e->d_name, strlen(e->d_name) + 1);
	closedir(dir);
	qsort(names, n, sizeof names[0], by_name);
	out[0] = '\0';
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		assert_int_equal(stat(path, &st), 0);
		used += (size_t)snprintf(out + used, size - used, "%s%s=%ld%s", i ? " " : "",
		    names[i], (long)(st.st_size - HEADER) / RECORD,
		    (st.st_size - HEADER) % RECORD ? "+" : "");
	}
}

static void
test_files(void **state)
{
	const struct row *r;
	struct folder folder;
	struct octets o;
	struct capture *c;
	struct error err;
	char in[2 * PATH_LEN], out[2 * PATH_LEN], got[1024];
	uint32_t i;

	(void)state;
	for (r = rows; r < rows + COUNT(rows); r++) {
		o = (struct octets){ .big = false };
		put_pcap_header(&o, MAGIC_US, 1, 65535);
		for (i = 0; i < RECORDS; i++)
			put_record(&o, 1000000000 + 10 * i, 0, DATA, DATA, (int)i);
		folder_make(&folder);
		folder_save(&folder, "in", o.p, o.n, in);
		snprintf(out, sizeof out, "%s/%s", folder.path, r->path);
		c = open_one(in, (struct capture_config){ .write = out, .rotation = r->rotation });
		i = 0;
		while (capture_next(c, &(struct packet){ 0 }, &err) == CAPTURE_PACKET)
			i++;
		close_capture(c);
		list_files(folder.path, got, sizeof got);
		if (strcmp(got, r->want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", r->name, got, r->want);
		/* Only -G with -W ends before the input does. */
		if (i != (r->rotation.seconds && r->rotation.files ? 10u : RECORDS))
			fail_msg("%s: got %u frames", r->name, i);
		folder_remove(&folder);
	}
}

/* The second name is the input's own. */
static void
test_input_is_spared(void **state)
{
	struct octets o = { .big = false };
	char in[2 * PATH_LEN], out[2 * PATH_LEN];
	struct error err = { "" };
	struct folder folder;
	struct capture *c;
	struct stat st;
	uint32_t i;

	(void)state;
	put_pcap_header(&o, MAGIC_US, 1, 65535);
	for (i = 0; i < RECORDS; i++)
		put_record(&o, i, 0, DATA, DATA, (int)i);
	folder_make(&folder);
	folder_save(&folder, "x1", o.p, o.n, in);
	snprintf(out, sizeof out, "%s/x", folder.path);
	c = open_one(in, (struct capture_config){ .write = out, .rotation = { .octets = 524 } });
	for (i = 0; i < 5; i++)
		next_packet(c, "before");
	assert_int_equal(next_end(c, &err), CAPTURE_ERROR);
	assert_non_null(strstr(err.text, "x1: is an input"));
	assert_int_equal(stat(in, &st), 0);
	assert_int_equal(st.st_size, o.n);
	capture_close(c, &err);
	folder_remove(&folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_input_is_spared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
