/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter - the language of -Y and of the filter prompt: which sessions to show.
 *
 *	severity >= warning and rcpt ~ "@example.net"
 *	host in (192.0.2.0/24, 2001:db8::/32) and not result = delivered
 *	finding in (reply-mid-data, pipelined-commands-lost) or duration > 5m
 *
 * Field names are those of the records (session.closure, smtp.mail_from ...), with the
 * short form where it is unique.  Compiled once, evaluated on rows without allocating.
 *
 * A field may have several values (both hosts, all recipients): "=" and "~" are true if
 * one of them fits, "!=" and "!~" are the opposite of that.  What is not known fits
 * nothing.  "~" looks for a part of a text; "*", "^" and "$" are special there, and
 * letters of either case are the same.
 */
#ifndef SMTPSCOPE_FILTER_FILTER_H
#define SMTPSCOPE_FILTER_FILTER_H

#include "store/listing.h"

struct error;
struct output;
struct word_sieve;

/* NULL with the error set: what is wrong; and the octet where it is (from 1, at most one behind
 * the text). */
struct filter *filter_compile(const char *text, size_t *column, struct error *);
void filter_free(struct filter *); /* accepts NULL */
bool filter_match(const struct filter *, const struct store *, const struct session_row *);
/* Two lines for a terminal: the part of the text around the column, and a "^" below it.  Both
 * begin with `indent' blanks. */
void filter_point(struct output *, const char *text, size_t column, unsigned indent);
/* The fields, their types and meanings: -Y help. */
void filter_help(struct output *);
/* The i-th name that begins with the prefix, or NULL: for completion. */
const char *filter_complete(const char *prefix, size_t i);

/*
 * Which texts of a store cannot have a word, letters of either case, nothing in it special: for
 * whoever looks for it in more of a row than its texts.  It goes through all texts once.
 */
struct word_sieve *word_sieve_new(struct slice word);
void word_sieve_free(struct word_sieve *); /* accepts NULL */
/* Goes on for a portion; false: nothing is left to do. */
bool word_sieve_work(struct word_sieve *, const struct store *);
/* False: the word is not in the text.  Always true as long as nothing is known of it. */
bool word_sieve_passes(const struct word_sieve *, const struct store *, pool_ref);

#endif
