/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_HOLDER_H
#define SELFTESTS_HOLDER_H

#include <stdbool.h>
#include <stdint.h>

/* How root attaches to the module's tracepoint, and so holds the module. */
extern const struct holder {
	const char *name;
	/* A descriptor; 0 where there is none to close; -1 with errno set. */
	int (*open)(void);
	/* Where nobody may attach. */
	int refused;
	/* For holder_close(), where there is no descriptor. */
	const char *file, *undo;
} holders[];
extern const unsigned int nr_holders;

void holder_close(const struct holder *holder, int fd);
/* The same, where that may be refused; false with errno set. */
bool holder_try_close(const struct holder *holder, int fd);

/* Counts the events of this number; a descriptor, or -1 with errno set. */
int holder_count(uint64_t id);
/* The alert's number, 0 while there is none. */
uint64_t holder_event(void);

#endif /* SELFTESTS_HOLDER_H */
