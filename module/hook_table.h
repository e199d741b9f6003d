/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All hooks, for registration and for status.
 */
#ifndef _NSG_HOOK_TABLE_H
#define _NSG_HOOK_TABLE_H

#include "hooks.h"

/* hook_cred.c */
extern struct nsg_hook nsg_hook_commit_creds;
/* hook_ns.c */
extern struct nsg_hook nsg_hook_mntns_install;
extern struct nsg_hook nsg_hook_userns_install;
extern struct nsg_hook nsg_hook_pidns_install;
extern struct nsg_hook nsg_hook_netns_install;
extern struct nsg_hook nsg_hook_ipcns_install;
extern struct nsg_hook nsg_hook_utsns_install;
extern struct nsg_hook nsg_hook_timens_install;
extern struct nsg_hook nsg_hook_cgroupns_install;
extern struct nsg_hook nsg_hook_switch_task_namespaces;
extern struct nsg_hook nsg_hook_copy_namespaces;
extern struct nsg_hook nsg_hook_unshare_nsproxy_namespaces;
extern struct nsg_hook nsg_hook_ksys_unshare;
extern struct nsg_hook nsg_hook_proc_free_inum;
/* hook_fs.c */
extern struct nsg_hook nsg_hook_set_fs_root;
extern struct nsg_hook nsg_hook_chroot_fs_refs;
/* hook_task.c */
extern struct nsg_hook nsg_hook_bprm_execve;
extern struct nsg_hook nsg_hook_replace_mm_exe_file;
extern struct nsg_hook nsg_hook_security_task_alloc;
extern struct nsg_hook nsg_hook_security_task_free;
extern struct nsg_hook nsg_hook_wake_up_new_task;
extern struct nsg_hook nsg_hook_exit_fs;
extern struct nsg_hook nsg_hook_syscall_unregfunc;
/* listen.c */
extern struct nsg_hook nsg_hook_genl_bind;

extern struct nsg_hook *const nsg_wrappers[];
extern const unsigned int nsg_wrappers_count;

struct nsg_hook *nsg_hook_at(unsigned int i);

#endif /* _NSG_HOOK_TABLE_H */
