/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base64 - the encoder for octets that are no text, in records.
 */
#include "base/output.h"
#include "report/base64.h"

void
base64_text(char *out, struct slice s)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i;

	for (i = 0; i < s.n; i += 3) {
		uint32_t v = (uint32_t)s.p[i] << 16;

		v |= i + 1 < s.n ? (uint32_t)s.p[i + 1] << 8 : 0;
		v |= i + 2 < s.n ? s.p[i + 2] : 0;
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = i + 1 < s.n ? digits[v >> 6 & 63] : '=';
		*out++ = i + 2 < s.n ? digits[v & 63] : '=';
	}
}

void
base64_put(struct output *o, struct slice s)
{
	enum { STEP = 192 }; /* a multiple of 3: no padding inside */
	char text[BASE64_LEN(STEP)];

	while (s.n) {
		struct slice part = slice_of(s.p, s.n < STEP ? s.n : STEP);

		base64_text(text, part);
		out_write(o, slice_of(text, BASE64_LEN(part.n)));
		s = slice_from(s, part.n);
	}
}
