/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mktrace - captures made from text.  A .trace file is a TCP conversation that a
 * reviewer can read; mktrace turns it into the same pcap octets on every machine:
 * no clock, no random numbers, no byte order of the host.
 *
 * It shares no code with the program it tests, so that no fault can hide by being
 * made twice.  The language is described in traces/README.
 *
 * Everything hangs off one struct mk_trace, freed by mk_trace_fini().  Limits are
 * the MK_MAX_* below; passing one is an error with file and line.
 */
#ifndef SMTPSCOPE_TESTS_MKTRACE_H
#define SMTPSCOPE_TESTS_MKTRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MK_MAX_CONNS = 64, MK_MAX_LABELS = 256, MK_MAX_HEADERS = 128, MK_MAX_HELD = 64 };
enum { MK_MAX_PAYLOAD = 1 << 24, MK_NAME = 40, MK_ERROR = 256 };
enum mk_side { MK_CLIENT, MK_SERVER };
enum mk_flag { MK_FIN = 1, MK_SYN = 2, MK_RST = 4, MK_PSH = 8, MK_ACK = 16, MK_URG = 32 };

struct mk_buf { /* growing octets; out of memory ends the program */
	uint8_t *p;
	size_t n, cap;
};

struct mk_addr {
	int family; /* 4 or 6 */
	uint8_t b[16];
	uint16_t port;
};

struct mk_link {          /* how a segment is wrapped; "set" changes it for all that follow */
	uint32_t dlt;     /* LINKTYPE_ value; only before the first frame */
	uint16_t vlan[2]; /* outer and inner tag; 0: none */
	unsigned frag;    /* most octets of IP payload in one packet; 0: no fragments */
	unsigned cut;     /* snap length of the frame; 0: none */
	unsigned ttl;
	bool badsum; /* wrong TCP checksum */
	bool pad;    /* Ethernet frames filled up to 60 octets */
};

struct mk_segment { /* one TCP segment before wrapping */
	const struct mk_addr *src, *dst;
	enum mk_side side;
	uint32_t seq, ack;
	uint16_t win, urp, ip_id;
	uint8_t flags;
	uint8_t opts[40];
	size_t nopts;
	const uint8_t *data;
	size_t n;
};

struct mk_held { /* a frame kept back by "hold" */
	struct mk_buf rec;
	uint32_t orig_len;
	unsigned after; /* frames to let pass first */
	int label;
};

struct mk_pcap {
	struct mk_buf out; /* records; the file header is made at the end */
	uint32_t dlt;
	uint64_t frames;
	int64_t last_ts; /* ns */
	size_t last_rec; /* where the last record starts in `out' */
	struct mk_held held[MK_MAX_HELD];
	size_t nheld;
	unsigned hold_next; /* the next frame waits for this many */
	bool backwards;     /* the next frame may be stamped earlier */
};

struct mk_sent {           /* a segment as sent, for retransmission and the peer's ACK */
	uint32_t seq, len; /* len counts SYN and FIN */
	uint32_t before;   /* what the peer had received when this one left */
	uint8_t flags;
	bool received;
	uint8_t *data;
	size_t n;
};

struct mk_end { /* one side of a connection */
	struct mk_addr addr;
	uint32_t nxt;      /* next sequence number to send */
	uint32_t rcv;      /* received from the peer in order, below this */
	uint32_t ack_sent; /* last acknowledgement sent */
	bool heard;        /* anything received yet: ACK flag is set from now on */
	uint32_t win;      /* as announced, not scaled */
	uint16_t ip_id;
	struct mk_sent *sent;
	size_t nsent, capsent;
	size_t first; /* sent[] before this is all received */
};

struct mk_conn {
	char name[MK_NAME];
	struct mk_end end[2];
	unsigned mss, at_most;
	int wscale; /* -1: not offered */
	bool timestamps;
	int64_t trip[2]; /* ns: capture point to that side and back */
	int last;        /* side that spoke last, -1 none */
	unsigned line;   /* running number of message text lines */
};

struct mk_mods {   /* "(...)" behind C or S: this statement only */
	int label; /* -1: none */
	unsigned late;
	bool hold, drop, lost, fin, urg, nopsh, noack;
	int ack_kind, seq_kind; /* 0 none, 1 absolute, 2 relative */
	int64_t ack, seq, win;  /* win -1: the side's */
	struct mk_link link;
};

