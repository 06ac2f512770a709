/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wifi - IEEE 802.11 data frames (IEEE 802.11-2020 9.2, 9.3.2), and radiotap.
 *
 * Protected frames hold nothing that can be read; fragments of an MSDU are not
 * put together (nobody sends them with TCP at today's frame sizes).  Of an
 * A-MSDU the first part is decoded, since a frame gives one segment; further
 * parts are counted.
 */
#include "decode/layer.h"

enum {
	FC_TYPE = 0x000c, /* frame control, read little-endian */
	FC_DATA = 0x0008,
	FC_VERSION = 0x0003,
	FC_NO_DATA = 0x0040,
	FC_QOS = 0x0080,
	FC_BOTH_DS = 0x0300, /* four addresses */
	FC_MORE_FRAGMENTS = 0x0400,
	FC_PROTECTED = 0x4000,
	FC_ORDER = 0x8000, /* with QoS: an HT control field */
	QOS_AMSDU = 0x0080,
	WIFI_HEADER = 24,
	AMSDU_HEADER = 14
};

enum { /* radiotap */
	PRESENT_TSFT = 1,
	PRESENT_FLAGS = 2,
	PRESENT_MAX = 32, /* words of the presence map */
	FLAG_PADDED = 0x20,
	FLAG_BAD_FCS = 0x40
};
#define PRESENT_MORE UINT32_C(0x80000000)

/* The first part; the octets behind it, less its padding, are another. */
static enum decode_status
first_msdu(struct descent *d)
{
	struct cursor h = layer_header(d, AMSDU_HEADER);
	uint16_t len;

	cur_take(&h, AMSDU_HEADER - 2);
	len = cur_be16(&h);
	if (!cur_ok(&h))
		return layer_short(d);
	if (d->wire > ((len + 3u) & ~3u) + AMSDU_HEADER)
		d->stats->aggregates++;
	if (len < d->wire)
		layer_bound(d, len);
	return layer_enter(d, layer_llc);
}

enum decode_status
layer_wifi(struct descent *d)
{
	struct cursor h = layer_header(d, 2);
	uint16_t control = layer_le16(&h), sequence, qos = 0;
	size_t len = WIFI_HEADER;

	if (!cur_ok(&h))
		return layer_short(d);
	if (control & FC_VERSION || (control & FC_TYPE) != FC_DATA || control & FC_NO_DATA)
		return DECODE_NOT_TCP;
	h = layer_header(d, WIFI_HEADER - 2);
	cur_take(&h, WIFI_HEADER - 4);
	sequence = layer_le16(&h);
	if (!cur_ok(&h))
		return layer_short(d);
	if (control & (FC_PROTECTED | FC_MORE_FRAGMENTS) || sequence & 15)
		return DECODE_NOT_TCP;
	if ((control & FC_BOTH_DS) == FC_BOTH_DS) {
		layer_skip(d, 6);
		len += 6;
	}
	if (control & FC_QOS) {
		h = layer_header(d, 2);
		qos = layer_le16(&h);
		len += 2;
		if (control & FC_ORDER) {
			layer_skip(d, 4);
			len += 4;
		}
	}
	if (d->wifi_padded && len % 4)
		layer_skip(d, 4 - len % 4);
	if (!cur_ok(&d->body))
		return layer_short(d);
	return qos & QOS_AMSDU ? first_msdu(d) : layer_enter(d, layer_llc);
}

/*
 * The flags field is the second that a presence map can announce, behind the
 * map itself and the 64-bit time, aligned to 8 from the start of the header.
 */
static uint8_t
radiotap_flags(struct cursor h)
{
	uint32_t first, word;
	size_t at = 4, words = 0;

	cur_be32(&h);
	first = word = layer_le32(&h);
	at += 4;
	while (word & PRESENT_MORE && ++words < PRESENT_MAX) {
		word = layer_le32(&h);
		at += 4;
	}
	if (!(first & PRESENT_FLAGS))
		return 0;
	if (first & PRESENT_TSFT)
		cur_take(&h, 8 + (8 - at % 8) % 8);
	return cur_u8(&h);
}

enum decode_status
layer_radiotap(struct descent *d)
{
	struct cursor peek = d->body, h;
	uint8_t version = cur_u8(&peek), flags;
	uint16_t len;

	cur_u8(&peek);
	len = layer_le16(&peek);
	if (!cur_ok(&peek))
		return layer_short(d);
	if (version != 0 || len < 8)
		return DECODE_MALFORMED;
	h = layer_header(d, len);
	if (!cur_ok(&h))
		return layer_short(d);
	flags = radiotap_flags(h);
	if (flags & FLAG_BAD_FCS) /* no station took this frame */
		return DECODE_MALFORMED;
	d->wifi_padded = flags & FLAG_PADDED;
	return layer_enter(d, layer_wifi);
}
