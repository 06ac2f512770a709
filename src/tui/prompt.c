/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prompt - a line that is typed.
 *
 * The text is UTF-8 and the cursor stands between characters.  Keys are those of
 * readline.  Tab walks through the completions of what was typed, and so does the
 * history: the typed line is never lost, going on brings it back.  A line has an end
 * (PROMPT_MAX): what is typed or pasted beyond it is not taken.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "tui/key.h"
#include "tui/prompt.h"

static void
set(struct prompt *p, const char *text)
{
	p->n = strnlen(text, PROMPT_MAX);
	memcpy(p->text, text, p->n);
	p->text[p->n] = '\0';
	p->at = p->n;
}

void
prompt_open(struct prompt *p, enum prompt_kind kind, const char *label, const char *start)
{
	p->open = true;
	p->kind = kind;
	p->label = label;
	p->recall = p->history[kind].n;
	p->completing = false;
	set(p, start);
}

void
prompt_fini(struct prompt *p)
{
	size_t k, i;

	for (k = 0; k < PROMPT_KINDS; k++)
		for (i = 0; i < p->history[k].n; i++)
			free(p->history[k].line[i]);
}

static void
remember(struct prompt *p)
{
	struct prompt_history *h = &p->history[p->kind];

	if (p->n == 0 || (h->n && strcmp(h->line[h->n - 1], p->text) == 0))
		return;
	if (h->n == PROMPT_HISTORY) {
		free(h->line[0]);
		memmove(h->line, h->line + 1, (PROMPT_HISTORY - 1) * sizeof *h->line);
		h->n--;
	}
	h->line[h->n++] = xstrdup(p->text);
}

static void
recall(struct prompt *p, bool older)
{
	const struct prompt_history *h = &p->history[p->kind];

	if (older ? p->recall == 0 : p->recall == h->n)
		return;
	if (p->recall == h->n)
		memcpy(p->typed, p->text, p->n + 1);
	p->recall += older ? (size_t)-1 : 1;
	set(p, p->recall == h->n ? p->typed : h->line[p->recall]);
}

/* -- editing ---------------------------------------------------------------------------- */

static void
insert(struct prompt *p, int key)
{
	uint32_t cp = (uint32_t)key;
	char text[4];
	size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4, i;

	if (p->n + n > PROMPT_MAX)
		return;
	for (i = n; i-- > 1; cp >>= 6)
		text[i] = (char)(0x80 | (cp & 0x3f));
	text[0] = (char)(n == 1 ? cp : (0xf00u >> n & 0xf0) | cp);
	memmove(p->text + p->at + n, p->text + p->at, p->n - p->at + 1);
	memcpy(p->text + p->at, text, n);
	p->n += n;
	p->at += n;
}

static void
cut(struct prompt *p, size_t from, size_t to)
{
	memmove(p->text + from, p->text + to, p->n - to + 1);
	p->n -= to - from;
	p->at = from;
}

static size_t
before(const struct prompt *p)
{
	size_t at = p->at;

	while (at > 0 && ((unsigned char)p->text[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t
behind(const struct prompt *p)
{
	size_t at = p->at;

	if (at < p->n)
		at++;
	while (at < p->n && ((unsigned char)p->text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static size_t
word_before(const struct prompt *p)
{
	size_t at = p->at;

	while (at > 0 && p->text[at - 1] == ' ')
		at--;
	while (at > 0 && p->text[at - 1] != ' ')
		at--;
	return at;
}

static void
complete(struct prompt *p, prompt_completer *completer, void *ctx)
{
	char line[PROMPT_MAX + 1];

	if (!completer)
		return;
	if (!p->completing) {
		p->completing = true;
		p->choice = 0;
		memcpy(p->typed, p->text, p->n + 1);
	}
	if (completer(ctx, p->typed, p->choice, line, sizeof line)) {
		p->choice++;
		set(p, line);
	} else { /* all were offered: what was typed, and again */
		p->choice = 0;
		set(p, p->typed);
	}
}

/* Keys that edit; false: the key is none of them. */
static bool
edit(struct prompt *p, int key)
{
	switch (key) {
	case KEY_GO_LEFT:
	case 'B' - '@':
		p->at = before(p);
		return true;
	case KEY_GO_RIGHT:
	case 'F' - '@':
		p->at = behind(p);
		return true;
	case KEY_TO_START:
	case 'A' - '@':
		p->at = 0;
		return true;
	case KEY_TO_END:
	case 'E' - '@':
		p->at = p->n;
		return true;
	case KEY_DELETE:
	case 'D' - '@':
		cut(p, p->at, behind(p));
		return true;
	case 'K' - '@':
		cut(p, p->at, p->n);
		return true;
	case 'U' - '@':
		cut(p, 0, p->at);
		return true;
	case 'W' - '@':
		cut(p, word_before(p), p->at);
		return true;
	case KEY_GO_UP:
	case 'P' - '@':
	case KEY_GO_DOWN:
	case 'N' - '@':
		recall(p, key == KEY_GO_UP || key == 'P' - '@');
		return true;
	default:
		return false;
	}
}

enum prompt_result
prompt_key(struct prompt *p, int key, bool pasted, prompt_completer *completer, void *ctx)
{
	if (pasted) {
		if (key == KEY_RETURN || key == KEY_TABULATOR)
			key = ' ';
		if (key_is_text(key))
			insert(p, key);
		p->completing = false;
		return PROMPT_OPEN;
	}
	if (key == KEY_TABULATOR) {
		complete(p, completer, ctx);
		return PROMPT_OPEN;
	}
	p->completing = false;
	if (key == KEY_RETURN) {
		p->open = false;
		remember(p);
		return PROMPT_DONE;
	}
	/* As in less and vim: erasing an empty line leaves it. */
	if (key == KEY_ESCAPE || key == 'C' - '@' || key == 'G' - '@' ||
	    (key == KEY_ERASE && p->n == 0)) {
		p->open = false;
		return PROMPT_LEFT;
	}
	if (key == KEY_ERASE)
		cut(p, before(p), p->at);
	else if (!edit(p, key) && key_is_text(key))
		insert(p, key);
	return PROMPT_OPEN;
}

void
prompt_draw(const struct prompt *p, struct canvas *c, int row, enum style style)
{
	struct glyph_rules rules = canvas_rules(c);
	int col, room, at = glyph_columns(slice_of(p->text, p->at), &rules), skip = 0;

	canvas_fill(c, row, 0, c->cols, STYLE_PLAIN, ' ');
	col = canvas_text(c, row, 0, c->cols, STYLE_HEADER, slice_str(p->label));
	room = c->cols - col;
	if (room < 2)
		col = 0, room = c->cols;
	if (at >= room) /* the cursor stays in sight */
		skip = at - room + 1;
	at -= skip;
	canvas_text_from(c, row, col, room, &skip, style, slice_of(p->text, p->n));
	canvas_cursor(c, row, col + at);
}
