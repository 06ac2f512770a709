/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcapng_write - builds each block in memory and hands it on whole.
 *
 * Numbers are written with the low octet first on every machine, so that the
 * same input gives the same file.  Options end with the end of options (3.5);
 * a block without options has none.
 *
 * The times of an interface have one unit and one offset.  Microseconds do where
 * the input has nothing finer; a frame whose time is finer all the same, or lies
 * before 1970, gets an interface of its own kind, and no time is rounded.
 *
 * The buffer grows to the longest frame and its comments, both of which have a
 * limit.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "capture/pcapng.h"
#include "capture/pcapng_write.h"

enum {
	TYPE_INTERFACE = 1,  /* 4.2 */
	TYPE_NAMES = 4,      /* 4.5 */
	TYPE_STATISTICS = 5, /* 4.6 */
	TYPE_FRAME = 6,      /* 4.3 */

	OPTION_END = 0,
	OPTION_COMMENT = 1,
	SECTION_APPLICATION = 4,
	INTERFACE_NAME = 2,
	INTERFACE_DESCRIPTION = 3,
	INTERFACE_TSRESOL = 9,
	INTERFACE_TSOFFSET = 14,
	STATISTICS_IFDROP = 5,
	STATISTICS_OSDROP = 7,

	RECORD_END = 0, /* 4.5 */
	RECORD_IP4 = 1,
	RECORD_IP6 = 2,

	BLOCK_HEAD = 8, /* type and length */
	MICRO = 6,
	NANO = 9
};

static const uint32_t order_magic = 0x1a2b3c4d;

/* What two frames have to share to be of one interface. */
struct interface_key {
	uint32_t source;
	int dlt;
	int digits;
	bool early; /* before 1970: the times are counted from EARLIEST */
};

/* Seconds from 1970 to what the earliest times are counted from: no int64_t of nanoseconds lies
 * before it. */
#define EARLIEST (INT64_MIN / NS_PER_S - 1)

struct pcapng_writer {
	struct pcapng_writer_config cfg;
	struct interface_key *interfaces;
	size_t ninterfaces;
	size_t last; /* that the frame before was of */
	uint8_t *block;
	size_t n, size;
	size_t comments; /* octets of comments in this block */
	uint64_t comments_cut;
	bool failed;
};

struct pcapng_writer *
pcapng_writer_new(const struct pcapng_writer_config *cfg)
{
	struct pcapng_writer *w = xcalloc(1, sizeof *w);

	w->cfg = *cfg;
	return w;
}

void
pcapng_writer_free(struct pcapng_writer *w)
{
	if (!w)
		return;
	free(w->interfaces);
	free(w->block);
	free(w);
}

uint64_t
pcapng_comments_cut(const struct pcapng_writer *w)
{
	return w->comments_cut;
}

/* -- octets ------------------------------------------------------------------------------ */

static void
put_octets(struct pcapng_writer *w, struct slice s)
{
	if (s.n > w->size - w->n) {
		w->size = w->n + s.n + (w->n + s.n) / 2 + 64;
		w->block = xreallocarray(w->block, w->size, 1);
	}
	if (s.n)
		memcpy(w->block + w->n, s.p, s.n);
	w->n += s.n;
}

static void
put_number(struct pcapng_writer *w, uint64_t v, unsigned octets)
{
	uint8_t b[8];
	unsigned i;

	for (i = 0; i < octets; i++, v >>= 8)
		b[i] = (uint8_t)v;
	put_octets(w, slice_of(b, octets));
}

static void
put_u16(struct pcapng_writer *w, unsigned v)
{
	put_number(w, v, 2);
}

static void
put_u32(struct pcapng_writer *w, uint32_t v)
{
	put_number(w, v, 4);
}

/* To the next multiple of four octets; nothing but whole blocks lies before. */
static void
put_padding(struct pcapng_writer *w)
{
	static const uint8_t zeros[4];

	put_octets(w, slice_of(zeros, -w->n % 4));
}

