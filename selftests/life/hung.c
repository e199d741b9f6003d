// SPDX-License-Identifier: GPL-2.0
/*
 * The interpreter of a program, and the program: does nothing but to end.  Without
 * a C library, which would look for what an interpreter of its own has made.
 */
#include <sys/syscall.h>

#include "life/hung.h"

void _start(void)
{
	asm volatile("syscall" : : "a" (SYS_exit_group), "D" (HUNG_STATUS));
	__builtin_unreachable();
}
