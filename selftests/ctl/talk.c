// SPDX-License-Identifier: GPL-2.0
/*
 * Talks to the family with nothing of nsguardctl's in between.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/tap.h"
#include "common/util.h"
#include "talk.h"

#define MODULE		"/nsguard/nsguard.ko"
#define TIMEOUT_S	10

char talk_text[256];

int talk_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC), one = 1;
	struct timeval timeout = { .tv_sec = TIMEOUT_S };
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };

	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)))
		bail("netlink socket");
	return fd;
}

struct nlmsghdr *talk_put(void *buf, uint16_t family, uint8_t cmd,
			  uint16_t flags)
{
	static uint32_t seq;
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	if ((flags & NLM_F_DUMP) != NLM_F_DUMP)
		nlh->nlmsg_flags |= NLM_F_ACK;
	nlh->nlmsg_seq = ++seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = NSGUARD_GENL_VERSION;
	return nlh;
}

/* The request is left out of the answer (NETLINK_CAP_ACK). */
static void read_text_of(const struct nlmsghdr *nlh, size_t offset)
{
	const struct nlattr *attr;

	talk_text[0] = '\0';
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	mnl_attr_for_each(attr, nlh, offset) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			snprintf(talk_text, sizeof(talk_text), "%s",
				 mnl_attr_get_str(attr));
	}
}

/* 1: more has to come. */
static int take(const struct nlmsghdr *nlh, uint32_t seq, mnl_cb_t reply,
		void *data)
{
	if (nlh->nlmsg_seq != seq)
		return 1;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);

		read_text_of(nlh, sizeof(*err));
		return err->error;
	}
	if (nlh->nlmsg_type == NLMSG_DONE) {
		read_text_of(nlh, sizeof(int));
		return *(int *)mnl_nlmsg_get_payload(nlh);
	}
	if (reply && nlh->nlmsg_type >= NLMSG_MIN_TYPE)
		reply(nlh, data);
	return 1;
}

int talk(int fd, struct nlmsghdr *nlh, mnl_cb_t reply, void *data)
{
	static char buf[TALK_SIZE] __attribute__((aligned(8)));
	uint32_t seq = nlh->nlmsg_seq;
	int ret = 1;

	if (write(fd, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (ret > 0) {
		ssize_t len = recv(fd, buf, sizeof(buf), 0);
		const struct nlmsghdr *have = (const void *)buf;
		int left = len;

		if (len < 0)
			return errno == EAGAIN ? -ETIME : -errno;
		for (; ret > 0 && mnl_nlmsg_ok(have, left);
		     have = mnl_nlmsg_next(have, &left))
			ret = take(have, seq, reply, data);
	}
	return ret;
}

int talk_join(int fd, uint32_t group)
{
	return setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			  sizeof(group)) ? -errno : 0;
}

bool talk_member(int fd, uint32_t group)
{
	uint32_t groups[64] = {};
	socklen_t size = sizeof(groups);

	if (getsockopt(fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, groups, &size))
		bail("memberships");
	group--;
	return group / 32 < ARRAY_SIZE(groups) &&
	       groups[group / 32] & 1U << group % 32;
}

static int read_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *nest, *value;
	struct family *family = data;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			family->id = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		/* There is one group. */
		mnl_attr_for_each_nested(nest, attr)
			mnl_attr_for_each_nested(value, nest)
				if (mnl_attr_get_type(value) ==
				    CTRL_ATTR_MCAST_GRP_ID)
					family->group = mnl_attr_get_u32(value);
	}
	return MNL_CB_OK;
}

struct family family_find(void)
{
	char buf[256] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = talk_put(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	struct family family = {};
	int fd = talk_open();

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NSGUARD_GENL_NAME);
	talk(fd, nlh, read_family, &family);
	close(fd);
	return family;
}

static void get(const char *parameter, char *value, size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), PARAMETERS "%s", parameter);
	if (read_text(path, value, size) < 0)
		bail("%s", path);
	value[strcspn(value, "\n")] = '\0';
}

