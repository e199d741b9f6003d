/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guards: called directly from the entry of a kernel function.
 *
 * A task without a record must not feel them, so the first thing is whether the
 * record table's bucket of this task is empty: no register but scratch ones is
 * touched and nothing is saved.  Not the task's own mark is looked at, because
 * an attacker who writes to kernel memory can clear that; the table is the
 * module's.  A task that shares a bucket with a tracked one merely goes the
 * longer way.
 *
 * Stack on entry: return address into the hooked function, then that of the
 * function's caller.  A guard that refuses drops the first and returns to the
 * second, as if the function had returned the guard's value.
 */
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <asm/asm-offsets.h>
#include <asm/nospec-branch.h>
#include <asm/percpu.h>
#include <asm/unwind_hints.h>

#include "record_table.h"

#ifdef CURRENT_IN_PCPU_HOT
#define NSG_CURRENT PER_CPU_VAR(pcpu_hot + X86_current_task)
#else
#define NSG_CURRENT PER_CPU_VAR(current_task)
#endif

/*
 * @params: 3 or 6, as many as the hooked functions have at the most
 * @first: the check is given the return address into the hooked function and,
 *	if this is 1, the function's first two parameters
 */
.macro NSG_GUARD name check params first=0
SYM_FUNC_START(\name)
	ENDBR
	movq	NSG_CURRENT, %rax
	movabsq	$NSG_TABLE_HASH, %r10
	imulq	%r10, %rax
	shrq	$(64 - NSG_TABLE_BITS), %rax
	cmpq	$0, nsg_record_table(,%rax,8)
	jne	.Lslow_\name
	RET
.Lslow_\name:
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	.if \params > 3
	pushq	%rcx
	pushq	%r8
	pushq	%r9
	.endif
	.if \first
	movq	%rsi, %rdx
	movq	%rdi, %rsi
	.endif
	movq	\params*8(%rsp), %rdi
	call	\check
	.if \params > 3
	popq	%r9
	popq	%r8
	popq	%rcx
	.endif
	popq	%rdx
	popq	%rsi
	popq	%rdi
	testq	%rax, %rax
	jnz	.Lrefuse_\name
	RET
.Lrefuse_\name:
	addq	$8, %rsp
	UNWIND_HINT_FUNC
	RET
SYM_FUNC_END(\name)
	/* A frame would be a register more for every task of the host. */
	STACK_FRAME_NON_STANDARD_FP \name
.endm

NSG_GUARD nsg_gate_guard nsg_gate_check 3
NSG_GUARD nsg_use_guard nsg_use_check 6
NSG_GUARD nsg_visit_guard nsg_visit_check 3 first=1
