/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_live - frames from one or several interfaces.
 *
 * Every interface has at most one frame read ahead, in libpcap's own buffer;
 * the earliest of those is handed out and replaced by the next call.
 *
 * With several interfaces order matters: a command may come in by one and its
 * reply go out by another.  The kernel hands frames over in blocks, so the
 * earliest frame waits until every interface has one, or until it is HOLD_MS
 * old and no block with an earlier frame can be open any more.  That age is the
 * one use of the time of day here; a clock that makes no sense means no wait.
 * (Immediate mode would need none of this, but libpcap then divides its buffer
 * into slots of the largest size, 32 by default on lo: a burst is lost.)
 *
 * Only when no interface has a frame is there a wait, of WAIT_MS at most, for
 * all of them together.  The wait is also the bound on how long an interrupt
 * that came just before it goes unseen.
 *
 * An error on one interface ends the capture: going on without it would be a
 * silent loss.  Drop counters of the kernel are 32 bits wide and are summed up
 * in 64 each time they are asked for.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#ifdef __linux__
#include <sys/epoll.h>
#endif
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "capture/source.h"

enum {
	WAIT_MS = 100,
	WAIT_BLIND_MS = 10,              /* an interface has nothing to wait on */
	HOLD_MS = 3 * INTERFACE_BLOCK_MS /* a block is handed over after two, or before */
};

struct live_input {
	const char *name; /* borrowed */
	struct interface in;
	int fd;                /* to wait on, -1: none */
	struct packet head;    /* valid if `ready' */
	bool ready;            /* a frame was read and not replaced yet */
	struct pcap_stat last; /* counters when they were asked for last */
};

struct live_source {
	struct source base;
	struct live_input *inputs;
	struct pollfd *fds; /* one for each input, for live_wait() */
	size_t ninputs;
	struct live_input *given; /* the input of the frame handed out last */
	int wait_ms;
	int epoll; /* for live_fd(), with several interfaces; -1: none */
	uint64_t received, dropped_kernel, dropped_interface;
};

/* Read a frame if there is one.  0, or -1 with the error set. */
static int
live_fill(struct live_input *in, struct error *err)
{
	struct pcap_pkthdr *h;
	const u_char *octets;
	int rc = pcap_next_ex(in->in.pcap, &h, &octets);

	if (rc == PCAP_ERROR) {
		error_set(err, "%s: capture ended: %s", in->name, pcap_geterr(in->in.pcap));
		return -1;
	}
	if (rc != 1) /* none now, or capture_break() */
		return 0;
	in->head.ts = source_time(&h->ts, in->in.nano ? 1 : NS_PER_US);
	in->head.wirelen = h->len < h->caplen ? h->caplen : h->len;
	in->head.data = slice_of(octets, h->caplen);
	in->head.source_frame++;
	in->ready = true;
	return 0;
}

/* Read a frame of every input that has none ready.  0, or -1 with the error set. */
static int
live_fill_all(struct live_source *s, struct error *err)
{
	struct live_input *in;

	for (in = s->inputs; in < s->inputs + s->ninputs; in++)
		if (!in->ready && live_fill(in, err) != 0)
			return -1;
	return 0;
}

/* The input with the earliest frame; NULL if none is ready. */
static struct live_input *
live_earliest(const struct live_source *s)
{
	struct live_input *first = NULL, *in;

	for (in = s->inputs; in < s->inputs + s->ninputs; in++)
		if (in->ready && (!first || in->head.ts < first->head.ts))
			first = in;
	return first;
}

/* Milliseconds that the earliest frame has to wait for one of another interface. */
static int
live_hold(const struct live_source *s, const struct live_input *first)
{
	const struct live_input *in = s->inputs;
	struct timespec now;
	int64_t age;

	while (in < s->inputs + s->ninputs && in->ready)
		in++;
	if (in == s->inputs + s->ninputs || clock_gettime(CLOCK_REALTIME, &now) != 0)
		return 0;
	age = (now.tv_sec * NS_PER_S + now.tv_nsec - first->head.ts) / NS_PER_MS;
	return age < 0 || age >= HOLD_MS ? 0 : (int)(HOLD_MS - age);
}

/*
 * Wait for the interfaces that have no frame ready.  A signal or an error of
 * poll() is no more than an early end of the wait.
 */
static void
live_wait(struct live_source *s, int ms)
{
	size_t i;

	for (i = 0; i < s->ninputs; i++)
		s->fds[i].fd = s->inputs[i].ready ? -1 : s->inputs[i].fd;
	(void)poll(s->fds, (nfds_t)s->ninputs, ms < s->wait_ms ? ms : s->wait_ms);
}