static void read_counter(const struct nlattr *nest, struct config *config)
{
	const struct nlattr *attr;
	const char *name = "";
	uint64_t value = 0;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == NSGUARD_A_COUNTER_NAME)
			name = mnl_attr_get_str(attr);
		if (mnl_attr_get_type(attr) == NSGUARD_A_COUNTER_VALUE)
			value = mnl_attr_get_u64(attr);
	}
	if (!strcmp(name, "events"))
		config->events = value;
	else if (!strcmp(name, "events_lost"))
		config->events_lost = value;
	else if (!strcmp(name, "denied"))
		config->denied = value;
	else if (!strcmp(name, "kills"))
		config->kills = value;
}

static int read_status(const struct nlmsghdr *nlh, void *data)
{
	struct config *config = data;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		switch (mnl_attr_get_type(attr)) {
		case NSGUARD_A_STATUS_STATE:
			config->state = mnl_attr_get_u8(attr);
			break;
		case NSGUARD_A_STATUS_CONTAINERS:
			config->containers = mnl_attr_get_u32(attr);
			break;
		case NSGUARD_A_STATUS_COUNTER:
			read_counter(attr, config);
			break;
		}
	}
	return MNL_CB_OK;
}

static int count_uncertain(const struct nlmsghdr *nlh, void *data)
{
	struct config *config = data;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) == NSGUARD_A_CONTAINER_CERTAIN)
			config->uncertain += !mnl_attr_get_u8(attr);
	}
	return MNL_CB_OK;
}

void config_read(struct config *config)
{
	char buf[256] __attribute__((aligned(8)));
	uint16_t id = family_find().id;
	int ret, fd = talk_open();

	*config = (struct config){ .state = -1 };
	get("mode", config->mode, sizeof(config->mode));
	get("layers", config->layers, sizeof(config->layers));
	get("locked", config->locked, sizeof(config->locked));
	get("sweep_ms", config->sweep_ms, sizeof(config->sweep_ms));
	get("storm", config->storm, sizeof(config->storm));
	ret = talk(fd, talk_put(buf, id, NSGUARD_CMD_STATUS_GET, 0),
		   read_status, config);
	if (!ret && config->state < NSGUARD_STATE_LEAVING)
		ret = talk(fd, talk_put(buf, id, NSGUARD_CMD_CONTAINERS_GET,
					NLM_F_DUMP), count_uncertain, config);
	if (ret)
		bail("the module does not answer: %d %s", ret, talk_text);
	close(fd);
}

void config_settle(struct config *config, uint64_t containers)
{
	int64_t limit = now_ms() + 10000;

	do
		config_read(config);
	while (config->containers != containers && now_ms() < limit && !usleep(10000));
}

static bool same(const char *what, const char *have, const char *want)
{
	if (!strcmp(have, want))
		return true;
	diag("%s is %s and was %s", what, have, want);
	return false;
}

static bool equal(const char *what, uint64_t have, uint64_t want)
{
	if (have == want)
		return true;
	diag("%s is %llu and was %llu", what, (unsigned long long)have,
	     (unsigned long long)want);
	return false;
}

bool config_same(const struct config *have, const struct config *want)
{
	return same("mode", have->mode, want->mode) &
	       same("layers", have->layers, want->layers) &
	       same("locked", have->locked, want->locked) &
	       same("sweep_ms", have->sweep_ms, want->sweep_ms) &
	       same("storm", have->storm, want->storm) &
	       equal("state", have->state, want->state) &
	       equal("containers", have->containers, want->containers) &
	       equal("uncertain", have->uncertain, want->uncertain) &
	       equal("events", have->events, want->events) &
	       equal("events_lost", have->events_lost, want->events_lost) &
	       equal("denied", have->denied, want->denied) &
	       equal("kills", have->kills, want->kills);
}

void fd_send(int over, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(fd))] = {};
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	if (sendmsg(over, &msg, 0) != 1)
		bail("send a descriptor");
}

int fd_receive(int over)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *head;
	int fd;

	if (recvmsg(over, &msg, 0) != 1)
		bail("receive a descriptor");
	head = CMSG_FIRSTHDR(&msg);
	if (!head || head->cmsg_type != SCM_RIGHTS)
		bail("no descriptor");
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

void module_load(const char *parameters)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0))
		bail("load %s", MODULE);
	close(fd);
}

int module_retire(void)
{
	return write_text(PARAMETERS "retire", "1") ? -errno : 0;
}

bool module_remove(void)
{
	return !syscall(SYS_delete_module, "nsguard", 0);
}
