// SPDX-License-Identifier: GPL-2.0
/*
 * Messages made of valid ones by chance, and which of them are valid still.
 */
#include <string.h>
#include <unistd.h>

#include "common/util.h"
#include "mutant.h"

#define MAX_DEPTH	64
#define HUGE		60000

static bool sparing;

/* splitmix64 */
uint64_t random_next(struct random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

uint32_t random_below(struct random *random, uint32_t limit)
{
	return random_next(random) % limit;
}

static bool one_in(struct random *random, uint32_t n)
{
	return !random_below(random, n);
}

static void fill(struct random *random, void *to, size_t len)
{
	uint64_t value;

	for (size_t i = 0; i < len; i += sizeof(value)) {
		value = random_next(random);
		memcpy((char *)to + i, &value,
		       len - i < sizeof(value) ? len - i : sizeof(value));
	}
}

static size_t any_length(struct random *random)
{
	static const uint8_t usual[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 16 };

	if (one_in(random, 40))
		return random_below(random, HUGE);
	if (one_in(random, 4))
		return random_below(random, 256);
	return usual[random_below(random, sizeof(usual))];
}

static uint16_t any_type(struct random *random)
{
	static const uint16_t own[] = {
		NSGUARD_A_STATUS_MODE, NSGUARD_A_CONTAINER_ID,
		NSGUARD_A_CONTAINER_CERTAIN, NSGUARD_A_EVENT_PID,
	};
	uint16_t type = one_in(random, 2) ?
			own[random_below(random, ARRAY_SIZE(own))] :
			random_below(random, NSGUARD_A_MAX + 4);

	if (one_in(random, 8))
		type |= NLA_F_NESTED;
	if (one_in(random, 16))
		type |= NLA_F_NET_BYTEORDER;
	return one_in(random, 64) ? random_next(random) : type;
}

static void put_any(struct random *random, struct nlmsghdr *nlh)
{
	static char payload[HUGE + 8];
	size_t len = any_length(random);

	fill(random, payload, len < 64 ? len : 64);
	/* Small values are likelier to be looked at. */
	if (len && one_in(random, 2)) {
		memset(payload, 0, len);
		payload[0] = random_below(random, 5);
	}
	mnl_attr_put(nlh, any_type(random), len, payload);
}

static void put_nested(struct random *random, struct nlmsghdr *nlh)
{
	struct nlattr *nests[MAX_DEPTH];
	int depth = 1 + random_below(random, MAX_DEPTH);

	for (int i = 0; i < depth; i++)
		nests[i] = mnl_attr_nest_start(nlh, any_type(random));
	put_any(random, nlh);
	while (depth--)
		mnl_attr_nest_end(nlh, nests[depth]);
}

static void put_mode(struct random *random, struct nlmsghdr *nlh)
{
	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_MODE, random_below(random, 4));
}

static void put_container(struct random *random, struct nlmsghdr *nlh)
{
	if (!one_in(random, 4))
		mnl_attr_put_u8(nlh, NSGUARD_A_CONTAINER_CERTAIN,
				!one_in(random, 8));
	if (one_in(random, 2))
		mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_ID,
				 random_below(random, 4));
	if (one_in(random, 2))
		mnl_attr_put_u32(nlh, NSGUARD_A_EVENT_PID,
				 random_below(random, 1024));
}

/* One that is valid, or nearly so. */
static struct nlmsghdr *put_request(struct random *random,
				    const struct family *family, void *buf)
{
	struct nlmsghdr *nlh;

	switch (random_below(random, 6)) {
	case 0:
		return talk_put(buf, family->id, NSGUARD_CMD_STATUS_GET, 0);
	case 1:
		return talk_put(buf, family->id, NSGUARD_CMD_CONTAINERS_GET,
				NLM_F_DUMP);
	case 2:
		nlh = talk_put(buf, family->id, NSGUARD_CMD_MODE_SET, 0);
		put_mode(random, nlh);
		return nlh;
	case 3:
		nlh = talk_put(buf, family->id, NSGUARD_CMD_CONTAINER_SET, 0);
		put_container(random, nlh);
		return nlh;
	case 4:
		nlh = talk_put(buf, GENL_ID_CTRL, CTRL_CMD_GETPOLICY,
			       NLM_F_DUMP);
		mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, family->id);
		return nlh;
	default:
		return talk_put(buf, family->id, random_below(random, 256),
				random_next(random));
	}
}

/* Types of other families are spared: they have effects of their own. */
static void break_header(struct random *random, struct nlmsghdr *nlh)
{
	struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	switch (random_below(random, 8)) {
	case 0:
		nlh->nlmsg_type = random_below(random, NLMSG_MIN_TYPE);
		break;
	case 1:
		nlh->nlmsg_flags = random_next(random);
		break;
	case 2:
		nlh->nlmsg_pid = random_next(random);
		break;
	case 3:
		nlh->nlmsg_len = random_below(random, nlh->nlmsg_len + 32);
		break;
	case 4:
		nlh->nlmsg_len = random_next(random);
		break;
	case 5:
		if (nlh->nlmsg_type != GENL_ID_CTRL)
			genl->cmd = random_next(random);
		break;
	case 6:
		genl->version = random_next(random);
		break;
	default:
		genl->reserved = random_next(random);
		break;
	}
}