struct mk_label {
	char name[MK_NAME];
	uint64_t frame; /* 0: not captured */
};

struct mk_header {
	char *key, *value;
	unsigned line;
};

struct mk_trace {
	const char *file; /* for messages */
	unsigned line;
	const char *next; /* unread text */
	bool body;        /* the first statement has been seen */
	int64_t now;      /* ns since 1970 */
	struct mk_link link;
	struct mk_pcap pcap;
	struct mk_conn conns[MK_MAX_CONNS];
	size_t nconns;
	struct mk_label labels[MK_MAX_LABELS];
	size_t nlabels;
	struct mk_header headers[MK_MAX_HEADERS];
	size_t nheaders;
	char error[MK_ERROR];
};

/* buf.c */
void mk_buf_add(struct mk_buf *, const void *, size_t);
void mk_buf_u8(struct mk_buf *, unsigned);
void mk_buf_be16(struct mk_buf *, unsigned);
void mk_buf_be32(struct mk_buf *, uint32_t);
void mk_buf_le16(struct mk_buf *, unsigned);
void mk_buf_le32(struct mk_buf *, uint32_t);
void mk_buf_printf(struct mk_buf *, const char *, ...) __attribute__((__format__(printf, 2, 3)));
void mk_buf_fini(struct mk_buf *);
void *mk_alloc(size_t);

/* text.c */
/* Appends `text' with its escapes resolved; false for a wrong escape. */
bool mk_text_unescape(struct mk_buf *, const char *text, size_t n);
/* Hexadecimal digits with blanks between octets. */
bool mk_text_hex(struct mk_buf *, const char *text, size_t n);
/* `n' octets of message lines; the last one ends with CRLF unless `open'. */
void mk_text_filler(struct mk_buf *, unsigned *line, size_t n, bool open);
/* A whole number of 0..max; false when it is not one. */
bool mk_text_number(const char *, uint64_t max, uint64_t *);
/* "250", "250ms", "1.5s", "20us" to nanoseconds; a leading minus is allowed. */
bool mk_text_duration(const char *, int64_t *ns);

/* pcap.c */
void mk_pcap_frame(
    struct mk_trace *, const struct mk_buf *frame, const struct mk_link *, int label);
bool mk_pcap_dup(struct mk_trace *);
bool mk_pcap_finish(struct mk_trace *, struct mk_buf *file);
void mk_pcap_fini(struct mk_pcap *);

/* frame.c */
bool mk_frame_dlt(const char *name, uint32_t *);
void mk_frame_send(struct mk_trace *, const struct mk_link *, const struct mk_segment *, int label);

/* conn.c */
bool mk_conn_open(struct mk_trace *, char *args);
struct mk_conn *mk_conn_find(struct mk_trace *, const char *name);
void mk_conn_segment(struct mk_trace *, struct mk_conn *, enum mk_side, unsigned flags,
    const uint8_t *, size_t, const struct mk_mods *);
void mk_conn_payload(struct mk_trace *, struct mk_conn *, enum mk_side, const struct mk_buf *,
    const struct mk_mods *);
bool mk_conn_again(
    struct mk_trace *, struct mk_conn *, enum mk_side, unsigned back, const struct mk_mods *);
void mk_conn_close(struct mk_trace *, struct mk_conn *, enum mk_side first);
void mk_conn_fini(struct mk_conn *);

/* mods.c */
struct mk_mods mk_mods_none(const struct mk_trace *);
bool mk_link_set(struct mk_trace *, struct mk_link *, const char *key, const char *value);
bool mk_mods_parse(struct mk_trace *, struct mk_mods *, char **s);

/* statement.c */
bool mk_statement(struct mk_trace *, char *line);

/* script.c */
bool mk_fail(struct mk_trace *, const char *, ...) __attribute__((__format__(printf, 2, 3)));
/* The next line without its line end in a buffer of its own, NULL at the end. */
char *mk_script_line(struct mk_trace *);
/* Words of `*s' separated by blanks; NULL when there are no more. */
char *mk_script_word(char **s);
bool mk_trace_run(struct mk_trace *, const char *file, const char *text, struct mk_buf *pcap);
/* The headers with every label replaced by its frame number. */
bool mk_trace_headers(struct mk_trace *, struct mk_buf *);
void mk_trace_fini(struct mk_trace *);

/* random.c */
/* The text of a trace that both engines must read alike. */
void mk_random_script(struct mk_buf *, uint64_t seed);

#endif