static void
put_option(struct pcapng_writer *w, unsigned code, struct slice value)
{
	put_u16(w, code);
	put_u16(w, (unsigned)value.n);
	put_octets(w, value);
	put_padding(w);
}

/* As much as an option holds, and no part of a character (3.5: texts are UTF-8). */
static struct slice
fit(struct pcapng_writer *w, struct slice text)
{
	if (text.n <= PCAPNG_OPTION_MAX)
		return text;
	w->comments_cut++;
	text.n = PCAPNG_OPTION_MAX;
	while (text.n > 0 && (text.p[text.n] & 0xc0) == 0x80)
		text.n--;
	return text;
}

static void
put_text(struct pcapng_writer *w, unsigned code, const char *text)
{
	if (text && *text)
		put_option(w, code, fit(w, slice_str(text)));
}

static void
put_comment(struct pcapng_writer *w, struct slice text)
{
	text = fit(w, text);
	if (text.n == 0)
		return;
	if (text.n > PCAPNG_COMMENTS_MAX - w->comments) {
		w->comments_cut++;
		return;
	}
	w->comments += text.n;
	put_option(w, OPTION_COMMENT, text);
}

static void
block_begin(struct pcapng_writer *w, uint32_t type)
{
	w->n = 0;
	w->comments = 0;
	put_u32(w, type);
	put_u32(w, 0); /* the length, known at the end */
}

/* `options': where they began; an end mark is due if there are any. */
static bool
block_end(struct pcapng_writer *w, size_t options)
{
	uint32_t len;
	unsigned i;

	if (w->n > options)
		put_option(w, OPTION_END, slice_of(NULL, 0));
	len = (uint32_t)w->n + 4;
	put_u32(w, len);
	for (i = 0; i < 4; i++)
		w->block[4 + i] = (uint8_t)(len >> 8 * i);
	if (!w->failed && !w->cfg.put(w->cfg.ctx, slice_of(w->block, w->n)))
		w->failed = true;
	return !w->failed;
}

/* -- blocks ------------------------------------------------------------------------------ */

bool
pcapng_write_section(struct pcapng_writer *w, struct slice comment, const char *application)
{
	size_t options;

	block_begin(w, BLOCK_SECTION);
	put_u32(w, order_magic);
	put_u16(w, 1); /* version 1.0 */
	put_u16(w, 0);
	put_number(w, UINT64_MAX, 8); /* length of the section: not given (4.1) */
	options = w->n;
	put_comment(w, comment);
	put_text(w, SECTION_APPLICATION, application);
	return block_end(w, options);
}

bool
pcapng_write_names(struct pcapng_writer *w, const struct pcapng_name *names, size_t n)
{
	size_t i, octets, len;

	if (n == 0)
		return !w->failed;
	block_begin(w, TYPE_NAMES);
	for (i = 0; i < n; i++) {
		octets = names[i].family == 4 ? 4 : 16;
		len = strlen(names[i].name) + 1; /* with its NUL (4.5) */
		if (len > PCAPNG_OPTION_MAX - octets) {
			w->comments_cut++;
			continue;
		}
		put_u16(w, names[i].family == 4 ? RECORD_IP4 : RECORD_IP6);
		put_u16(w, (unsigned)(octets + len));
		put_octets(w, slice_of(names[i].addr, octets));
		put_octets(w, slice_of(names[i].name, len));
		put_padding(w);
	}
	put_option(w, RECORD_END, slice_of(NULL, 0));
	return block_end(w, w->n);
}

static bool
describe(struct pcapng_writer *w, const struct interface_key *key)
{
	const char *label = w->cfg.label ? w->cfg.label(w->cfg.ctx, key->source) : NULL;
	uint8_t digits = (uint8_t)key->digits, offset[8];
	uint64_t seconds = (uint64_t)EARLIEST;
	unsigned i;

	block_begin(w, TYPE_INTERFACE);
	put_u16(w, pcapng_dlt_linktype(key->dlt));
	put_u16(w, 0);
	put_u32(w, w->cfg.snaplen);
	put_text(w, w->cfg.live ? INTERFACE_NAME : INTERFACE_DESCRIPTION, label);
	put_option(w, INTERFACE_TSRESOL, slice_of(&digits, 1));
	if (key->early) {
		for (i = 0; i < 8; i++, seconds >>= 8)
			offset[i] = (uint8_t)seconds;
		put_option(w, INTERFACE_TSOFFSET, slice_of(offset, 8));
	}
	return block_end(w, 0);
}

