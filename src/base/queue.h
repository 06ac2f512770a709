/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue - <sys/queue.h>, and what glibc's copy of it lacks.
 */
#ifndef SMTPSCOPE_BASE_QUEUE_H
#define SMTPSCOPE_BASE_QUEUE_H

#include <stddef.h>
#include <sys/queue.h>

#ifndef STAILQ_LAST
/* The last element, or NULL: found from the address of its link. */
#define STAILQ_LAST(head, type, field)                                                             \
	(STAILQ_EMPTY((head)) ?                                                                    \
	        NULL :                                                                             \
	        (struct type *)(void *)((char *)(head)->stqh_last - offsetof(struct type, field)))
#endif

#endif
