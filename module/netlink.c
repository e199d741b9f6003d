// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rculist.h>
#include <net/genetlink.h>

#include "config.h"
#include "counter.h"
#include "hook_table.h"
#include "listen.h"
#include "netlink.h"
#include "origin.h"
#include "record.h"
#include "storm.h"

/* A hook takes 60 bytes, a counter 40. */
#define STATUS_SIZE 8192

/*
 * What the requests may hold, checked here and unknown to the family: where that
 * has a policy anybody may ask for it (CTRL_CMD_GETPOLICY), and holds the module
 * until he has read the answer.  So it is registered as one from before the kernel
 * asked for a policy of each command (resv_start_op), and what it would check as
 * well is checked here.
 */
static const struct nla_policy mode_policy[NSGUARD_A_STATUS_MODE + 1] = {
	[NSGUARD_A_STATUS_MODE] =
		NLA_POLICY_MAX(NLA_U8, NSGUARD_MODE_ENFORCE),
};

static const struct nla_policy container_policy[NSGUARD_A_EVENT_PID + 1] = {
	[NSGUARD_A_CONTAINER_ID] = { .type = NLA_U64 },
	/* A start, once certain, is not doubted again. */
	[NSGUARD_A_CONTAINER_CERTAIN] = NLA_POLICY_RANGE(NLA_U8, 1, 1),
	[NSGUARD_A_EVENT_PID] = { .type = NLA_U32 },
};

/*
 * Who asks is whoever opened the socket and whoever writes to it: a privileged
 * program writes what others tell it to, and to what it was given for its output.
 * A container with the host's network and full capabilities reaches this family
 * as well; it has no business here.
 */
static int authorise(struct sk_buff *request, struct netlink_ext_ack *extack)
{
	if (nsg_guarding() && nsg_record_of(current)) {
		NL_SET_ERR_MSG(extack, "not from inside a container");
		return -EPERM;
	}
	if (!netlink_capable(request, CAP_SYS_ADMIN)) {
		NL_SET_ERR_MSG(extack,
			       "needs CAP_SYS_ADMIN in the initial user namespace");
		return -EPERM;
	}
	return 0;
}

static int explain(int err, struct netlink_ext_ack *extack)
{
	if (err == -ESHUTDOWN)
		NL_SET_ERR_MSG(extack,
			       "the module is leaving or has left: nothing is guarded");
	return err;
}

static int check_header(const struct nlmsghdr *nlh,
			struct netlink_ext_ack *extack)
{
	const struct genlmsghdr *genlh = nlmsg_data(nlh);
	u16 flags = nlh->nlmsg_flags & ~(NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO);

	/* Two bits, which have other meanings each by itself. */
	if (flags && flags != NLM_F_DUMP) {
		NL_SET_ERR_MSG(extack, "flags that mean nothing here");
		return -EINVAL;
	}
	if (genlh->reserved) {
		NL_SET_ERR_MSG(extack, "the reserved field is not 0");
		return -EINVAL;
	}
	return 0;
}

static int take_nothing(const struct nlmsghdr *nlh,
			struct netlink_ext_ack *extack)
{
	int err = check_header(nlh, extack);

	if (err)
		return err;
	if (nlmsg_attrlen(nlh, GENL_HDRLEN)) {
		NL_SET_ERR_MSG(extack, "takes no attribute");
		return -EINVAL;
	}
	return 0;
}

static int take(struct genl_info *info, struct nlattr **attrs,
		const struct nla_policy *policy, int max)
{
	return check_header(info->nlhdr, info->extack) ?:
	       nlmsg_parse(info->nlhdr, GENL_HDRLEN, attrs, max, policy,
			   info->extack);
}

