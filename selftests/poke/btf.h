/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_BTF_H
#define SELFTESTS_BTF_H

#include <stdint.h>

#define BTF_FILE "/sys/kernel/btf/vmlinux"

/*
 * Where a member lies, in bytes, by what the running kernel says of itself:
 * "task_struct.thread_info.flags".  Bails out if there is none.
 */
uint32_t btf_offset(const char *path);

#endif /* SELFTESTS_BTF_H */
