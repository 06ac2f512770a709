/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tunnel - the handshake of a proxy in front of the SMTP dialogue: HTTP CONNECT
 * (RFC 9110 9.3.6), SOCKS4 and SOCKS5 (RFC 1928, RFC 1929); and the binary header
 * of the PROXY protocol, which a load balancer sends and nobody answers (the one in
 * text is a line, see unit.c).
 *
 * Each side's messages are counted off; what follows them is SMTP.  A handshake
 * that is refused, or that breaks its own grammar, leaves nothing to read.
 */
#include "base/slice.h"
#include "smtp/parser.h"

enum { HANDSHAKE_MAX = 8192 };

/* Length of the HTTP head at the start of the view; 0: not whole yet. */
static size_t
http_head(struct slice v)
{
	size_t i;

	for (i = 1; i < v.n; i++)
		if (v.p[i] == '\n' &&
		    (v.p[i - 1] == '\n' || (i > 1 && v.p[i - 1] == '\r' && v.p[i - 2] == '\n')))
			return i + 1;
	return 0;
}

/* SOCKS5 request or reply: VER CMD RSV ATYP ADDR PORT.  0: not whole yet; 1: broken. */
static size_t
socks5_address(struct slice v)
{
	if (v.n < 5)
		return 0;
	switch (v.p[3]) {
	case 1:
		return v.n < 10 ? 0 : 10;
	case 3:
		return v.n < 7u + v.p[4] ? 0 : 7u + v.p[4];
	case 4:
		return v.n < 22 ? 0 : 22;
	default:
		return 1;
	}
}

static size_t
socks5_client(struct slice v, unsigned step)
{
	if (v.n < 2)
		return 0;
	if (step == 0)
		return v.n < 2u + v.p[1] ? 0 : 2u + v.p[1];
	if (v.p[0] == 1) { /* user name and password, RFC 1929 2 */
		size_t n = 2u + v.p[1];

		return v.n <= n || v.n < n + 1 + v.p[n] ? 0 : n + 1 + v.p[n];
	}
	return socks5_address(v);
}

static size_t
socks4_client(struct slice v)
{
	const uint8_t *nul = v.n > 8 ? memchr(v.p + 8, 0, v.n - 8) : NULL;
	bool name = v.n > 7 && v.p[4] == 0 && v.p[5] == 0 && v.p[6] == 0 && v.p[7] != 0;
	size_t n;

	if (nul == NULL)
		return 0;
	n = (size_t)(nul - v.p) + 1;
	if (!name)
		return n;
	nul = memchr(v.p + n, 0, v.n - n);
	return nul ? (size_t)(nul - v.p) + 1 : 0;
}

/* Length of a binary PROXY header (haproxy, "The PROXY protocol", 2.2); 0: this is none. */
static size_t
proxy_header(struct slice v)
{
	static const uint8_t signature[12] = { '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I',
		'T', '\n' };
	size_t n;

	if (v.n < 16 || memcmp(v.p, signature, sizeof signature) != 0 || v.p[12] >> 4 != 2)
		return 0;
	n = 16u + ((size_t)v.p[14] << 8 | v.p[15]);
	return n <= v.n ? n : 0;
}

static void
refused(struct parser *p)
{
	p->tunnel = TUNNEL_REFUSED;
	p->mode = p->server_mode = MODE_OPAQUE;
}

static void
recognise(struct parser *p)
{
	struct feed *f = &p->feed[DIR_CLIENT];
	const struct run_mark *r = feed_run(f, f->off);

	p->tunnel = TUNNEL_NONE;
	if (f->off != 0 || p->s->stream->midstream)
		return;
	if (proxy_header(f->view) > 0) {
		feed_consume(f, proxy_header(f->view));
		return;
	}
	/* The client of a proxy speaks first; a server that has greeted is no proxy. */
	if (p->feed[DIR_SERVER].off > 0 || p->feed[DIR_SERVER].view.n > 0)
		return;
	if (slice_caseprefix(f->view, "CONNECT ")) {
		p->tunnel = TUNNEL_HTTP;
		p->s->tunnel = "HTTP CONNECT";
	} else if (f->view.p[0] == 5 && f->view.n >= 2 && f->view.n <= 2u + f->view.p[1]) {
		p->tunnel = TUNNEL_SOCKS5;
		p->s->tunnel = "SOCKS5";
	} else if (f->view.p[0] == 4 && f->view.n >= 2 && f->view.p[1] == 1) {
		p->tunnel = TUNNEL_SOCKS4;
		p->s->tunnel = "SOCKS4";
	}
	if (p->s->tunnel != NULL && r != NULL)
		p->s->tunnel_frame = r->mark.frame;
}

