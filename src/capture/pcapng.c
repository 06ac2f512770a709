/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcapng - frames from the blocks of a pcapng file.
 *
 * A frame is in the units and of the link type of its interface.  Blocks that
 * are neither frames nor about them are passed over: names, keys, custom blocks,
 * and types not known here.  Some of them have a frame number nevertheless,
 * because Wireshark gives them one, and numbers are to agree.
 *
 * A block that contradicts itself ends the file: what follows could be taken
 * for something else.  Only options behind a frame, which nothing depends on but
 * a counter of lost frames, may be broken.
 *
 * A frame longer than PCAPNG_FRAME_MAX is shown as if captured with that snap
 * length; see pcapng_block.c for the limit of a block.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#include "base/mem.h"
#include "capture/pcapng.h"

enum {
	OPTION_COMMENT = 1,    /* 3.5 */
	OPTION_DROPCOUNT = 4,  /* 4.3 */
	DROPS_UNKNOWN = 0xffff /* in the old block, which has 16 bits for it */
};

struct pcapng {
	struct block_reader reader;
	struct section section; /* the one being read */
	int64_t last_ts;        /* of the frame before */
	uint64_t numbered;      /* blocks before the first interface that have a frame number */
	bool begun;             /* the next two are of the first interface */
	int first_dlt;
	uint8_t first_resolution;
};

/* -- blocks: false with the error set if one makes no sense ------------------------------ */

/* The octets of a frame and what is behind them. */
static bool
take_octets(struct block *b, uint32_t caplen, uint32_t len, struct packet *pkt, struct error *err)
{
	size_t left = cur_left(&b->body);

	pkt->data = cur_take(&b->body, caplen);
	if (!cur_ok(&b->body)) {
		error_set(err, "a frame of %" PRIu32 " octets is said to be in %zu", caplen, left);
		return false;
	}
	pkt->wirelen = len < caplen ? caplen : len;
	pkt->options.n = 0;
	if (pkt->data.n > PCAPNG_FRAME_MAX)
		pkt->data.n = PCAPNG_FRAME_MAX;
	cur_take(&b->body, -caplen % 4);
	return true;
}

/* What enhanced and old packet blocks have in common, from the time on. */
static bool
take_timed(struct pcapng *ng, struct pcapng_interface *i, struct block *b, struct packet *pkt,
    struct error *err)
{
	uint64_t high = block_u32(b), ticks = high << 32 | block_u32(b);
	uint32_t caplen = block_u32(b), len = block_u32(b);

	if (!cur_ok(&b->body)) {
		error_set(err, "is too short");
		return false;
	}
	pkt->ts = ng->last_ts = pcapng_time(ticks, i->resolution, i->offset);
	pkt->dlt = i->dlt;
	return take_octets(b, caplen, len, pkt, err);
}

static bool
take_enhanced(struct pcapng *ng, struct block *b, struct packet *pkt, struct error *err)
{
	struct pcapng_interface *i = section_interface(&ng->section, block_u32(b), err);
	struct slice value;
	uint16_t code;
	uint64_t v;

	if (!i || !take_timed(ng, i, b, pkt, err))
		return false;
	pkt->options = slice_of(b->body.p, cur_left(&b->body));
	pkt->options_big = b->big;
	while (block_option(b, &code, &value))
		if (code == OPTION_DROPCOUNT && option_u64(b, value, &v))
			losses_between(&i->losses, v);
	return true;
}

/* The packet block that the enhanced one replaced (appendix A). */
static bool
take_old(struct pcapng *ng, struct block *b, struct packet *pkt, struct error *err)
{
	struct pcapng_interface *i = section_interface(&ng->section, block_u16(b), err);
	uint16_t drops = block_u16(b);

	if (!i || !take_timed(ng, i, b, pkt, err))
		return false;
	if (drops != DROPS_UNKNOWN)
		losses_between(&i->losses, drops);
	return true;
}

/*
 * Its interface is the first, its captured length follows from the snap length,
 * and it has no time (4.4): the time of the frame before keeps the order of
 * frames when several files are merged.
 */
static bool
take_simple(struct pcapng *ng, struct block *b, struct packet *pkt, struct error *err)
{
	const struct pcapng_interface *i = section_interface(&ng->section, 0, err);
	uint32_t len = block_u32(b), caplen = len;

	if (!i)
		return false;
	if (!cur_ok(&b->body)) {
		error_set(err, "is too short");
		return false;
	}
	if (i->snaplen && caplen > i->snaplen)
		caplen = i->snaplen;
	pkt->ts = ng->last_ts;
	pkt->dlt = i->dlt;
	return take_octets(b, caplen, len, pkt, err);
}

static bool
take_section(struct pcapng *ng, struct block *b, struct packet *pkt, struct error *err)
{
	(void)pkt;
	return section_begin(&ng->section, b, err);
}

