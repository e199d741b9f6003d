// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/tap.h"
#include "life/asker.h"
#include "common/rtnl.h"

static pid_t asker;

static struct nlmsghdr *put(char *buf, uint16_t type, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

static int find_id(const struct nlmsghdr *nlh, void *id)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			*(uint16_t *)id = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

/* Until it has been acknowledged. */
static bool talk(struct mnl_socket *sock, const struct nlmsghdr *nlh, mnl_cb_t take,
		 void *data)
{
	char buf[8192] __attribute__((aligned(8)));
	int ret = MNL_CB_OK;

	if (mnl_socket_sendto(sock, nlh, nlh->nlmsg_len) < 0)
		return false;
	while (ret == MNL_CB_OK) {
		ssize_t len = mnl_socket_recvfrom(sock, buf, sizeof(buf));

		ret = len < 0 ? MNL_CB_ERROR :
				mnl_cb_run(buf, len, 0, 0, take, data);
	}
	return ret == MNL_CB_STOP;
}

/* The state of a link. */
static bool ask(void)
{
	struct mnl_socket *sock = mnl_socket_open(NETLINK_GENERIC);
	char buf[256] __attribute__((aligned(8)));
	struct nlattr *device;
	struct nlmsghdr *nlh;
	uint16_t id = 0;

	if (!sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID))
		return false;
	nlh = put(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, ETHTOOL_GENL_NAME);
	if (!talk(sock, nlh, find_id, &id) || !id)
		return false;
	nlh = put(buf, id, ETHTOOL_MSG_LINKSTATE_GET);
	device = mnl_attr_nest_start(nlh, ETHTOOL_A_LINKSTATE_HEADER);
	mnl_attr_put_strz(nlh, ETHTOOL_A_HEADER_DEV_NAME, "lo");
	mnl_attr_nest_end(nlh, device);
	return talk(sock, nlh, NULL, NULL);
}

void asker_start(void)
{
	if (!rtnl_hold())
		bail("the rtnl mutex: %s", strerror(errno));
	fflush(NULL);
	asker = fork();
	if (!asker)
		_exit(ask() ? 0 : 1);
	if (asker < 0 || !rtnl_is_wanted(asker))
		bail("the request does not wait");
}

void asker_end(void)
{
	int status;

	if (!rtnl_let_go() || waitpid(asker, &status, 0) != asker || status)
		bail("who asked: %x", status);
}

int families_listen(void)
{
	struct sockaddr_nl own = { .nl_family = AF_NETLINK };
	/* The group of the family that names the others; its number is fixed. */
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_GENERIC), group = GENL_ID_CTRL;

	if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof(own)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group)))
		bail("listen to families: %s", strerror(errno));
	return fd;
}

bool families_moved(int fd)
{
	char buf[8192];
	bool moved = false;

	while (recv(fd, buf, sizeof(buf), 0) > 0)
		moved = true;
	return moved;
}
