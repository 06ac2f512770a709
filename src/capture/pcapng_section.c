/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcapng_section - what a section says about its interfaces, and the frames
 * lost there.
 *
 * Interfaces are numbered in each section from 0 (4.2), so a new section drops
 * the table, after its losses were added to those of the sections before.
 *
 * Options of a description must be sound, because the times depend on them; of
 * statistics, which only counters depend on, the broken rest is passed over.
 *
 * Owns the table; it has INTERFACES_MAX rows at most.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "capture/pcapng.h"

enum {
	INTERFACES_MAX = 65536,

	OPTION_TSRESOL = 9, /* 4.2 */
	OPTION_TSOFFSET = 14,
	OPTION_IFDROP = 5, /* 4.6 */
	OPTION_OSDROP = 7
};

/* The numbers are the file's: they end at the limit. */
static uint64_t
sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* Statistics and frames count the same losses: the larger number is the one. */
static void
losses_add(struct capture_stats *stats, const struct losses *l)
{
	uint64_t told = sum(l->interface, l->system);
	uint64_t untold = l->frames > told ? l->frames - told : 0;

	stats->dropped_interface = sum(stats->dropped_interface, l->interface);
	stats->dropped_kernel = sum(stats->dropped_kernel, sum(l->system, untold));
}

void
losses_between(struct losses *l, uint64_t frames)
{
	l->frames = sum(l->frames, frames);
}

static void
interfaces_add(const struct section *s, struct capture_stats *stats)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		losses_add(stats, &s->interfaces[i].losses);
}

bool
section_begin(struct section *s, struct block *b, struct error *err)
{
	uint16_t major, minor;

	block_u32(b); /* the byte-order magic */
	major = block_u16(b);
	minor = block_u16(b);
	block_u64(b); /* length of the section, which may be unknown */
	if (!cur_ok(&b->body)) {
		error_set(err, "is too short");
		return false;
	}
	/* 1.2 is the same as 1.0 (4.1). */
	if (major != 1 || (minor != 0 && minor != 2)) {
		error_set(err, "has version %u.%u, and only 1.0 is known", major, minor);
		return false;
	}
	interfaces_add(s, &s->before);
	s->n = 0;
	return true;
}

static struct pcapng_interface *
section_add(struct section *s)
{
	if (s->n == s->size) {
		s->size = s->size ? 2 * s->size : 4;
		s->interfaces = xreallocarray(s->interfaces, s->size, sizeof *s->interfaces);
	}
	s->interfaces[s->n] = (struct pcapng_interface){ .resolution = RESOLUTION_DEFAULT };
	return &s->interfaces[s->n++];
}

static bool
interface_options(struct pcapng_interface *i, struct block *b)
{
	struct slice value;
	struct cursor c;
	uint16_t code;
	uint64_t v;

	while (block_option(b, &code, &value)) {
		if (code == OPTION_TSRESOL) {
			c = cur_from(value);
			i->resolution = cur_u8(&c);
			if (value.n != 1)
				return false;
		} else if (code == OPTION_TSOFFSET) {
			if (!option_u64(b, value, &v))
				return false;
			i->offset = (int64_t)v;
		}
	}
	return cur_ok(&b->body);
}

bool
section_describe(struct section *s, struct block *b, struct error *err)
{
	struct pcapng_interface *i;

	if (s->n == INTERFACES_MAX) {
		error_set(err, "the section has more than %d interfaces", INTERFACES_MAX);
		return false;
	}
	i = section_add(s);
	i->dlt = pcapng_linktype_dlt(block_u16(b));
	block_u16(b);
	i->snaplen = block_u32(b);
	if (!cur_ok(&b->body)) {
		error_set(err, "is too short");
		return false;
	}
	if (!interface_options(i, b)) {
		error_set(err, "has a broken option");
		return false;
	}
	return true;
}

struct pcapng_interface *
section_interface(const struct section *s, uint32_t id, struct error *err)
{
	if (id < s->n)
		return &s->interfaces[id];
	error_set(
	    err, "is of interface %" PRIu32 ", and the section has described %zu so far", id, s->n);
	return NULL;
}

/* Counters run from the start of the capture: of several blocks the largest number counts. */
bool
section_statistics(struct section *s, struct block *b, struct error *err)
{
	struct pcapng_interface *i = section_interface(s, block_u32(b), err);
	struct slice value;
	uint16_t code;
	uint64_t v;

	if (!i)
		return false;
	block_u64(b); /* time */
	while (block_option(b, &code, &value)) {
		if (!option_u64(b, value, &v))
			continue;
		if (code == OPTION_IFDROP && v > i->losses.interface)
			i->losses.interface = v;
		else if (code == OPTION_OSDROP && v > i->losses.system)
			i->losses.system = v;
	}
	return true;
}

void
section_drops(const struct section *s, struct capture_stats *stats)
{
	stats->dropped_interface = sum(stats->dropped_interface, s->before.dropped_interface);
	stats->dropped_kernel = sum(stats->dropped_kernel, s->before.dropped_kernel);
	interfaces_add(s, stats);
}

void
section_fini(struct section *s)
{
	free(s->interfaces);
}
