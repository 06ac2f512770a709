/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers - keys and tables: what is hashed, and how many entries are kept of each kind.
 *
 * A key is hashed whole from a buffer that holds the longest one there can be: two
 * addresses, or one and three texts of at most 140 octets with their lengths.
 */
#include <stdlib.h>
#include <xxhash.h>
#include "base/mem.h"
#include "smtp/peers.h"

enum { SERVER_SETS = 2048, CLIENT_SETS = 256, MESSAGE_SETS = 2048, REFUSAL_SETS = 2048 };

struct peers {
	uint64_t seed;
	struct memo_table servers, clients, messages, refusals;
	struct peers_put_off put_off;
};

struct peers *
peers_new(uint64_t seed)
{
	struct peers *p = xcalloc(1, sizeof *p);

	p->seed = seed;
	memo_init(&p->servers, sizeof(struct peer_server), SERVER_SETS);
	memo_init(&p->clients, sizeof(struct peer_client), CLIENT_SETS);
	memo_init(&p->messages, sizeof(struct peer_message), MESSAGE_SETS);
	memo_init(&p->refusals, sizeof(struct peer_refusal), REFUSAL_SETS);
	return p;
}

void
peers_free(struct peers *p)
{
	if (p == NULL)
		return;
	memo_fini(&p->servers);
	memo_fini(&p->clients);
	memo_fini(&p->messages);
	memo_fini(&p->refusals);
	free(p);
}

uint64_t
peers_forgotten(const struct peers *p)
{
	return p->servers.pushed + p->clients.pushed + p->messages.pushed + p->refusals.pushed;
}

/* ---- keys ---- */

/* A key in the making: its parts one behind the other, texts with their lengths. */
struct parts {
	uint64_t seed;
	size_t n;
	uint8_t b[512];
};

static struct memo_key
hash_parts(const struct parts *k)
{
	XXH128_hash_t h = XXH3_128bits_withSeed(k->b, k->n, k->seed);

	return (struct memo_key){ h.low64, h.high64 };
}

static void
add(struct parts *k, const void *p, size_t n)
{
	memcpy(k->b + k->n, p, n);
	k->n += n;
}

static void
start(struct parts *k, const struct peers *p, uint8_t kind)
{
	k->seed = p->seed;
	k->n = 0;
	add(k, &kind, 1);
}

static void
add_addr(struct parts *k, const struct ipaddr *a)
{
	add(k, &a->family, sizeof a->family);
	add(k, a->b, sizeof a->b);
}

/* What does not fit beside the rest is kept as its hash. */
static void
add_text(struct parts *k, struct slice t)
{
	enum { TEXT_MAX = 140 };
	uint32_t total = (uint32_t)t.n;
	uint64_t h;

	add(k, &total, sizeof total);
	if (t.n > TEXT_MAX) {
		h = XXH3_64bits_withSeed(t.p, t.n, k->seed);
		add(k, &h, sizeof h);
		return;
	}
	if (t.n > 0)
		add(k, t.p, t.n);
}

uint64_t
peers_hash(const struct peers *p, struct slice t)
{
	struct memo_key h;
	struct parts k;

	start(&k, p, 0);
	add_text(&k, t);
	h = hash_parts(&k);
	return h.lo ? h.lo : 1;
}

struct memo_key
peers_server_key(const struct peers *p, const struct ipaddr *client, const struct endpoint *server)
{
	struct parts k;

	start(&k, p, 1);
	add_addr(&k, client);
	add_addr(&k, &server->addr);
	add(&k, &server->port, sizeof server->port);
	return hash_parts(&k);
}

struct memo_key
peers_client_key(const struct peers *p, const struct ipaddr *client)
{
	struct parts k;

	start(&k, p, 2);
	add_addr(&k, client);
	return hash_parts(&k);
}

struct memo_key
peers_message_key(const struct peers *p, const struct ipaddr *client, struct slice sender,
    struct slice rcpt, struct slice ident)
{
	struct parts k;

	start(&k, p, 3);
	add_addr(&k, client);
	add_text(&k, sender);
	add_text(&k, rcpt);
	add_text(&k, ident);
	return hash_parts(&k);
}

struct memo_key
peers_refusal_key(
    const struct peers *p, const struct ipaddr *client, struct slice sender, struct slice rcpt)
{
	struct ipaddr net = *client;
	size_t kept = client->family == 4 ? 3 : 8;
	struct parts k;

	memset(net.b + kept, 0, sizeof net.b - kept);
	start(&k, p, 4);
	add_addr(&k, &net);
	add_text(&k, sender);
	add_text(&k, rcpt);
	return hash_parts(&k);
}

/* ---- tables ---- */

const struct peer_server *
peers_server(const struct peers *p, struct memo_key k)
{
	return memo_find(&p->servers, k);
}

const struct peer_client *
peers_client(const struct peers *p, struct memo_key k)
{
	return memo_find(&p->clients, k);
}

const struct peer_message *
peers_message(const struct peers *p, struct memo_key k)
{
	return memo_find(&p->messages, k);
}

const struct peer_refusal *
peers_refusal(const struct peers *p, struct memo_key k)
{
	return memo_find(&p->refusals, k);
}

struct peer_server *
peers_learn_server(struct peers *p, struct memo_key k)
{
	return memo_claim(&p->servers, k);
}

struct peer_client *
peers_learn_client(struct peers *p, struct memo_key k)
{
	return memo_claim(&p->clients, k);
}

struct peer_message *
peers_learn_message(struct peers *p, struct memo_key k)
{
	return memo_claim(&p->messages, k);
}

struct peer_refusal *
peers_learn_refusal(struct peers *p, struct memo_key k)
{
	return memo_claim(&p->refusals, k);
}

/* ---- what was put off ---- */

struct peers_put_off *
peers_tally(struct peers *p)
{
	return &p->put_off;
}

struct peers_put_off
peers_put_off(const struct peers *p)
{
	struct peers_put_off n = p->put_off;
	const struct peer_refusal *g = NULL;

	while (n.total && (g = memo_next(&p->refusals, g)) != NULL) {
		if (g->frame == 0)
			continue;
		if (g->tries > 0) {
			n.again++;
			continue;
		}
		if (n.waiting++ == 0 || g->ts < n.since)
			n.since = g->ts;
	}
	return n;
}
