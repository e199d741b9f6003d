// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/nsguard.h>

#include "genl.h"
#include "names.h"
#include "output.h"

#define PARAMETERS "/sys/module/nsguard/parameters"

/* A family's number and that of one of its groups, 0 where not found. */
struct genl_id {
	const char *group_name;
	uint16_t family;
	uint32_t group;
};

static struct nlmsghdr *put_header(struct genl *g, uint16_t type, uint8_t cmd,
				   uint8_t version, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(g->buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	/* A dump ends with NLMSG_DONE, everything else with an answer. */
	if ((flags & NLM_F_DUMP) != NLM_F_DUMP)
		nlh->nlmsg_flags |= NLM_F_ACK;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

struct nlmsghdr *genl_message(struct genl *g, uint8_t cmd, uint16_t flags)
{
	return put_header(g, g->family, cmd, NSGUARD_GENL_VERSION, flags);
}

ssize_t genl_receive(struct genl *g)
{
	for (;;) {
		struct sockaddr_nl from = {};
		struct iovec iov = { g->buf, sizeof(g->buf) };
		struct msghdr msg = {
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &iov,
			.msg_iovlen = 1,
		};
		ssize_t len = recvmsg(mnl_socket_get_fd(g->sock), &msg, 0);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		/*
		 * A container that shares the network namespace and has
		 * CAP_NET_ADMIN can send to this socket.  Only the kernel's
		 * address is 0.
		 */
		if (msg.msg_namelen != sizeof(from) || from.nl_pid)
			continue;
		if (msg.msg_flags & MSG_TRUNC)
			return -EMSGSIZE;
		return len;
	}
}

/* The text lies behind the original request, unless that was left out. */
static void read_extack(struct genl *g, const struct nlmsghdr *nlh,
			size_t offset)
{
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    offset > mnl_nlmsg_get_payload_len(nlh))
		return;
	mnl_attr_for_each(attr, nlh, offset) {
		size_t len = mnl_attr_get_payload_len(attr);

		if (mnl_attr_get_type(attr) != NLMSGERR_ATTR_MSG)
			continue;
		if (len >= sizeof(g->extack))
			len = sizeof(g->extack) - 1;
		memcpy(g->extack, mnl_attr_get_payload(attr), len);
		g->extack[len] = '\0';
	}
}

static int read_error(struct genl *g, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*err);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err))
		return -EBADMSG;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) &&
	    err->msg.nlmsg_len > sizeof(err->msg))
		offset += MNL_ALIGN(err->msg.nlmsg_len) - sizeof(err->msg);
	read_extack(g, nlh, offset);
	/* Success is 0; a positive number is none that the kernel sends. */
	return err->error > 0 ? -EBADMSG : err->error;
}

static int read_done(struct genl *g, const struct nlmsghdr *nlh)
{
	int error = 0;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(error))
		memcpy(&error, mnl_nlmsg_get_payload(nlh), sizeof(error));
	read_extack(g, nlh, sizeof(error));
	if (error < 0)
		return error;
	return g->interrupted ? -EINTR : 0;
}

int genl_handle(struct genl *g, const void *buf, size_t len,
		genl_reply_t reply, void *data)
{
	const struct nlmsghdr *nlh = buf;
	int left = len;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		int ret = 0;

		if (nlh->nlmsg_seq != g->seq || nlh->nlmsg_pid != g->portid)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			g->interrupted = true;
		if (nlh->nlmsg_type == NLMSG_ERROR)
			return read_error(g, nlh);
		if (nlh->nlmsg_type == NLMSG_DONE)
			return read_done(g, nlh);
		if (nlh->nlmsg_type < NLMSG_MIN_TYPE)
			continue;
		if (mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN)
			return -EBADMSG;
		if (reply)
			ret = reply(nlh, data);
		if (ret < 0)
			return ret;
	}
	return left > 0 ? -EBADMSG : 1;
}

int genl_request(struct genl *g, struct nlmsghdr *nlh, genl_reply_t reply,
		 void *data)
{
	int ret;

	nlh->nlmsg_seq = ++g->seq;
	g->extack[0] = '\0';
	g->interrupted = false;
	if (mnl_socket_sendto(g->sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		ssize_t len = genl_receive(g);

		if (len < 0)
			return len;
		ret = genl_handle(g, g->buf, len, reply, data);
	} while (ret > 0);
	return ret;
}

static void read_group(const struct nlattr *nest, struct genl_id *id)
{
	const struct nlattr *attr;
	const char *name = "";
	uint32_t group = 0;

	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_MCAST_GRP_NAME:
			if (!mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
				name = mnl_attr_get_str(attr);
			break;
		case CTRL_ATTR_MCAST_GRP_ID:
			if (!mnl_attr_validate(attr, MNL_TYPE_U32))
				group = mnl_attr_get_u32(attr);
			break;
		}
	}
	if (id->group_name && !strcmp(name, id->group_name))
		id->group = group;
}

