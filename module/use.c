// SPDX-License-Identifier: GPL-2.0
/*
 * Points of use: what the gate can't see.  An attack may tamper and act within
 * one system call, run in an io_uring worker (which never enters one), or clear
 * its mark and so go by the gate.
 */
#include "adopt.h"
#include "check.h"
#include "compat/compat.h"
#include "config.h"
#include "context.h"
#include "counter.h"
#include "guards.h"
#include "hooks.h"
#include "use.h"

#define USE(fn, ns)							\
	{								\
		.hook = { .names = { #fn } },				\
		.site = { NSGUARD_LAYER_USE, #fn, .locked = true },	\
		.namespaces = ns,					\
	}

/*
 * inode_permission is left out: five calls for each open, and what it would
 * stop is stopped here.  The members of the nsproxy are compared where they
 * decide something; what is reached by a path depends on credential and root.
 */
struct nsg_use nsg_uses[] = {
	[NSG_USE_PTRACE] = {
		.hook = { .names = { "security_ptrace_access_check" } },
		.site = { NSGUARD_LAYER_USE, "security_ptrace_access_check",
			  .locked = true },
		.namespaces = true,
		.visit = true,
	},
	USE(security_file_open, false),
	USE(security_bprm_creds_from_file, true),
	USE(security_capable, true),
	USE(security_sb_mount, true),
	USE(security_sb_umount, true),
	USE(security_sb_pivotroot, true),
	USE(security_move_mount, true),
	USE(security_path_mknod, false),
	USE(security_path_mkdir, false),
	USE(security_path_rmdir, false),
	USE(security_path_unlink, false),
	USE(security_path_symlink, false),
	USE(security_path_link, false),
	USE(security_path_rename, false),
	USE(security_path_truncate, false),
	USE(security_path_chmod, false),
	USE(security_path_chown, false),
	USE(security_path_chroot, false),
	USE(security_inode_setxattr, false),
	USE(security_task_kill, true),
	USE(security_socket_create, true),
	USE(security_socket_connect, true),
	USE(security_unix_stream_connect, true),
	USE(security_unix_may_send, true),
	USE(security_ipc_permission, true),
	USE(security_kernel_read_file, true),
	USE(security_kernel_load_data, true),
	USE(security_bpf, true),
};

const unsigned int nsg_uses_count = ARRAY_SIZE(nsg_uses);
static_assert(ARRAY_SIZE(nsg_uses) <= NSG_USES_MAX);

static struct nsg_sites sites __ro_after_init;

/**
 * nsg_use_index - make the map from return address to hook
 *
 * Context: any, after the sites are known.
 */
void __init nsg_use_index(void)
{
	struct nsg_hook *hooks[ARRAY_SIZE(nsg_uses)];
	unsigned int i;

	for (i = 0; i < nsg_uses_count; i++)
		hooks[i] = &nsg_uses[i].hook;
	nsg_sites_index(&sites, hooks, nsg_uses_count, MCOUNT_INSN_SIZE);
}

/*
 * What was put right does not stop the rest of a call that should never have
 * begun: a seccomp filter is asked at its entry alone, and who was denied one
 * capability may try another.
 */
static noinline u64 refuse(struct nsg_record *rec, struct nsg_use *use)
{
	bool refused;

	if (nsg_record_in_call(rec, rec->refused_call)) {
		nsg_count(NSG_C_DENIED);
		return (u64)-EPERM;
	}
	refused = nsg_check(rec, NSG_LOOK_CRED | NSG_LOOK_NS | NSG_LOOK_ROOT |
			    NSG_LOOK_MARK, &use->site);
	return refused ? (u64)-EPERM : 0;
}

/*
 * An adopted task fills its record at the gate; whoever takes off its mark wants to
 * keep it from there.  A ring's worker never passes the gate.
 */
static noinline bool take_pending(struct nsg_record *rec)
{
	struct nsg_hook *hook = &nsg_uses[0].hook;
	unsigned int phase;

	if (!nsg_record_is(rec, NSG_REC_PENDING))
		return false;
	nsg_mark(rec);
	/* Who exits may have given up its root, and is past all that it could do. */
	if (!(rec->task->flags & NSG_PF_WORKER) ||
	    rec->task->flags & PF_EXITING || !nsg_may_sleep())
		return false;
	/* References are put: that may sleep in here. */
	phase = nsg_hook_enter(hook);
	nsg_adopt_worker(rec);
	nsg_hook_leave(hook, phase);
	return true;
}

/**
 * nsg_use_check - judge a task at a point of use
 * @return_address: into the hooked function
 *
 * The kernel overrides the subjective credential here and there (overlayfs,
 * access(2), io_uring), so only the objective one counts.  An attacker who
 * swaps just the former is the gate's; one who clears its mark to get by the
 * gate is caught here by that.
 *
 * Context: any; does nothing in interrupts, where current is a bystander.
 * Return: 0 to go on, -EPERM to refuse.
 */
u64 nsg_use_check(unsigned long return_address)
{
	struct task_struct *task = current;
	struct nsg_record *rec;
	struct nsg_use *use;

	if (unlikely(!in_task()))
		return 0;
	rec = nsg_record_find(task);
	if (unlikely(!rec))
		return 0;
	if (unlikely(!nsg_record_is(rec, NSG_REC_LIVE)) &&
	    !take_pending(rec))
		return 0;
	use = container_of(*nsg_sites_slot(&sites, return_address),
			   struct nsg_use, hook);
	nsg_hit(&use->hook);
	if (unlikely(!nsg_layer_active(NSGUARD_LAYER_USE)))
		return 0;
	if (likely(!nsg_record_in_call(rec, rec->refused_call) &&
		   nsg_fast_cred(rec, task) && task->nsproxy == rec->nsproxy->nsproxy &&
		   nsg_fast_root(rec, task) && nsg_marked(task) &&
		   (!use->namespaces || nsg_fast_ns(rec, task))))
		return 0;
	return refuse(rec, use);
}
