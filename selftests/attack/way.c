// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/act.h"
#include "attack/way.h"
#include "common/ring.h"
#include "common/util.h"

static struct ring ring;

bool way_prepare(const struct recipe *recipe, int fixture)
{
	struct fixture_shot ids = { .prim = FIXTURE_IDS };
	pid_t pid;
	int i;

	/* Nobody's, whoever the attacker is. */
	for (i = 0; i < FIXTURE_NR_IDS; i++)
		ids.ids[i] = 65533;

	switch (recipe->way) {
	case WAY_RING:
		return ring_open(&ring, 0);
	case WAY_POLLED:
		return ring_open(&ring, IORING_SETUP_SQPOLL);
	case WAY_FLOOD:
		for (i = 0; i < FLOOD; i++) {
			pid = fork();
			if (!pid) {
				ioctl(fixture, FIXTURE_IOC_FIRE, &ids);
				getppid();
				_exit(0);
			}
			if (pid < 0 || waitpid(pid, NULL, 0) != pid)
				return false;
		}
	}
	return true;
}

static void *act_in_thread(void *recipe)
{
	return (void *)(long)act(recipe);
}

static int by_thread(const struct recipe *recipe)
{
	pthread_t thread;
	void *result;

	if (pthread_create(&thread, NULL, act_in_thread, (void *)recipe))
		return ATTACKER_REFUSED;
	pthread_join(thread, &result);
	return (long)result;
}

static int by_exec(const struct recipe *recipe)
{
	/* By a link that works in whatever root it has. */
	const char *path = recipe->bond == BOND_NNP ? SETUID_PATH :
						      "/proc/self/exe";

	execl(path, path, ACT_AGAIN, NULL);
	return ATTACKER_REFUSED;
}

int way_go(const struct recipe *recipe)
{
	pid_t pid, self = getpid();

	switch (recipe->way) {
	case WAY_FORK:
		pid = act_fork();
		if (!pid)
			_exit(act(recipe));
		act_wait();
		return 0;
	case WAY_VFORK:
		signal(SIGCHLD, SIG_IGN);
		pid = vfork();
		if (!pid && getpid() != self)
			_exit(act(recipe));
		act_wait();
		return 0;
	case WAY_THREAD:
		return by_thread(recipe);
	case WAY_EXEC:
		return by_exec(recipe);
	case WAY_RING:
	case WAY_POLLED:
		return act_by_ring(recipe, &ring);
	case WAY_EXIT:
		_exit(0);
	}
	return act(recipe);
}

int way_loop(const struct recipe *recipe, int fixture)
{
	int64_t until = now_ms() + recipe->shot.delay_ms + 30;

	do {
		if (!act(recipe))
			return 0;
	} while (now_ms() < until);
	/* The shot may be late. */
	if (ioctl(fixture, FIXTURE_IOC_WAIT_FIRED))
		return ATTACKER_BROKEN;
	return act(recipe);
}

/* The page that holds the path; not there before somebody puts it there. */
static char *page;
/* A descriptor that tells of who waits for it. */
static int faults = -1;
static pid_t sibling_tid;

static void *act_on_page(void *recipe)
{
	__atomic_store_n(&sibling_tid, gettid(), __ATOMIC_SEQ_CST);
	return (void *)(long)act_on(recipe, page);
}

static int open_faults(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range.start = (unsigned long)page;
	reg.range.len = 4096;
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &reg))
		return -1;
	return fd;
}

static bool fire_at(struct recipe *recipe, int fixture, pid_t target)
{
	unsigned int i;

	recipe->shot.target = target;
	if (ioctl(fixture, FIXTURE_IOC_FIRE, &recipe->shot))
		return false;
	for (i = 0; i < recipe->nmore; i++) {
		recipe->more[i].target = target;
		if (ioctl(fixture, FIXTURE_IOC_FIRE, &recipe->more[i]))
			return false;
	}
	return !ioctl(fixture, FIXTURE_IOC_WAIT_FIRED);
}

/*
 * A process beside, which shares nothing with them that is tampered with: waits
 * until the thread hangs in its call, fires at it and lets it go on.
 */
static void beside(struct recipe *recipe, int fixture, int tid)
{
	static char path[4096];
	struct uffdio_copy copy = {
		.dst = (unsigned long)page,
		.src = (unsigned long)path,
		.len = sizeof(path),
	};
	struct uffd_msg msg;
	pid_t target;

	act_path(recipe, path, sizeof(path));
	if (read(tid, &target, sizeof(target)) == sizeof(target) &&
	    read(faults, &msg, sizeof(msg)) == sizeof(msg))
		fire_at(recipe, fixture, target);
	ioctl(faults, UFFDIO_COPY, &copy);
	_exit(0);
}

/* Who should let the thread go on may be hit as well: then it waits no longer. */
static void let_go(int signal)
{
	(void)signal;
	close(faults);
}

int way_sibling(struct recipe *recipe, int fixture)
{
	int tid[2];
	pthread_t thread;
	void *result;
	pid_t pid, target;

	faults = open_faults();
	if (faults < 0 || pipe(tid))
		return ATTACKER_BROKEN;
	signal(SIGCHLD, let_go);
	pid = fork();
	if (!pid)
		beside(recipe, fixture, tid[0]);
	if (pid < 0 || pthread_create(&thread, NULL, act_on_page, recipe))
		return ATTACKER_BROKEN;
	while (!(target = __atomic_load_n(&sibling_tid, __ATOMIC_SEQ_CST)))
		sched_yield();
	if (write(tid[1], &target, sizeof(target)) != sizeof(target))
		return ATTACKER_BROKEN;
	/* From here on it makes no call that the gate would look at. */
	pthread_join(thread, &result);
	waitpid(pid, NULL, 0);
	return (long)result;
}
