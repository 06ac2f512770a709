/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guarded - input for parsers, placed so that its last octet is the last one
 * of a page and the next page cannot be read: one octet too far ends the test.
 *
 * guarded_copy() owns a mapping until guarded_free() with the same length.
 */
#ifndef SMTPSCOPE_TESTS_UNIT_GUARDED_H
#define SMTPSCOPE_TESTS_UNIT_GUARDED_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Octets in front of the guard page; one page even for nothing. */
static inline size_t
guarded_room(size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return n ? (n + page - 1) / page * page : page;
}

static inline uint8_t *
guarded_copy(const void *from, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), room = guarded_room(n);
	uint8_t *map =
	    mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED || mprotect(map + room, page, PROT_NONE) != 0) {
		perror("guarded_copy");
		abort();
	}
	if (n)
		memcpy(map + room - n, from, n);
	return map + room - n;
}

static inline void
guarded_free(uint8_t *p, size_t n)
{
	size_t room = guarded_room(n);

	munmap(p + n - room, room + (size_t)sysconf(_SC_PAGESIZE));
}

#endif
