/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Check: compare current with its record, fast, and slowly where that fails.
 */
#ifndef _NSG_CHECK_H
#define _NSG_CHECK_H

#include "context.h"
#include "mark.h"
#include "record.h"
#include "response.h"
#include "subject.h"

/*
 * In what follows each word is loaded once and only compared: without
 * READ_ONCE() the compiler compares it where it lies.
 */
static __always_inline u64 nsg_words_differ(const void *a, const void *b,
					    size_t size)
{
	u64 differ = 0;
	size_t i;

#pragma GCC unroll 16
	for (i = 0; i + 8 <= size; i += 8)
		differ |= *(const u64 *)(a + i) ^ *(const u64 *)(b + i);
	if (size & 4)
		differ |= *(const u32 *)(a + i) ^ *(const u32 *)(b + i);
	return differ;
}

/*
 * The list is shared by credentials and never changes.  The pointer is the
 * record's: the credential's may be another by now.
 */
static __always_inline bool nsg_fast_groups(const struct nsg_cred_copy *copy)
{
	const struct group_info *groups = copy->group_info;

	/* None: a forged credential that audit has let pass. */
	if (unlikely(!groups) || groups->ngroups != copy->ngroups)
		return false;
	if (likely(!copy->ngroups))
		return true;
	if (unlikely(copy->ngroups > NSG_GROUPS_HEAD && !nsg_may_sleep()))
		return nsg_groups_digest(nsg_groups_key.start, groups->gid,
					 NSG_GROUPS_HEAD) == copy->head;
	return nsg_groups_digest(nsg_groups_key.start, groups->gid,
				 copy->ngroups) == copy->groups;
}

/* The objective credential; rec->cred is known to be valid memory. */
static __always_inline bool nsg_fast_cred(const struct nsg_record *rec,
					  const struct task_struct *task)
{
	const struct cred *cred = rec->cred;

	/* Loaded once and compared. */
	return data_race(*(const struct cred **)&task->real_cred) == cred &&
	       !nsg_words_differ((const char *)cred + NSG_CRED_START,
				 rec->copy.block, NSG_CRED_SIZE) &&
	       cred->user_ns == rec->copy.user_ns &&
	       cred->group_info == rec->copy.group_info &&
	       nsg_fast_groups(&rec->copy);
}

static __always_inline bool nsg_fast_ns(const struct nsg_record *rec,
					const struct task_struct *task)
{
	const struct nsg_nsproxy_copy *copy = rec->nsproxy;

	return task->nsproxy == copy->nsproxy &&
	       !nsg_words_differ((const char *)copy->nsproxy +
				 NSG_NSPROXY_START, copy->ns, NSG_NSPROXY_SIZE);
}

static __always_inline bool nsg_fast_root(const struct nsg_record *rec,
					  const struct task_struct *task)
{
	return nsg_root_same(rec->root, task->fs);
}

static __always_inline bool nsg_fast_rest(const struct nsg_record *rec,
					  struct task_struct *task)
{
	return task->seccomp.mode == rec->seccomp_mode &&
	       (!task->seccomp.mode ||
		/* Their number goes with it. */
		(READ_ONCE(task->seccomp.filter) == rec->seccomp_filter &&
		 test_task_syscall_work(task, SECCOMP))) &&
	       task_no_new_privs(task) == rec->no_new_privs;
}

unsigned int nsg_look_now(const struct nsg_record *rec, unsigned int look);
bool nsg_check(struct nsg_record *rec, unsigned int look,
	       const struct nsg_site *site);

#endif /* _NSG_CHECK_H */
