/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARD_SELFTESTS_CTL_TALK_H
#define NSGUARD_SELFTESTS_CTL_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/nsguard.h>

#define PARAMETERS	"/sys/module/nsguard/parameters/"
#define TALK_SIZE	32768

/* The family, 0 where there is none. */
struct family {
	uint16_t id;
	uint32_t group;
};
struct family family_find(void);

/* Everything that a message may change, and what nobody may drive up. */
struct config {
	char mode[16], layers[16], locked[16], sweep_ms[16], storm[16];
	int state;
	uint64_t containers, uncertain, events, events_lost, denied, kills;
};
/* As root; bails out where the module does not answer. */
void config_read(struct config *config);
/* The same once so many containers are left: they end a little after their tasks. */
void config_settle(struct config *config, uint64_t containers);
/* False, after a line that says what, if they differ. */
bool config_same(const struct config *have, const struct config *want);

/* A socket, never waited on for longer than some seconds; bails out. */
int talk_open(void);
/* Starts a message in @buf. */
struct nlmsghdr *talk_put(void *buf, uint16_t family, uint8_t cmd,
			  uint16_t flags);
/*
 * Writes it, as a program writes to its standard output, and reads the answer:
 * 0 or a negative errno, -ETIME if none comes.  The text of a refusal is in
 * talk_text.
 */
int talk(int fd, struct nlmsghdr *nlh, mnl_cb_t reply, void *data);
extern char talk_text[256];

/* Joins by number; 0 or a negative errno. */
int talk_join(int fd, uint32_t group);
/* Is the socket a member? */
bool talk_member(int fd, uint32_t group);

/* A descriptor travels over a UNIX socket. */
void fd_send(int over, int fd);
int fd_receive(int over);

void module_load(const char *parameters);
/* 0 or a negative errno. */
int module_retire(void);
bool module_remove(void);

#endif /* NSGUARD_SELFTESTS_CTL_TALK_H */
