// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/genetlink.h>
#include <linux/nsguard.h>

#include "genl.h"
#include "output.h"
#include "verb.h"

/* Room for a flood while the reader of the output is slow. */
#define RECEIVE_BUFFER	(16 * 1024 * 1024)

void monitor_lost(const struct monitor *m, uint64_t lost)
{
	json_t *object;

	if (!m->json && lost) {
		fprintf(m->err, "nsguardctl: %" PRIu64 " events lost\n", lost);
		return;
	}
	if (!m->json) {
		fprintf(m->err,
			"nsguardctl: something was lost, the receive buffer was full\n");
		return;
	}
	object = json_pack("{so}", "lost",
			   lost ? json_integer(lost) : json_null());
	out_json(m->out, object);
	json_decref(object);
}

static void check_gap(struct monitor *m, const json_t *event)
{
	uint64_t seq;

	if (!out_u64(json_object_get(event, "seq"), &seq) || seq <= m->seq)
		return;
	/* Where to start from is not known before the first event. */
	if (m->seq && seq - m->seq > 1)
		monitor_lost(m, seq - m->seq - 1);
	m->seq = seq;
}

static enum monitor_result print_event(struct monitor *m,
				       const struct nlmsghdr *nlh)
{
	json_t *event = event_read(nlh);

	check_gap(m, event);
	if (m->json)
		out_json(m->out, event);
	else
		event_text(m->out, event);
	json_decref(event);
	if (!out_flush(m->out))
		return MONITOR_BROKEN;
	if (m->left && !--m->left)
		return MONITOR_DONE;
	return MONITOR_MORE;
}

/* Not one of those that were asked for by number. */
static enum monitor_result print_change(struct monitor *m,
					const struct nlmsghdr *nlh)
{
	json_t *change = change_read(nlh);

	if (m->json)
		out_json(m->out, change);
	else
		change_text(m->out, change);
	json_decref(change);
	return out_flush(m->out) ? MONITOR_MORE : MONITOR_BROKEN;
}

static enum monitor_result print_message(struct monitor *m,
					 const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != m->family)
		return MONITOR_MORE;
	switch (genl->cmd) {
	case NSGUARD_CMD_EVENT:
		return print_event(m, nlh);
	case NSGUARD_CMD_CONFIG_NTF:
		return print_change(m, nlh);
	default:
		return MONITOR_MORE;
	}
}

/* True if the message tells of the end of the module's family. */
static bool is_farewell(const struct monitor *m, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (nlh->nlmsg_type != GENL_ID_CTRL || genl->cmd != CTRL_CMD_DELFAMILY)
		return false;
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    !mnl_attr_validate(attr, MNL_TYPE_U16) &&
		    mnl_attr_get_u16(attr) == m->family)
			return true;
	}
	return false;
}

enum monitor_result monitor_feed(struct monitor *m, const void *buf, size_t len)
{
	enum monitor_result result = MONITOR_MORE;
	const struct nlmsghdr *nlh = buf;
	int left = len;

	for (; result == MONITOR_MORE && mnl_nlmsg_ok(nlh, left);
	     nlh = mnl_nlmsg_next(nlh, &left)) {
		if (mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN)
			continue;
		if (is_farewell(m, nlh))
			return MONITOR_GONE;
		result = print_message(m, nlh);
	}
	return result;
}

static int subscribe(struct genl *g)
{
	int fd = mnl_socket_get_fd(g->sock);
	int size = RECEIVE_BUFFER;
	int one = 1, ret;

	/* The forced size needs CAP_NET_ADMIN; without it take what there is. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	/* The module counts what it could not put there (events_lost). */
	if (mnl_socket_setsockopt(g->sock, NETLINK_BROADCAST_ERROR, &one,
				  sizeof(one)) < 0)
		return -errno;
	/* So that the end of the module is no silence. */
	ret = genl_join(g, "nlctrl", "notify");
	if (ret)
		return ret;
	return genl_join(g, NSGUARD_GENL_NAME, NSGUARD_MCGRP_EVENTS);
}

static enum monitor_result follow(struct genl *g, struct monitor *m)
{
	enum monitor_result result = MONITOR_MORE;

	while (result == MONITOR_MORE) {
		ssize_t len = genl_receive(g);

		if (len == -ENOBUFS || len == -EMSGSIZE) {
			/* The next event's number says how many events. */
			monitor_lost(m, 0);
			continue;
		}
		if (len < 0) {
			genl_complain(g, "cannot receive events", len);
			return MONITOR_BROKEN;
		}
		result = monitor_feed(m, g->buf, len);
	}
	return result;
}

int verb_monitor(const struct ctl *ctl, int argc, char **argv)
{
	struct monitor m = {
		.json = ctl->json,
		.out = stdout,
		.err = stderr,
		.left = ctl->count,
	};
	enum monitor_result result;
	struct genl *g;
	int ret;

	(void)argv;
	if (argc)
		return EXIT_USAGE;
	g = genl_open();
	if (!g)
		return EXIT_FAILURE;
	m.family = g->family;
	ret = subscribe(g);
	if (ret) {
		genl_complain(g, "cannot subscribe to events", ret);
		genl_close(g);
		return EXIT_FAILURE;
	}
	/* Scripts wait for this line. */
	fprintf(stderr, "listening\n");
	result = follow(g, &m);
	if (result == MONITOR_GONE)
		out_error("the nsguard module was unloaded");
	genl_close(g);
	return result == MONITOR_DONE ? EXIT_SUCCESS : EXIT_FAILURE;
}
