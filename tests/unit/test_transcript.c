/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_transcript - texts become the frames that a capture of the dialogue would
 * have held.
 *
 * A row has a text and the frames that are wanted, each as LINE, "c" or "s" for
 * its sender, and its flags or its payload: "1s:220 hi$" is line 1 of the server,
 * "$" stands for CRLF.  For every frame both checksums, the sequence number and
 * the acknowledgement number are computed again here.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include "base/mem.h"
#include "test_capture_files.h"

enum { HEADERS = 40, SHOWN_MAX = 8192, FIRST_PORT = 32768, LONG_LINE = (1 << 20) + 5 };

struct side_state {
	uint32_t next; /* sequence number of its next octet */
	bool known;
};

struct reading {
	const char *name;
	struct side_state side[2]; /* client, server */
	char shown[SHOWN_MAX];
	size_t n;
	unsigned server, client; /* ports of the last frame */
	uint64_t octets;
};

static unsigned
be16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

/* The Internet checksum over everything, which is 0xffff when the field in it is right. */
static unsigned
sum(uint32_t start, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		start += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	while (start >> 16)
		start = (start >> 16) + (start & 0xffff);
	return start;
}

static void
show(struct reading *r, const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n && r->n + 8 < sizeof r->shown; i++) {
		if (text[i] == '\r' && i + 1 < n && text[i + 1] == '\n') {
			r->shown[r->n++] = '$';
			i++;
		} else if (text[i] < ' ' || text[i] > '~') {
			r->n +=
			    (size_t)snprintf(r->shown + r->n, 8, "\\x%02x", (unsigned char)text[i]);
		} else {
			r->shown[r->n++] = text[i];
		}
	}
	r->shown[r->n] = '\0';
}

static void
check_numbers(struct reading *r, const struct packet *pkt, unsigned from, size_t payload)
{
	const uint8_t *ip = pkt->data.p, *tcp = ip + 20;
	struct side_state *me = &r->side[from], *peer = &r->side[!from];
	uint32_t pseudo = 6 + (uint32_t)(pkt->data.n - 20);

	if (sum(0, ip, 20) != 0xffff || sum(pseudo, ip + 12, pkt->data.n - 12) != 0xffff)
		fail_msg("%s: line %u has a bad checksum", r->name, (unsigned)pkt->source_frame);
	if (me->known && be32(tcp + 4) != me->next)
		fail_msg("%s: line %u: got seq %u, want %u", r->name, (unsigned)pkt->source_frame,
		    be32(tcp + 4), me->next);
	if (peer->known && tcp[13] & 16 && be32(tcp + 8) != peer->next)
		fail_msg("%s: line %u: got ack %u, want %u", r->name, (unsigned)pkt->source_frame,
		    be32(tcp + 8), peer->next);
	me->known = true;
	me->next = be32(tcp + 4) + (uint32_t)payload + ((tcp[13] & 3) != 0);
}

static void
read_frame(struct reading *r, const struct packet *pkt)
{
	const uint8_t *tcp = pkt->data.p + 20;
	char head[64];
	unsigned from;
	size_t payload;

	if (pkt->data.n < HEADERS || be16(pkt->data.p + 2) != pkt->data.n || !pkt->transcript)
		fail_msg("%s: line %u is no frame of a transcript", r->name,
		    (unsigned)pkt->source_frame);
	payload = pkt->data.n - HEADERS;
	from = be16(tcp) < FIRST_PORT;
	r->server = be16(tcp + (from ? 0 : 2));
	if (r->client != be16(tcp + (from ? 2 : 0)))
		r->side[0].known = r->side[1].known = false; /* another dialogue */
	r->client = be16(tcp + (from ? 2 : 0));
	check_numbers(r, pkt, from, payload);
	r->octets += payload;
	snprintf(head, sizeof head, "%s%u%c:%s%s%s", r->n ? " " : "", (unsigned)pkt->source_frame,
	    from ? 's' : 'c', tcp[13] & 2 ? "SYN" : "", tcp[13] & 1 ? "FIN" : "",
	    tcp[13] & 4 ? "RST" : "");
	show(r, head, strlen(head));
	show(r, (const char *)pkt->data.p + HEADERS, payload);
}

static void
read_all(struct reading *r, struct capture *c)
{
	struct error err = { "" };
	struct packet pkt;
	enum capture_status status;

	while ((status = capture_next(c, &pkt, &err)) == CAPTURE_PACKET)
		read_frame(r, &pkt);
	if (status != CAPTURE_EOF)
		fail_msg("%s: got status %d \"%s\"", r->name, status, err.text);
}

