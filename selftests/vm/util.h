/* SPDX-License-Identifier: GPL-2.0 */
/* What the guest's init is made of: its two logs, its clock, small files. */
#ifndef VM_UTIL_H
#define VM_UTIL_H

#include <stddef.h>

/* Opens the serial port of the results and the kernel log. */
void open_report(void);
/* One line to the host; cut at about 1,000 characters. */
__attribute__((format(printf, 1, 2)))
void report(const char *fmt, ...);
/* The same, of any length and without a newline added. */
void report_raw(const char *buf, size_t len);
/* Puts the tests' places into the kernel log, to date its warnings by. */
__attribute__((format(printf, 1, 2)))
void note(const char *fmt, ...);

/* Neither returns. */
void power_off(void);
void die(const char *what);

long long now_ms(void);
void sleep_ms(int ms);

/* The whole file, to be freed; NULL when it can't be opened. */
char *read_file(const char *path);
void write_file(const char *path, const char *text);

#endif
