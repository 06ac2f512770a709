/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mods - the modifiers in parentheses, for one statement, and the settings of "set",
 * for all that follow.  traces/README lists both.
 */
#include <string.h>

#include "mktrace.h"

struct mk_mods
mk_mods_none(const struct mk_trace *t)
{
	return (struct mk_mods){ .label = -1, .win = -1, .link = t->link };
}

static bool
link_vlan(struct mk_link *l, const char *value)
{
	const char *slash = strchr(value, '/');
	char first[8];
	uint64_t v;

	l->vlan[0] = l->vlan[1] = 0;
	if (slash != NULL) {
		if ((size_t)(slash - value) >= sizeof first)
			return false;
		memcpy(first, value, (size_t)(slash - value));
		first[slash - value] = '\0';
		if (!mk_text_number(slash + 1, 4094, &v))
			return false;
		l->vlan[1] = (uint16_t)v;
		value = first;
	}
	if (!mk_text_number(value, 4094, &v))
		return false;
	l->vlan[0] = (uint16_t)v;
	return true;
}

/* Settings of the layers below TCP; `key' alone means 1. */
bool
mk_link_set(struct mk_trace *t, struct mk_link *l, const char *key, const char *value)
{
	uint64_t v = 1;

	if (strcmp(key, "dlt") == 0) {
		if (t->pcap.frames || value == NULL || !mk_frame_dlt(value, &l->dlt))
			return mk_fail(t, "dlt: unknown name, or not before the first frame");
		return true;
	}
	if (strcmp(key, "vlan") == 0) {
		if (value == NULL || !link_vlan(l, value))
			return mk_fail(t, "vlan=TAG or vlan=OUTER/INNER");
		return true;
	}
	if (value != NULL && !mk_text_number(value, 65535, &v))
		return mk_fail(t, "%s: \"%s\" is not a number", key, value);
	if (strcmp(key, "frag") == 0)
		l->frag = (unsigned)v;
	else if (strcmp(key, "cut") == 0)
		l->cut = (unsigned)v;
	else if (strcmp(key, "ttl") == 0)
		l->ttl = (unsigned)v;
	else if (strcmp(key, "badsum") == 0)
		l->badsum = v != 0;
	else if (strcmp(key, "pad") == 0)
		l->pad = v != 0;
	else
		return mk_fail(t, "no setting \"%s\"", key);
	return true;
}

/* "+5", "-5": relative; "5": absolute. */
static bool
signed_number(struct mk_trace *t, const char *s, int *kind, int64_t *v)
{
	uint64_t u;
	bool rel = s && (*s == '+' || *s == '-');

	if (s == NULL || !mk_text_number(s + rel, UINT32_MAX, &u))
		return mk_fail(t, "a number is wanted, not \"%s\"", s ? s : "");
	*kind = rel ? 2 : 1;
	*v = *s == '-' ? -(int64_t)u : (int64_t)u;
	return true;
}

static bool
add_label(struct mk_trace *t, struct mk_mods *m, const char *name)
{
	size_t i;

	if (*name == '\0' || strlen(name) >= MK_NAME || t->nlabels == MK_MAX_LABELS)
		return mk_fail(t, "label too long, or too many labels");
	for (i = 0; i < t->nlabels; i++)
		if (strcmp(t->labels[i].name, name) == 0)
			return mk_fail(t, "label \"%s\" twice", name);
	strcpy(t->labels[t->nlabels].name, name);
	m->label = (int)t->nlabels++;
	return true;
}

static bool
modifier(struct mk_trace *t, struct mk_mods *m, char *word)
{
	static const struct {
		const char *name;
		size_t off;
	} flags[] = { { "hold", offsetof(struct mk_mods, hold) },
		{ "drop", offsetof(struct mk_mods, drop) },
		{ "lost", offsetof(struct mk_mods, lost) },
		{ "fin", offsetof(struct mk_mods, fin) }, { "urg", offsetof(struct mk_mods, urg) },
		{ "nopsh", offsetof(struct mk_mods, nopsh) },
		{ "noack", offsetof(struct mk_mods, noack) } };
	char *value = strchr(word, '=');
	uint64_t v = 1;
	size_t i;

	if (*word == '@')
		return add_label(t, m, word + 1);
	for (i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (strcmp(flags[i].name, word) == 0)
			return *((bool *)((char *)m + flags[i].off)) = true;
	if (value != NULL)
		*value++ = '\0';
	if (strcmp(word, "ack") == 0)
		return signed_number(t, value, &m->ack_kind, &m->ack);
	if (strcmp(word, "seq") == 0)
		return signed_number(t, value, &m->seq_kind, &m->seq);
	if (strcmp(word, "late") != 0 && strcmp(word, "win") != 0)
		return mk_link_set(t, &m->link, word, value);
	if ((value != NULL || *word == 'w') && (!value || !mk_text_number(value, 65535, &v)))
		return mk_fail(t, "%s: a number is wanted", word);
	if (*word == 'l')
		m->late = (unsigned)v;
	else
		m->win = (int64_t)v;
	return true;
}

/* "(a b=c)" in front of what the side sends; *s is moved behind it. */
bool
mk_mods_parse(struct mk_trace *t, struct mk_mods *m, char **s)
{
	char *end = strchr(*s, ')'), *word;

	if (end == NULL)
		return mk_fail(t, "no closing parenthesis");
	*end = '\0';
	++*s;
	while ((word = mk_script_word(s)) != NULL)
		if (!modifier(t, m, word))
			return false;
	*s = end + 1;
	return true;
}
