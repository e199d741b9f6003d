/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARDCTL_GENL_H
#define NSGUARDCTL_GENL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <libmnl/libmnl.h>

/* A generic netlink message of the kernel fits: attributes end at 64 KiB. */
#define GENL_BUFFER	(128 * 1024)

/**
 * struct genl - a socket that talks to the module
 * @sock: the netlink socket
 * @portid: its address
 * @seq: sequence number of the request under way
 * @family: number of the family "nsguard"
 * @interrupted: the dump under way changed while it was read
 * @extack: what the kernel said about the last refused request, or ""
 * @buf: request, then each datagram of the reply
 */
struct genl {
	struct mnl_socket *sock;
	unsigned int portid;
	unsigned int seq;
	uint16_t family;
	bool interrupted;
	char extack[256];
	char buf[GENL_BUFFER] __attribute__((aligned(8)));
};

/* Called for each message of a reply; a negative errno ends the request. */
typedef int (*genl_reply_t)(const struct nlmsghdr *nlh, void *data);

/*
 * Opens a socket and finds the family.  Returns NULL after a message on
 * standard error that says what is missing.
 */
struct genl *genl_open(void);
void genl_close(struct genl *g);

/* Starts a message to the module; attributes may be put behind it. */
struct nlmsghdr *genl_message(struct genl *g, uint8_t cmd, uint16_t flags);

/*
 * Sends @nlh and hands the replies to @reply (may be NULL).  Returns 0 or a
 * negative errno; -EINTR says that a dump is complete but not of one moment.
 */
int genl_request(struct genl *g, struct nlmsghdr *nlh, genl_reply_t reply,
		 void *data);

/*
 * Reads one datagram of a reply.  Returns 1 if more has to come, 0 at the
 * end, or a negative errno.
 */
int genl_handle(struct genl *g, const void *buf, size_t len,
		genl_reply_t reply, void *data);

/* Receives one datagram of the kernel into @buf; its length or -errno. */
ssize_t genl_receive(struct genl *g);

/* Joins a multicast group, by name.  Returns 0 or a negative errno. */
int genl_join(struct genl *g, const char *family, const char *group);

/*
 * The state of a module that does not answer, from its file.  Returns false if that
 * can't be read: there is none, or it is root's.
 */
bool genl_state(char *state, size_t size);

/* Tells on standard error why @what failed with @error (negative errno). */
void genl_complain(const struct genl *g, const char *what, int error);

#endif /* NSGUARDCTL_GENL_H */
