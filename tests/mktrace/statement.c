/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statement - one line of a trace: [CONN.]C or S, modifiers in parentheses, and what
 * that side sends; or a word that concerns the capture (open, close, wait, set ...).
 */
#include <stdlib.h>
#include <string.h>

#include "mktrace.h"

struct act { /* what is being done, by whom */
	struct mk_trace *t;
	struct mk_conn *c;
	enum mk_side side;
	struct mk_mods m;
};

/* Lines up to one that holds "}" alone: one segment. */
static bool
block(struct act *a, struct mk_buf *b, bool hex)
{
	unsigned from = a->t->line;
	char *line, *p;
	bool ok = true;

	while ((line = mk_script_line(a->t)) != NULL) {
		p = line;
		if (*p == '\t')
			p++;
		if (strcmp(p, "}") == 0) {
			free(line);
			return true;
		}
		ok = hex ? mk_text_hex(b, p, strlen(p)) : mk_text_unescape(b, p, strlen(p));
		free(line);
		if (!ok)
			return mk_fail(a->t, "wrong escape or hexadecimal digit");
		if (!hex)
			mk_buf_add(b, "\r\n", 2);
	}
	a->t->line = from;
	return mk_fail(a->t, "block without its \"}\"");
}

static bool
send_text(struct act *a, char kind, char *s)
{
	struct mk_buf b = { 0 };
	bool ok = true;

	if (*s == ' ')
		s++;
	if (kind == '{')
		ok = *s == '\0' ? block(a, &b, false) : mk_fail(a->t, "text behind \"{\"");
	else if (!mk_text_unescape(&b, s, strlen(s)))
		ok = mk_fail(a->t, "wrong escape");
	if (kind == '>')
		mk_buf_add(&b, "\r\n", 2);
	if (ok && b.n == 0)
		ok = mk_fail(a->t, "nothing to send (a bare ACK is written \"C.\")");
	if (ok)
		mk_conn_payload(a->t, a->c, a->side, &b, &a->m);
	mk_buf_fini(&b);
	return ok;
}

static bool
do_text(struct act *a, char *args)
{
	char *size = mk_script_word(&args), *open = mk_script_word(&args);
	struct mk_buf b = { 0 };
	uint64_t n;

	if (size == NULL || !mk_text_number(size, MK_MAX_PAYLOAD, &n) || n < 2 ||
	    (open != NULL && strcmp(open, "open") != 0))
		return mk_fail(a->t, "text OCTETS [open]");
	mk_text_filler(&b, &a->c->line, (size_t)n, open != NULL);
	mk_conn_payload(a->t, a->c, a->side, &b, &a->m);
	mk_buf_fini(&b);
	return true;
}

/* RFC 8446 5.1: a record with opaque content. */
static bool
do_tls(struct act *a, char *args)
{
	char *type = mk_script_word(&args), *size = mk_script_word(&args);
	struct mk_buf b = { 0 };
	uint64_t ty, n, i;

	if (type == NULL || size == NULL || !mk_text_number(type, 255, &ty) ||
	    !mk_text_number(size, 16640, &n))
		return mk_fail(a->t, "tls TYPE OCTETS");
	mk_buf_u8(&b, (unsigned)ty);
	mk_buf_be16(&b, 0x0303);
	mk_buf_be16(&b, (unsigned)n);
	for (i = 0; i < n; i++)
		mk_buf_u8(&b, (unsigned)(i * 151 + 97 + ty) & 0xff);
	mk_conn_payload(a->t, a->c, a->side, &b, &a->m);
	mk_buf_fini(&b);
	return true;
}

static bool
do_hex(struct act *a, char *args)
{
	struct mk_buf b = { 0 };
	bool ok;

	if (strcmp(args, "{") == 0)
		ok = block(a, &b, true);
	else
		ok = mk_text_hex(&b, args, strlen(args)) || mk_fail(a->t, "wrong hexadecimal");
	if (ok && b.n == 0)
		ok = mk_fail(a->t, "nothing to send");
	if (ok)
		mk_conn_payload(a->t, a->c, a->side, &b, &a->m);
	mk_buf_fini(&b);
	return ok;
}