/* A length somewhere among the attributes, or any byte of them. */
static void break_attributes(struct random *random, struct nlmsghdr *nlh)
{
	size_t start = NLMSG_HDRLEN + GENL_HDRLEN, at;
	uint16_t value = one_in(random, 2) ? random_below(random, 12) :
					     random_next(random);

	if (nlh->nlmsg_len < start + sizeof(value))
		return;
	at = start + random_below(random, nlh->nlmsg_len - start - 1);
	if (one_in(random, 2))
		at = start + random_below(random, (at - start) / 4 + 1) * 4;
	memcpy((char *)nlh + at, &value, sizeof(value));
}

static size_t make(struct random *random, const struct family *family,
		   void *buf)
{
	struct nlmsghdr *nlh;
	size_t len;

	memset(buf, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	nlh = put_request(random, family, buf);
	while (one_in(random, 3))
		put_any(random, nlh);
	if (one_in(random, 10))
		put_nested(random, nlh);
	len = nlh->nlmsg_len;
	while (one_in(random, 3))
		break_attributes(random, nlh);
	if (one_in(random, 3))
		break_header(random, nlh);
	return one_in(random, 12) ? random_below(random, len + 1) : len;
}

static bool is_valid(const struct effect *effect)
{
	return effect->modes || effect->certain;
}

size_t mutant_make(struct random *random, const struct family *family,
		   void *buf)
{
	struct effect effect;
	size_t len;

	do {
		len = make(random, family, buf);
		effect = mutant_effect(family, buf, len);
	} while (sparing && is_valid(&effect));
	return len;
}

size_t mutant_append(struct random *random, const struct family *family,
		     void *buf, size_t len)
{
	size_t at = MNL_ALIGN(len), all;
	struct effect effect;

	/* The first one's length may reach into the second. */
	memset((char *)buf + len, 0, at - len);
	for (int tries = 0; tries < 16; tries++) {
		all = at + make(random, family, (char *)buf + at);
		effect = mutant_effect(family, buf, all);
		if (!sparing || !is_valid(&effect))
			return all;
	}
	/* One that was cut off may be whole with whatever stands behind it. */
	return len;
}

void mutant_spare(bool spare)
{
	sparing = spare;
}

/* What stands behind the last attribute is no attribute: nothing is valid then. */
static bool well_formed(const struct nlmsghdr *nlh)
{
	const char *at = (const char *)nlh + NLMSG_HDRLEN + GENL_HDRLEN;
	int left = nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	const struct nlattr *attr = (const void *)at;

	while (mnl_attr_ok(attr, left)) {
		left -= MNL_ALIGN(attr->nla_len);
		attr = mnl_attr_next(attr);
	}
	return left <= 0;
}

static struct effect effect_of_mode(const struct nlmsghdr *nlh)
{
	struct effect effect = {};
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) != NSGUARD_A_STATUS_MODE ||
		    mnl_attr_get_payload_len(attr) != 1 ||
		    mnl_attr_get_u8(attr) > NSGUARD_MODE_ENFORCE)
			return (struct effect){};
		/* The last one counts. */
		effect.modes = 1U << mnl_attr_get_u8(attr);
	}
	return effect;
}

static struct effect effect_of_container(const struct nlmsghdr *nlh)
{
	bool certain = false, id = false, pid = false;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		size_t len = mnl_attr_get_payload_len(attr);

		switch (mnl_attr_get_type(attr)) {
		case NSGUARD_A_CONTAINER_CERTAIN:
			certain = true;
			if (len != 1 || mnl_attr_get_u8(attr) != 1)
				return (struct effect){};
			break;
		case NSGUARD_A_CONTAINER_ID:
			id = true;
			if (len != sizeof(uint64_t))
				return (struct effect){};
			break;
		case NSGUARD_A_EVENT_PID:
			pid = true;
			if (len != sizeof(uint32_t))
				return (struct effect){};
			break;
		default:
			return (struct effect){};
		}
	}
	return (struct effect){ .certain = certain && id != pid };
}

static struct effect effect_of(const struct family *family,
			       const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != family->id ||
	    !(nlh->nlmsg_flags & NLM_F_REQUEST) ||
	    nlh->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN || genl->reserved ||
	    !well_formed(nlh))
		return (struct effect){};
	if (genl->cmd == NSGUARD_CMD_MODE_SET)
		return effect_of_mode(nlh);
	if (genl->cmd == NSGUARD_CMD_CONTAINER_SET)
		return effect_of_container(nlh);
	return (struct effect){};
}

/* Goes on from message to message as the kernel does. */
struct effect mutant_effect(const struct family *family, const void *buf,
			    size_t len)
{
	const struct nlmsghdr *nlh = buf;
	struct effect all = {};

	while (len >= NLMSG_HDRLEN && nlh->nlmsg_len >= NLMSG_HDRLEN &&
	       nlh->nlmsg_len <= len) {
		struct effect one = effect_of(family, nlh);
		size_t step = MNL_ALIGN(nlh->nlmsg_len);

		all.modes |= one.modes;
		all.certain |= one.certain;
		len -= step < len ? step : len;
		nlh = (const void *)((const char *)nlh + step);
	}
	return all;
}