static bool
same_interface(const struct interface_key *a, const struct interface_key *b)
{
	return a->source == b->source && a->dlt == b->dlt && a->digits == b->digits &&
	    a->early == b->early;
}

/* Its number, which is described if it is new; PCAPNG_INTERFACES_MAX: there are too many, or it
 * could not be written. */
static size_t
interface_of(struct pcapng_writer *w, const struct packet *pkt, struct error *err)
{
	struct interface_key key = {
		.source = pkt->source,
		.dlt = pkt->dlt,
		.digits = w->cfg.digits == MICRO && pkt->ts % NS_PER_US == 0 ? MICRO : NANO,
		.early = pkt->ts < 0,
	};
	size_t i;

	if (w->last < w->ninterfaces && same_interface(&w->interfaces[w->last], &key))
		return w->last;
	for (i = 0; i < w->ninterfaces; i++)
		if (same_interface(&w->interfaces[i], &key))
			return w->last = i;
	if (w->ninterfaces == PCAPNG_INTERFACES_MAX) {
		error_set(err, "frame %" PRIu64 " would need more than %d interfaces in the file",
		    pkt->frame, PCAPNG_INTERFACES_MAX);
		return PCAPNG_INTERFACES_MAX;
	}
	w->interfaces = xreallocarray(w->interfaces, i + 1, sizeof *w->interfaces);
	w->interfaces[i] = key;
	w->ninterfaces++;
	w->last = i;
	return describe(w, &key) ? i : PCAPNG_INTERFACES_MAX;
}

/* In the units of the interface. */
static uint64_t
ticks(const struct interface_key *key, int64_t ts)
{
	uint64_t ns = (uint64_t)ts;

	if (key->early)
		ns -= (uint64_t)EARLIEST * NS_PER_S;
	return key->digits == NANO ? ns : ns / NS_PER_US;
}

static void
put_ticks(struct pcapng_writer *w, uint64_t t)
{
	put_u32(w, (uint32_t)(t >> 32));
	put_u32(w, (uint32_t)t);
}

bool
pcapng_write_frame(struct pcapng_writer *w, const struct packet *pkt, const struct slice *comments,
    size_t n, struct error *err)
{
	size_t id = interface_of(w, pkt, err), options, i;

	if (id == PCAPNG_INTERFACES_MAX)
		return false;
	block_begin(w, TYPE_FRAME);
	put_u32(w, (uint32_t)id);
	put_ticks(w, ticks(&w->interfaces[id], pkt->ts));
	put_u32(w, (uint32_t)pkt->data.n);
	put_u32(w, pkt->wirelen);
	put_octets(w, pkt->data);
	put_padding(w);
	options = w->n;
	for (i = 0; i < n; i++)
		put_comment(w, comments[i]);
	return block_end(w, options);
}

bool
pcapng_write_statistics(struct pcapng_writer *w, const struct capture_stats *stats, int64_t ts)
{
	if (w->ninterfaces == 0 || (!stats->dropped_interface && !stats->dropped_kernel))
		return !w->failed;
	block_begin(w, TYPE_STATISTICS);
	put_u32(w, 0);
	put_ticks(w, ticks(&w->interfaces[0], ts < 0 && !w->interfaces[0].early ? 0 : ts));
	put_u16(w, STATISTICS_IFDROP);
	put_u16(w, 8);
	put_number(w, stats->dropped_interface, 8);
	put_u16(w, STATISTICS_OSDROP);
	put_u16(w, 8);
	put_number(w, stats->dropped_kernel, 8);
	return block_end(w, 0);
}