static bool
do_flag(struct act *a, unsigned flag)
{
	mk_conn_segment(a->t, a->c, a->side, flag, NULL, 0, &a->m);
	return true;
}

/* Text behind "syn" rides on it, as RFC 7413 allows. */
static bool
do_syn(struct act *a, char *args)
{
	struct mk_buf b = { 0 };
	bool ok = mk_text_unescape(&b, args, strlen(args)) || mk_fail(a->t, "wrong escape");

	if (ok)
		mk_conn_segment(a->t, a->c, a->side, MK_SYN, b.p, b.n, &a->m);
	mk_buf_fini(&b);
	return ok;
}

static bool
do_fin(struct act *a, char *args)
{
	(void)args;
	return do_flag(a, MK_FIN);
}

static bool
do_rst(struct act *a, char *args)
{
	(void)args;
	return do_flag(a, MK_RST);
}

static bool
do_again(struct act *a, char *args)
{
	char *word = mk_script_word(&args);
	uint64_t n = 1;

	if (word != NULL && (!mk_text_number(word, 10000, &n) || n == 0))
		return mk_fail(a->t, "again [N]");
	return mk_conn_again(a->t, a->c, a->side, (unsigned)n, &a->m);
}

/* RFC 9293 3.8.4: one octet below the next expected, with or without garbage in it. */
static bool
do_keepalive(struct act *a, char *args)
{
	char *word = mk_script_word(&args);
	static const uint8_t garbage = 0;

	a->m.seq_kind = 2;
	a->m.seq = -1;
	mk_conn_segment(a->t, a->c, a->side, 0, &garbage, word && *word == '1' ? 1 : 0, &a->m);
	return true;
}

static bool
do_number(struct act *a, char *args, uint64_t max, uint64_t *v)
{
	char *word = mk_script_word(&args);

	return (word != NULL && mk_text_number(word, max, v)) ||
	    mk_fail(a->t, "a number up to %llu is wanted", (unsigned long long)max);
}

static bool
do_win(struct act *a, char *args)
{
	uint64_t v;

	if (!do_number(a, args, 65535, &v))
		return false;
	a->c->end[a->side].win = (uint32_t)v;
	return true;
}

static bool
do_at_most(struct act *a, char *args)
{
	uint64_t v;

	if (!do_number(a, args, 9000, &v))
		return false;
	a->c->at_most = (unsigned)v;
	return true;
}

static const struct {
	const char *name;
	bool (*run)(struct act *, char *args);
} side_words[] = {
	{ "text", do_text },
	{ "tls", do_tls },
	{ "hex", do_hex },
	{ "syn", do_syn },
	{ "fin", do_fin },
	{ "rst", do_rst },
	{ "again", do_again },
	{ "keepalive", do_keepalive },
	{ "win", do_win },
	{ "at-most", do_at_most },
};

bool
mk_statement(struct mk_trace *t, char *line)
{
	struct act a = { .t = t, .m = mk_mods_none(t) };
	char *s = line, *dot = strchr(line, '.'), *word;
	size_t i;

	if (dot != NULL && dot > line && (dot[1] == 'C' || dot[1] == 'S') && *line != 'C' &&
	    *line != 'S') {
		*dot = '\0';
		s = dot + 1;
	}
	a.c = mk_conn_find(t, s == line ? NULL : line);
	if (*s != 'C' && *s != 'S')
		return mk_fail(t, "no such statement: \"%s\"", line);
	if (a.c == NULL)
		return mk_fail(t, "no such connection is open");
	a.side = *s++ == 'C' ? MK_CLIENT : MK_SERVER;
	if (*s == '(' && !mk_mods_parse(t, &a.m, &s))
		return false;
	if (*s == '.' && s[1] == '\0')
		return do_flag(&a, 0);
	if (*s == '>' || *s == ':' || *s == '{')
		return send_text(&a, *s, s + 1);
	word = *s == ' ' ? mk_script_word(&s) : NULL;
	for (i = 0; word && i < sizeof side_words / sizeof side_words[0]; i++)
		if (strcmp(side_words[i].name, word) == 0)
			return side_words[i].run(&a, s + strspn(s, " "));
	return mk_fail(t, "what is \"%s\" to send?", word ? word : s);
}
