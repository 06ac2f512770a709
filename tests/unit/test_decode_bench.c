/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_decode_bench - see the header.
 */
#include "test_decode_bench.h"

struct bench *
bench_new(const char *text)
{
	struct bench *b = calloc(1, sizeof(*b));

	b->dec = decoder_new(&b->budget);
	b->pkt.dlt = 12;
	b->id = 0x1234;
	b->row = text;
	frame_build(&b->f, text);
	return b;
}

void
bench_free(struct bench *b)
{
	decoder_free(b->dec);
	check_num(b->row, "budget in use at the end", b->budget.used, 0);
	if (b->copy)
		guarded_free(b->copy, b->ncopy);
	free(b);
}

static void
put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

void
bench_ip4_checksum(uint8_t *h)
{
	uint32_t sum = 0;
	size_t i;

	put16(h + 10, 0);
	for (i = 0; i < 20; i += 2)
		sum += (uint32_t)h[i] << 8 | h[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	put16(h + 10, ~(sum + (sum >> 16)) & 0xffff);
}

/* The IP header for a piece of what lies behind `hlen' octets of the datagram. */
size_t
bench_header(const struct bench *b, uint8_t *out, const struct piece *p)
{
	if (b->f.b[0] >> 4 == 4) {
		memcpy(out, b->f.b, 20);
		put16(out + 2, 20 + p->len);
		put16(out + 4, b->id);
		put16(out + 6, (p->off / 8) | (p->more ? 0x2000u : 0));
		bench_ip4_checksum(out);
		return 20;
	}
	memcpy(out, b->f.b, 40);
	put16(out + 4, 8 + p->len);
	out[6] = 44;
	out[40] = b->f.b[6];
	out[41] = 0;
	put16(out + 42, p->off | p->more);
	put16(out + 44, b->id >> 16);
	put16(out + 46, b->id);
	return 48;
}

/* `cut' octets of the end are not captured. */
enum decode_status
bench_send_cut(struct bench *b, const struct piece *p, size_t cut)
{
	size_t hlen = b->f.b[0] >> 4 == 4 ? 20 : 40, body = b->f.n - hlen, n, i, at;
	uint8_t out[48 + 1500];

	n = bench_header(b, out, p);
	for (i = 0; i < p->len && i < 1500; i++) {
		at = p->off + i;
		out[n++] = (at < body ? b->f.b[hlen + at] : 0) ^ (p->other ? 0xff : 0);
	}
	if (b->copy)
		guarded_free(b->copy, b->ncopy);
	b->ncopy = n - cut;
	b->copy = guarded_copy(out, b->ncopy);
	b->pkt.frame++;
	b->pkt.ts = p->ts;
	b->pkt.wirelen = (uint32_t)n;
	b->pkt.data = slice_of(b->copy, b->ncopy);
	return decoder_packet(b->dec, &b->pkt, &b->seg);
}

enum decode_status
bench_send(struct bench *b, const struct piece *p)
{
	return bench_send_cut(b, p, 0);
}

void
bench_check_whole(const struct bench *b, uint64_t first_frame, int issues)
{
	check_num(b->row, "payload on the wire", b->seg.wire_len, b->f.fill);
	check_num(b->row, "payload captured", b->seg.payload.n, b->seg.wire_len);
	check_num(b->row, "first frame", b->seg.first_frame, first_frame);
	check_num(b->row, "issues", b->seg.issues, (uint64_t)issues);
	check_num(b->row, "destination port", b->seg.dst.port, 25);
	check_num(b->row, "ttl", b->seg.ttl, 64);
}

void
bench_check_stats(const struct bench *b, uint64_t expired, uint64_t refused, uint64_t pending)
{
	struct decode_stats st;

	decoder_stats(b->dec, &st);
	check_num(b->row, "expired", st.fragments_expired, expired);
	check_num(b->row, "refused", st.fragments_refused, refused);
	check_num(b->row, "pending", st.fragments_pending, pending);
	check_num(b->row, "outcomes",
	    st.segments + st.not_tcp + st.fragments + st.malformed + st.cut + st.unknown_link,
	    b->pkt.frame);
}