static int put_counters(struct sk_buff *skb)
{
	struct nlattr *nest;
	int i;

	for (i = 0; i < NSG_C_COUNT; i++) {
		nest = nla_nest_start(skb, NSGUARD_A_STATUS_COUNTER);
		if (!nest ||
		    nla_put_string(skb, NSGUARD_A_COUNTER_NAME,
				   nsg_counter_name(i)) ||
		    nla_put_u64_64bit(skb, NSGUARD_A_COUNTER_VALUE,
				      atomic64_read(&nsg_counters[i]),
				      NSGUARD_A_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_hook(struct sk_buff *skb, const struct nsg_hook *hook)
{
	struct nlattr *nest = nla_nest_start(skb, NSGUARD_A_STATUS_HOOK);

	if (!nest ||
	    nla_put_string(skb, NSGUARD_A_HOOK_NAME, hook->names[0]) ||
	    nla_put_u64_64bit(skb, NSGUARD_A_HOOK_HITS, nsg_hook_hits(hook),
			      NSGUARD_A_PAD) ||
	    nla_put_u8(skb, NSGUARD_A_HOOK_LIVE,
		       hook->live && nsg_hook_patched(hook)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_status(struct sk_buff *skb)
{
	struct nsg_hook *hook;
	unsigned int i;

	if (nla_put_string(skb, NSGUARD_A_STATUS_VERSION,
			   THIS_MODULE->version) ||
	    nla_put_u8(skb, NSGUARD_A_STATUS_STATE, nsg_state()) ||
	    nla_put_u8(skb, NSGUARD_A_STATUS_MODE, nsg_mode_configured()) ||
	    nla_put_u8(skb, NSGUARD_A_STATUS_LOCKED,
		       READ_ONCE(nsg_config.locked)) ||
	    nla_put_u32(skb, NSGUARD_A_STATUS_LAYERS,
			READ_ONCE(nsg_config.layers)) ||
	    nla_put_u32(skb, NSGUARD_A_STATUS_TASKS, nsg_record_count()) ||
	    nla_put_u32(skb, NSGUARD_A_STATUS_PENDING, nsg_record_pending()) ||
	    nla_put_u32(skb, NSGUARD_A_STATUS_CONTAINERS,
			nsg_origin_count()) ||
	    nla_put_u8(skb, NSGUARD_A_STATUS_STORM, nsg_storm_rages()) ||
	    put_counters(skb))
		return -EMSGSIZE;
	for (i = 0; (hook = nsg_hook_at(i)); i++)
		if (put_hook(skb, hook))
			return -EMSGSIZE;
	return 0;
}

static int status_get(struct sk_buff *request, struct genl_info *info)
{
	struct sk_buff *skb;
	void *head;
	int err = authorise(request, info->extack) ?:
		  take_nothing(info->nlhdr, info->extack);

	if (err)
		return err;
	skb = genlmsg_new(STATUS_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	head = genlmsg_put_reply(skb, info, &nsg_genl_family, 0,
				 NSGUARD_CMD_STATUS_GET);
	if (!head || put_status(skb)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return genlmsg_reply(skb, info);
}

static int put_origin(struct sk_buff *skb, const struct nsg_origin *origin)
{
	if (nla_put_u64_64bit(skb, NSGUARD_A_CONTAINER_ID, origin->id,
			      NSGUARD_A_PAD) ||
	    nla_put_string(skb, NSGUARD_A_CONTAINER_NAME, origin->name) ||
	    nla_put_string(skb, NSGUARD_A_CONTAINER_CGROUP, origin->cgroup) ||
	    nla_put_u8(skb, NSGUARD_A_CONTAINER_CERTAIN,
		       READ_ONCE(origin->certain)) ||
	    nla_put_u32(skb, NSGUARD_A_CONTAINER_TASKS,
			atomic_read(&origin->tasks)) ||
	    nla_put_u64_64bit(skb, NSGUARD_A_CONTAINER_EVENTS,
			      atomic64_read(&origin->events), NSGUARD_A_PAD) ||
	    nla_put_u64_64bit(skb, NSGUARD_A_CONTAINER_STARTED,
			      origin->started, NSGUARD_A_PAD) ||
	    nla_put_u32(skb, NSGUARD_A_CONTAINER_MNT_NS, origin->mnt_ns) ||
	    nla_put_u32(skb, NSGUARD_A_CONTAINER_PID_NS, origin->pid_ns) ||
	    nla_put_u32(skb, NSGUARD_A_CONTAINER_USER_NS, origin->user_ns) ||
	    nla_put_u8(skb, NSGUARD_A_CONTAINER_ADOPTED, origin->adopted) ||
	    (origin->parent &&
	     nla_put_u64_64bit(skb, NSGUARD_A_CONTAINER_PARENT,
			       origin->parent->id, NSGUARD_A_PAD)))
		return -EMSGSIZE;
	return 0;
}

/* Ids only grow along the list, so the last one told is the place to go on. */
static int containers_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nsg_origin *origin;
	void *head;
	u64 last;

	memcpy(&last, cb->ctx, sizeof(last));
	rcu_read_lock();
	list_for_each_entry_rcu(origin, &nsg_origins, list) {
		if (origin->id <= last || !atomic_read(&origin->tasks))
			continue;
		head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				   cb->nlh->nlmsg_seq, &nsg_genl_family,
				   NLM_F_MULTI, NSGUARD_CMD_CONTAINERS_GET);
		if (!head)
			break;
		if (put_origin(skb, origin)) {
			genlmsg_cancel(skb, head);
			break;
		}
		genlmsg_end(skb, head);
		last = origin->id;
	}
	rcu_read_unlock();
	memcpy(cb->ctx, &last, sizeof(last));
	return skb->len;
}

static int containers_start(struct netlink_callback *cb)
{
	int err = authorise(cb->skb, cb->extack) ?:
		  take_nothing(cb->nlh, cb->extack);

	if (err)
		return err;
	return explain(nsg_state() < NSGUARD_STATE_LEAVING ? 0 : -ESHUTDOWN,
		       cb->extack);
}

static int mode_set(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *attrs[ARRAY_SIZE(mode_policy)];
	int err = authorise(request, info->extack) ?:
		  take(info, attrs, mode_policy, NSGUARD_A_STATUS_MODE);

	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, NULL, attrs,
			      NSGUARD_A_STATUS_MODE)) {
		NL_SET_ERR_MSG(info->extack, "the mode is missing");
		return -EINVAL;
	}
	err = nsg_set_mode(nla_get_u8(attrs[NSGUARD_A_STATUS_MODE]));
	if (err == -EPERM)
		NL_SET_ERR_MSG(info->extack,
			       "locked: the mode can't be weakened");
	return explain(err, info->extack);
}

static struct nsg_origin *origin_of_pid(u32 nr)
{
	struct nsg_origin *origin = NULL;
	struct nsg_record *rec;
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_pid_ns(nr, &init_pid_ns), PIDTYPE_TGID);
	rec = task ? nsg_record_live(task) : NULL;
	if (rec)
		origin = nsg_origin_tryget(READ_ONCE(rec->origin));
	rcu_read_unlock();
	return origin;
}

static struct nsg_origin *origin_asked_for(struct nlattr *const *attrs)
{
	struct nlattr *id = attrs[NSGUARD_A_CONTAINER_ID];

	if (id)
		return nsg_origin_find(nla_get_u64(id));
	return origin_of_pid(nla_get_u32(attrs[NSGUARD_A_EVENT_PID]));
}

static void make_certain(struct nsg_origin *origin)
{
	const struct nsg_config_change change = {
		.name = "certain",
		.old = "no",
		.new = "yes",
		.origin = origin,
	};

	if (READ_ONCE(origin->certain))
		return;
	nsg_origin_make_certain(origin);
	nsg_listen_tell(&change);
}

static int container_set(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *attrs[ARRAY_SIZE(container_policy)];
	struct nsg_origin *origin;
	int err = authorise(request, info->extack) ?:
		  take(info, attrs, container_policy, NSGUARD_A_EVENT_PID);

	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, NULL, attrs,
			      NSGUARD_A_CONTAINER_CERTAIN) ||
	    !attrs[NSGUARD_A_CONTAINER_ID] == !attrs[NSGUARD_A_EVENT_PID]) {
		NL_SET_ERR_MSG(info->extack,
			       "takes certain, and either a container's id or a process");
		return -EINVAL;
	}
	err = nsg_config_begin();
	if (err)
		return explain(err, info->extack);
	origin = origin_asked_for(attrs);
	if (origin) {
		make_certain(origin);
		nsg_origin_put(origin);
	} else {
		NL_SET_ERR_MSG(info->extack, "no such container");
		err = -ENOENT;
	}
	nsg_config_end();
	return err;
}

static const struct genl_ops ops[] = {
	{
		.cmd = NSGUARD_CMD_STATUS_GET,
		.doit = status_get,
	}, {
		.cmd = NSGUARD_CMD_CONTAINERS_GET,
		/* A dump holds the module from before its start is called. */
		.flags = GENL_ADMIN_PERM,
		.start = containers_start,
		.dumpit = containers_dump,
	}, {
		.cmd = NSGUARD_CMD_MODE_SET,
		.doit = mode_set,
	}, {
		.cmd = NSGUARD_CMD_CONTAINER_SET,
		.doit = container_set,
	},
};

static const struct genl_multicast_group groups[] = {
	{ .name = NSGUARD_MCGRP_EVENTS, .flags = GENL_MCAST_CAP_SYS_ADMIN },
};

struct genl_family nsg_genl_family __ro_after_init = {
	.name = NSGUARD_GENL_NAME,
	.version = NSGUARD_GENL_VERSION,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
	.netnsok = false,
	.resv_start_op = NSGUARD_CMD_MAX + 1,
};
