/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * script - reads a trace line by line: headers first, then statements.  The first
 * fault ends the run with "FILE:LINE: what is wrong".
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mktrace.h"

static const char *const header_keys[] = { "engines", "options", "fires", "silent", "absent",
	"folds", "may", "gap-of", "result", "closure", "property", "reports", "about", NULL };

bool
mk_fail(struct mk_trace *t, const char *fmt, ...)
{
	int n = snprintf(t->error, sizeof t->error, "%s:%u: ", t->file, t->line);
	va_list ap;

	if (n < 0 || (size_t)n >= sizeof t->error)
		return false;
	va_start(ap, fmt);
	vsnprintf(t->error + n, sizeof t->error - (size_t)n, fmt, ap);
	va_end(ap);
	return false;
}

static char *
text_copy(const char *p, size_t n)
{
	char *s = mk_alloc(n + 1);

	memcpy(s, p, n);
	return s;
}

char *
mk_script_line(struct mk_trace *t)
{
	const char *from = t->next, *end;

	if (*from == '\0')
		return NULL;
	end = from + strcspn(from, "\n");
	t->next = *end ? end + 1 : end;
	t->line++;
	return text_copy(from, (size_t)(end - from));
}

char *
mk_script_word(char **s)
{
	char *from;

	if (*s == NULL)
		return NULL;
	from = *s + strspn(*s, " \t");
	if (*from == '\0') {
		*s = from;
		return NULL;
	}
	*s = from + strcspn(from, " \t");
	if (**s)
		*(*s)++ = '\0';
	return from;
}

static bool
is_header(const char *line, size_t *len)
{
	size_t i;

	*len = strcspn(line, ":");
	for (i = 0; header_keys[i] != NULL; i++)
		if (line[*len] == ':' && strlen(header_keys[i]) == *len &&
		    strncmp(header_keys[i], line, *len) == 0)
			return true;
	return false;
}

static bool
add_header(struct mk_trace *t, const char *line, size_t len)
{
	struct mk_header *h;
	const char *value = line + len + 1;

	if (t->body)
		return mk_fail(t, "a header must come before the first statement");
	if (t->nheaders == MK_MAX_HEADERS)
		return mk_fail(t, "more than %d headers", MK_MAX_HEADERS);
	h = &t->headers[t->nheaders++];
	value += strspn(value, " \t");
	h->key = text_copy(line, len);
	h->value = text_copy(value, strlen(value));
	h->line = t->line;
	return true;
}

static bool
do_wait(struct mk_trace *t, char *args)
{
	char *word = mk_script_word(&args);
	int64_t ns;

	if (word == NULL || !mk_text_duration(word, &ns) || ns < 0)
		return mk_fail(t, "wait TIME, for instance 250ms or 5s");
	t->now += ns;
	return true;
}

static bool
do_clock(struct mk_trace *t, char *args)
{
	char *word = mk_script_word(&args);
	int64_t ns;

	if (word == NULL || !mk_text_duration(word, &ns))
		return mk_fail(t, "clock TIME, for instance -500ms");
	t->now += ns;
	t->pcap.backwards = ns < 0;
	return true;
}

static bool
do_hold(struct mk_trace *t, char *args)
{
	char *word = mk_script_word(&args);
	uint64_t n;

	if (word == NULL || !mk_text_number(word, MK_MAX_HELD, &n) || n == 0)
		return mk_fail(t, "hold N: the next frame is captured N frames later");
	t->pcap.hold_next = (unsigned)n;
	return true;
}

static bool
do_swap(struct mk_trace *t, char *args)
{
	(void)args;
	t->pcap.hold_next = 1;
	return true;
}

static bool
do_dup(struct mk_trace *t, char *args)
{
	(void)args;
	return mk_pcap_dup(t);
}

static bool
do_set(struct mk_trace *t, char *args)
{
	char *word, *value;

	while ((word = mk_script_word(&args)) != NULL) {
		value = strchr(word, '=');
		if (value != NULL)
			*value++ = '\0';
		if (!mk_link_set(t, &t->link, word, value))
			return false;
	}
	return true;
}

static bool
do_close(struct mk_trace *t, char *args)
{
	enum mk_side first = MK_CLIENT;
	struct mk_conn *c;
	char *word = mk_script_word(&args);

	if (word != NULL && (strcmp(word, "C") == 0 || strcmp(word, "S") == 0)) {
		first = *word == 'C' ? MK_CLIENT : MK_SERVER;
		word = mk_script_word(&args);
	}
	c = mk_conn_find(t, word);
	if (c == NULL)
		return mk_fail(t, "close [C|S] [CONN]: no such connection");
	mk_conn_close(t, c, first);
	return true;
}

