// SPDX-License-Identifier: GPL-2.0
/*
 * Messages that nobody should send, from everybody who can reach the family.
 *
 * usage: fuzz SEED MESSAGES
 *
 * SEED 0 takes one by chance; it is printed.  The messages of each sender depend
 * on nothing else.  Whatever is no valid request of root's must leave the module
 * as it was, and senders who may not ask must get nothing but errors.
 *
 * With more arguments it is one of the senders.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/tap.h"
#include "common/util.h"
#include "mutant.h"
#include "role.h"
#include "talk.h"

#define SOCKETS		16
/* Root's messages between two looks at the configuration. */
#define LOOK_EVERY	64

/**
 * struct sender - somebody who sends messages
 * @role: who
 * @left: the module has left: root may change nothing either
 * @family: the module's
 * @random: where the next message comes from
 * @sockets: some, which come and go
 * @want: root's: what the configuration has to be
 * @effects: root's: valid requests that had an effect
 */
struct sender {
	enum role role;
	bool left;
	struct family family;
	struct random random;
	int sockets[SOCKETS];
	struct config want;
	unsigned int effects;
};

static char message[2 * MUTANT_SIZE] __attribute__((aligned(8)));

static bool authorised(const struct sender *s)
{
	return s->role == ROLE_ROOT;
}

/* An answer that somebody without authority may get. */
static bool is_refusal(const struct sender *s, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type == s->family.id)
		return false;
	if (nlh->nlmsg_type != NLMSG_ERROR ||
	    nlh->nlmsg_len < NLMSG_HDRLEN + sizeof(*err))
		return true;
	/* What is no request is acknowledged and goes nowhere. */
	return err->error || err->msg.nlmsg_type != s->family.id ||
	       !(err->msg.nlmsg_flags & NLM_F_REQUEST);
}

/* What there is to read, if anything; some is left for another time. */
static bool read_answers(struct sender *s, int fd)
{
	static char answer[TALK_SIZE] __attribute__((aligned(8)));
	int left, datagrams = random_below(&s->random, 4);

	while (datagrams--) {
		const struct nlmsghdr *nlh = (const void *)answer;

		left = recv(fd, answer, sizeof(answer), MSG_DONTWAIT);
		for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
			if (!authorised(s) && !is_refusal(s, nlh)) {
				diag("%s got an answer of type %u, length %u",
				     role_names[s->role], nlh->nlmsg_type,
				     nlh->nlmsg_len);
				return false;
			}
	}
	return true;
}

static void send_message(struct sender *s, int fd, size_t len)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (random_below(&s->random, 2))
		sendto(fd, message, len, MSG_DONTWAIT,
		       (struct sockaddr *)&kernel, sizeof(kernel));
	else
		send(fd, message, len, MSG_DONTWAIT);
}

/*
 * Joins or leaves, the events or any other group.  Root's socket does not ask for
 * overflows to be told to who sends: they would rightly be counted.
 */
static bool change_membership(struct sender *s, int fd)
{
	uint32_t group = random_below(&s->random, 4) ?
			 s->family.group : random_below(&s->random, 80);
	int one = 1, option = random_below(&s->random, 2) ?
			      NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP;
	int ret;

	if (!authorised(s)) {
		setsockopt(fd, SOL_NETLINK, NETLINK_BROADCAST_ERROR, &one,
			   sizeof(one));
		setsockopt(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &one,
			   sizeof(one));
	}
	ret = setsockopt(fd, SOL_NETLINK, option, &group, sizeof(group));
	if (authorised(s) || ret || option == NETLINK_DROP_MEMBERSHIP ||
	    group != s->family.group)
		return true;
	diag("%s has joined", role_names[s->role]);
	return false;
}

static int *any_socket(struct sender *s)
{
	int *fd = &s->sockets[random_below(&s->random, SOCKETS)];

	/* Some are closed with a dump under way. */
	if (*fd >= 0 && !random_below(&s->random, 16)) {
		close(*fd);
		*fd = -1;
	}
	if (*fd < 0)
		*fd = talk_open();
	return fd;
}

static bool look(struct sender *s)
{
	struct config have;

	config_settle(&have, s->want.containers);
	return config_same(&have, &s->want);
}

/* A valid request may have had its effect, and no other. */
static bool look_for(struct sender *s, const struct effect *effect)
{
	static const char *const modes[] = { "off", "audit", "enforce" };
	struct config have;

	config_settle(&have, s->want.containers);
	for (int mode = 0; mode < 3; mode++) {
		if (!(effect->modes & 1U << mode) ||
		    strcmp(have.mode, modes[mode]))
			continue;
		s->effects += strcmp(s->want.mode, have.mode) != 0;
		strcpy(s->want.mode, have.mode);
	}
	if (effect->certain && have.uncertain < s->want.uncertain) {
		s->effects++;
		s->want.uncertain = have.uncertain;
	}
	return config_same(&have, &s->want);
}

static bool one_message(struct sender *s)
{
	struct effect effect = {};
	int *fd = any_socket(s);
	size_t len;

	if (!random_below(&s->random, 12))
		return change_membership(s, *fd);
	len = mutant_make(&s->random, &s->family, message);
	if (!random_below(&s->random, 8))
		len = mutant_append(&s->random, &s->family, message, len);
	if (authorised(s) && !s->left)
		effect = mutant_effect(&s->family, message, len);
	send_message(s, *fd, len);
	if (!read_answers(s, *fd))
		return false;
	return !(effect.modes || effect.certain) || look_for(s, &effect);
}

