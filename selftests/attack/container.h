/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_CONTAINER_H
#define SELFTESTS_CONTAINER_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A container, made by hand (namespaces, a tmpfs as root, pivot_root, exec) or
 * by runc.
 *
 *	host		/host/RANDOM/share	/nsguard/tests/AREA/PROGRAM
 *			      | bind		      | bind
 *	container	/share			/program	/dev/nsguard_fixture
 */
enum container_kind {
	CONTAINER_USERNS,	/* ids 0 to 65535 are the host's 100000 on */
	CONTAINER_DOCKER,	/* the host's root with docker's capabilities */
	CONTAINER_RUNC,		/* the same, by runc create and start */
	CONTAINER_PRIVILEGED,	/* with all capabilities */
	CONTAINER_NESTED,	/* one of those inside another */
	CONTAINER_ENTERED,	/* docker's, and the program comes in later */
	NR_CONTAINER_KINDS,
};
extern const char *const container_names[NR_CONTAINER_KINDS];

/* Those that take no runtime and no second process: for the longer series. */
#define NR_QUICK_KINDS		(CONTAINER_DOCKER + 1)

#define CONTAINER_ID_BASE	100000

/**
 * struct container - one container
 * @kind: set by the caller
 * @share: host directory, in the container /share; set by the caller
 * @program: static program on the host, in the container /program; likewise
 * @argv: its arguments, NULL-terminated; likewise
 * @leaky: inherits descriptors of the host's namespaces (see recipe.h); not for
 *	runc; likewise
 * @host_pid: has the host's process namespace, so that its start is ambiguous
 *	where it has the host's user namespace as well; likewise
 * @set_uid: has a set-uid copy of the program (see recipe.h); likewise
 * @out: descriptor for its standard output, or -1; likewise
 * @pid: its first process, in the host's numbers
 * @guest: CONTAINER_ENTERED: who waits for the program
 * @root: where its root was put together
 * @cgroup: its control group
 * @id: its name
 * @go: pipe which releases it
 */
struct container {
	enum container_kind kind;
	const char *share;
	const char *program;
	char *const *argv;
	bool leaky;
	bool host_pid;
	bool set_uid;
	int out;
	pid_t pid;
	pid_t guest;
	char root[64];
	char cgroup[64];
	char id[32];
	int go;
};

/* Makes it; its program does not run before container_go(). */
void container_create(struct container *c);
void container_go(struct container *c);
/*
 * Waits for its end; the wait status, of the program where there are other
 * processes.
 */
int container_wait(struct container *c);

/* The parts of it that are runc's. */
void runc_create(struct container *c);
void runc_go(struct container *c);
void runc_delete(struct container *c);

/* The host's number of an id inside. */
unsigned int container_host_id(const struct container *c, unsigned int id);

#endif /* SELFTESTS_CONTAINER_H */
