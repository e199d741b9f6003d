// SPDX-License-Identifier: GPL-2.0
/*
 * Who may ask and who may listen: every wrong opener of a socket, writer,
 * container and listener is refused, and changes nothing.
 *
 * With arguments it is one of those: the family's and the group's numbers, the
 * descriptor of a UNIX socket, and what to do.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/tap.h"
#include "common/util.h"
#include "role.h"
#include "talk.h"

/* More than a bind() takes, and all that fit into one list of the kernel's. */
#define GROUPS		64

static struct family family;
static char buf[256] __attribute__((aligned(8)));

/* Requests that an unprivileged opener or writer may try. */
enum request { STATUS, CONTAINERS, MODE, REGISTER, NR_REQUESTS };
static const char *const request_names[NR_REQUESTS] = {
	"status", "containers", "mode", "register",
};

static int request(int fd, enum request what)
{
	struct nlmsghdr *nlh;

	switch (what) {
	case STATUS:
		nlh = talk_put(buf, family.id, NSGUARD_CMD_STATUS_GET, 0);
		break;
	case CONTAINERS:
		nlh = talk_put(buf, family.id, NSGUARD_CMD_CONTAINERS_GET,
			       NLM_F_DUMP);
		break;
	case MODE:
		nlh = talk_put(buf, family.id, NSGUARD_CMD_MODE_SET, 0);
		mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_MODE, NSGUARD_MODE_OFF);
		break;
	default:
		nlh = talk_put(buf, family.id, NSGUARD_CMD_CONTAINER_SET, 0);
		mnl_attr_put_u8(nlh, NSGUARD_A_CONTAINER_CERTAIN, 1);
		mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_ID, 1ULL << 40);
		break;
	}
	return talk(fd, nlh, NULL, NULL);
}

/* All requests; the first that is not refused for who asks, by its number. */
static int all_refused(int fd)
{
	for (int i = 0; i < NR_REQUESTS; i++) {
		int ret = request(fd, i);

		if (ret != -EPERM) {
			diag("%s gives %d", request_names[i], ret);
			return 1 + i;
		}
	}
	return 0;
}

/* A small buffer, whose overflow is to be told to who sends. */
static void make_nuisance(int fd)
{
	int small = 1, one = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	setsockopt(fd, SOL_NETLINK, NETLINK_BROADCAST_ERROR, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &one, sizeof(one));
}

static int join(void)
{
	int fd = talk_open();

	make_nuisance(fd);
	return -talk_join(fd, family.group);
}

/* The other way in: a mask for the first 32 groups, given to bind(). */
static int join_by_mask(void)
{
	struct sockaddr_nl mask = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1U << (family.group - 1),
	};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

	if (fd < 0)
		bail("socket");
	if (bind(fd, (struct sockaddr *)&mask, sizeof(mask)))
		return errno;
	return talk_member(fd, family.group) ? 0 : ENODATA;
}

/* Joins all numbers before there is a family, and hears whether it is in it. */
static int join_early(int over)
{
	int fd = talk_open();
	ssize_t len;

	make_nuisance(fd);
	/* Of families that come and go it may hear. */
	for (uint32_t group = 1; group <= GROUPS; group++)
		if (group != GENL_ID_CTRL)
			talk_join(fd, group);
	if (write(over, "j", 1) != 1 ||
	    read(over, &family.group, sizeof(family.group)) !=
	    sizeof(family.group))
		return 1;
	if (talk_member(fd, family.group))
		return 2;
	len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	return len < 0 && errno == EAGAIN ? 0 : 3;
}

static int act(char **argv)
{
	int over = atoi(argv[3]);
	const char *what = argv[4];

	family.id = atoi(argv[1]);
	family.group = atoi(argv[2]);
	if (!strcmp(what, "ask"))
		return all_refused(talk_open());
	if (!strcmp(what, "ask-with"))
		return all_refused(fd_receive(over));
	if (!strcmp(what, "join"))
		return join();
	if (!strcmp(what, "join-by-mask"))
		return join_by_mask();
	if (!strcmp(what, "join-early"))
		return join_early(over);
	if (strcmp(what, "open"))
		return 99;
	fd_send(over, talk_open());
	return 0;
}

static pid_t start(enum role role, const char *what, int over)
{
	char id[16], group[16], fd[16];
	const char *argv[] = { id, group, fd, what, NULL };

	snprintf(id, sizeof(id), "%u", family.id);
	snprintf(group, sizeof(group), "%u", family.group);
	snprintf(fd, sizeof(fd), "%d", over);
	return role_start(role, argv);
}

