// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family itself: what it refuses, with which error and
 * text, and that a refused request changes nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/nsguard.h>

#include "common/tap.h"
#include "genl.h"
#include "spec.h"

#define MODULE		"/nsguard/nsguard.ko"
#define RETIRE		"/sys/module/nsguard/parameters/retire"
#define USER		1000

#define NR_POLICIES	(sizeof(spec_policies) / sizeof(spec_policies[0]))

static struct genl *g;

/* Sends @nlh; true if it is refused with @error and, if asked, a text. */
static bool refused(struct nlmsghdr *nlh, int error, bool text)
{
	int ret = genl_request(g, nlh, NULL, NULL);

	if (ret == error && (!text || g->extack[0]))
		return true;
	diag("got %d \"%s\"", ret, g->extack);
	return false;
}

static int read_mode(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) == NSGUARD_A_STATUS_MODE)
			*(int *)data = mnl_attr_get_u8(attr);
	}
	return 0;
}

static int mode(void)
{
	int value = -1;

	if (genl_request(g, genl_message(g, NSGUARD_CMD_STATUS_GET, 0),
			 read_mode, &value))
		return -1;
	return value;
}

static void test_attributes(void)
{
	struct nlmsghdr *nlh;

	nlh = genl_message(g, NSGUARD_CMD_STATUS_GET, 0);
	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_MODE, NSGUARD_MODE_OFF);
	ok(refused(nlh, -EINVAL, true), "status-get takes no attribute");

	nlh = genl_message(g, NSGUARD_CMD_CONTAINERS_GET, NLM_F_DUMP);
	mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_ID, 1);
	/* 6.1 has no place for a text where a dump begins. */
	ok(refused(nlh, -EINVAL, false), "containers-get takes no attribute");

	nlh = genl_message(g, NSGUARD_CMD_MODE_SET, 0);
	ok(refused(nlh, -EINVAL, true), "mode-set needs a mode");

	nlh = genl_message(g, NSGUARD_CMD_MODE_SET, 0);
	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_MODE, NSGUARD_MODE_OFF);
	mnl_attr_put_strz(nlh, NSGUARD_A_STATUS_VERSION, "1");
	ok(refused(nlh, -EINVAL, true), "mode-set takes nothing but a mode");

	nlh = genl_message(g, NSGUARD_CMD_MODE_SET, 0);
	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_MODE, NSGUARD_MODE_OFF);
	mnl_attr_put_u8(nlh, NSGUARD_A_MAX + 1, 0);
	ok(refused(nlh, -EINVAL, true), "an attribute of the future is refused");

	nlh = genl_message(g, NSGUARD_CMD_MODE_SET, 0);
	mnl_attr_put_u32(nlh, NSGUARD_A_STATUS_MODE, NSGUARD_MODE_OFF);
	ok(refused(nlh, -EINVAL, true), "a mode of a wrong size is refused");

	nlh = genl_message(g, NSGUARD_CMD_MODE_SET, 0);
	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_MODE, NSGUARD_MODE_ENFORCE + 1);
	ok(refused(nlh, -ERANGE, true), "a mode that does not exist is refused");

	nlh = genl_message(g, NSGUARD_CMD_CONTAINER_SET, 0);
	mnl_attr_put_u8(nlh, NSGUARD_A_CONTAINER_CERTAIN, 1);
	ok(refused(nlh, -EINVAL, true), "container-set needs a container");

	nlh = genl_message(g, NSGUARD_CMD_CONTAINER_SET, 0);
	mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_ID, 1);
	ok(refused(nlh, -EINVAL, true), "container-set needs what to set");

	nlh = genl_message(g, NSGUARD_CMD_CONTAINER_SET, 0);
	mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_ID, 1);
	mnl_attr_put_u32(nlh, NSGUARD_A_EVENT_PID, 1);
	mnl_attr_put_u8(nlh, NSGUARD_A_CONTAINER_CERTAIN, 1);
	ok(refused(nlh, -EINVAL, true), "container-set takes one container");

	nlh = genl_message(g, NSGUARD_CMD_CONTAINER_SET, 0);
	mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_ID, 1ULL << 40);
	mnl_attr_put_u8(nlh, NSGUARD_A_CONTAINER_CERTAIN, 0);
	ok(refused(nlh, -ERANGE, true), "a container can't be made uncertain");

	nlh = genl_message(g, NSGUARD_CMD_CONTAINER_SET, 0);
	mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_ID, 1ULL << 40);
	mnl_attr_put_u8(nlh, NSGUARD_A_CONTAINER_CERTAIN, 1);
	ok(refused(nlh, -ENOENT, true), "a container that there is not");

	nlh = genl_message(g, NSGUARD_CMD_CONTAINER_SET, 0);
	mnl_attr_put_u32(nlh, NSGUARD_A_EVENT_PID, 1);
	mnl_attr_put_u8(nlh, NSGUARD_A_CONTAINER_CERTAIN, 1);
	ok(refused(nlh, -ENOENT, true), "a process of no container");

	ok(mode() == NSGUARD_MODE_AUDIT, "nothing of this has an effect");
}

static void test_commands(void)
{
	ok(refused(genl_message(g, NSGUARD_CMD_STATUS_GET, NLM_F_DUMP),
		   -EOPNOTSUPP, false), "status-get is no dump");
	ok(refused(genl_message(g, NSGUARD_CMD_CONTAINERS_GET, 0),
		   -EOPNOTSUPP, false), "containers-get is nothing but a dump");
	ok(refused(genl_message(g, NSGUARD_CMD_EVENT, 0), -EOPNOTSUPP, false),
	   "an event is no request");
	ok(refused(genl_message(g, NSGUARD_CMD_MAX + 1, 0), -EOPNOTSUPP, false),
	   "a command of the future is refused");
}

