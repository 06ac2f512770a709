/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analyst - sessions through two queues under one lock: to the thread and back.
 *
 * Waking a thread costs more than judging a short session, so it is woken for
 * ANALYST_BATCH of them, and the reader, once it has to wait, waits for as many.
 * What is on its way stays charged to the reader's budget, which can ask for it
 * (analyst_drain) before it refuses anything: so a report does not depend on which
 * thread was faster.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"
#include "smtp/analyst.h"
#include "smtp/session.h"

enum { ANALYST_PENDING = 64, ANALYST_BATCH = 16 };

struct analyst {
	void (*judge)(void *ctx, struct parser *);
	void *ctx;
	pthread_t thread;
	pthread_mutex_t lock;    /* of all below */
	pthread_cond_t work;     /* the thread waits: something to do, or the end */
	pthread_cond_t progress; /* the reader waits: `pending' has fallen to `wanted' */
	struct parsers todo, done;
	unsigned pending; /* given and not judged */
	unsigned wanted;
	bool stop;
};

static void *
analyst_main(void *arg)
{
	struct analyst *a = arg;
	struct parser *p;

	pthread_mutex_lock(&a->lock);
	for (;;) {
		while (!(p = STAILQ_FIRST(&a->todo)) && !a->stop)
			pthread_cond_wait(&a->work, &a->lock);
		if (!p)
			break;
		STAILQ_REMOVE_HEAD(&a->todo, link);
		pthread_mutex_unlock(&a->lock);
		a->judge(a->ctx, p);
		pthread_mutex_lock(&a->lock);
		STAILQ_INSERT_TAIL(&a->done, p, link);
		if (--a->pending == a->wanted)
			pthread_cond_signal(&a->progress);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

struct analyst *
analyst_new(void (*judge)(void *ctx, struct parser *), void *ctx)
{
	struct analyst *a = xcalloc(1, sizeof *a);
	sigset_t all, before;
	int rc;

	a->judge = judge;
	a->ctx = ctx;
	STAILQ_INIT(&a->todo);
	STAILQ_INIT(&a->done);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->work, NULL);
	pthread_cond_init(&a->progress, NULL);
	/* A signal has to interrupt the reader's system call, not this thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&a->thread, NULL, analyst_main, a);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		return a;
	free(a);
	return NULL;
}

/* With the lock held: wait until no more than `most' are pending; returns those done. */
static struct parsers
settle(struct analyst *a, unsigned most)
{
	struct parsers done = STAILQ_HEAD_INITIALIZER(done);

	if (a->pending > most) {
		a->wanted = most;
		pthread_cond_signal(&a->work);
		while (a->pending > most)
			pthread_cond_wait(&a->progress, &a->lock);
	}
	STAILQ_CONCAT(&done, &a->done);
	return done;
}

static void
free_all(struct parsers *list)
{
	struct parser *p;

	while ((p = STAILQ_FIRST(list)) != NULL) {
		STAILQ_REMOVE_HEAD(list, link);
		parser_free(p);
	}
}

void
analyst_give(struct analyst *a, struct parser *p)
{
	struct parsers done;

	pthread_mutex_lock(&a->lock);
	STAILQ_INSERT_TAIL(&a->todo, p, link);
	if (++a->pending % ANALYST_BATCH == 0)
		pthread_cond_signal(&a->work);
	done = settle(
	    a, a->pending < ANALYST_PENDING ? ANALYST_PENDING : ANALYST_PENDING - ANALYST_BATCH);
	pthread_mutex_unlock(&a->lock);
	free_all(&done);
}

void
analyst_drain(struct analyst *a)
{
	struct parsers done;

	pthread_mutex_lock(&a->lock);
	done = settle(a, 0);
	pthread_mutex_unlock(&a->lock);
	free_all(&done);
}

void
analyst_free(struct analyst *a)
{
	if (!a)
		return;
	analyst_drain(a);
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->work);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	pthread_cond_destroy(&a->progress);
	pthread_cond_destroy(&a->work);
	pthread_mutex_destroy(&a->lock);
	free(a);
}
