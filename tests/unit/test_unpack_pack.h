/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_unpack_pack - a capture of FRAMES known frames, packed by the libraries
 * themselves, and what comes of reading it.
 */
#ifndef SMTPSCOPE_TESTS_UNIT_TEST_UNPACK_PACK_H
#define SMTPSCOPE_TESTS_UNIT_TEST_UNPACK_PACK_H

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_LZ4
#include <lz4frame.h>
#endif

#include "test_capture_files.h"

enum { FRAMES = 24 };

#ifdef HAVE_ZLIB
static inline size_t
pack_gzip(const void *in, size_t n, void *out, size_t size)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)in, .avail_in = (uInt)n };

	z.next_out = out;
	z.avail_out = (uInt)size;
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return size - z.avail_out;
}
#endif

#ifdef HAVE_ZSTD
static inline size_t
pack_zstd(const void *in, size_t n, void *out, size_t size)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t len;

	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	len = ZSTD_compress2(c, out, size, in, n);
	assert_false(ZSTD_isError(len));
	ZSTD_freeCCtx(c);
	return len;
}
#endif

#ifdef HAVE_LZ4
static inline size_t
pack_lz4(const void *in, size_t n, void *out, size_t size)
{
	LZ4F_preferences_t how = { .frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled };
	size_t len = LZ4F_compressFrame(out, size, in, n, &how);

	assert_false(LZ4F_isError(len));
	return len;
}
#endif

static const struct packer {
	const char *name;
	size_t (*pack)(const void *in, size_t n, void *out, size_t size);
	size_t damage; /* octets before the end: test_late_damage() */
	bool padding;  /* zero octets may follow */
} packers[] = {
#ifdef HAVE_ZLIB
	{ "gzip", pack_gzip, 8, true },
#endif
#ifdef HAVE_ZSTD
	{ "zstd", pack_zstd, 12, false },
#endif
#ifdef HAVE_LZ4
	{ "lz4", pack_lz4, 12, false },
#endif
	{ NULL, NULL, 0, false }
};

/* Frame i has length 40 + i and octets that do not compress well. */
static inline uint8_t
octet_of(unsigned i, unsigned k)
{
	return (uint8_t)((i * 2654435761u + k * k * 40503u) >> 7);
}

static inline void
put_frame(struct octets *o, unsigned i)
{
	uint8_t octets[128];
	unsigned k;

	for (k = 0; k < 40 + i; k++)
		octets[k] = octet_of(i, k);
	put_record(o, 1000 + i, i, 0, 0, 0);
	o->n -= 8;
	put_number(o, 40 + i, 4);
	put_number(o, 40 + i, 4);
	put_octets(o, octets, 40 + i);
}

static inline void
put_capture(struct octets *o)
{
	unsigned i;

	put_pcap_header(o, MAGIC_US, 1, 65535);
	for (i = 1; i <= FRAMES; i++)
		put_frame(o, i);
}

/* The plain octets from `from' to `to' as one member behind what is there. */
static inline void
put_member(
    struct octets *packed, const struct packer *p, const struct octets *o, size_t from, size_t to)
{
	packed->n +=
	    p->pack(o->p + from, to - from, packed->p + packed->n, sizeof packed->p - packed->n);
}

static inline bool
frame_is_right(const struct packet *pkt, unsigned i)
{
	unsigned k;

	if (pkt->frame != i || pkt->data.n != 40 + i ||
	    pkt->ts != (1000 + i) * 1000000000LL + i * 1000)
		return false;
	for (k = 0; k < pkt->data.n; k++)
		if (pkt->data.p[k] != octet_of(i, k))
			return false;
	return true;
}

struct outcome {
	unsigned frames; /* right ones, from the first on */
	unsigned all;    /* of any kind */
	bool wrong;      /* one after them was not right */
	enum capture_status status;
	bool truncated;
	struct error err;
};

/* Reads all there is; an error of opening is one, too. */
static inline struct outcome
read_all(const char *path)
{
	struct capture_config cfg = { .files = &path, .nfiles = 1 };
	struct outcome r = { .status = CAPTURE_ERROR };
	struct capture *c = capture_open(&cfg, &r.err);
	struct capture_stats stats;
	struct packet pkt;

	if (!c)
		return r;
	while ((r.status = capture_next(c, &pkt, &r.err)) == CAPTURE_PACKET) {
		r.wrong |= !frame_is_right(&pkt, r.frames + 1);
		r.frames += !r.wrong;
		r.all++;
	}
	capture_stats(c, &stats);
	r.truncated = stats.truncated_input;
	close_capture(c);
	return r;
}

static inline struct outcome
read_octets(const struct folder *folder, const struct octets *o, size_t n, bool piped)
{
	char path[2 * PATH_LEN];

	if (piped) {
		stdin_pipe(o->p, n);
		return read_all("-");
	}
	return read_all(folder_save(folder, "x", o->p, n, path));
}

static inline void
expect_all(const char *name, const struct outcome *r)
{
	if (r->status != CAPTURE_EOF || r->frames != FRAMES || r->wrong || r->truncated)
		fail_msg("%s: got %u frames, wrong %d, status %d, truncated %d, \"%s\", want all",
		    name, r->frames, r->wrong, r->status, r->truncated, r->err.text);
}

#endif
