/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * value - see value.h.  Types are rows of a table: which comparisons they have, and
 * how a word is read.
 */
#include <arpa/inet.h>
#include <stdio.h>

#include "base/error.h"
#include "filter/value.h"
#include "smtp/checks.h"

/* The word in the text of an error: it may be long. */
#define SHOWN(word) (int)((word).n < 60 ? (word).n : 60), (const char *)(word).p

/* -- numbers of any kind ---------------------------------------------------------------- */

static bool
read_one(const struct field *f, struct slice s, struct range *out)
{
	bool good = false;

	out->of_day = false;
	switch (f->type) {
	case FIELD_NUMBER:
		/* A suffix would be a slip here. */
		good = s.n && s.p[s.n - 1] <= '9' && value_size(s, &out->low);
		break;
	case FIELD_SIZE:
		good = value_size(s, &out->low);
		break;
	case FIELD_DURATION:
		good = value_duration(s, &out->low);
		break;
	case FIELD_TIME:
		return value_time(s, out);
	case FIELD_FLAG:
	case FIELD_TEXT:
	case FIELD_WORDS:
	case FIELD_DOMAINS:
	case FIELD_ADDRESS:
	case FIELD_WORD:
	case FIELD_LEVEL:
	case FIELD_CHECK:
		break;
	}
	out->high = out->low;
	return good;
}

/* "25" or "25..587". */
static bool
read_range(const struct field *f, struct slice s, struct range *out)
{
	struct range last;
	size_t i;

	for (i = 1; i + 2 < s.n; i++)
		if (s.p[i] == '.' && s.p[i + 1] == '.')
			break;
	if (i + 2 >= s.n)
		return read_one(f, s, out);
	if (!read_one(f, slice_of(s.p, i), out) || !read_one(f, slice_from(s, i + 2), &last))
		return false;
	out->high = last.high;
	return out->of_day == last.of_day && out->low <= out->high;
}

static void
put_range(struct range *r, enum filter_op op)
{
	switch (op) {
	case OP_LESS:
		/* Below the smallest number there is none: a range of nothing. */
		r->high = r->low > INT64_MIN ? r->low - 1 : INT64_MIN;
		r->low = INT64_MIN;
		break;
	case OP_LESS_EQUAL:
		r->low = INT64_MIN;
		break;
	case OP_GREATER:
		r->low = r->high < INT64_MAX ? r->high + 1 : INT64_MAX;
		r->high = INT64_MAX;
		break;
	case OP_GREATER_EQUAL:
		r->high = INT64_MAX;
		break;
	case OP_EQUAL:
	case OP_LIKE:
		break;
	}
}

static bool
make_range(struct expr *e, struct value *v, const struct field *f, enum filter_op op,
    struct slice word, struct error *err)
{
	static const char *const examples[] = {
		[FIELD_NUMBER] = "25, 25..587",
		[FIELD_SIZE] = "500, 10k, 2M",
		[FIELD_DURATION] = "5s, 300ms, 1m30s",
		[FIELD_TIME] = "2026-11-22, 03:11, 2026-11-22T03:11:02.5",
	};
	bool good =
	    op == OP_EQUAL ? read_range(f, word, &v->u.range) : read_one(f, word, &v->u.range);

	(void)e;
	v->kind = TEST_RANGE;
	put_range(&v->u.range, op);
	if (!good)
		error_set(err, "\"%.*s\" is no %s: write %s", SHOWN(word), field_type_name(f),
		    examples[f->type]);
	return good;
}

/* -- words ------------------------------------------------------------------------------ */

