/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_SNOOP_H
#define SELFTESTS_SNOOP_H

/**
 * struct snoop_target - whom the container is to snoop on
 * @pid: in the container's numbers
 * @fd: a descriptor of its, of the memory at @address
 * @address: where it has that memory
 * @uid: its user, in the host's numbers
 */
struct snoop_target {
	int pid;
	int fd;
	unsigned long address;
	unsigned int uid;
};

#define SNOOP_TARGET	"/share/target"
#define SNOOP_WORD	0x6e7367756172640aUL

/* Exit status */
#define SNOOP_REFUSED	10
#define SNOOP_BROKEN	11

#endif /* SELFTESTS_SNOOP_H */
