/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keyboard - octets of a keyboard into keys.
 *
 * Read here and not by curses, which would wait for the rest of a sequence while
 * frames come in.  Three kinds of sequence: what terminfo says (keyboard_define), the
 * usual ones of xterm and its kin (ECMA-48 CSI and SS3, with modifiers, mouse
 * reports and bracketed paste), and UTF-8.  A sequence that nobody knows is
 * swallowed whole: its letters must not act as keys.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "tui/keyboard.h"

enum {
	DEFINED_MAX = 48,
	SEQUENCE_MAX = 16, /* octets of one that terminfo defines */
	PARAMETERS = 4,
	CSI_MAX = 64 /* octets; a longer one is noise */
};

struct keyboard {
	uint8_t buf[KEYBOARD_PENDING_MAX];
	size_t n;
	struct {
		uint8_t text[SEQUENCE_MAX];
		size_t n;
		int key;
	} defined[DEFINED_MAX];
	size_t ndefined;
};

/* Final octets of CSI and SS3 sequences. */
static const struct {
	uint8_t final;
	int key;
} finals[] = {
	{ 'A', KEY_GO_UP },
	{ 'B', KEY_GO_DOWN },
	{ 'C', KEY_GO_RIGHT },
	{ 'D', KEY_GO_LEFT },
	{ 'H', KEY_TO_START },
	{ 'F', KEY_TO_END },
	{ 'Z', KEY_BACKTAB },
	{ 'P', KEY_F1 },
	{ 'Q', KEY_F1 + 1 },
	{ 'R', KEY_F1 + 2 },
	{ 'S', KEY_F1 + 3 },
	{ 'M', KEY_RETURN },
};

