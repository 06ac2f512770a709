/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcpline - flags, sequence numbers and window of one ledger record.
 *
 * The ledger holds 64-bit offsets; people compare with other tools, so the
 * 32-bit numbers of the wire are shown again: base_seq + offset, modulo 2^32.
 * A SYN takes the number before octet 0.  Where the base of a direction is not
 * known, "?" is printed rather than a number that means nothing.
 */
#include <inttypes.h>

#include "base/output.h"
#include "report/tcpline.h"

void
tcp_flags_text(char out[TCP_FLAGS_TEXT_MAX], unsigned flags)
{
	static const struct {
		unsigned flag;
		char letter;
	} rows[] = { { TCP_URG, 'U' }, { TCP_ACK, 'A' }, { TCP_PSH, 'P' }, { TCP_RST, 'R' },
		{ TCP_SYN, 'S' }, { TCP_FIN, 'F' } };
	unsigned i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		out[i] = flags & rows[i].flag ? rows[i].letter : '.';
	out[i] = '\0';
}

unsigned
tcp_issues(const struct stream *st, const struct ledger_seg *g)
{
	const struct stream_half *from = &st->half[g->dir];

	if (from->bad_checksums > from->packets / 2)
		return g->issues & ~(unsigned)(ISSUE_TCP_CHECKSUM | ISSUE_IP_CHECKSUM);
	return g->issues;
}

static void
put_remark(struct output *o, bool *first, const char *text)
{
	out_puts(o, *first ? "  [" : ", ");
	out_puts(o, text);
	*first = false;
}

/* Remarks on what is not a plain new segment. */
static void
put_remarks(struct output *o, const struct stream *st, const struct ledger_seg *g)
{
	unsigned seen = tcp_issues(st, g);
	static const char *const kinds[] = {
		[KIND_NEW] = NULL,
		[KIND_RETRANSMISSION] = "retransmission",
		[KIND_OVERLAP] = "in part retransmission",
		[KIND_OUT_OF_ORDER] = "out of order",
		[KIND_AHEAD] = "behind a hole",
		[KIND_KEEPALIVE] = "keep-alive",
		[KIND_PROBE] = "window probe",
		[KIND_EMPTY] = NULL,
	};
	static const struct {
		unsigned issue;
		const char *text;
	} issues[] = {
		{ ISSUE_IP_CHECKSUM, "bad IP checksum" },
		{ ISSUE_TCP_CHECKSUM, "bad TCP checksum" },
		{ ISSUE_SNAPLEN, "cut by the snap length" },
		{ ISSUE_FRAGMENT_OVERLAP, "fragments contradict each other" },
		{ ISSUE_TCP_OPTION, "broken TCP options" },
		{ ISSUE_OFFLOAD_LENGTH, "no IP length, captured length used" },
		{ ISSUE_URGENT, "urgent data" },
	};
	bool first = true;
	unsigned i;

	if (kinds[g->kind])
		put_remark(o, &first, kinds[g->kind]);
	if (g->win == 0 && !(g->flags & TCP_RST))
		put_remark(o, &first, "zero window");
	for (i = 0; i < sizeof issues / sizeof issues[0]; i++)
		if (seen & issues[i].issue)
			put_remark(o, &first, issues[i].text);
	if (!first)
		out_putc(o, ']');
}

void
tcp_line(struct output *o, const struct stream *st, const struct ledger_seg *g)
{
	const struct stream_half *from = &st->half[g->dir], *to = &st->half[!g->dir];
	int64_t off = g->flags & TCP_SYN ? g->off - 1 : g->off;
	uint32_t seq = from->base_seq + (uint32_t)off;
	char flags[TCP_FLAGS_TEXT_MAX];

	tcp_flags_text(flags, g->flags);
	out_printf(o, "%s, len: %" PRIu32 ", ", flags, g->len);
	if (from->base_known)
		out_printf(o, "seq:%10" PRIu32 "-%" PRIu32 ", ", seq, seq + g->len);
	else
		out_puts(o, "seq: ?, ");
	if (g->ack == LEDGER_NO_ACK)
		out_puts(o, "ack: 0, ");
	else if (to->base_known)
		out_printf(o, "ack:%10" PRIu32 ", ", to->base_seq + (uint32_t)g->ack);
	else
		out_puts(o, "ack: ?, ");
	out_printf(o, "win: %" PRIu32, g->win);
	put_remarks(o, st, g);
}
