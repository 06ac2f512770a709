/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tlsline - one line about TLS.  Names and protocols come from the wire and are
 * escaped here; versions and suites are ours.
 */
#include <inttypes.h>

#include "base/escape.h"
#include "base/output.h"
#include "report/common.h"
#include "report/tlsline.h"
#include "tls/tls.h"

enum { NAME_SHOWN = 80 };

static void
put_cipher(struct output *o, uint16_t suite)
{
	const char *name = tls_cipher_name(suite), *weak = tls_cipher_weakness(suite);

	if (name)
		out_puts(o, name);
	else
		out_printf(o, "cipher suite 0x%04x", suite);
	if (weak)
		out_printf(o, " (%s)", weak);
}

bool
tls_chosen(const struct smtp_session *s)
{
	const struct tls_side *server = s->tls.side[DIR_SERVER];

	return server && server->hello.frame && server->version;
}

void
tls_choice(struct output *o, const struct smtp_session *s)
{
	const struct tls_side *server = s->tls.side[DIR_SERVER];

	if (!tls_chosen(s))
		return;
	out_printf(o, "%s, ", tls_version_name(server->version));
	put_cipher(o, server->cipher);
}

static void
put_wire(struct output *o, const char *label, const char *text)
{
	if (!text[0])
		return;
	out_printf(o, "; %s: ", label);
	common_cut(o, slice_str(text), NAME_SHOWN);
}

static void
put_alert(struct output *o, const struct tls_side *side, enum stream_dir role)
{
	if (!side || !side->alert.at.frame || side->alert.description == 0)
		return;
	out_printf(o, "; alert of the %s: %s (frame %" PRIu64 ")", common_role(role),
	    tls_alert_name(side->alert.description), side->alert.at.frame);
}

void
tls_line(struct output *o, const struct smtp_session *s)
{
	const struct tls_side *client = s->tls.side[DIR_CLIENT], *server = s->tls.side[DIR_SERVER];

	static const char *const vias[] = { [TLS_NONE] = "",
		[TLS_STARTTLS] = "by STARTTLS",
		[TLS_IMPLICIT] = "from the first octet",
		[TLS_JOINED] = "encrypted, joined late" };

	out_puts(o, vias[s->tls.via]);
	if (s->stream->transcript || s->tls.via == TLS_JOINED)
		return;
	out_puts(o, ": ");
	tls_choice(o, s);
	if (!tls_chosen(s)) {
		out_puts(o, "no ServerHello was captured");
		if (client && client->version)
			out_printf(o, "; offered up to %s", tls_version_name(client->version));
	}
	if (client)
		put_wire(o, "name asked for", client->sni);
	if (server)
		put_wire(o, "protocol chosen", server->alpn);
	put_alert(o, client, DIR_CLIENT);
	put_alert(o, server, DIR_SERVER);
}