/* True if nothing happened that may not. */
static bool send_all(struct sender *s, unsigned int count)
{
	bool good = true;

	for (int i = 0; i < SOCKETS; i++)
		s->sockets[i] = -1;
	for (unsigned int i = 0; i < count && good; i++) {
		good = one_message(s);
		if (good && authorised(s) && i % LOOK_EVERY == LOOK_EVERY - 1)
			good = look(s);
		if (!good)
			diag("%s, message %u of %u", role_names[s->role], i,
			     count);
	}
	for (int i = 0; i < SOCKETS; i++)
		if (s->sockets[i] >= 0)
			close(s->sockets[i]);
	return good;
}

static int act(char **argv)
{
	struct sender s = {
		.role = atoi(argv[4]),
		.family = { atoi(argv[5]), atoi(argv[6]) },
	};

	s.random.state = strtoull(argv[1], NULL, 0);
	return send_all(&s, atoi(argv[2])) ? 0 : 1;
}

static pid_t start(const struct sender *root, enum role role, uint64_t seed,
		   unsigned int count)
{
	char text[5][32];
	const char *argv[] = { text[0], text[1], "as", text[2], text[3],
			       text[4], NULL };

	snprintf(text[0], sizeof(text[0]), "%llu",
		 (unsigned long long)(seed + role));
	snprintf(text[1], sizeof(text[1]), "%u", count);
	snprintf(text[2], sizeof(text[2]), "%d", role);
	snprintf(text[3], sizeof(text[3]), "%u", root->family.id);
	snprintf(text[4], sizeof(text[4]), "%u", root->family.group);
	return role_start(role, argv);
}

static void one_by_one(struct sender *root, uint64_t seed, unsigned int count)
{
	for (enum role role = ROLE_USER; role < NR_ROLES; role++) {
		int ret = role_end(start(root, role, seed, count));

		ok(!ret, "%s gets errors alone (%d)", role_names[role], ret);
		ok(look(root), "%s changes nothing", role_names[role]);
	}
	ok(send_all(root, count), "root changes what is valid alone");
	ok(look(root), "and nothing else");
}

/* The containers come and go meanwhile: root looks when all have ended. */
static void all_at_once(struct sender *root, uint64_t seed, unsigned int count)
{
	struct sender blind = *root;
	pid_t pids[NR_ROLES];

	for (enum role role = ROLE_USER; role < NR_ROLES; role++)
		pids[role] = start(root, role, ~seed, count);
	/* With nothing that is valid: it can't be told from the others' doing. */
	blind.left = true;
	mutant_spare(true);
	blind.random.state = ~seed;
	for (int i = 0; i < SOCKETS; i++)
		blind.sockets[i] = -1;
	for (unsigned int i = 0; i < count; i++)
		one_message(&blind);
	mutant_spare(false);
	for (int i = 0; i < SOCKETS; i++)
		if (blind.sockets[i] >= 0)
			close(blind.sockets[i]);
	for (enum role role = ROLE_USER; role < NR_ROLES; role++) {
		int ret = role_end(pids[role]);

		ok(!ret, "all at once: %s gets errors alone (%d)",
		   role_names[role], ret);
	}
	ok(look(root), "all at once: nothing changes");
}

static bool valid_request_works(struct sender *root)
{
	static char buf[256] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = talk_put(buf, root->family.id,
					NSGUARD_CMD_MODE_SET, 0);
	int ret, fd = talk_open();

	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_MODE, NSGUARD_MODE_ENFORCE);
	ret = talk(fd, nlh, NULL, NULL);
	close(fd);
	strcpy(root->want.mode, "enforce");
	return !ret && look(root);
}

static void fuzz(uint64_t seed, unsigned int count)
{
	const char *argv[] = { "wait", NULL };
	struct sender root = { .role = ROLE_ROOT };
	/* Each of five and root once alone and once with the others, and root in
	 * the end.
	 */
	unsigned int share = count / (2 * NR_ROLES + 1) + 1;
	pid_t sandbox;

	module_load("mode=audit");
	root.family = family_find();
	root.random.state = seed;
	sandbox = role_start(ROLE_SANDBOX, argv);
	config_settle(&root.want, 1);
	ok(root.want.containers == 1 && root.want.uncertain == 1,
	   "an ambiguous container");
	one_by_one(&root, seed, share);
	ok(root.effects || count < 1000,
	   "some were valid, and had their effect (%u)", root.effects);
	all_at_once(&root, seed, share);
	ok(valid_request_works(&root), "a valid request works in the end");
	kill(sandbox, SIGKILL);
	role_end(sandbox);
	ok(!module_retire(), "the module leaves");
	config_settle(&root.want, 0);
	root.left = true;
	ok(send_all(&root, share) && look(&root),
	   "once it has left nothing changes");
	ok(module_remove(), "the module is removed");
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 0;

	if (argc > 1 && !strcmp(argv[1], "wait"))
		return pause();
	if (argc == 7)
		return act(argv);
	if (argc != 3) {
		errno = EINVAL;
		bail("usage: fuzz SEED MESSAGES");
	}
	if (!seed)
		seed = random_u64();
	diag("seed %llu, %s messages", (unsigned long long)seed, argv[2]);
	fuzz(seed, atoi(argv[2]));
	return tap_done();
}
