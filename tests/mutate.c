/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mutate - damaged captures from good ones: what a hostile network or a broken disk
 * could hand us.  The same seed and inputs give the same files.
 *
 *	mutate SEED COUNT DIR IN.pcap...
 *
 * writes DIR/00001.pcap up to COUNT.  The inputs are classic little-endian captures as
 * mktrace makes them; the mutations work on their octets, so that record headers are
 * hit too.  Memory: the inputs, at most MAX_FILE octets each, and one output.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FILE = 1 << 20, MAX_RECORDS = 8192, FILE_HEADER = 24, RECORD_HEADER = 16 };

struct blob {
	uint8_t *p;
	size_t n;
	size_t rec[MAX_RECORDS]; /* where each record starts */
	size_t nrec;
};

struct work {
	uint64_t state;
	const struct blob *in;
	size_t nin;
	uint8_t *out; /* 2 * MAX_FILE octets */
	size_t n;
};

static void
die(const char *what, const char *why)
{
	fprintf(stderr, "mutate: %s: %s\n", what, why);
	exit(2);
}

/* splitmix64 (public domain, S. Vigna). */
static uint64_t
roll(struct work *w)
{
	uint64_t z = w->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static size_t
below(struct work *w, size_t n)
{
	return n ? (size_t)(roll(w) % n) : 0;
}

static uint32_t
le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void
load(struct blob *b, const char *file)
{
	FILE *f = fopen(file, "rb");
	size_t at = FILE_HEADER;

	b->p = malloc(MAX_FILE);
	if (f == NULL || b->p == NULL)
		die(file, "cannot be opened");
	b->n = fread(b->p, 1, MAX_FILE, f);
	if (ferror(f) || b->n == MAX_FILE || b->n < FILE_HEADER)
		die(file, "too long, too short or unreadable");
	fclose(f);
	while (b->n - at >= RECORD_HEADER && b->nrec < MAX_RECORDS) {
		size_t len = le32(b->p + at + 8);

		if (len > b->n - at - RECORD_HEADER)
			die(file, "not a capture that mktrace made");
		b->rec[b->nrec++] = at;
		at += RECORD_HEADER + len;
	}
}

static size_t
record_end(const struct blob *b, size_t i)
{
	return i + 1 < b->nrec ? b->rec[i + 1] : b->n;
}

static void
append(struct work *w, const uint8_t *p, size_t n)
{
	if (n > 2 * MAX_FILE - w->n)
		n = 2 * MAX_FILE - w->n;
	memcpy(w->out + w->n, p, n);
	w->n += n;
}

static void
copy(struct work *w, const struct blob *b)
{
	append(w, b->p, b->n);
}

/* Octets that parsers trip over. */
static const uint8_t evil[] = { 0, 1, 4, 5, 0x0f, 0x10, 0x7f, 0x80, 0xff, '\n', '\r', '.', '-',
	' ' };

static void
mutate_bits(struct work *w, const struct blob *b)
{
	size_t k = 1 + below(w, 16), at;

	copy(w, b);
	while (k-- > 0 && w->n > FILE_HEADER) {
		at = FILE_HEADER + below(w, w->n - FILE_HEADER);
		w->out[at] ^= (uint8_t)(1u << below(w, 8));
	}
}

/* In the first octets of a frame: link, IP and TCP headers. */
static void
mutate_heads(struct work *w, const struct blob *b)
{
	size_t k = 1 + below(w, 6), i, at;

	copy(w, b);
	while (k-- > 0 && b->nrec > 0) {
		i = below(w, b->nrec);
		at = b->rec[i] + RECORD_HEADER + below(w, 70);
		if (at < record_end(b, i))
			w->out[at] = evil[below(w, sizeof evil)];
	}
}

static void
mutate_payload(struct work *w, const struct blob *b)
{
	size_t k = 1 + below(w, 12), i, at;

	copy(w, b);
	while (k-- > 0 && b->nrec > 0) {
		i = below(w, b->nrec);
		at = b->rec[i] + RECORD_HEADER + 54;
		if (at < record_end(b, i))
			w->out[at + below(w, record_end(b, i) - at)] = evil[below(w, sizeof evil)];
	}
}

static void
mutate_cut(struct work *w, const struct blob *b)
{
	copy(w, b);
	w->n = below(w, w->n);
}

/* Snap length: the record says less, and its tail is gone. */
static void
mutate_snap(struct work *w, const struct blob *b)
{
	size_t i, keep, len;

	append(w, b->p, FILE_HEADER);
	for (i = 0; i < b->nrec; i++) {
		len = record_end(b, i) - b->rec[i] - RECORD_HEADER;
		keep = below(w, 4) == 0 ? below(w, len + 1) : len;
		append(w, b->p + b->rec[i], RECORD_HEADER);
		w->out[w->n - 8] = (uint8_t)keep;
		w->out[w->n - 7] = (uint8_t)(keep >> 8);
		append(w, b->p + b->rec[i] + RECORD_HEADER, keep);
	}
}

/* Frames lost, doubled and moved. */
static void
mutate_frames(struct work *w, const struct blob *b)
{
	size_t i, j;

	append(w, b->p, FILE_HEADER);
	for (i = 0; i < b->nrec; i++) {
		j = below(w, 6) == 0 ? below(w, b->nrec) : i;
		if (below(w, 8) == 0)
			continue;
		append(w, b->p + b->rec[j], record_end(b, j) - b->rec[j]);
	}
}

/* The start of one conversation and the end of another. */
static void
mutate_splice(struct work *w, const struct blob *b)
{
	const struct blob *o = &w->in[below(w, w->nin)];
	size_t i = below(w, b->nrec + 1), j = below(w, o->nrec + 1);

	append(w, b->p, i < b->nrec ? b->rec[i] : b->n);
	if (j < o->nrec)
		append(w, o->p + o->rec[j], o->n - o->rec[j]);
}

static void (*const kinds[])(struct work *, const struct blob *) = { mutate_bits, mutate_heads,
	mutate_payload, mutate_cut, mutate_snap, mutate_frames, mutate_splice };

static void
save(const struct work *w, const char *dir, unsigned long no)
{
	char path[1024];
	FILE *f;

	if ((size_t)snprintf(path, sizeof path, "%s/%05lu.pcap", dir, no) >= sizeof path)
		die(dir, "name too long");
	f = fopen(path, "wb");
	if (f == NULL || fwrite(w->out, 1, w->n, f) != w->n || fclose(f) != 0)
		die(path, "cannot be written");
}

int
main(int argc, char **argv)
{
	struct work w = { 0 };
	struct blob *in;
	unsigned long count, i;
	int k;

	if (argc < 5) {
		fputs("usage: mutate SEED COUNT DIR IN.pcap...\n", stderr);
		return 2;
	}
	w.state = strtoull(argv[1], NULL, 10);
	count = strtoul(argv[2], NULL, 10);
	w.nin = (size_t)argc - 4;
	in = calloc(w.nin, sizeof *in);
	w.out = malloc(2 * MAX_FILE);
	if (in == NULL || w.out == NULL)
		die("memory", "not enough");
	w.in = in;
	for (k = 4; k < argc; k++)
		load(&in[k - 4], argv[k]);
	for (i = 1; i <= count; i++) {
		w.n = 0;
		kinds[below(&w, sizeof kinds / sizeof kinds[0])](&w, &in[below(&w, w.nin)]);
		save(&w, argv[3], i);
	}
	while (w.nin > 0)
		free(in[--w.nin].p);
	free(in);
	free(w.out);
	return 0;
}