#define OPEN "1c:SYN 1s:SYN 1c: "

static const struct row {
	const char *name, *text, *want;
	unsigned port, ignored;
} rows[] = {
	{ "marks with colons", "S: 220 hi\nC: EHLO a\nS: 250 a\n",
	    OPEN "1s:220 hi$ 2c:EHLO a$ 3s:250 a$", 25, 0 },
	{ "angles, CRLF, no end of line", "S> 220 hi\r\nC> EHLO a\r\nS> 250 a",
	    OPEN "1s:220 hi$ 2c:EHLO a$ 3s:250 a$", 25, 0 },
	{ "initiator and target with labels", "T: <waiting>\nT: 220 hi\nx I: HELO a\n* T: 250 a\n",
	    "2c:SYN 2s:SYN 2c: 2s:220 hi$ 3c:HELO a$ 4s:250 a$", 25, 1 },
	{ "triple", "<<< 220 hi\n>>> EHLO a\n<<< 250 a\n", OPEN "1s:220 hi$ 2c:EHLO a$ 3s:250 a$",
	    25, 0 },
	{ "swaks",
	    "=== Connected to 127.0.0.1.\n<-  220 hi\n -> EHLO a\n<** 550 no\n -> QUIT\n<-  221 "
	    "bye\n"
	    "=== Connection closed with remote host.\n",
	    "2c:SYN 2s:SYN 2c: 2s:220 hi$ 3c:EHLO a$ 4s:550 no$ 5c:QUIT$ 6s:221 bye$ 7c:FIN 7s:FIN",
	    25, 0 },
	{ "swaks inside TLS", "<~  220 hi\n ~> EHLO a\n<~* 550 no\n",
	    OPEN "1s:220 hi$ 2c:EHLO a$ 3s:550 no$", 465, 0 },
	{ "words", "Server: 220 hi\nClient: HELO a\n", OPEN "1s:220 hi$ 2c:HELO a$", 25, 0 },
	{ "quoted, with times and numbers",
	    "> 1 10:00:00.1 S: 220 hi\n>> Nov 28 10:00:01 C: EHLO a\n| [3] S: 250 a\n",
	    OPEN "1s:220 hi$ 2c:EHLO a$ 3s:250 a$", 25, 0 },
	{ "byte order mark", "\xef\xbb\xbfS: 220 hi\nC: EHLO a\n", OPEN "1s:220 hi$ 2c:EHLO a$", 25,
	    0 },
	{ "LMTP", "S: 220 hi\nC: LHLO a\nS: 250 a\n", OPEN "1s:220 hi$ 2c:LHLO a$ 3s:250 a$", 24,
	    0 },
	{ "no greeting", "C: EHLO a\nS: 250 a\n", "1c:EHLO a$ 2s:250 a$", 25, 0 },
	{ "client before the greeting", "C: EHLO a\nS: 220 hi\nS: 250 a\n",
	    OPEN "1c:EHLO a$ 2s:220 hi$ 3s:250 a$", 25, 0 },
	{ "refused in the greeting", "S: 554 no\nC: HELO a\n", OPEN "1s:554 no$ 2c:HELO a$", 25,
	    0 },
	{ "folded by a mail program",
	    "S: 220 mail.example.com Microsoft ESMTP MAIL Service at Sun, 28 \nNov 2010 02:41\n"
	    "C: EHLO a\n",
	    OPEN "1s:220 mail.example.com Microsoft ESMTP MAIL Service at Sun, 28 Nov 2010 02:41$ "
	         "3c:EHLO a$",
	    25, 0 },
	{ "folded, without the blank",
	    "S: 220 mail.example.com Microsoft ESMTP MAIL Service ready at Sunday,\n"
	    "2010-11-28\nC: EHLO a\n",
	    OPEN "1s:220 mail.example.com Microsoft ESMTP MAIL Service ready at Sunday, "
	         "2010-11-28$ 3c:EHLO a$",
	    25, 0 },
	{ "not folded", "S: 220 hi\nthat is what it said\nC: EHLO a\n",
	    OPEN "1s:220 hi$ 3c:EHLO a$", 25, 1 },
	{ "prose between two", "S: 220 hi\nC: HELO a\n\nThen:\n\nS: 220 ho\nC: HELO b\n",
	    OPEN "1s:220 hi$ 2c:HELO a$ 6c:SYN 6s:SYN 6c: 6s:220 ho$ 7c:HELO b$", 25, 1 },
	{ "prose that cuts one", "S: 220 hi\nC: HELO a\n\nThen it said\n\nS: 250 a\n",
	    OPEN "1s:220 hi$ 2c:HELO a$ 6s:250 a$", 25, 1 },
	{ "greeting after greeting", "S: 220-hi\nS: 220 ho\nC: HELO a\nS: 250 a\nS: 220 x\n",
	    OPEN "1s:220-hi$ 2s:220 ho$ 3c:HELO a$ 4s:250 a$ 5c:SYN 5s:SYN 5c: 5s:220 x$", 25, 0 },
	{ "220 that accepts", "S: 220 hi\nC: STARTTLS\nS: 220 go\nC: EHLO a\nS: 250 a\n",
	    OPEN "1s:220 hi$ 2c:STARTTLS$ 3s:220 go$ 4c:EHLO a$ 5s:250 a$", 25, 0 },
	{ "221 closes", "S: 220 hi\nC: HELO a\nS: 250 a\nC: QUIT\nS: 221 bye\n",
	    OPEN "1s:220 hi$ 2c:HELO a$ 3s:250 a$ 4c:QUIT$ 5s:221 bye$ 5s:FIN 5c:FIN", 25, 0 },
	{ "remark that the server closed",
	    "S: 220 hi\nC: HELO a\n\n<Client sees premature TCP close>\n",
	    OPEN "1s:220 hi$ 2c:HELO a$ 4s:FIN 4c:FIN", 25, 0 },
	{ "remark that the client resets", "S: 220 hi\nC: HELO a\nC: <resets the connection>\n",
	    OPEN "1s:220 hi$ 2c:HELO a$ 3c:RST", 25, 0 },
	{ "placeholder and end of data", "S: 220 hi\nC: HELO a\nC: [text]<CRLF>.<CRLF>\nC: QUIT\n",
	    OPEN "1s:220 hi$ 2c:HELO a$ 3c:[text]$.$ 4c:QUIT$", 25, 0 },
	{ "line breaks that are not CRLF", "S: 220 <CRLF>\nC: HELO a\nC: x<LF>.<CR>y\n",
	    OPEN "1s:220 <CRLF>$ 2c:HELO a$ 3c:x\\x0a.\\x0dy$", 25, 0 },
	{ "message with its marks",
	    "S: 220 hi\nC: HELO a\nC: DATA\nS: 354 go\nC: (x)\nC:\nC: <html>\nC: .\nS: 250 ok\n",
	    OPEN
	    "1s:220 hi$ 2c:HELO a$ 3c:DATA$ 4s:354 go$ 5c:(x)$ 6c:$ 7c:<html>$ 8c:.$ 9s:250 ok$",
	    25, 0 },
	{ "message without marks",
	    "S: 220 hi\nC: HELO a\nC: DATA\nS: 354 go\nSubject: x\n\ny\n.\nS: 250 ok\n",
	    OPEN "1s:220 hi$ 2c:HELO a$ 3c:DATA$ 4s:354 go$ 5c:Subject: x$ 7c:y$ 8c:.$ 9s:250 ok$",
	    25, 0 },
	{ "message left out", "S: 220 hi\nC: HELO a\nC: DATA\nS: 354 go\nS: 250 ok\n",
	    OPEN "1s:220 hi$ 2c:HELO a$ 3c:DATA$ 4s:354 go$ 5c:[message text]$ 5c:.$ 5s:250 ok$",
	    25, 0 },
	{ "end of data left out, refused",
	    "S: 220 hi\nC: HELO a\nC: DATA\nS: 354 go\nC: x\nS: 554-no\nS: 554 no\nC: RSET\n",
	    OPEN "1s:220 hi$ 2c:HELO a$ 3c:DATA$ 4s:354 go$ 5c:x$ 6c:.$ 6s:554-no$ 7s:554 no$ "
	         "8c:RSET$",
	    25, 0 },
	{ "refused inside the message",
	    "S: 220 hi\nC: HELO a\nC: DATA\nS: 354 go\nC: x\nS: 552 no\nC: y\nC: .\nS: 250 ok\n",
	    OPEN
	    "1s:220 hi$ 2c:HELO a$ 3c:DATA$ 4s:354 go$ 5c:x$ 6s:552 no$ 7c:y$ 8c:.$ 9s:250 ok$",
	    25, 0 },
	{ "refused inside, and closed",
	    "S: 220 hi\nC: HELO a\nC: DATA\nS: 354 go\nC: x\nS: 552 no\nS: 421 bye\n",
	    OPEN "1s:220 hi$ 2c:HELO a$ 3c:DATA$ 4s:354 go$ 5c:x$ 6s:552 no$ 7s:421 bye$ "
	         "7s:FIN 7c:FIN",
	    25, 0 },
	{ "chunk", "S: 220 hi\nC: HELO a\nC: BDAT 6 LAST\nC: text\nC: QUIT\n",
	    OPEN "1s:220 hi$ 2c:HELO a$ 3c:BDAT 6 LAST$ 3c:xxxx$ 5c:QUIT$", 25, 1 },
	{ "line of the answer to AUTH",
	    "S: 220 hi\nC: HELO a\nC: AUTH LOGIN\nS: 334 \nC: <base64>\n",
	    OPEN "1s:220 hi$ 2c:HELO a$ 3c:AUTH LOGIN$ 4s:334 $ 5c:<base64>$", 25, 0 },
	{ "report of this program",
	    "Session 1: 192.0.2.1:40001 > [2001:db8::1]:587\n  smtp, started\n\n  1  "
	    "<connected>\n\n"
	    "  4  S> 220 hi\n  5  C> HELO \\x01\\\\\n          C> NOOP\n"
	    "          ** note (certain) x: \"C> y\" in\n          it.\n\n  9  <Server closes: "
	    "FIN>\n"
	    "\nSummary of session 1: a > b\n",
	    "1c:SYN 1s:SYN 1c: 6s:220 hi$ 7c:HELO \\x01\\$ 8c:NOOP$ 12s:FIN 12c:FIN", 587, 0 },
	{ "text that a report counted",
	    "Session 1: a > b\n<connected>\nS> 220 hi\nC> DATA\nS> 354 go\n"
	    "C> [message text, 10 octets in 2 lines, frames 1-2]\nC> .\n",
	    "1c:SYN 1s:SYN 1c: 3s:220 hi$ 4c:DATA$ 5s:354 go$ 6c:xxx$xxx$ 7c:.$", 25, 0 },
};