/* The client's last message of the handshake has been read. */
static bool
client_done(const struct parser *p)
{
	return p->tunnel_step[DIR_CLIENT] >= (p->tunnel == TUNNEL_SOCKS5 ? 2 : 1);
}

bool
tunnel_client(struct parser *p)
{
	struct feed *f = &p->feed[DIR_CLIENT];
	size_t n;

	if (p->tunnel == TUNNEL_UNKNOWN && f->view.n > 0)
		recognise(p);
	while (p->tunnel > TUNNEL_NONE && p->tunnel < TUNNEL_REFUSED && !client_done(p)) {
		n = f->view.n == 0             ? 0 :
		    p->tunnel == TUNNEL_HTTP   ? http_head(f->view) :
		    p->tunnel == TUNNEL_SOCKS4 ? socks4_client(f->view) :
		                                 socks5_client(f->view, p->tunnel_step[DIR_CLIENT]);
		if (n == 1 || f->view.n > HANDSHAKE_MAX) {
			refused(p);
			return false;
		}
		/* The answer tells a proxy from an SMTP server that was sent a CONNECT. */
		if (n == 0 || (p->tunnel == TUNNEL_HTTP && p->tunnel_step[DIR_SERVER] == 0))
			return true;
		/* A user name exchange does not count as the request. */
		if (!(p->tunnel == TUNNEL_SOCKS5 && p->tunnel_step[DIR_CLIENT] == 1 &&
		        f->view.p[0] == 1))
			p->tunnel_step[DIR_CLIENT]++;
		feed_consume(f, n);
	}
	return false;
}

static size_t
server_message(struct parser *p, struct slice v, bool *ok, bool *last)
{
	size_t n;

	*ok = true;
	*last = true;
	switch (p->tunnel) {
	case TUNNEL_HTTP:
		n = http_head(v);
		*ok = v.n < 12 || (slice_caseprefix(v, "HTTP/") && v.p[8] == ' ' && v.p[9] == '2');
		return n;
	case TUNNEL_SOCKS4:
		*ok = v.n < 2 || (v.p[0] == 0 && v.p[1] == 0x5a);
		return v.n < 8 ? 0 : 8;
	default:
		if (p->tunnel_step[DIR_SERVER] == 0 || (v.n > 0 && v.p[0] == 1)) {
			*last = false;
			*ok = v.n < 2 || (v.p[0] == 5 ? v.p[1] != 0xff : v.p[1] == 0);
			return v.n < 2 ? 0 : 2;
		}
		*ok = v.n < 2 || (v.p[0] == 5 && v.p[1] == 0);
		n = socks5_address(v);
		*ok = *ok && n != 1;
		return n;
	}
}

/* CONNECT was sent to a server that does not speak HTTP: what waits are its commands. */
static bool
not_http(struct parser *p)
{
	struct slice v = p->feed[DIR_SERVER].view;

	if (p->tunnel != TUNNEL_HTTP || p->tunnel_step[DIR_SERVER] > 0 || v.n == 0 ||
	    slice_caseprefix(v, "HTTP/") || (v.n < 5 && memcmp(v.p, "HTTP/", v.n) == 0))
		return false;
	p->tunnel = TUNNEL_NONE;
	p->s->tunnel = NULL;
	p->s->tunnel_frame = 0;
	return true;
}

bool
tunnel_server(struct parser *p)
{
	struct feed *f = &p->feed[DIR_SERVER];
	bool ok, last;
	size_t n;

	if (not_http(p)) {
		client_read(p);
		return false;
	}
	while (p->tunnel > TUNNEL_NONE && p->tunnel < TUNNEL_REFUSED &&
	    p->tunnel_step[DIR_SERVER] < 3 && f->view.n > 0) {
		n = server_message(p, f->view, &ok, &last);
		if (!ok || f->view.n > HANDSHAKE_MAX) {
			refused(p);
			return false;
		}
		if (n == 0)
			return true;
		feed_consume(f, n);
		p->tunnel_step[DIR_SERVER] = last ? 3 : p->tunnel_step[DIR_SERVER] + 1;
		if (p->tunnel == TUNNEL_HTTP)
			client_read(p);
	}
	return false;
}
