/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcapsurgery - variants of a capture that a correct analysis must survive:
 *
 *	pcapsurgery drop IN DIR    each frame left out in turn
 *	pcapsurgery dup IN DIR     each frame twice
 *	pcapsurgery swap IN DIR    each frame changed with its successor
 *
 * The variants are DIR/0001.pcap and so on; their number is printed.  Swapped frames
 * exchange their times too, so the file stays in order of time.
 * All frames are held in memory: at most MAX_FRAMES of them.
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FRAMES = 4096 };

struct frame {
	struct pcap_pkthdr h;
	u_char *data;
};

struct capture {
	int dlt, snaplen;
	struct frame frame[MAX_FRAMES];
	size_t n;
};

static void
die(const char *what, const char *why)
{
	fprintf(stderr, "pcapsurgery: %s: %s\n", what, why);
	exit(2);
}

static void
load(struct capture *c, const char *file)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(file, err);
	struct pcap_pkthdr *h;
	const u_char *data;
	int rc;

	if (p == NULL)
		die(file, err);
	c->dlt = pcap_datalink(p);
	c->snaplen = pcap_snapshot(p);
	while ((rc = pcap_next_ex(p, &h, &data)) == 1) {
		struct frame *f = &c->frame[c->n];

		if (c->n++ == MAX_FRAMES)
			die(file, "too many frames");
		f->h = *h;
		f->data = malloc(h->caplen ? h->caplen : 1);
		if (f->data == NULL)
			die(file, "out of memory");
		memcpy(f->data, data, h->caplen);
	}
	if (rc != PCAP_ERROR_BREAK)
		die(file, pcap_geterr(p));
	pcap_close(p);
}

static void
put(pcap_dumper_t *d, const struct frame *f, struct timeval ts)
{
	struct pcap_pkthdr h = f->h;

	h.ts = ts;
	pcap_dump((u_char *)d, &h, f->data);
}

/* Frame `at' is the one the surgery is about. */
static void
variant(const struct capture *c, char op, size_t at, const char *dir)
{
	char path[1024];
	pcap_t *dead = pcap_open_dead(c->dlt, c->snaplen);
	pcap_dumper_t *d;
	size_t i, from;

	if ((size_t)snprintf(path, sizeof path, "%s/%04zu.pcap", dir, at + 1) >= sizeof path)
		die(dir, "name too long");
	d = dead ? pcap_dump_open(dead, path) : NULL;
	if (d == NULL)
		die(path, dead ? pcap_geterr(dead) : "out of memory");
	for (i = 0; i < c->n; i++) {
		from = i;
		if (op == 's' && (i == at || i == at + 1))
			from = i == at ? at + 1 : at;
		if (op == 'd' && i == at)
			continue;
		put(d, &c->frame[from], c->frame[i].h.ts);
		if (op == 'u' && i == at)
			put(d, &c->frame[i], c->frame[i].h.ts);
	}
	if (pcap_dump_flush(d) != 0)
		die(path, "cannot be written");
	pcap_dump_close(d);
	pcap_close(dead);
}

int
main(int argc, char **argv)
{
	static const char *const ops[] = { "drop", "dup", "swap" };
	static const char letters[] = "dus";
	struct capture *c = calloc(1, sizeof *c);
	char op = 0;
	size_t i, n;

	for (i = 0; argc == 4 && i < 3; i++)
		if (strcmp(argv[1], ops[i]) == 0)
			op = letters[i];
	if (op == 0 || c == NULL) {
		fputs("usage: pcapsurgery drop|dup|swap IN.pcap DIR\n", stderr);
		return 2;
	}
	load(c, argv[2]);
	n = op == 's' && c->n > 0 ? c->n - 1 : c->n;
	for (i = 0; i < n; i++)
		variant(c, op, i, argv[3]);
	printf("%zu\n", n);
	for (i = 0; i < c->n; i++)
		free(c->frame[i].data);
	free(c);
	return 0;
}