/* Its end is inherited by what is started, ours is not. */
static void make_pair(int pair[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		bail("socketpair");
}

static void close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

static void unchanged(const struct config *want, const char *what)
{
	struct config have;

	config_settle(&have, 0);
	ok(config_same(&have, want), "%s: nothing has changed", what);
}

static void test_writers(void)
{
	struct config before;
	int pair[2], ret;

	config_settle(&before, 0);
	for (enum role role = ROLE_USER; role < ROLE_NETNS; role++) {
		pid_t pid;
		int fd;

		ret = role_end(start(role, "ask", -1));
		ok(!ret, "%s is refused (%d)", role_names[role], ret);
		make_pair(pair);
		pid = start(role, "ask-with", pair[1]);
		fd = talk_open();
		fd_send(pair[0], fd);
		ret = role_end(pid);
		ok(!ret, "%s is refused on a socket of root's (%d)",
		   role_names[role], ret);
		close(fd);
		close_pair(pair);
	}
	unchanged(&before, "wrong writers");
}

/* What a privileged program does whose output somebody else has chosen. */
static void test_openers(void)
{
	struct config before;
	int pair[2], ret, fd;

	config_settle(&before, 0);
	for (enum role role = ROLE_USER; role <= ROLE_USERNS; role++) {
		make_pair(pair);
		ok(!role_end(start(role, "open", pair[1])), "%s opens a socket",
		   role_names[role]);
		fd = fd_receive(pair[0]);
		ret = all_refused(fd);
		ok(!ret, "root is refused on a socket of %s (%d)",
		   role_names[role], ret);
		close(fd);
		close_pair(pair);
	}
	unchanged(&before, "wrong openers");
	fd = talk_open();
	ok(!request(fd, STATUS) && !request(fd, CONTAINERS),
	   "root is not refused on its own");
	close(fd);
}

static void test_listeners(void)
{
	int ret;

	for (enum role role = ROLE_USER; role < NR_ROLES; role++) {
		ret = role_end(start(role, "join", -1));
		ok(ret == EPERM, "%s may not join (%d)", role_names[role], ret);
		if (family.group > 32)
			continue;
		ret = role_end(start(role, "join-by-mask", -1));
		ok(ret == EPERM, "%s may not join by a mask (%d)",
		   role_names[role], ret);
	}
	ok(!role_end(start(ROLE_ROOT, "join", -1)), "root may join");
	ok(family.group > 32 ||
	   !role_end(start(ROLE_ROOT, "join-by-mask", -1)),
	   "root may join by a mask");
}

/* Makes the module send as much as fills any small buffer. */
static void cause_notifications(void)
{
	char value[16];

	for (int i = 0; i < 200; i++) {
		snprintf(value, sizeof(value), "%d", 1000 + i);
		if (write_text(PARAMETERS "sweep_ms", value))
			bail("sweep_ms");
	}
}

/* Those that were there before the module was. */
static void test_early(void)
{
	static const enum role roles[] = { ROLE_CONTAINER, ROLE_NETNS,
					   ROLE_USER };
	struct config before, after;
	int pairs[ARRAY_SIZE(roles)][2];
	pid_t pids[ARRAY_SIZE(roles)];
	char byte;

	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		make_pair(pairs[i]);
		pids[i] = start(roles[i], "join-early", pairs[i][1]);
		if (read(pairs[i][0], &byte, 1) != 1)
			bail("%s", role_names[roles[i]]);
	}
	module_load("mode=audit");
	family = family_find();
	config_read(&before);
	cause_notifications();
	config_read(&after);
	ok(after.events_lost == before.events_lost,
	   "they can't have events counted as lost (%llu)",
	   (unsigned long long)after.events_lost);
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		int ret;

		if (write(pairs[i][0], &family.group, sizeof(family.group)) !=
		    sizeof(family.group))
			bail("tell the group");
		ret = role_end(pids[i]);
		ok(!ret, "%s that joined before the module was there hears nothing (%d)",
		   role_names[roles[i]], ret);
		close_pair(pairs[i]);
	}
}

/* A listener that may be one and is too slow. */
static void test_slow(void)
{
	struct config before, after;
	int small = 1, one = 1, fd = talk_open();

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	if (talk_join(fd, family.group))
		bail("join");
	config_read(&before);
	cause_notifications();
	config_read(&after);
	ok(after.events_lost == before.events_lost,
	   "what a slow listener misses is not counted unless it asks for that");
	setsockopt(fd, SOL_NETLINK, NETLINK_BROADCAST_ERROR, &one, sizeof(one));
	cause_notifications();
	config_read(&after);
	ok(after.events_lost > before.events_lost,
	   "it is if it does (%llu)",
	   (unsigned long long)(after.events_lost - before.events_lost));
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc == 5)
		return act(argv);
	/* The first load of this boot, whose number nobody can know. */
	test_early();
	ok(!module_retire() && module_remove(), "the module leaves");
	/* A number that was used before. */
	test_early();
	diag("family %u, group %u", family.id, family.group);
	test_writers();
	test_openers();
	test_listeners();
	test_slow();
	ok(!module_retire() && module_remove(), "the module leaves");
	return tap_done();
}
