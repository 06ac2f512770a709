/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_capture_files - captures made octet by octet, in a folder of their own.
 *
 * `struct octets' grows by the put_ functions, in the byte order it was begun
 * with.  A `struct folder' is removed with all that was saved in it.
 */
#ifndef SMTPSCOPE_TESTS_UNIT_TEST_CAPTURE_FILES_H
#define SMTPSCOPE_TESTS_UNIT_TEST_CAPTURE_FILES_H

#include <dirent.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/error.h"
#include "capture/capture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
	MAGIC_US = 0xa1b2c3d4,
	MAGIC_NS = 0xa1b23c4d,
	MAGIC_LONG = 0xa1b2cd34, /* record headers of 24 octets */
	PCAP_HEADER_LEN = 24,
	PATH_LEN = 128
};

struct octets {
	uint8_t p[65536];
	size_t n;
	bool big; /* byte order */
};

struct folder {
	char path[PATH_LEN];
};

static inline void
put_octets(struct octets *o, const void *p, size_t n)
{
	assert_true(n <= sizeof o->p - o->n);
	memcpy(o->p + o->n, p, n);
	o->n += n;
}

static inline void
put_number(struct octets *o, uint64_t v, int len)
{
	uint8_t octet;
	int i;

	for (i = 0; i < len; i++) {
		octet = (uint8_t)(v >> 8 * (o->big ? len - 1 - i : i));
		put_octets(o, &octet, 1);
	}
}

static inline void
put_zeros(struct octets *o, size_t n)
{
	assert_true(n <= sizeof o->p - o->n);
	memset(o->p + o->n, 0, n);
	o->n += n;
}

static inline void
put_pcap_header(struct octets *o, uint32_t magic, int linktype, uint32_t snaplen)
{
	put_number(o, magic, 4);
	put_number(o, 2, 2);
	put_number(o, 4, 2);
	put_number(o, 0, 8);
	put_number(o, snaplen, 4);
	put_number(o, (uint32_t)linktype, 4);
}

/* A record whose octets are all `fill'. */
static inline void
put_record(struct octets *o, uint32_t s, uint32_t frac, uint32_t caplen, uint32_t len, int fill)
{
	uint8_t octet = (uint8_t)fill;

	put_number(o, s, 4);
	put_number(o, frac, 4);
	put_number(o, caplen, 4);
	put_number(o, len, 4);
	while (caplen-- > 0)
		put_octets(o, &octet, 1);
}

/* A block of pcapng around `body'. */
static inline void
put_block(struct octets *o, uint32_t type, const struct octets *body)
{
	size_t padded = (body->n + 3) / 4 * 4;

	put_number(o, type, 4);
	put_number(o, padded + 12, 4);
	put_octets(o, body->p, body->n);
	put_number(o, 0, (int)(padded - body->n));
	put_number(o, padded + 12, 4);
}

static inline void
folder_make(struct folder *f)
{
	strcpy(f->path, "/tmp/smtpscope-test-XXXXXX");
	assert_non_null(mkdtemp(f->path));
}

static inline void
folder_remove(const struct folder *f)
{
	DIR *dir = opendir(f->path);
	const struct dirent *e;
	char path[2 * PATH_LEN + 256];

	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL) {
		snprintf(path, sizeof path, "%s/%s", f->path, e->d_name);
		if (e->d_name[0] != '.')
			unlink(path);
	}
	closedir(dir);
	rmdir(f->path);
}

/* Saves n octets under the name; the path in `path'. */
static inline const char *
folder_save(
    const struct folder *f, const char *name, const void *p, size_t n, char path[2 * PATH_LEN])
{
	FILE *fp;

	snprintf(path, 2 * PATH_LEN, "%s/%s", f->path, name);
	fp = fopen(path, "w");
	assert_non_null(fp);
	assert_int_equal(fwrite(p, 1, n, fp), n);
	assert_int_equal(fclose(fp), 0);
	return path;
}

/* Standard input becomes a pipe with these octets and then its end; fits the pipe. */
static inline void
stdin_pipe(const void *p, size_t n)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], p, n), n);
	close(fds[1]);
	assert_true(dup2(fds[0], STDIN_FILENO) >= 0);
	close(fds[0]);
}

/* capture_open() of one file must succeed. */
static inline struct capture *
open_one(const char *path, struct capture_config cfg)
{
	struct error err = { "" };
	struct capture *c;

	cfg.files = &path;
	cfg.nfiles = 1;
	c = capture_open(&cfg, &err);
	if (!c)
		fail_msg("%s: got error \"%s\"", path, err.text);
	return c;
}

static inline void
close_capture(struct capture *c)
{
	struct error err = { "" };

	if (capture_close(c, &err) != 0)
		fail_msg("capture_close: got error \"%s\"", err.text);
}

/* The next frame must be there. */
static inline struct packet
next_packet(struct capture *c, const char *name)
{
	struct error err = { "" };
	struct packet pkt;
	enum capture_status status = capture_next(c, &pkt, &err);

	if (status != CAPTURE_PACKET)
		fail_msg("%s: got status %d \"%s\", want a frame", name, status, err.text);
	return pkt;
}

/* What comes next must not be a frame: its status; the text in `err'. */
static inline enum capture_status
next_end(struct capture *c, struct error *err)
{
	struct packet pkt;

	err->text[0] = '\0';
	return capture_next(c, &pkt, err);
}

#endif
