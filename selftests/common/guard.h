/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_GUARD_H
#define SELFTESTS_GUARD_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/types.h>

#include <linux/nsguard.h>

/* The guard as a test's host side sees it. */
#define GUARD_MODULE	"/nsguard/nsguard.ko"
#define FIXTURE_MODULE	"/nsguard/nsguard_fixture.ko"

enum guard {
	GUARD_NONE,	/* not loaded */
	GUARD_OFF,
	GUARD_AUDIT,
	GUARD_ENFORCE,
	NR_GUARDS,
};
extern const char *const guard_names[NR_GUARDS];

/* By name, as in the arguments of a test; bails out on any other word. */
enum guard guard_by_name(const char *name);
/* Loads it with that mode (GUARD_NONE: does nothing). */
void guard_start(enum guard guard);
/* Loads it with these parameters. */
void guard_load(const char *parameters);
/* Retires and unloads it; false if that failed. */
bool guard_stop(enum guard guard);
/* A parameter below /sys/module/nsguard/parameters. */
void guard_set(const char *parameter, const char *value);
/* Those that check, NSGUARD_LAYER_*. */
#define LAYERS_BUT_SWEEP (NSGUARD_LAYER_ALL & ~NSGUARD_LAYER_SWEEP)
void guard_layers(unsigned int layers);
void guard_get(const char *parameter, char *value, size_t size);
/* A counter of `nsguardctl status`; bails out if there is none. */
int64_t guard_counter(const char *name);
/* How far the incidents and what came of them have been counted. */
struct tally {
	int64_t events, kills;
};
struct tally guard_tally(void);
/* Waits until a counter has reached a value; false after @ms. */
bool guard_counter_reaches(const char *name, int64_t value, int ms);

/* Remembers from here on who writes to the kernel's log. */
void guard_watch_log(void);
/*
 * Waits for a line with this text; true if it came once, and from a worker of the
 * kernel's: a container's task may hold any lock where it is found out.
 */
bool guard_says(const char *text);

/* A deliberately vulnerable module, which asks to be told that it may load. */
void module_start(const char *path);
bool module_stop(const char *name);
void fixture_start(void);
bool fixture_stop(void);

/**
 * struct monitor - a running `nsguardctl --json monitor`
 * @pid: the process, 0 if there is none
 * @fd: what it prints
 * @have: bytes in @buf
 * @buf: what was read and not yet handed out
 */
struct monitor {
	pid_t pid;
	int fd;
	size_t have;
	char buf[65536];
};

/* Returns once it listens. */
void monitor_start(struct monitor *monitor);
/*
 * The next event, compacted (see json.h), into @line; false when none came
 * within @ms.
 */
bool monitor_next(struct monitor *monitor, char *line, size_t size, int ms);
void monitor_stop(struct monitor *monitor);

#endif /* SELFTESTS_GUARD_H */
