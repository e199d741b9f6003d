/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_UTIL_H
#define SELFTESTS_UTIL_H

#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

uint64_t random_u64(void);
/* From @low to @high, both included. */
uint32_t random_between(uint32_t low, uint32_t high);
/* @len hexadecimal digits and a NUL. */
void random_word(char *to, size_t len);

/* The length, or -1 with errno set; @buf is always terminated. */
int read_text(const char *path, char *buf, size_t size);
/* 0, or -1 with errno set. */
int write_text(const char *path, const char *text);
/* Creates or truncates; bails out when it can't. */
void put_file(const char *path, const void *data, size_t len, int mode);

/* Inode number of a namespace: /proc/PID/ns/NAME.  0 if there is none. */
uint64_t ns_inode(int pid, const char *name);

int64_t now_ms(void);

#endif /* SELFTESTS_UTIL_H */
