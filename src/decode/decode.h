/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decode - frames to TCP segments: link type, tags and tunnels, IP and its
 * fragments, TCP header.  Nothing here knows of connections.
 */
#ifndef SMTPSCOPE_DECODE_DECODE_H
#define SMTPSCOPE_DECODE_DECODE_H

#include "base/slice.h"
#include "capture/capture.h"

struct budget;

struct ipaddr {
	uint8_t family; /* 4 or 6 */
	uint8_t b[16];  /* IPv4 in b[0..3], rest zero */
};

static inline bool
ipaddr_same(const struct ipaddr *a, const struct ipaddr *b)
{
	return a->family == b->family && memcmp(a->b, b->b, sizeof a->b) == 0;
}

struct endpoint {
	struct ipaddr addr;
	uint16_t port;
};

enum tcp_flag { /* RFC 9293 3.1, low six bits of octet 13, plus ECE and CWR */
	TCP_FIN = 1,
	TCP_SYN = 2,
	TCP_RST = 4,
	TCP_PSH = 8,
	TCP_ACK = 16,
	TCP_URG = 32,
	TCP_ECE = 64,
	TCP_CWR = 128
};

enum decode_issue {                      /* bits of segment.issues */
	ISSUE_IP_CHECKSUM = 1 << 0,      /* IPv4 header checksum is wrong */
	ISSUE_TCP_CHECKSUM = 1 << 1,     /* TCP checksum is wrong (whole segment captured) */
	ISSUE_SNAPLEN = 1 << 2,          /* payload.n < wire_len: cut by the snap length */
	ISSUE_FRAGMENT_OVERLAP = 1 << 3, /* fragments overlapped with other content */
	ISSUE_TCP_OPTION = 1 << 4,       /* an option ran past the header */
	ISSUE_OFFLOAD_LENGTH = 1 << 5,   /* IP length 0 (TSO): captured length used */
	ISSUE_URGENT = 1 << 6            /* URG, and its pointer lies in this segment's data */
};

struct tcp_options {
	uint16_t mss;   /* 0: absent */
	uint8_t wscale; /* 255: absent */
	uint8_t nsack;  /* blocks in sack[] */
	bool sack_permitted;
	bool timestamps;
	uint32_t tsval, tsecr;
	uint32_t sack[4][2];
};

/* One TCP segment, whatever carried it.  Borrowed for the call. */
struct segment {
	const struct packet *pkt;  /* the frame that completed it */
	uint64_t first_frame;      /* < pkt->frame when it came in fragments */
	uint64_t first_position;   /* packet.position of that frame */
	const uint64_t *fragments; /* the frames that brought it, the last one included */
	size_t nfragments;         /* 0: it came whole */
	struct endpoint src, dst;
	uint32_t seq, ack;
	uint32_t wire_len; /* payload octets by the IP header */
	uint16_t win;      /* as sent, not scaled */
	uint16_t urp;
	uint8_t flags;   /* enum tcp_flag */
	uint8_t ttl;     /* TTL or hop limit of the innermost IP header */
	uint16_t ip_id;  /* IPv4 identification; 0 for IPv6 */
	uint16_t issues; /* enum decode_issue */
	/* Internet checksum of the payload alone, 1 to 65535; 0: none, or not all captured. */
	uint16_t payload_sum;
	struct tcp_options opt;
	struct slice payload; /* captured part, payload.n <= wire_len */
};

enum decode_status {
	DECODE_SEGMENT,
	DECODE_NOT_TCP,     /* another protocol, or no IP at all */
	DECODE_FRAGMENT,    /* kept; a later frame completes the datagram */
	DECODE_MALFORMED,   /* a header contradicts itself */
	DECODE_CUT,         /* the snap length cut a header */
	DECODE_UNKNOWN_LINK /* no row for this link type */
};

struct decode_stats { /* frames by outcome, so that nothing is lost without a count */
	uint64_t segments, not_tcp, fragments, malformed, cut, unknown_link;
	uint64_t fragments_expired; /* datagrams never completed */
	uint64_t fragments_refused; /* datagrams dropped: no memory, or too many at once */
	uint64_t fragments_pending; /* datagrams still waiting for a fragment */
	uint64_t depth_exceeded;    /* tunnels or extension headers nested too deep */
	uint64_t aggregates;        /* 802.11 frames with parts behind the first, not decoded */
	uint64_t bad_ip_checksum, bad_tcp_checksum, snaplen_cut;
};

enum { DECODE_MAX_DEPTH = 8 }; /* tags, labels and tunnels in one frame */

struct decoder;
struct decoder *decoder_new(struct budget *);
enum decode_status decoder_packet(struct decoder *, const struct packet *, struct segment *);
void decoder_stats(const struct decoder *, struct decode_stats *);
void decoder_free(struct decoder *);

/* Is there a row for this link type?  The name is ours ("EN10MB") or NULL. */
const char *decode_link_name(int dlt);
/* "192.0.2.1" or "2001:db8::1"; at least 46 octets. */
enum { IPADDR_TEXT_MAX = 46, ENDPOINT_TEXT_MAX = 56 };
void ipaddr_text(char out[IPADDR_TEXT_MAX], const struct ipaddr *);
/* "192.0.2.1:25" or "[2001:db8::1]:25". */
void endpoint_text(char out[ENDPOINT_TEXT_MAX], const struct endpoint *);

#endif
