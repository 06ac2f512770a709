/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alias - other names of the same length for words, IP addresses and hardware
 * addresses: the same one each time within a run.
 *
 * Nothing leads back from a name to what it stands for but the order in which
 * names came up.  What does not fit into the tables shares a name, and is counted.
 */
#ifndef SMTPSCOPE_EXPORT_ALIAS_H
#define SMTPSCOPE_EXPORT_ALIAS_H

#include "decode/decode.h"

struct aliases;

enum { ALIASES_MAX = 262144 }; /* names told apart, of all kinds together */

struct aliases *aliases_new(void);
void aliases_free(struct aliases *); /* accepts NULL */
/* Words and addresses that share a name with others. */
uint64_t aliases_shared(const struct aliases *);

/*
 * Writes over a word of letters, digits and octets above 127: letters become letters of the
 * same case, digits become digits, UTF-8 stays UTF-8.  Words that differ in case alone get
 * the same letters.
 */
void alias_word(struct aliases *, uint8_t *word, size_t n);
/* Its text is as long as that of the address. */
void alias_ip(struct aliases *, struct ipaddr *);
/* Six octets; a group address stays one. */
void alias_mac(struct aliases *, uint8_t mac[6]);

#endif
