// SPDX-License-Identifier: GPL-2.0
/*
 * The system-call gate: every call of a tracked task is judged before it is
 * made.
 */
#include <linux/ptrace.h>
#include <linux/sched/task_stack.h>
#include <linux/syscalls.h>
#include <asm/unistd.h>

#include "adopt.h"
#include "check.h"
#include "config.h"
#include "counter.h"
#include "gate.h"
#include "guards.h"
#include "hooks.h"
#include "kill.h"

/*
 * Calls that consult neither credential, namespace nor root and change nothing
 * outside the task: a tampered task gains nothing by them and is caught at its
 * next call.  What is in here and why is in docs/design.md.  write() and its
 * like are not, since what a descriptor was opened for may be judged again at
 * the write (sysctls are); read() is not, since /proc files ask
 * ptrace_may_access() at the read.
 */
static const u16 harmless[] = {
	__NR_close, __NR_lseek, __NR_dup, __NR_dup2, __NR_dup3,
	__NR_poll, __NR_ppoll, __NR_select, __NR_pselect6,
	__NR_epoll_wait, __NR_epoll_pwait, __NR_epoll_pwait2,
	__NR_munmap, __NR_brk, __NR_mprotect, __NR_mincore,
	__NR_rt_sigaction, __NR_rt_sigprocmask, __NR_rt_sigreturn,
	__NR_rt_sigpending, __NR_rt_sigtimedwait, __NR_rt_sigsuspend,
	__NR_sigaltstack, __NR_pause, __NR_nanosleep, __NR_clock_nanosleep,
	__NR_restart_syscall, __NR_sched_yield, __NR_futex, __NR_getpid,
	__NR_gettid, __NR_gettimeofday, __NR_time, __NR_times, __NR_getcpu,
	__NR_clock_gettime, __NR_clock_getres, __NR_alarm, __NR_getitimer,
	__NR_setitimer, __NR_timer_gettime, __NR_timerfd_gettime,
	__NR_getrandom, __NR_exit, __NR_exit_group, __NR_set_robust_list,
	__NR_rseq, __NR_set_tid_address, __NR_arch_prctl, __NR_membarrier,
};

#define CALLS 512
static unsigned long harmless_map[BITS_TO_LONGS(CALLS)] __ro_after_init;

/* 6.1 has a specialised copy; from 7.0 on the call is made elsewhere. */
struct nsg_hook nsg_hook_gate = {
	.names = { "syscall_trace_enter", "syscall_trace_enter.constprop.0",
		   "trace_syscall_enter" },
};

/**
 * nsg_gate_init - prepare the map of harmless calls
 *
 * Context: any.
 */
void __init nsg_gate_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(harmless); i++)
		__set_bit(harmless[i], harmless_map);
}

/*
 * The number can't be trusted if a tracer may still change it, nor if it is one
 * of the 32-bit table.
 */
static __always_inline bool is_harmless(struct task_struct *task,
					unsigned long nr)
{
	if (nr >= CALLS || !test_bit(nr, harmless_map) || task->ptrace)
		return false;
#ifdef CONFIG_IA32_EMULATION
	if (task->thread_info.status & TS_COMPAT)
		return false;
#endif
	return true;
}

static const struct nsg_site site = {
	.layer = NSGUARD_LAYER_GATE,
	.hook = "syscall_trace_enter",
};

static bool slow_check(struct nsg_record *rec)
{
	bool refused;

	if (nsg_record_is(rec, NSG_REC_PENDING))
		nsg_adopt_self(rec);
	if (!nsg_record_is(rec, NSG_REC_LIVE))
		return false;
	refused = nsg_check(rec, NSG_LOOK_CRED | NSG_LOOK_SUBJ | NSG_LOOK_NS |
			    NSG_LOOK_ROOT | NSG_LOOK_REST | NSG_LOOK_MARK,
			    &site);
	/* The signal has not come: it may have been held off by the attacker. */
	if (!refused && test_bit(NSG_REC_CONDEMNED, &rec->flags)) {
		rec->refused_call = rec->calls;
		nsg_count(NSG_C_DENIED);
		nsg_kill(rec);
		refused = true;
	}
	return refused;
}

static noinline u64 refuse(struct nsg_record *rec)
{
	unsigned int phase;
	bool refused;

	might_sleep();
	phase = nsg_hook_enter(&nsg_hook_gate);
	refused = slow_check(rec);
	nsg_hook_leave(&nsg_hook_gate, phase);
	if (!refused)
		return 0;
	current_pt_regs()->ax = -EPERM;
	return -1;
}

/**
 * nsg_gate_check - judge a system call before it is made
 * @return_address: into the hooked function
 *
 * At system-call entry nothing overrides the credential, so both pointers count.
 *
 * Context: process context of the calling task, may sleep.
 * Return: 0 to go on; what syscall_trace_enter() returns to skip the call.
 */
u64 nsg_gate_check(unsigned long return_address)
{
	struct task_struct *task = current;
	struct nsg_record *rec;

	if (is_harmless(task, task_pt_regs(task)->orig_ax))
		return 0;
	rec = nsg_record_find(task);
	if (unlikely(!rec))
		return 0;
	nsg_hit(&nsg_hook_gate);
	/* What happened in the last call is over. */
	rec->calls++;
	if (unlikely(!nsg_layer_active(NSGUARD_LAYER_GATE)))
		return 0;
	/* Loaded once and compared. */
	if (likely(data_race(*(const struct cred **)&task->cred) == rec->cred &&
		   nsg_fast_cred(rec, task) &&
		   nsg_fast_ns(rec, task) &&
		   nsg_fast_root(rec, task) && nsg_fast_rest(rec, task) &&
		   nsg_marked(task) &&
		   !test_bit(NSG_REC_CONDEMNED, &rec->flags)))
		return 0;
	return refuse(rec);
}
