// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <uapi/linux/nsguard.h>

#include "counter.h"
#include "errand.h"
#include "hook_table.h"
#include "listen.h"
#include "log.h"
#include "netlink.h"
#include "origin.h"
#include "record.h"

/* Three strings of ours, a name of a container's and a few numbers. */
#define CHANGE_SIZE	1024
#define MAX_TRIES	16

/* Nothing may be sent by a family that is not registered. */
static DEFINE_MUTEX(family_lock);
static bool offered; /* under family_lock */

/*
 * Joining a group.  The kernel asks for CAP_SYS_ADMIN in the owner of the
 * socket's network namespace, which a container may have in its own and in that
 * of the host; from its own it hears the host's groups if it has
 * CAP_NET_BROADCAST.  There is no hook in a family that could refuse: 6.1 has
 * none, and what bind() returns is thrown away by 6.12.
 *
 * Asked after the original, so that a group which is registered meanwhile is
 * known by its number.
 */
NSG_WRAPPER_DOOR(int, genl_bind, (struct net *net, int group), (net, group), true,
		 "genl_bind")
{
	int ret = nsg_orig(genl_bind)(net, group);

	if (ret || group != READ_ONCE(nsg_genl_family.mcgrp_offset))
		return ret;
	if (nsg_record_of(current)) {
		nsg_hit(&nsg_hook_genl_bind);
		return -EPERM;
	}
	return capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}

/**
 * nsg_listen_start - offer the family to those who may use it
 *
 * A socket can join a group by its number before there is a family that has it,
 * and would be a member that nobody was asked about.  Withdrawing a family throws
 * its members out, and once its number is known containers can't join any more.
 * So it is offered until nobody is there from before.
 *
 * Context: process context, may sleep; containers are known, and the hooks live.
 * Return: 0 or an error.
 */
int nsg_listen_start(void)
{
	unsigned int group = 0, tries;
	int err;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		err = genl_register_family(&nsg_genl_family);
		if (err)
			return err;
		if (group == nsg_genl_family.mcgrp_offset &&
		    !genl_has_listeners(&nsg_genl_family, &init_net, 0))
			break;
		group = nsg_genl_family.mcgrp_offset;
		genl_unregister_family(&nsg_genl_family);
	}
	if (tries == MAX_TRIES) {
		nsg_err("somebody joins group %u again and again\n", group);
		return -EBUSY;
	}
	mutex_lock(&family_lock);
	offered = true;
	mutex_unlock(&family_lock);
	return 0;
}

/* By the name of one that there is, which genl_register_family() sees under its lock. */
static struct genl_family second = {
	.name = NSGUARD_GENL_NAME,
	.version = NSGUARD_GENL_VERSION,
	.module = THIS_MODULE,
};

/*
 * What comes or goes is told to everybody who listens to nlctrl, and whoever wants to stand
 * in the way would know when: this one does not come.
 */
static int be_refused(void)
{
	int err = genl_register_family(&second);

	if (!err)
		genl_unregister_family(&second);
	return err == -EEXIST ? 0 : err;
}

/* Under main.c's lock. */
static NSG_ERRAND(refusal, be_refused);

static bool is_offered(void)
{
	bool is;

	mutex_lock(&family_lock);
	is = offered;
	mutex_unlock(&family_lock);
	return is;
}

/**
 * nsg_listen_may_stop - could the family be withdrawn now?
 * @end: jiffies at which to give up
 *
 * The kernel has a lock for all families, which a request of any of them has until it is
 * answered; and a user can make one wait for as long as he likes (ethtool's, for the
 * rtnl mutex, which others of his tasks hold before a page that does not come).  Who
 * withdraws a family waits as long, and can't be interrupted: for module_exit() that is
 * too late to be found out.
 *
 * Context: process context, may sleep; one at a time.
 * Return: 0; -EBUSY, -EINTR.
 */
int nsg_listen_may_stop(unsigned long end)
{
	bool before = refusal.under_way;
	int err = is_offered() ? nsg_errand_run(&refusal, end) : 0;

	/* That one could says nothing of now. */
	if (!err && before)
		err = nsg_errand_run(&refusal, end);
	if (err == -EBUSY)
		nsg_err("can't leave yet: generic netlink lets no family go while somebody's request waits (to ethtool's, for one); until then it answers nobody\n");
	return err;
}