/* First parameters of CSI ... ~ sequences. */
static const struct {
	int number, key;
} numbers[] = {
	{ 1, KEY_TO_START },
	{ 2, KEY_INSERT },
	{ 3, KEY_DELETE },
	{ 4, KEY_TO_END },
	{ 5, KEY_PAGE_UP },
	{ 6, KEY_PAGE_DOWN },
	{ 7, KEY_TO_START },
	{ 8, KEY_TO_END },
	{ 11, KEY_F1 },
	{ 12, KEY_F1 + 1 },
	{ 13, KEY_F1 + 2 },
	{ 14, KEY_F1 + 3 },
	{ 15, KEY_F1 + 4 },
	{ 17, KEY_F1 + 5 },
	{ 18, KEY_F1 + 6 },
	{ 19, KEY_F1 + 7 },
	{ 20, KEY_F1 + 8 },
	{ 21, KEY_F1 + 9 },
	{ 23, KEY_F1 + 10 },
	{ 24, KEY_F12 },
	{ 200, KEY_PASTE_BEGIN },
	{ 201, KEY_PASTE_END },
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* What is at the start of the buffer: `used' 0: not whole yet; KEY_NONE with octets used: nothing
 * that acts. */
struct reading {
	size_t used;
	int key, row, col;
};

struct keyboard *
keyboard_new(void)
{
	return xcalloc(1, sizeof(struct keyboard));
}

void
keyboard_free(struct keyboard *in)
{
	free(in);
}

void
keyboard_define(struct keyboard *in, const char *sequence, int key)
{
	size_t n = strlen(sequence), i;

	if (n < 2 || n > SEQUENCE_MAX || sequence[0] != KEY_ESCAPE || in->ndefined == DEFINED_MAX)
		return;
	for (i = 0; i < in->ndefined; i++)
		if (in->defined[i].n == n && memcmp(in->defined[i].text, sequence, n) == 0)
			return;
	memcpy(in->defined[in->ndefined].text, sequence, n);
	in->defined[in->ndefined].n = n;
	in->defined[in->ndefined++].key = key;
}

size_t
keyboard_room(const struct keyboard *in)
{
	return sizeof in->buf - in->n;
}

void
keyboard_add(struct keyboard *in, struct slice s)
{
	size_t n = s.n < keyboard_room(in) ? s.n : keyboard_room(in);

	if (n)
		memcpy(in->buf + in->n, s.p, n);
	in->n += n;
}

void
keyboard_clear(struct keyboard *in)
{
	in->n = 0;
}

bool
keyboard_waits(const struct keyboard *in)
{
	return in->n > 0;
}

/* A key of terminfo: 1 found, 0 none, -1 the start of one. */
static int
read_defined(const struct keyboard *in, struct reading *r)
{
	bool start = false;
	size_t i, n;

	for (i = 0; i < in->ndefined; i++) {
		n = in->defined[i].n < in->n ? in->defined[i].n : in->n;
		if (memcmp(in->buf, in->defined[i].text, n) != 0)
			continue;
		if (n < in->defined[i].n) {
			start = true;
			continue;
		}
		r->used = n;
		r->key = in->defined[i].key;
		return 1;
	}
	return start ? -1 : 0;
}

/* xterm's SGR report: CSI < button ; column ; row, then M for pressed, m for released. */
static void
read_mouse(struct reading *r, const int *p, uint8_t final)
{
	if (final != 'M')
		return;
	if (p[0] == 64 || p[0] == 65)
		r->key = p[0] == 64 ? KEY_WHEEL_UP : KEY_WHEEL_DOWN;
	else if (p[0] == 0)
		r->key = KEY_CLICK;
	r->col = p[1] - 1;
	r->row = p[2] - 1;
}

static void
read_final(struct reading *r, const int *p, uint8_t final)
{
	size_t i;

	for (i = 0; final == '~' && i < COUNT(numbers); i++)
		if (numbers[i].number == p[0])
			r->key = numbers[i].key;
	for (i = 0; final != '~' && i < COUNT(finals); i++)
		if (finals[i].final == final)
			r->key = finals[i].key;
	/* The second parameter is 1 and the sum of Shift 1, Alt 2, Control 4. */
	if (r->key != KEY_NONE && p[1] > 1 && ((p[1] - 1) & 2))
		r->key |= KEY_ALT;
}

/* ECMA-48 5.4: CSI, parameters 30-3F, intermediates 20-2F, a final octet 40-7E. */
static void
read_csi(const struct keyboard *in, struct reading *r)
{
	int p[PARAMETERS] = { 0 };
	size_t i, k = 0;
	uint8_t c;
	bool mouse = false;

	for (i = 2; i < in->n && i < CSI_MAX; i++) {
		c = in->buf[i];
		if (c >= '0' && c <= '9') {
			if (p[k] < 10000)
				p[k] = 10 * p[k] + (c - '0');
		} else if (c == ';' || c == ':') {
			k += k + 1 < PARAMETERS;
		} else if (c == '<') {
			mouse = true;
		} else if (c >= 0x40 && c <= 0x7e) {
			r->used = i + 1;
			if (mouse)
				read_mouse(r, p, c);
			else
				read_final(r, p, c);
			/* The console of Linux sends CSI [ A for F1. */
			if (c == '[' && i == 2)
				r->used = in->n > 3 ? 4 : 0;
			return;
		} else if (c < 0x20 || c > 0x7e) {
			r->used = i; /* cut off: what follows is something new */
			return;
		}
	}
	if (i == CSI_MAX)
		r->used = i;
}

static void
read_character(const struct keyboard *in, size_t at, bool late, struct reading *r)
{
	static const uint8_t lengths[] = { 2, 2, 3, 4 }; /* of C0-CF, D0-DF, E0-EF, F0-FF */
	struct slice s = slice_of(in->buf + at, in->n - at);
	uint32_t cp;
	size_t n;

	if (s.p[0] < 0x80) {
		r->used = at + 1;
		r->key = s.p[0] == 0x7f || s.p[0] == 8 ? KEY_ERASE :
		    s.p[0] == '\n'                     ? KEY_RETURN :
		                                         s.p[0];
		return;
	}
	n = utf8_decode(s, &cp);
	if (n) {
		r->used = at + n;
		r->key = (int)cp;
	} else if (late || s.p[0] < 0xc0 || s.p[0] > 0xf4 || s.n >= lengths[(s.p[0] - 0xc0) >> 4]) {
		r->used = at + 1;
	}
}

static void
read_escape(const struct keyboard *in, bool late, struct reading *r)
{
	int known = read_defined(in, r);

	if (known == 1)
		return;
	if (in->n == 1) {
		r->used = late;
		r->key = late ? KEY_ESCAPE : KEY_NONE;
		return;
	}
	if (in->buf[1] == '[') {
		read_csi(in, r);
	} else if (in->buf[1] == 'O') {
		if (in->n > 2) {
			read_final(r, (const int[PARAMETERS]){ 0 }, in->buf[2]);
			r->used = 3;
		}
	} else if (in->buf[1] == KEY_ESCAPE) {
		r->used = 1;
		r->key = KEY_ESCAPE;
	} else {
		read_character(in, 1, late, r);
		if (r->key != KEY_NONE)
			r->key |= KEY_ALT;
	}
	if (r->used == 0 && late) { /* Alt and [, or Alt and O, or half of something */
		r->used = in->n > 2 ? in->n : 2;
		r->key = in->n > 2 ? KEY_NONE : in->buf[1] | KEY_ALT;
	}
}

int
keyboard_next(struct keyboard *in, bool late, int *row, int *col)
{
	struct reading r;

	while (in->n) {
		r = (struct reading){ .key = KEY_NONE };
		if (in->buf[0] == KEY_ESCAPE)
			read_escape(in, late, &r);
		else
			read_character(in, 0, late, &r);
		if (r.used == 0)
			return KEY_NONE;
		in->n -= r.used;
		memmove(in->buf, in->buf + r.used, in->n);
		if (r.key != KEY_NONE) {
			*row = r.row;
			*col = r.col;
			return r.key;
		}
	}
	return KEY_NONE;
}
