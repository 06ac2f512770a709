/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcapng - saved captures in that format, without libpcap, which reads only
 * those whose interfaces are all alike.  Private to src/capture.
 *
 * Layout: draft-ietf-opsawg-pcapng; section numbers in comments are its.
 */
#ifndef SMTPSCOPE_CAPTURE_PCAPNG_H
#define SMTPSCOPE_CAPTURE_PCAPNG_H

#include "capture/savefile.h"

/* Octets kept of a frame: libpcap's largest snap length.  Of a longer one the rest is not seen. */
enum { PCAPNG_FRAME_MAX = 262144 };

struct pcapng;

bool pcapng_is_magic(struct slice head);
/* The stream is borrowed and at its start. */
struct pcapng *pcapng_new(FILE *);
/* Reads through the first description of an interface.  END: there is none, nor a frame. */
enum savefile_status pcapng_begin(struct pcapng *, struct savefile_fault *);
/* The octets are valid until the next call. */
enum savefile_status pcapng_next(struct pcapng *, struct packet *, struct savefile_fault *);
/* Of the first interface. */
int pcapng_dlt(const struct pcapng *);
/* Are its times finer than microseconds? */
bool pcapng_is_fine(const struct pcapng *);
/* Adds the frames that were lost when the file was captured. */
void pcapng_drops(const struct pcapng *, struct capture_stats *);
void pcapng_free(struct pcapng *); /* accepts NULL */

/* -- pcapng_block.c: blocks and options, whatever they mean ----------------------------- */

enum { BLOCK_SECTION = 0x0a0d0d0a };

struct block {
	uint32_t type;
	struct cursor body; /* without type and lengths; valid until the next block_read() */
	bool big;           /* byte order */
};

struct block_reader {
	FILE *fp;        /* borrowed */
	uint8_t *octets; /* of the last block, from behind its length on */
	size_t size;     /* allocated */
	uint64_t offset; /* of the next block */
	bool big;        /* byte order of the section */
};

/* The first block must be a section's.  With CUT and BAD `type' is set if it was read, else 0. */
enum savefile_status block_read(struct block_reader *, struct block *, struct savefile_fault *);
uint16_t block_u16(struct block *);
uint32_t block_u32(struct block *);
uint64_t block_u64(struct block *);
/* The next option of the block; false if there is none, or it is broken: see cur_ok(). */
bool block_option(struct block *, uint16_t *code, struct slice *value);

/* The value as a number of 64 bits; false if it has another size. */
bool option_u64(const struct block *, struct slice value, uint64_t *);

/* -- pcapng_section.c: the interfaces of a section --------------------------------------- */

enum { RESOLUTION_DEFAULT = 6 }; /* microseconds */

/* Frames lost at one interface. */
struct losses {
	uint64_t interface, system; /* statistics: since the capture began */
	uint64_t frames;            /* sum of what the frames tell */
};

struct pcapng_interface {
	int dlt;
	uint32_t snaplen;   /* 0: no limit */
	uint8_t resolution; /* of its times, as in if_tsresol */
	int64_t offset;     /* seconds to add to each time */
	struct losses losses;
};

struct section {
	struct pcapng_interface *interfaces;
	size_t n, size;              /* rows used and allocated */
	struct capture_stats before; /* only the dropped_ members: sections before this one */
};

/* The three blocks: false with the error set if one makes no sense. */
bool section_begin(struct section *, struct block *, struct error *);
bool section_describe(struct section *, struct block *, struct error *);
bool section_statistics(struct section *, struct block *, struct error *);
/* NULL with the error set; valid until the next block. */
struct pcapng_interface *section_interface(const struct section *, uint32_t id, struct error *);
/* A frame tells how many were lost before it. */
void losses_between(struct losses *, uint64_t frames);
void section_drops(const struct section *, struct capture_stats *);
void section_fini(struct section *);

/* -- pcapng_value.c: numbers and what they stand for ------------------------------------- */

/* The DLT_ value of a LINKTYPE_ value. */
int pcapng_linktype_dlt(uint16_t linktype);
/* And the other way round. */
uint16_t pcapng_dlt_linktype(int dlt);
/*
 * Nanoseconds since 1970, or the nearest that int64_t holds.  `resolution' is
 * the octet of if_tsresol, `offset' the seconds of if_tsoffset (4.2).
 */
int64_t pcapng_time(uint64_t ticks, uint8_t resolution, int64_t offset);

#endif
