// SPDX-License-Identifier: GPL-2.0
/*
 * The attacker: runs in a container, gets a state from the fixture that no
 * container should have, and uses it.  What it says about its success is
 * nobody's evidence.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/recipe.h"
#include "attack/transit.h"
#include "common/ring.h"
#include "common/util.h"

static struct recipe recipe;
static struct ring ring;
static int fixture;

static int reach_secret(void)
{
	char secret[128];
	ssize_t n;
	int fd = open(SECRET_PATH, O_RDONLY);

	if (fd < 0)
		return ATTACKER_REFUSED;
	n = read(fd, secret, sizeof(secret));
	fd = open(LOOT_PATH, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	return n > 0 && write(fd, secret, n) == n ? 0 : ATTACKER_REFUSED;
}

static int ring_request(int opcode, int fd, void *at, int len, int flags)
{
	struct io_uring_sqe sqe = {
		.opcode = opcode,
		.fd = fd,
		.addr = (unsigned long)at,
		.len = len,
		.open_flags = flags,
	};

	return ring_do(&ring, &sqe);
}

/* The kernel's polling thread does it all; this one makes no system call. */
static int reach_secret_by_ring(void)
{
	char secret[128];
	int n, fd;

	fd = ring_request(IORING_OP_OPENAT, AT_FDCWD, SECRET_PATH, 0, O_RDONLY);
	if (fd < 0)
		return ATTACKER_REFUSED;
	n = ring_request(IORING_OP_READ, fd, secret, sizeof(secret), 0);
	fd = ring_request(IORING_OP_OPENAT, AT_FDCWD, LOOT_PATH, 0644,
			  O_WRONLY | O_CREAT | O_TRUNC);
	if (n <= 0 || fd < 0)
		return ATTACKER_REFUSED;
	return ring_request(IORING_OP_WRITE, fd, secret, n, 0) == n ?
	       0 : ATTACKER_REFUSED;
}

/* Without its first letter the path is a relative one. */
static int reach_root(void)
{
	int fd = open(recipe.path + recipe.relative, O_WRONLY | O_CREAT, 0644);
	ssize_t len = strlen(recipe.text);

	return write(fd, recipe.text, len) == len ? 0 : ATTACKER_REFUSED;
}

static int reach_socket(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = strlen(recipe.socket);
	ssize_t n;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	memcpy(to.sun_path + 1, recipe.socket, len);
	n = sendto(fd, recipe.text, strlen(recipe.text), 0,
		   (struct sockaddr *)&to,
		   offsetof(struct sockaddr_un, sun_path) + 1 + len);
	return n > 0 ? 0 : ATTACKER_REFUSED;
}

static int act(void)
{
	switch (recipe.reach) {
	case REACH_SECRET:
		return recipe.ring ? reach_secret_by_ring() : reach_secret();
	case REACH_ROOT:
		return reach_root();
	case REACH_SOCKET:
		return reach_socket();
	}
	return 0;
}

static void idle(void)
{
	volatile unsigned long turns = 0;

	while (recipe.idle == 2)
		turns++;
	while (recipe.idle == 1)
		pause();
}

static int fire(pid_t target)
{
	if (recipe.setns)
		return setns(recipe.setns == CLONE_NEWNET ? LEAKED_NET :
							    LEAKED_MNT,
			     recipe.setns);
	if (recipe.fchdir)
		return fchdir(LEAKED_DIR);
	recipe.shot.target = target;
	if (ioctl(fixture, FIXTURE_IOC_FIRE, &recipe.shot))
		return -1;
	if (recipe.shot.fire == FIXTURE_NOW)
		return 0;
	/* What fails may be what the shot has made fail. */
	if (recipe.transit)
		transit(recipe.transit, now_ms() + recipe.shot.delay_ms + 30);
	/* An idle task is hit while it idles, not while it waits for the shot. */
	return recipe.idle && !target ? 0 :
	       ioctl(fixture, FIXTURE_IOC_WAIT_FIRED);
}

static void hold(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		_exit(ATTACKER_BROKEN);
}

/* Its own victim. */
static int attack_self(void)
{
	/* The shot may take the way to it. */
	int held = recipe.hold ? open(HOLD_PATH, O_RDONLY) : -1;

	if (recipe.hold == HOLD_FIRST)
		hold(held);
	if (fire(0))
		return ATTACKER_BROKEN;
	if (recipe.hold == HOLD_FIRED)
		hold(held);
	idle();
	return act();
}

/* Exit status as a shell would give it. */
static int wait_for(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return ATTACKER_BROKEN;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static int attack_child(void)
{
	int go[2];
	char byte;
	pid_t pid;

	if (pipe(go))
		return ATTACKER_BROKEN;
	pid = fork();
	if (!pid) {
		close(go[1]);
		idle();
		_exit(read(go[0], &byte, 1) == 1 ? act() : ATTACKER_BROKEN);
	}
	if (pid < 0 || fire(pid) || write(go[1], "1", 1) != 1) {
		kill(pid, SIGKILL);
		return ATTACKER_BROKEN;
	}
	return wait_for(pid);
}

static int attack(void)
{
	return recipe.whom == WHOM_CHILD ? attack_child() : attack_self();
}

/* Children that attack one after the other; how many were not killed. */
static int repeat(void)
{
	unsigned int i, alive = 0;

	for (i = 0; i < recipe.repeat; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(attack());
		if (pid < 0 || wait_for(pid) != 128 + SIGKILL)
			alive++;
	}
	return alive ? ATTACKER_REFUSED : 0;
}

/* The shot has been armed by what this task was before it executed this. */
static int go_on(const char *until)
{
	transit(recipe.transit, strtoll(until, NULL, 10));
	return act();
}

int main(int argc, char **argv)
{
	int fd = open(RECIPE_PATH, O_RDONLY);

	if (read(fd, &recipe, sizeof(recipe)) != sizeof(recipe))
		return ATTACKER_BROKEN;
	close(fd);
	if (argc == 3 && !strcmp(argv[1], TRANSIT_AGAIN))
		return go_on(argv[2]);
	fixture = open("/dev/" FIXTURE_DEVICE, O_RDWR);
	if (fixture < 0)
		return ATTACKER_BROKEN;
	if (recipe.as && (setresgid(recipe.as, recipe.as, recipe.as) ||
			  setresuid(recipe.as, recipe.as, recipe.as)))
		return ATTACKER_BROKEN;
	if (recipe.ring && !ring_open(&ring, IORING_SETUP_SQPOLL))
		return ATTACKER_BROKEN;
	return recipe.repeat ? repeat() : attack();
}