static void
test_rows(void **state)
{
	const struct row *r;
	struct capture_stats stats;
	struct capture_config cfg = { .nfiles = 0 };
	struct folder folder;
	struct capture *c;
	char path[2 * PATH_LEN];

	(void)state;
	folder_make(&folder);
	for (r = rows; r < rows + COUNT(rows); r++) {
		struct reading got = { .name = r->name };

		c = open_one(folder_save(&folder, "x", r->text, strlen(r->text), path), cfg);
		read_all(&got, c);
		capture_stats(c, &stats);
		if (strcmp(got.shown, r->want) != 0)
			fail_msg("%s:\ngot  %s\nwant %s", r->name, got.shown, r->want);
		if (got.server != r->port)
			fail_msg("%s: got port %u, want %u", r->name, got.server, r->port);
		if (stats.text_ignored != r->ignored)
			fail_msg("%s: got %u lines ignored, want %u", r->name,
			    (unsigned)stats.text_ignored, r->ignored);
		close_capture(c);
	}
	folder_remove(&folder);
}

/* A text on a pipe is read from its first octet on; NUL and 8-bit octets pass. */
static void
test_pipe(void **state)
{
	static const char text[] = "S: 220 \xc3\xa4 hello\nC: EHLO a\0b\xff\nS: 250 a\n";
	struct reading got = { .name = "pipe" };
	struct capture_config cfg = { .nfiles = 0 };
	const char *want = OPEN "1s:220 \\xc3\\xa4 hello$ 2c:EHLO a\\x00b\\xff$ 3s:250 a$";
	struct capture *c;

	(void)state;
	stdin_pipe(text, sizeof text - 1);
	c = open_one("-", cfg);
	read_all(&got, c);
	if (strcmp(got.shown, want) != 0)
		fail_msg("got %s, want %s", got.shown, want);
	close_capture(c);
}

