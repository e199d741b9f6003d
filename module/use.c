// SPDX-License-Identifier: GPL-2.0
/*
 * Points of use: what the gate can't see.  An attack may tamper and act within
 * one system call, run in an io_uring worker (which never enters one), or clear
 * its mark and so go by the gate.
 */
#include "check.h"
#include "config.h"
#include "guards.h"
#include "hooks.h"
#include "use.h"

#define USE(fn) { .names = { #fn } }

/*
 * inode_permission is left out: five calls for each open, and what it would
 * stop is stopped here.
 */
struct nsg_hook nsg_uses[] = {
	USE(security_file_open),
	USE(security_bprm_creds_from_file),
	USE(security_capable),
	USE(security_sb_mount),
	USE(security_sb_umount),
	USE(security_sb_pivotroot),
	USE(security_move_mount),
	USE(security_path_mknod),
	USE(security_path_mkdir),
	USE(security_path_rmdir),
	USE(security_path_unlink),
	USE(security_path_symlink),
	USE(security_path_link),
	USE(security_path_rename),
	USE(security_path_truncate),
	USE(security_path_chmod),
	USE(security_path_chown),
	USE(security_path_chroot),
	USE(security_inode_setxattr),
	USE(security_ptrace_access_check),
	USE(security_task_kill),
	USE(security_socket_connect),
	USE(security_unix_stream_connect),
	USE(security_unix_may_send),
	USE(security_kernel_read_file),
	USE(security_kernel_load_data),
	USE(security_bpf),
};

const unsigned int nsg_uses_count = ARRAY_SIZE(nsg_uses);
static_assert(ARRAY_SIZE(nsg_uses) <= NSG_USES_MAX);

/* From a return address to its hook without a search. */
#define SLOTS 256
static u64 slot_hash __ro_after_init = 0x9e3779b97f4a7c15;
static u8 slots[SLOTS] __ro_after_init;

static __always_inline unsigned int slot_of(unsigned long address)
{
	return (address * slot_hash) >> 56;
}

static bool __init try_index(void)
{
	unsigned int i, slot;

	memset(slots, 0xff, sizeof(slots));
	for (i = 0; i < nsg_uses_count; i++) {
		slot = slot_of(nsg_uses[i].site + MCOUNT_INSN_SIZE);
		if (slots[slot] != 0xff)
			return false;
		slots[slot] = i;
	}
	return true;
}

/**
 * nsg_use_index - make the map from return address to hook
 *
 * Some factor separates so few addresses; it is looked for once.
 *
 * Context: any, after the sites are known.
 */
void __init nsg_use_index(void)
{
	while (!try_index())
		slot_hash = slot_hash * 6364136223846793005ULL +
			    1442695040888963407ULL;
}

static noinline u64 refuse(struct nsg_record *rec, struct nsg_hook *hook)
{
	struct nsg_site site = {
		.layer = NSGUARD_LAYER_USE,
		.hook = hook->names[0],
		.atomic = true,
	};
	bool refused;

	nsg_enter();
	refused = nsg_check(rec, NSG_LOOK_CRED | NSG_LOOK_NS | NSG_LOOK_ROOT |
			    NSG_LOOK_MARK, &site);
	nsg_leave();
	return refused ? (u64)-EPERM : 0;
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
	struct nsg_hook *hook;

	if (unlikely(!in_task()))
		return 0;
	rec = nsg_record_live(task);
	if (unlikely(!rec))
		return 0;
	hook = &nsg_uses[slots[slot_of(return_address)]];
	nsg_hit(hook);
	if (unlikely(!nsg_layer_active(NSGUARD_LAYER_USE)))
		return 0;
	if (likely(nsg_fast_cred(rec, task) && nsg_fast_ns(rec, task) &&
		   nsg_fast_root(rec, task) && nsg_fast_mark(task)))
		return 0;
	return refuse(rec, hook);
}