/* "a, b, c" of the words that there are. */
static void
list_words(const struct field *f, char *out, size_t size)
{
	size_t n = 0;
	unsigned i;

	out[0] = '\0';
	for (i = 0; f->word(i) && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s", i ? ", " : "", f->word(i));
}

static bool
make_word(struct expr *e, struct value *v, const struct field *f, enum filter_op op,
    struct slice word, struct error *err)
{
	unsigned i, n = 0, at = UINT32_MAX;
	char words[200];

	(void)e;
	for (; f->word(n); n++)
		if (slice_caseeq(word, f->word(n)))
			at = n;
	if (at == UINT32_MAX) {
		list_words(f, words, sizeof words);
		error_set(err, "\"%.*s\" is none of %s", SHOWN(word), words);
		return false;
	}
	v->kind = TEST_SET;
	v->u.set = 0;
	for (i = 0; i < n; i++)
		if ((op == OP_EQUAL && i == at) || (op == OP_LESS && i < at) ||
		    (op == OP_LESS_EQUAL && i <= at) || (op == OP_GREATER && i > at) ||
		    (op == OP_GREATER_EQUAL && i >= at))
			v->u.set |= UINT64_C(1) << i;
	return true;
}

static bool
make_flag(struct expr *e, struct value *v, const struct field *f, enum filter_op op,
    struct slice word, struct error *err)
{
	bool yes = slice_caseeq(word, "yes") || slice_caseeq(word, "true");

	(void)e, (void)f, (void)op;
	if (!yes && !slice_caseeq(word, "no") && !slice_caseeq(word, "false")) {
		error_set(err, "\"%.*s\" is neither yes nor no", SHOWN(word));
		return false;
	}
	v->kind = TEST_SET;
	v->u.set = yes ? 2 : 1;
	return true;
}

/* -- findings --------------------------------------------------------------------------- */

static const char *
nearest_check(struct slice word)
{
	unsigned least = (unsigned)(word.n / 3 + 1), d;
	const char *best = NULL;
	size_t i, n = checks_count();

	for (i = 0; i < n; i++) {
		d = word_distance(word, checks_nth(i)->id);
		if (d < least) {
			least = d;
			best = checks_nth(i)->id;
		}
	}
	return best;
}

/* Does the word stand for this check?  `like': a pattern. */
static bool
means_check(const struct expr *e, const struct field *f, const struct pattern *like,
    struct slice word, const struct check_info *c)
{
	if (like)
		return pattern_match(e, like, slice_str(c->id));
	return slice_caseeq(word, f->kind ? check_kind_name(c->kind) : c->id) ||
	    (!f->kind && slice_caseeq(word, "any"));
}

static bool
make_checks(struct expr *e, struct value *v, const struct field *f, enum filter_op op,
    struct slice word, struct error *err)
{
	struct pattern like;
	bool any = false;
	const char *near;
	size_t i, n = checks_count();

	v->kind = TEST_CHECKS;
	v->u.checks = (struct check_set){ { 0 }, op != OP_LIKE && slice_caseeq(word, "none") };
	if (op == OP_LIKE)
		pattern_make(e, &like, word, false);
	for (i = 0; i < n; i++) {
		if (!means_check(e, f, op == OP_LIKE ? &like : NULL, word, checks_nth(i)))
			continue;
		check_set_add(&v->u.checks, i);
		any = true;
	}
	if (any || v->u.checks.none)
		return true;
	near = f->kind || op == OP_LIKE ? NULL : nearest_check(word);
	if (f->kind)
		error_set(err,
		    "\"%.*s\" is no kind of finding: violation, security, interop, "
		    "transport, note",
		    SHOWN(word));
	else if (op == OP_LIKE)
		error_set(err, "no id fits \"%.*s\"; --list-checks lists them", SHOWN(word));
	else
		error_set(err, "\"%.*s\" is no finding%s%s%s", SHOWN(word),
		    near ? ": do you mean " : "; --list-checks lists them", near ? near : "",
		    near ? "?" : "");
	return false;
}

/* -- addresses and texts ---------------------------------------------------------------- */

/* The address, and behind a "/" how many bits of it count. */
static bool
read_prefix(struct slice s, struct prefix *out)
{
	const uint8_t *slash = s.n ? memchr(s.p, '/', s.n) : NULL;
	size_t n = slash ? (size_t)(slash - s.p) : s.n;
	char text[IPADDR_TEXT_MAX];
	int64_t bits;

	*out = (struct prefix){ .bits = 0 };
	if (n >= sizeof text || memchr(s.p, '\0', n))
		return false;
	memcpy(text, s.p, n);
	text[n] = '\0';
	if (inet_pton(AF_INET, text, out->addr.b) == 1)
		out->addr.family = 4;
	else if (inet_pton(AF_INET6, text, out->addr.b) == 1)
		out->addr.family = 6;
	else
		return false;
	out->bits = out->addr.family == 4 ? 32 : 128;
	if (!slash)
		return true;
	s = slice_from(s, n + 1);
	if (!s.n || s.n > 3 || s.p[s.n - 1] > '9' || !value_size(s, &bits) || bits > out->bits)
		return false;
	out->bits = (unsigned)bits;
	return true;
}

static bool
make_address(struct expr *e, struct value *v, const struct field *f, enum filter_op op,
    struct slice word, struct error *err)
{
	(void)f;
	if (op == OP_LIKE) {
		v->kind = TEST_PATTERN;
		pattern_make(e, &v->u.pattern, word, false);
		return true;
	}
	v->kind = TEST_PREFIX;
	if (read_prefix(word, &v->u.prefix))
		return true;
	error_set(err, "\"%.*s\" is no address: write 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32",
	    SHOWN(word));
	return false;
}

static bool
make_text(struct expr *e, struct value *v, const struct field *f, enum filter_op op,
    struct slice word, struct error *err)
{
	(void)f, (void)err;
	v->kind = TEST_PATTERN;
	pattern_make(e, &v->u.pattern, word, op != OP_LIKE);
	return true;
}

/* Could the word be a part of an address as it is written? */
static bool
looks_like_address(struct slice word)
{
	bool mark = false;
	size_t i;

	for (i = 0; i < word.n; i++) {
		int c = ascii_lower(word.p[i]);

		mark = mark || c == '.' || c == ':';
		if (c != '.' && c != ':' && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
	}
	return mark;
}

void
value_anywhere(struct expr *e, struct value *v, struct slice word)
{
	struct anywhere a = { .address = looks_like_address(word) };
	size_t i, n = checks_count();

	pattern_make(e, &a.pattern, word, false);
	for (i = 0; i < n; i++)
		if (pattern_match(e, &a.pattern, slice_str(checks_nth(i)->id)))
			check_set_add(&a.checks, i);
	for (i = 0; i <= CLOSURE_CAPTURE_END; i++)
		if (pattern_match(
		        e, &a.pattern, slice_str(smtp_closure_name((enum smtp_closure)i))))
			a.closures |= UINT64_C(1) << i;
	for (i = 0; i <= RESULT_UNKNOWN; i++)
		if (pattern_match(e, &a.pattern, slice_str(smtp_result_name((enum smtp_result)i))))
			a.results |= UINT64_C(1) << i;
	v->kind = TEST_ANYWHERE;
	v->u.anywhere = a;
}

/* -- by type ---------------------------------------------------------------------------- */

bool
value_make(struct expr *e, struct value *v, const struct field *f, enum filter_op op,
    struct slice word, struct error *err)
{
	static const struct {
		bool (*make)(struct expr *, struct value *, const struct field *, enum filter_op,
		    struct slice, struct error *);
		bool ordered, like;
	} types[] = {
		[FIELD_FLAG] = { make_flag, false, false },
		[FIELD_NUMBER] = { make_range, true, false },
		[FIELD_SIZE] = { make_range, true, false },
		[FIELD_DURATION] = { make_range, true, false },
		[FIELD_TIME] = { make_range, true, false },
		[FIELD_TEXT] = { make_text, false, true },
		[FIELD_WORDS] = { make_text, false, true },
		[FIELD_DOMAINS] = { make_text, false, true },
		[FIELD_ADDRESS] = { make_address, false, true },
		[FIELD_WORD] = { make_word, false, false },
		[FIELD_LEVEL] = { make_word, true, false },
		[FIELD_CHECK] = { make_checks, false, true },
	};

	if (op == OP_LIKE && (!types[f->type].like || f->kind)) {
		error_set(err, "%s is no text: \"~\" does not fit it", f->name);
		return false;
	}
	if (op != OP_EQUAL && op != OP_LIKE && !types[f->type].ordered) {
		error_set(err, "%s has no order: compare it with =, !=%s or in", f->name,
		    types[f->type].like ? ", ~, !~" : "");
		return false;
	}
	return types[f->type].make(e, v, f, op, word, err);
}
