/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARD_SELFTESTS_CTL_MESSAGE_H
#define NSGUARD_SELFTESTS_CTL_MESSAGE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/nsguard.h>

#define FAMILY		0x21
#define MESSAGE_SIZE	8192

/* Starts a message as the module would send it. */
static inline struct nlmsghdr *message_start(void *buf, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = FAMILY;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = NSGUARD_GENL_VERSION;
	return nlh;
}

/*
 * A copy that ends where the message ends, so that the sanitizer sees a
 * single byte read behind it.
 */
static inline struct nlmsghdr *message_exact(const struct nlmsghdr *nlh)
{
	struct nlmsghdr *copy = malloc(nlh->nlmsg_len);

	if (!copy)
		abort();
	return memcpy(copy, nlh, nlh->nlmsg_len);
}

static inline void put_parent(struct nlmsghdr *nlh, uint32_t pid,
			      const char *comm)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NSGUARD_A_EVENT_PARENT);

	mnl_attr_put_u32(nlh, NSGUARD_A_PARENT_PID, pid);
	mnl_attr_put_strz(nlh, NSGUARD_A_PARENT_COMM, comm);
	mnl_attr_nest_end(nlh, nest);
}

static inline void put_change(struct nlmsghdr *nlh, const char *field,
			      uint64_t before, uint64_t after)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NSGUARD_A_EVENT_CHANGE);

	mnl_attr_put_strz(nlh, NSGUARD_A_CHANGE_FIELD, field);
	mnl_attr_put_u64(nlh, NSGUARD_A_CHANGE_BEFORE, before);
	mnl_attr_put_u64(nlh, NSGUARD_A_CHANGE_AFTER, after);
	mnl_attr_nest_end(nlh, nest);
}

/* The event that event_test.c expects field by field. */
static inline struct nlmsghdr *message_event(void *buf, uint64_t seq)
{
	struct nlmsghdr *nlh = message_start(buf, NSGUARD_CMD_EVENT);

	mnl_attr_put_u64(nlh, NSGUARD_A_EVENT_SEQ, seq);
	mnl_attr_put_u64(nlh, NSGUARD_A_EVENT_TIME, 1700000000000000042ULL);
	mnl_attr_put_strz(nlh, NSGUARD_A_EVENT_RULE, "cred-content");
	mnl_attr_put_strz(nlh, NSGUARD_A_EVENT_FAMILY, "integrity");
	mnl_attr_put_strz(nlh, NSGUARD_A_EVENT_TECHNIQUE, "T1611");
	mnl_attr_put_strz(nlh, NSGUARD_A_EVENT_LAYER, "gate");
	mnl_attr_put_strz(nlh, NSGUARD_A_EVENT_HOOK, "syscall_trace_enter");
	mnl_attr_put_strz(nlh, NSGUARD_A_EVENT_VERDICT, "kill");
	mnl_attr_put_u8(nlh, NSGUARD_A_EVENT_MODE, NSGUARD_MODE_ENFORCE);
	mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_ID, 7);
	mnl_attr_put_strz(nlh, NSGUARD_A_CONTAINER_NAME, "web");
	mnl_attr_put_u32(nlh, NSGUARD_A_CONTAINER_MNT_NS, 4026532201U);
	mnl_attr_put_u32(nlh, NSGUARD_A_EVENT_PID, 4294967295U);
	mnl_attr_put_u32(nlh, NSGUARD_A_EVENT_TID, 1235);
	mnl_attr_put_strz(nlh, NSGUARD_A_EVENT_COMM, "sh");
	mnl_attr_put_strz(nlh, NSGUARD_A_EVENT_EXE, "/usr/bin/sh");
	mnl_attr_put_u32(nlh, NSGUARD_A_EVENT_TARGET, 4321);
	mnl_attr_put_u64(nlh, NSGUARD_A_EVENT_SUPPRESSED, 9);
	mnl_attr_put_u32(nlh, NSGUARD_A_EVENT_SYSCALL, 257);
	put_parent(nlh, 1200, "containerd-shim");
	put_parent(nlh, 1, "systemd");
	put_change(nlh, "euid", 4294967295U, 0);
	put_change(nlh, "subj_cap_effective", 1, 0x1ffffffffffULL);
	put_change(nlh, "groups", 0x8000000000000000ULL, INT64_MAX);
	return nlh;
}

/* The change that change_test.c expects field by field. */
static inline struct nlmsghdr *message_change(void *buf, const char *comm)
{
	struct nlmsghdr *nlh = message_start(buf, NSGUARD_CMD_CONFIG_NTF);

	mnl_attr_put_strz(nlh, NSGUARD_A_CONFIG_NAME, "mode");
	mnl_attr_put_strz(nlh, NSGUARD_A_CONFIG_OLD, "enforce");
	mnl_attr_put_strz(nlh, NSGUARD_A_CONFIG_NEW, "off");
	mnl_attr_put_u64(nlh, NSGUARD_A_CONFIG_TIME, 1700000000000000042ULL);
	mnl_attr_put_u32(nlh, NSGUARD_A_CONFIG_PID, 4711);
	mnl_attr_put_u32(nlh, NSGUARD_A_CONFIG_UID, 4294967295U);
	mnl_attr_put_strz(nlh, NSGUARD_A_CONFIG_COMM, comm);
	return nlh;
}

#endif /* NSGUARD_SELFTESTS_CTL_MESSAGE_H */
