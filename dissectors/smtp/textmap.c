/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * textmap - three masks of 64 octets: LF, CR, and what is odd.  Text is plain when
 * the mask of LF is that of CR moved on by one and nothing is odd.
 *
 * The masks are made with the vector instructions that every x86-64 has, with wider ones
 * where the processor has them, and octet by octet elsewhere.
 */
#include "smtp/textmap.h"

#if defined(__x86_64__) && defined(__SSE2__)
#define TEXTMAP_X86 1
#include <immintrin.h>
#endif

struct masks {
	uint64_t lf, cr;
	bool odd;
};

typedef void look_fn(struct masks *, const uint8_t *);

static inline void
look_portable(struct masks *m, const uint8_t *c)
{
	unsigned i;

	*m = (struct masks){ 0, 0, false };
	for (i = 0; i < TEXTMAP_WORD; i++) {
		uint64_t bit = UINT64_C(1) << i;

		if (c[i] == '\n')
			m->lf |= bit;
		else if (c[i] == '\r')
			m->cr |= bit;
		else if ((c[i] < 0x20 && c[i] != '\t') || c[i] >= 0x80)
			m->odd = true;
	}
}

#ifdef TEXTMAP_X86
/* Compared as signed numbers, octets of 0x80 and above are less than a blank as well. */
static inline void
look_sse2(struct masks *m, const uint8_t *c)
{
	const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
	const __m128i tab = _mm_set1_epi8('\t'), blank = _mm_set1_epi8(' ');
	__m128i odd = _mm_setzero_si128();
	unsigned i;

	m->lf = m->cr = 0;
#pragma GCC unroll 4
	for (i = 0; i < TEXTMAP_WORD; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(c + i));
		__m128i is_lf = _mm_cmpeq_epi8(v, lf), is_cr = _mm_cmpeq_epi8(v, cr);
		__m128i fine = _mm_or_si128(_mm_or_si128(is_lf, is_cr), _mm_cmpeq_epi8(v, tab));

		m->lf |= (uint64_t)(unsigned)_mm_movemask_epi8(is_lf) << i;
		m->cr |= (uint64_t)(unsigned)_mm_movemask_epi8(is_cr) << i;
		odd = _mm_or_si128(odd, _mm_andnot_si128(fine, _mm_cmplt_epi8(v, blank)));
	}
	m->odd = _mm_movemask_epi8(odd) != 0;
}

__attribute__((__target__("avx2"))) static inline void
look_avx2(struct masks *m, const uint8_t *c)
{
	const __m256i lf = _mm256_set1_epi8('\n'), cr = _mm256_set1_epi8('\r');
	const __m256i tab = _mm256_set1_epi8('\t'), blank = _mm256_set1_epi8(' ');
	__m256i odd = _mm256_setzero_si256();
	unsigned i;

	m->lf = m->cr = 0;
#pragma GCC unroll 2
	for (i = 0; i < TEXTMAP_WORD; i += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(c + i));
		__m256i is_lf = _mm256_cmpeq_epi8(v, lf), is_cr = _mm256_cmpeq_epi8(v, cr);
		__m256i fine =
		    _mm256_or_si256(_mm256_or_si256(is_lf, is_cr), _mm256_cmpeq_epi8(v, tab));

		m->lf |= (uint64_t)(unsigned)_mm256_movemask_epi8(is_lf) << i;
		m->cr |= (uint64_t)(unsigned)_mm256_movemask_epi8(is_cr) << i;
		odd = _mm256_or_si256(odd, _mm256_andnot_si256(fine, _mm256_cmpgt_epi8(blank, v)));
	}
	m->odd = _mm256_movemask_epi8(odd) != 0;
}
#endif

__attribute__((__always_inline__)) static inline bool
map(struct textmap *t, struct slice s, look_fn *look)
{
	uint64_t bad = 0, before = 0;
	uint8_t rest[TEXTMAP_WORD];
	struct masks m;
	size_t i;

	t->n = s.n < TEXTMAP_MAX ? s.n : TEXTMAP_MAX;
	for (i = 0; i < t->n; i += TEXTMAP_WORD) {
		const uint8_t *c = s.p + i;

		if (t->n - i < TEXTMAP_WORD) {
			memset(rest, ' ', sizeof rest);
			memcpy(rest, c, t->n - i);
			c = rest;
		}
		look(&m, c);
		t->lf[i / TEXTMAP_WORD] = m.lf;
		bad |= (uint64_t)m.odd | (m.lf ^ (m.cr << 1 | before));
		before = m.cr >> 63;
	}
	return !bad && !before;
}

bool
textmap_plain_portable(struct textmap *t, struct slice s)
{
	return map(t, s, look_portable);
}

#ifdef TEXTMAP_X86
__attribute__((__target__("avx2"))) static bool
plain_avx2(struct textmap *t, struct slice s)
{
	return map(t, s, look_avx2);
}

bool
textmap_plain(struct textmap *t, struct slice s)
{
	return __builtin_cpu_supports("avx2") ? plain_avx2(t, s) : textmap_plain_sse2(t, s);
}

bool
textmap_plain_sse2(struct textmap *t, struct slice s)
{
	return map(t, s, look_sse2);
}
#else
bool
textmap_plain(struct textmap *t, struct slice s)
{
	return map(t, s, look_portable);
}

bool
textmap_plain_sse2(struct textmap *t, struct slice s)
{
	return map(t, s, look_portable);
}
#endif
