/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module's tables need of the kernel's headers, for module_test.c,
 * which is a program.
 */
#ifndef SELFTESTS_CTL_KERNEL_TYPES_H
#define SELFTESTS_CTL_KERNEL_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>

typedef __u32 u32;
typedef __u64 u64;

#define static_assert	_Static_assert
#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))
#define GENMASK_ULL(h, l) \
	((~0ULL << (l)) & (~0ULL >> (63 - (h))))

typedef struct {
	long long counter;
} atomic64_t;

static inline void atomic64_inc(atomic64_t *v)
{
	v->counter++;
}

#endif /* SELFTESTS_CTL_KERNEL_TYPES_H */