static bool
take_interface(struct pcapng *ng, struct block *b, struct packet *pkt, struct error *err)
{
	const struct pcapng_interface *i;

	(void)pkt;
	if (!section_describe(&ng->section, b, err))
		return false;
	if (!ng->begun) {
		i = ng->section.interfaces;
		ng->begun = true;
		ng->first_dlt = i->dlt;
		ng->first_resolution = i->resolution;
	}
	return true;
}

static bool
take_statistics(struct pcapng *ng, struct block *b, struct packet *pkt, struct error *err)
{
	(void)pkt;
	return section_statistics(&ng->section, b, err);
}

static const struct block_type {
	uint32_t type;
	const char *name;
	/* NULL: passed over */
	bool (*take)(struct pcapng *, struct block *, struct packet *, struct error *);
	bool frame;    /* there is one in it */
	bool numbered; /* counts as a frame */
} block_types[] = {
	{ 6, "enhanced packet block", take_enhanced, true, true },
	{ 3, "simple packet block", take_simple, true, true },
	{ 2, "packet block", take_old, true, true },
	{ BLOCK_SECTION, "section header block", take_section, false, false },
	{ 1, "interface description block", take_interface, false, false },
	{ 5, "interface statistics block", take_statistics, false, false },
	{ 4, "name resolution block", NULL, false, false },
	{ 10, "decryption secrets block", NULL, false, false },
	{ 9, "journal block", NULL, false, true },
	{ 0xbad, "custom block", NULL, false, true },
	{ 0x40000bad, "custom block", NULL, false, true },
	{ 0x204, "event block", NULL, false, true },
	{ 0x216, "event block", NULL, false, true },
	{ 0x221, "event block", NULL, false, true },
};

static const struct block_type *
block_type_find(uint32_t type)
{
	static const struct block_type unknown = { 0, "block", NULL, false, false };
	size_t i;

	for (i = 0; i < sizeof block_types / sizeof block_types[0]; i++)
		if (block_types[i].type == type)
			return &block_types[i];
	return &unknown;
}

/* Read and take one block, whose type is returned.  NULL: see the status. */
static const struct block_type *
pcapng_step(struct pcapng *ng, struct packet *pkt, struct savefile_fault *fault,
    enum savefile_status *status)
{
	const struct block_type *type;
	struct block b;

	*status = block_read(&ng->reader, &b, fault);
	if (*status == SAVEFILE_END)
		return NULL;
	type = block_type_find(b.type);
	if (*status == SAVEFILE_OK && type->take && !type->take(ng, &b, pkt, &fault->why))
		*status = SAVEFILE_BAD;
	if (*status == SAVEFILE_OK)
		return type;
	if (!fault->error)
		error_prefix(&fault->why, "%s", type->name);
	return NULL;
}

/* -- the file ---------------------------------------------------------------------------- */

bool
pcapng_is_magic(struct slice head)
{
	return head.n >= 4 && memcmp(head.p, "\x0a\x0d\x0d\x0a", 4) == 0;
}

struct pcapng *
pcapng_new(FILE *fp)
{
	struct pcapng *ng = xcalloc(1, sizeof *ng);

	ng->reader.fp = fp;
	/* What a file without interfaces, and so without frames, counts as. */
	ng->first_dlt = DLT_EN10MB;
	ng->first_resolution = RESOLUTION_DEFAULT;
	return ng;
}

enum savefile_status
pcapng_begin(struct pcapng *ng, struct savefile_fault *fault)
{
	enum savefile_status status = SAVEFILE_OK;
	const struct block_type *type;
	struct packet pkt;

	while (!ng->begun && (type = pcapng_step(ng, &pkt, fault, &status)) != NULL)
		ng->numbered += type->numbered;
	return status;
}

enum savefile_status
pcapng_next(struct pcapng *ng, struct packet *pkt, struct savefile_fault *fault)
{
	const struct block_type *type;
	enum savefile_status status;

	pkt->source_frame += ng->numbered;
	ng->numbered = 0;
	do {
		type = pcapng_step(ng, pkt, fault, &status);
		if (type && type->numbered)
			pkt->source_frame++;
	} while (type && !type->frame);
	return status;
}

bool
packet_comment(const struct packet *pkt, size_t *at, struct slice *comment)
{
	struct block b = { .body = cur_from(slice_from(pkt->options, *at)),
		.big = pkt->options_big };
	uint16_t code;

	while (block_option(&b, &code, comment)) {
		*at = pkt->options.n - cur_left(&b.body);
		if (code == OPTION_COMMENT)
			return true;
	}
	return false;
}

int
pcapng_dlt(const struct pcapng *ng)
{
	return ng->first_dlt;
}

bool
pcapng_is_fine(const struct pcapng *ng)
{
	uint8_t r = ng->first_resolution;

	/* 2^-20 s is less than a microsecond. */
	return r & 0x80 ? (r & 0x7f) >= 20 : r > 6;
}

void
pcapng_drops(const struct pcapng *ng, struct capture_stats *stats)
{
	section_drops(&ng->section, stats);
}

void
pcapng_free(struct pcapng *ng)
{
	if (!ng)
		return;
	free(ng->reader.octets);
	section_fini(&ng->section);
	free(ng);
}
