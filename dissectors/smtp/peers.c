/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers - a direct-mapped table: one slot for each value of the hash.
 */
#include <stdlib.h>
#include <xxhash.h>
#include "base/mem.h"
#include "smtp/peers.h"

enum { SLOTS = 4096 };

struct peer_key {
	struct ipaddr client, server;
	uint16_t port;
};

struct peers {
	struct {
		struct peer_key key;
		unsigned offers; /* 0: the slot is empty */
	} slot[SLOTS];
};

struct peers *
peers_new(void)
{
	return xcalloc(1, sizeof(struct peers));
}

void
peers_free(struct peers *p)
{
	free(p);
}

/* Zeroed first, so that padding does not enter the hash. */
static size_t
find(struct peer_key *k, const struct ipaddr *client, const struct endpoint *server)
{
	memset(k, 0, sizeof *k);
	k->client = *client;
	k->server = server->addr;
	k->port = server->port;
	return (size_t)(XXH3_64bits(k, sizeof *k) % SLOTS);
}

unsigned
peers_offers(const struct peers *p, const struct ipaddr *client, const struct endpoint *server)
{
	struct peer_key k;
	size_t i = find(&k, client, server);

	return memcmp(&p->slot[i].key, &k, sizeof k) == 0 ? p->slot[i].offers : 0;
}

void
peers_learn(struct peers *p, const struct ipaddr *client, const struct endpoint *server, unsigned offers)
{
	struct peer_key k;
	size_t i = find(&k, client, server);

	if (offers == 0)
		return;
	if (memcmp(&p->slot[i].key, &k, sizeof k) != 0) {
		p->slot[i].key = k;
		p->slot[i].offers = 0;
	}
	p->slot[i].offers |= offers;
}