/* A line without end is cut at 1 MiB, sent in pieces, and counted. */
static void
test_long_line(void **state)
{
	static const char head[] = "S: 220 hi\nC: EHLO a\nC: ";
	struct capture_config cfg = { .nfiles = 0 };
	struct reading *got = xcalloc(1, sizeof *got);
	char *text = xmalloc(sizeof head + LONG_LINE), path[2 * PATH_LEN];
	uint64_t want = 8 + 8 + (1 << 20) - 3 + 2;
	struct capture_stats stats;
	struct folder folder;
	struct capture *c;

	(void)state;
	got->name = "long line";
	memcpy(text, head, sizeof head - 1);
	memset(text + sizeof head - 1, 'a', LONG_LINE);
	folder_make(&folder);
	c = open_one(folder_save(&folder, "x", text, sizeof head - 1 + LONG_LINE, path), cfg);
	read_all(got, c);
	capture_stats(c, &stats);
	if (got->octets != want || stats.text_cut != 1)
		fail_msg("got %lu octets and %lu lines cut, want %lu and 1",
		    (unsigned long)got->octets, (unsigned long)stats.text_cut, (unsigned long)want);
	close_capture(c);
	folder_remove(&folder);
	free(text);
	free(got);
}

#define TEXT(s) s, sizeof(s) - 1