static void put_number(struct nlmsghdr *nlh, const struct spec_policy *policy,
		       uint64_t value)
{
	switch (policy->type) {
	case NL_ATTR_TYPE_U8:
		mnl_attr_put_u8(nlh, policy->attr, value);
		break;
	case NL_ATTR_TYPE_U32:
		mnl_attr_put_u32(nlh, policy->attr, value);
		break;
	case NL_ATTR_TYPE_U64:
		mnl_attr_put_u64(nlh, policy->attr, value);
		break;
	default:
		bail("a type that no request has yet");
	}
}

static uint64_t largest(enum netlink_attribute_type type)
{
	return type == NL_ATTR_TYPE_U8 ? UINT8_MAX :
	       type == NL_ATTR_TYPE_U32 ? UINT32_MAX : UINT64_MAX;
}

static void test_bounds(const struct spec_policy *policy)
{
	struct nlmsghdr *nlh;

	nlh = genl_message(g, policy->cmd, 0);
	mnl_attr_put_u16(nlh, policy->attr, 1);
	ok(refused(nlh, -EINVAL, true) || refused(nlh, -ERANGE, true),
	   "command %u, attribute %u: a wrong size is refused", policy->cmd,
	   policy->attr);
	if (policy->min) {
		nlh = genl_message(g, policy->cmd, 0);
		put_number(nlh, policy, policy->min - 1);
		ok(refused(nlh, -ERANGE, true),
		   "command %u, attribute %u: what is too small is refused",
		   policy->cmd, policy->attr);
	}
	if (policy->max < largest(policy->type)) {
		nlh = genl_message(g, policy->cmd, 0);
		put_number(nlh, policy, policy->max + 1);
		ok(refused(nlh, -ERANGE, true),
		   "command %u, attribute %u: what is too large is refused",
		   policy->cmd, policy->attr);
	}
}

/*
 * The kernel is not told of them: the answer to who asks for them, which may stay
 * unread, would hold the module.
 */
static void test_policies(void)
{
	struct nlmsghdr *nlh = genl_message(g, CTRL_CMD_GETPOLICY, NLM_F_DUMP);

	nlh->nlmsg_type = GENL_ID_CTRL;
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, g->family);
	ok(refused(nlh, -ENODATA, false), "the family has no policies to tell");
	for (size_t i = 0; i < NR_POLICIES; i++)
		test_bounds(&spec_policies[i]);
}

static void test_headers(void)
{
	struct genlmsghdr *genlh;
	struct nlmsghdr *nlh;

	nlh = genl_message(g, NSGUARD_CMD_STATUS_GET, NLM_F_REPLACE);
	ok(refused(nlh, -EINVAL, true), "a flag without a meaning is refused");
	nlh = genl_message(g, NSGUARD_CMD_MODE_SET, 0);
	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_MODE, NSGUARD_MODE_OFF);
	genlh = mnl_nlmsg_get_payload(nlh);
	genlh->reserved = 1;
	ok(refused(nlh, -EINVAL, true), "a reserved field is refused");
	ok(mode() == NSGUARD_MODE_AUDIT, "neither has an effect");
}

/* Runs @test as a user without privileges, on a socket of its own. */
static bool as_user(bool (*test)(void))
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		bail("fork");
	if (!pid) {
		if (setgid(USER) || setuid(USER))
			_exit(2);
		g = genl_open();
		_exit(g && test() ? 0 : 1);
	}
	if (waitpid(pid, &status, 0) != pid)
		bail("waitpid");
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

static bool status_refused(void)
{
	return refused(genl_message(g, NSGUARD_CMD_STATUS_GET, 0), -EPERM,
		       false);
}

static bool containers_refused(void)
{
	return refused(genl_message(g, NSGUARD_CMD_CONTAINERS_GET, NLM_F_DUMP),
		       -EPERM, false);
}

static bool mode_refused(void)
{
	struct nlmsghdr *nlh = genl_message(g, NSGUARD_CMD_MODE_SET, 0);

	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_MODE, NSGUARD_MODE_OFF);
	return refused(nlh, -EPERM, false);
}

static bool events_refused(void)
{
	int ret = genl_join(g, NSGUARD_GENL_NAME, NSGUARD_MCGRP_EVENTS);

	if (ret == -EPERM)
		return true;
	diag("joining gives %d", ret);
	return false;
}

static void test_users(void)
{
	ok(as_user(status_refused), "a user may not read the status");
	ok(as_user(containers_refused), "a user may not list the containers");
	ok(as_user(mode_refused), "a user may not set the mode");
	ok(as_user(events_refused), "a user may not listen to events");
	ok(mode() == NSGUARD_MODE_AUDIT, "nothing of this has an effect");
	ok(!genl_join(g, NSGUARD_GENL_NAME, NSGUARD_MCGRP_EVENTS),
	   "root may listen to events");
}

static void load(void)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "mode=audit", 0))
		bail("load %s", MODULE);
	close(fd);
	g = genl_open();
	if (!g)
		bail("no family");
}

static bool unload(void)
{
	int fd = open(RETIRE, O_WRONLY | O_CLOEXEC);
	bool retired = fd >= 0 && write(fd, "1", 1) == 1;

	close(fd);
	genl_close(g);
	return retired && !syscall(SYS_delete_module, "nsguard", 0);
}

int main(void)
{
	load();
	ok(mode() == NSGUARD_MODE_AUDIT, "the mode given at load");
	test_attributes();
	test_commands();
	test_policies();
	test_headers();
	test_users();
	ok(unload(), "the module leaves");
	return tap_done();
}