/* Any frame at all, octet by octet. */
static bool
do_frame(struct mk_trace *t, char *args)
{
	struct mk_buf b = { 0 };
	bool ok = mk_text_hex(&b, args, strlen(args)) && b.n > 0;

	if (ok)
		mk_pcap_frame(t, &b, &t->link, -1);
	mk_buf_fini(&b);
	return ok || mk_fail(t, "frame HEXADECIMAL");
}

static const struct {
	const char *name;
	bool (*run)(struct mk_trace *, char *args);
} words[] = {
	{ "open", mk_conn_open },
	{ "close", do_close },
	{ "wait", do_wait },
	{ "clock", do_clock },
	{ "set", do_set },
	{ "hold", do_hold },
	{ "swap", do_swap },
	{ "dup", do_dup },
	{ "frame", do_frame },
};

static bool
run_line(struct mk_trace *t, char *line)
{
	size_t i, len = strcspn(line, " \t");

	if (*line == '\0' || *line == '#')
		return true;
	if (is_header(line, &len))
		return add_header(t, line, len);
	t->body = true;
	len = strcspn(line, " \t");
	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strlen(words[i].name) == len && strncmp(words[i].name, line, len) == 0)
			return words[i].run(t, line + len + strspn(line + len, " \t"));
	return mk_statement(t, line);
}

bool
mk_trace_run(struct mk_trace *t, const char *file, const char *text, struct mk_buf *pcap)
{
	char *line;

	memset(t, 0, sizeof *t);
	t->file = file;
	t->next = text;
	t->now = INT64_C(1768478400) * 1000000000; /* 2026-01-15 12:00:00 UTC */
	t->link = (struct mk_link){ .dlt = 1, .ttl = 64 };
	while ((line = mk_script_line(t)) != NULL) {
		bool ok = run_line(t, line);

		free(line);
		if (!ok)
			return false;
		if (t->pcap.out.n > MK_MAX_PAYLOAD * 4u)
			return mk_fail(t, "the capture grows over 64 MiB");
	}
	return mk_pcap_finish(t, pcap);
}

static uint64_t
first_frame(const struct mk_trace *t)
{
	static const char opt[] = "--first-frame=";
	size_t i;
	uint64_t v = 0;

	for (i = 0; i < t->nheaders; i++) {
		const char *at = strstr(t->headers[i].value, opt);

		if (strcmp(t->headers[i].key, "options") != 0 || at == NULL)
			continue;
		for (at += sizeof opt - 1; *at >= '0' && *at <= '9' && v < 1000000000; at++)
			v = v * 10 + (uint64_t)(*at - '0');
	}
	return v ? v : 1;
}

/* "@name" becomes "@frame"; "@*" and "@12" stay. */
static bool
resolve(struct mk_trace *t, const struct mk_header *h, uint64_t first, struct mk_buf *out)
{
	const char *s = h->value, *at;
	size_t len, i;

	while ((at = strchr(s, '@')) != NULL) {
		mk_buf_add(out, s, (size_t)(at + 1 - s));
		s = at + 1;
		len = strcspn(s, " \t,|");
		if (len == 0 || *s == '*' || (*s >= '0' && *s <= '9'))
			continue;
		for (i = 0; i < t->nlabels; i++)
			if (strlen(t->labels[i].name) == len &&
			    strncmp(t->labels[i].name, s, len) == 0)
				break;
		t->line = h->line;
		if (i == t->nlabels)
			return mk_fail(t, "no label \"%.*s\"", (int)len, s);
		if (t->labels[i].frame == 0)
			return mk_fail(t, "label \"%.*s\" names a frame not captured", (int)len, s);
		mk_buf_printf(out, "%llu", (unsigned long long)(t->labels[i].frame + first - 1));
		s += len;
	}
	mk_buf_add(out, s, strlen(s));
	return true;
}

bool
mk_trace_headers(struct mk_trace *t, struct mk_buf *out)
{
	uint64_t first = first_frame(t);
	size_t i;

	for (i = 0; i < t->nheaders; i++) {
		const struct mk_header *h = &t->headers[i];

		mk_buf_printf(out, "%s: ", h->key);
		if (strcmp(h->key, "fires") == 0 || strcmp(h->key, "folds") == 0) {
			if (!resolve(t, h, first, out))
				return false;
		} else {
			mk_buf_add(out, h->value, strlen(h->value));
		}
		mk_buf_u8(out, '\n');
	}
	return true;
}

void
mk_trace_fini(struct mk_trace *t)
{
	size_t i;

	for (i = 0; i < t->nconns; i++)
		mk_conn_fini(&t->conns[i]);
	for (i = 0; i < t->nheaders; i++) {
		free(t->headers[i].key);
		free(t->headers[i].value);
	}
	mk_pcap_fini(&t->pcap);
}