static const struct refused_row {
	const char *name, *text;
	size_t n;
} refused[] = {
	{ "prose", TEXT("Dear S: what a C: is\n") },
	{ "one marked line", TEXT("S: 220 hi\n") },
	{ "marks of no dialogue", TEXT("C: drive\nS: drive\nC: drive\n") },
	{ "replies without a greeting", TEXT("S: 250 a\nS: 250 b\n") },
	{ "16-bit characters", TEXT("\xff\xfeS\0:\0 \0002\0002\0000\0\n\0") },
	{ "NUL at the beginning", TEXT("S\0: 220 hi\nC: EHLO a\n") },
	{ "only line ends", TEXT("\n\n\n\n") },
};

static void
test_refused(void **state)
{
	const char *want = "is not a pcap or pcapng capture";
	const struct refused_row *r;
	struct folder folder;
	struct error err;
	char path[2 * PATH_LEN];
	const char *name = path;
	struct capture_config cfg = { .files = &name, .nfiles = 1 };

	(void)state;
	folder_make(&folder);
	for (r = refused; r < refused + COUNT(refused); r++) {
		folder_save(&folder, "x", r->text, r->n, path);
		if (capture_open(&cfg, &err))
			fail_msg("%s: was opened", r->name);
		if (!strstr(err.text, want) || !strstr(err.text, "transcript"))
			fail_msg(
			    "%s: got \"%s\", want \"%s ... transcript\"", r->name, err.text, want);
	}
	folder_remove(&folder);
}

/* What is too much to be made up is a hole in the sequence numbers, and ends. */
static void
test_huge_chunks(void **state)
{
	static const char head[] = "S: 220 hi\nC: EHLO a\n", chunk[] = "C: BDAT 999999999999\n";
	enum { CHUNKS = 100 };
	struct capture_config cfg = { .nfiles = 0 };
	char text[sizeof head + CHUNKS * sizeof chunk], path[2 * PATH_LEN];
	uint64_t octets = 0, most = (1 << 26) + 8192;
	struct error err = { "" };
	struct packet pkt;
	struct folder folder;
	struct capture *c;
	size_t n = sizeof head - 1, i;

	(void)state;
	memcpy(text, head, n);
	for (i = 0; i < CHUNKS; i++) {
		memcpy(text + n, chunk, sizeof chunk - 1);
		n += sizeof chunk - 1;
	}
	folder_make(&folder);
	c = open_one(folder_save(&folder, "x", text, n, path), cfg);
	while (capture_next(c, &pkt, &err) == CAPTURE_PACKET)
		octets += pkt.data.n - HEADERS;
	if (octets > most || octets < most / 2)
		fail_msg("got %lu octets, want %lu at most and not much less",
		    (unsigned long)octets, (unsigned long)most);
	close_capture(c);
	folder_remove(&folder);
}

/* Nothing that is made up may be saved as if it had been captured. */
static void
test_write(void **state)
{
	static const char text[] = "S: 220 hi\nC: EHLO a\n";
	char path[2 * PATH_LEN], out[2 * PATH_LEN];
	struct capture_config cfg = { .write = out };
	struct error err = { "" };
	struct folder folder;
	struct capture *c;

	(void)state;
	folder_make(&folder);
	snprintf(out, sizeof out, "%s/out", folder.path);
	c = open_one(folder_save(&folder, "x", text, sizeof text - 1, path), cfg);
	if (next_end(c, &err) != CAPTURE_ERROR || !strstr(err.text, "line 1 of a transcript"))
		fail_msg("got \"%s\", want \"... line 1 of a transcript ...\"", err.text);
	capture_close(c, &err);
	folder_remove(&folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_huge_chunks),
		cmocka_unit_test(test_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
