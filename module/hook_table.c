// SPDX-License-Identifier: GPL-2.0
#include "gate.h"
#include "hook_table.h"
#include "use.h"

/* They go on and come off together: the order says nothing (hooks.c, leave.c). */
struct nsg_hook *const nsg_wrappers[] = {
	&nsg_hook_genl_bind,
	&nsg_hook_security_task_free,
	&nsg_hook_proc_free_inum,
	&nsg_hook_exit_fs,
	&nsg_hook_wake_up_new_task,
	&nsg_hook_security_task_alloc,
	&nsg_hook_syscall_unregfunc,
	&nsg_hook_commit_creds,
	&nsg_hook_switch_task_namespaces,
	&nsg_hook_copy_namespaces,
	&nsg_hook_unshare_nsproxy_namespaces,
	&nsg_hook_ksys_unshare,
	&nsg_hook_mntns_install,
	&nsg_hook_userns_install,
	&nsg_hook_pidns_install,
	&nsg_hook_netns_install,
	&nsg_hook_ipcns_install,
	&nsg_hook_utsns_install,
	&nsg_hook_timens_install,
	&nsg_hook_cgroupns_install,
	&nsg_hook_set_fs_root,
	&nsg_hook_chroot_fs_refs,
	&nsg_hook_bprm_execve,
	&nsg_hook_replace_mm_exe_file,
};

const unsigned int nsg_wrappers_count = ARRAY_SIZE(nsg_wrappers);

/**
 * nsg_hook_at - walk all hooks, wrappers and guards
 * @i: from 0
 *
 * Context: any.
 * Return: the hook, NULL behind the last.
 */
struct nsg_hook *nsg_hook_at(unsigned int i)
{
	if (i < nsg_wrappers_count)
		return nsg_wrappers[i];
	i -= nsg_wrappers_count;
	if (!i)
		return &nsg_hook_gate;
	return i <= nsg_uses_count ? &nsg_uses[i - 1].hook : NULL;
}
