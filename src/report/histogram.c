/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * histogram - buckets of 64-bit numbers whose width is 1/32 of the power of two
 * that they lie in.
 *
 * Values below 64 are their own bucket.  Above, a value of e bits keeps its six
 * highest: the first is always set and the other five name one of 32 buckets.  So the
 * width of a bucket is 1/32 of its least value at most, and its middle is wrong by 1/64.
 *
 * The buckets, 15 kB, are allocated with the first value: most units of a run's
 * statistics never get one.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "report/histogram.h"

enum { STEP_BITS = 5 };

_Static_assert(HISTOGRAM_STEPS == 1 << STEP_BITS, "the steps are five bits");

size_t
histogram_bucket(uint64_t value)
{
	unsigned shift;

	if (value < 2 * HISTOGRAM_STEPS)
		return (size_t)value;
	shift = 63 - (unsigned)__builtin_clzll(value) - STEP_BITS;
	return shift * HISTOGRAM_STEPS + (size_t)(value >> shift);
}

uint64_t
histogram_low(size_t bucket)
{
	unsigned shift;

	if (bucket < 2 * HISTOGRAM_STEPS)
		return bucket;
	shift = (unsigned)(bucket / HISTOGRAM_STEPS) - 1;
	return (uint64_t)(bucket % HISTOGRAM_STEPS + HISTOGRAM_STEPS) << shift;
}

uint64_t
histogram_high(size_t bucket)
{
	return histogram_low(bucket + 1) - 1;
}

void
histogram_add(struct histogram *h, int64_t value)
{
	if (value < 0)
		value = 0;
	if (!h->bucket)
		h->bucket = xcalloc(HISTOGRAM_BUCKETS, sizeof *h->bucket);
	if (h->n == 0 || value < h->least)
		h->least = value;
	if (h->n == 0 || value > h->greatest)
		h->greatest = value;
	h->bucket[histogram_bucket((uint64_t)value)]++;
	h->n++;
}

/* The middle of the bucket, but nothing that cannot have been. */
static int64_t
bucket_value(const struct histogram *h, size_t bucket)
{
	uint64_t low = histogram_low(bucket), high = histogram_high(bucket);
	int64_t middle = (int64_t)(low + (high - low) / 2);

	if (middle < h->least)
		return h->least;
	return middle > h->greatest ? h->greatest : middle;
}

int64_t
histogram_quantile(const struct histogram *h, unsigned thousandths)
{
	uint64_t rank, seen = 0;
	size_t i;

	if (h->n == 0)
		return 0;
	/* Rounded up, without the overflow of a product. */
	rank = h->n / 1000 * thousandths + (h->n % 1000 * thousandths + 999) / 1000;
	if (rank >= h->n)
		return h->greatest;
	if (rank <= 1)
		return h->least;
	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->bucket[i];
		if (seen >= rank)
			return bucket_value(h, i);
	}
	return h->greatest;
}

void
histogram_fini(struct histogram *h)
{
	free(h->bucket);
	*h = (struct histogram){ 0 };
}