/**
 * nsg_listen_stop - withdraw the family
 *
 * Context: process context, may sleep.
 */
void nsg_listen_stop(void)
{
	bool was_offered;

	mutex_lock(&family_lock);
	was_offered = offered;
	offered = false;
	mutex_unlock(&family_lock);
	/* Not where loading failed and the module could not go. */
	if (was_offered)
		genl_unregister_family(&nsg_genl_family);
}

/**
 * nsg_netlink_multicast - send a finished message to whoever listens
 * @skb: the message; consumed
 *
 * That nobody listens is no loss.  A listener which is too slow is one if it has
 * asked for that to be told (NETLINK_BROADCAST_ERROR); the others see it in the
 * numbers of the events.
 *
 * Context: process context, may sleep.
 */
void nsg_netlink_multicast(struct sk_buff *skb)
{
	int err = -ESRCH;

	mutex_lock(&family_lock);
	if (offered)
		err = genlmsg_multicast(&nsg_genl_family, skb, 0, 0,
					GFP_KERNEL);
	else
		nlmsg_free(skb);
	mutex_unlock(&family_lock);
	if (err && err != -ESRCH)
		nsg_count(NSG_C_EVENTS_LOST);
}

static int put_change(struct sk_buff *skb,
		      const struct nsg_config_change *change, const char *comm)
{
	void *head = genlmsg_put(skb, 0, 0, &nsg_genl_family, 0,
				 NSGUARD_CMD_CONFIG_NTF);

	if (!head ||
	    nla_put_string(skb, NSGUARD_A_CONFIG_NAME, change->name) ||
	    nla_put_string(skb, NSGUARD_A_CONFIG_OLD, change->old) ||
	    nla_put_string(skb, NSGUARD_A_CONFIG_NEW, change->new) ||
	    nla_put_u64_64bit(skb, NSGUARD_A_CONFIG_TIME, ktime_get_real_ns(),
			      NSGUARD_A_PAD) ||
	    nla_put_u32(skb, NSGUARD_A_CONFIG_PID, task_tgid_nr(current)) ||
	    nla_put_u32(skb, NSGUARD_A_CONFIG_UID, __kuid_val(current_uid())) ||
	    nla_put_string(skb, NSGUARD_A_CONFIG_COMM, comm))
		return -EMSGSIZE;
	if (change->origin &&
	    (nla_put_u64_64bit(skb, NSGUARD_A_CONTAINER_ID, change->origin->id,
			       NSGUARD_A_PAD) ||
	     nla_put_string(skb, NSGUARD_A_CONTAINER_NAME,
			    change->origin->name)))
		return -EMSGSIZE;
	genlmsg_end(skb, head);
	return 0;
}

static void log_change(const struct nsg_config_change *change, const char *comm)
{
	char whose[32] = "";

	if (change->origin)
		snprintf(whose, sizeof(whose), " container=%llu",
			 change->origin->id);
	/* A task chooses its name: escape it. */
	nsg_notice("%s %s -> %s%s by pid=%d uid=%u comm=%*pE\n", change->name,
		   change->old, change->new, whose, task_tgid_nr(current),
		   __kuid_val(current_uid()), (int)strlen(comm), comm);
}

/**
 * nsg_listen_tell - tell listeners and the log of a change
 * @change: the change, made by current
 *
 * Context: process context, may sleep; config_lock is held, which keeps changes in
 *	their order.
 */
void nsg_listen_tell(const struct nsg_config_change *change)
{
	char comm[TASK_COMM_LEN];
	struct sk_buff *skb;

	get_task_comm(comm, current);
	log_change(change, comm);
	skb = genlmsg_new(CHANGE_SIZE, GFP_KERNEL);
	if (skb && !put_change(skb, change, comm)) {
		nsg_netlink_multicast(skb);
		return;
	}
	nsg_count(NSG_C_EVENTS_LOST);
	nlmsg_free(skb);
}