static enum capture_status
live_next(struct source *base, struct packet *pkt, struct error *err)
{
	struct live_source *s = (struct live_source *)base;
	struct live_input *first;
	bool waited = false;
	int hold;

	if (s->given)
		s->given->ready = false;
	s->given = NULL;
	for (;;) {
		if (live_fill_all(s, err) != 0)
			return CAPTURE_ERROR;
		first = live_earliest(s);
		hold = first && s->ninputs > 1 ? live_hold(s, first) : 0;
		if (first && (hold == 0 || *s->base.broken))
			break;
		if (!first && (waited || base->hasty || *s->base.broken))
			return CAPTURE_AGAIN;
		if (base->hasty)
			return CAPTURE_AGAIN; /* a frame is held back for others that may come */
		live_wait(s, first ? hold : s->wait_ms);
		waited = true;
	}
	s->given = first;
	*pkt = first->head;
	return CAPTURE_PACKET;
}

static void
live_stats(struct source *base, struct capture_stats *stats)
{
	struct live_source *s = (struct live_source *)base;
	struct live_input *in;
	struct pcap_stat now;

	for (in = s->inputs; in < s->inputs + s->ninputs; in++) {
		if (pcap_stats(in->in.pcap, &now) != 0)
			continue;
		s->received += now.ps_recv - in->last.ps_recv;
		s->dropped_kernel += now.ps_drop - in->last.ps_drop;
		s->dropped_interface += now.ps_ifdrop - in->last.ps_ifdrop;
		in->last = now;
	}
	stats->received += s->received;
	stats->dropped_kernel += s->dropped_kernel;
	stats->dropped_interface += s->dropped_interface;
}

static void
live_wake(struct source *base)
{
	struct live_source *s = (struct live_source *)base;
	size_t i;

	for (i = 0; i < s->ninputs; i++)
		pcap_breakloop(s->inputs[i].in.pcap);
}

/* Of one interface its own, of several one that is readable when any of them is. */
static int
live_fd(struct source *base)
{
	struct live_source *s = (struct live_source *)base;
	size_t i;

	if (s->ninputs == 1)
		return s->inputs[0].fd;
#ifdef __linux__
	if (s->epoll >= 0)
		return s->epoll;
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	for (i = 0; s->epoll >= 0 && i < s->ninputs; i++) {
		struct epoll_event ev = { .events = EPOLLIN };

		if (s->inputs[i].fd < 0 ||
		    epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->inputs[i].fd, &ev) != 0) {
			close(s->epoll);
			s->epoll = -1;
			return -1;
		}
	}
#endif
	(void)i;
	return s->epoll;
}

static void
live_close(struct source *base)
{
	struct live_source *s = (struct live_source *)base;
	size_t i;

	for (i = 0; i < s->ninputs; i++)
		if (s->inputs[i].in.pcap)
			pcap_close(s->inputs[i].in.pcap);
	if (s->epoll >= 0)
		close(s->epoll);
	free(s->inputs);
	free(s->fds);
	free(s);
}

static int
live_open_input(
    struct live_source *s, const struct capture_config *cfg, size_t i, struct error *err)
{
	struct live_input *in = &s->inputs[i];
	struct interface opened;

	if (interface_open(&opened, cfg->interfaces[i], cfg, err) != 0)
		return -1;
	in->name = cfg->interfaces[i];
	in->in = opened;
	in->head.position = CAPTURE_NO_POSITION;
	in->head.source = (uint32_t)i;
	in->head.dlt = pcap_datalink(opened.pcap);
	if (i == 0)
		s->base.dlt = in->head.dlt;
	if (pcap_snapshot(opened.pcap) > s->base.snaplen)
		s->base.snaplen = pcap_snapshot(opened.pcap);
	s->base.nano |= opened.nano;
	s->base.fine |= opened.nano;
	s->fds[i].events = POLLIN;
	in->fd = pcap_get_selectable_fd(opened.pcap);
	if (in->fd < 0)
		s->wait_ms = WAIT_BLIND_MS;
	return 0;
}

struct source *
source_open_live(const struct capture_config *cfg, const atomic_bool *broken, struct error *err)
{
	static const struct source_ops ops = {
		.next = live_next,
		.stats = live_stats,
		.wake = live_wake,
		.fd = live_fd,
		.close = live_close,
	};
	struct live_source *s = xcalloc(1, sizeof *s);
	size_t i;

	s->base.ops = &ops;
	s->base.broken = broken;
	s->wait_ms = WAIT_MS;
	s->epoll = -1;
	s->ninputs = cfg->ninterfaces;
	s->inputs = xcalloc(s->ninputs, sizeof *s->inputs);
	s->fds = xcalloc(s->ninputs, sizeof *s->fds);
	for (i = 0; i < s->ninputs; i++) {
		if (live_open_input(s, cfg, i, err) != 0) {
			live_close(&s->base);
			return NULL;
		}
	}
	return &s->base;
}