static int read_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *nest;
	struct genl_id *id = data;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_FAMILY_ID:
			if (!mnl_attr_validate(attr, MNL_TYPE_U16))
				id->family = mnl_attr_get_u16(attr);
			break;
		case CTRL_ATTR_MCAST_GROUPS:
			mnl_attr_for_each_nested(nest, attr)
				read_group(nest, id);
			break;
		}
	}
	return 0;
}

static int resolve(struct genl *g, const char *family, struct genl_id *id)
{
	struct nlmsghdr *nlh;
	int ret;

	nlh = put_header(g, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, 0);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, family);
	ret = genl_request(g, nlh, read_family, id);
	if (ret)
		return ret;
	return id->family ? 0 : -ENOENT;
}

int genl_join(struct genl *g, const char *family, const char *group)
{
	struct genl_id id = { .group_name = group };
	int ret = resolve(g, family, &id);

	if (ret)
		return ret;
	if (!id.group)
		return -ENOENT;
	if (mnl_socket_setsockopt(g->sock, NETLINK_ADD_MEMBERSHIP, &id.group,
				  sizeof(id.group)) < 0)
		return -errno;
	return 0;
}

static int open_socket(struct genl *g)
{
	int one = 1;

	g->sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!g->sock || mnl_socket_bind(g->sock, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	g->portid = mnl_socket_get_portid(g->sock);
	/* Texts and short answers are a comfort; an old kernel has neither. */
	mnl_socket_setsockopt(g->sock, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(g->sock, NETLINK_CAP_ACK, &one, sizeof(one));
	return 0;
}

bool genl_state(char *state, size_t size)
{
	FILE *in = fopen(PARAMETERS "/state", "re");
	bool read;

	if (!in)
		return false;
	read = fgets(state, size, in);
	fclose(in);
	if (read)
		state[strcspn(state, "\n")] = '\0';
	return read;
}

static void complain_missing(void)
{
	char state[32];

	if (access(PARAMETERS, F_OK))
		out_error("the nsguard module is not loaded (no generic netlink family \"%s\")",
			  NSGUARD_GENL_NAME);
	else if (!genl_state(state, sizeof(state)))
		out_error("the nsguard module is loaded but does not answer here: run this as root, in the host's network namespace");
	else if (!strcmp(state, state_name(NSGUARD_STATE_GUARDING)))
		out_error("the nsguard module is loaded but does not answer here: this is not the host's network namespace, or it is still being loaded");
	else
		out_error("the nsguard module is loaded but does not answer here: its state is %s, nothing is guarded (nsguardctl doctor says what to do)",
			  state);
}

struct genl *genl_open(void)
{
	struct genl *g = calloc(1, sizeof(*g));
	struct genl_id id = {};
	int ret;

	if (!g) {
		out_error("out of memory");
		return NULL;
	}
	ret = open_socket(g);
	if (ret) {
		out_error("cannot open a generic netlink socket: %s",
			  strerror(-ret));
		goto fail;
	}
	ret = resolve(g, NSGUARD_GENL_NAME, &id);
	if (ret == -ENOENT) {
		complain_missing();
		goto fail;
	}
	if (ret) {
		genl_complain(g, "cannot look up the family", ret);
		goto fail;
	}
	g->family = id.family;
	return g;
fail:
	genl_close(g);
	return NULL;
}

void genl_close(struct genl *g)
{
	if (g->sock)
		mnl_socket_close(g->sock);
	free(g);
}

void genl_complain(const struct genl *g, const char *what, int error)
{
	if (g->extack[0])
		out_error("%s: %s (%s)", what, g->extack, strerror(-error));
	else if (error == -EPERM)
		out_error("%s: permission denied (needs CAP_SYS_ADMIN on the host, outside any container)",
			  what);
	else if (error == -ESHUTDOWN)
		/* 6.1 has no room for a text where a dump starts. */
		out_error("%s: the module is leaving or has left: nothing is guarded",
			  what);
	else
		out_error("%s: %s", what, strerror(-error));
}
