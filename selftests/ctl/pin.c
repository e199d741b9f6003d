// SPDX-License-Identifier: GPL-2.0
/*
 * Who holds the module: nobody without privileges, by a request whose answer he
 * does not read; and while root does, it is not retired, but guards on.
 *
 * With an argument it is one of the first: a descriptor to say on that it has asked
 * and to wait on.  With a second it has many threads that ask again and again, and are
 * refused.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/tap.h"
#include "common/util.h"
#include "role.h"
#include "talk.h"

#define NR_THREADS 16
#define EVENTS "/sys/kernel/tracing/events/"
#define TRIGGER EVENTS "sched/sched_process_exit/trigger"
#define ENABLE "enable_event:nsguard:alert"

static char buf[256] __attribute__((aligned(8)));
static uint16_t asked_for;
static pthread_barrier_t all_asked;

static bool ask(int fd, struct nlmsghdr *nlh)
{
	return send(fd, nlh, nlh->nlmsg_len, 0) == (ssize_t)nlh->nlmsg_len;
}

/* Both sides of the descriptor go on when the other one has. */
static bool pass(int fd)
{
	char c = 0;

	return write(fd, &c, 1) == 1 && read(fd, &c, 1) == 1;
}

static int ask_for_policies(int over)
{
	struct nlmsghdr *nlh = talk_put(buf, GENL_ID_CTRL, CTRL_CMD_GETPOLICY,
					NLM_F_DUMP);
	int fd = talk_open();

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NSGUARD_GENL_NAME);
	return ask(fd, nlh) && pass(over) ? 0 : 1;
}

static void *ask_for_containers(void *arg)
{
	char request[256] __attribute__((aligned(8))), answer[4096];
	struct nlmsghdr *nlh = talk_put(request, asked_for,
					NSGUARD_CMD_CONTAINERS_GET, NLM_F_DUMP);
	bool first = true;
	int fd = talk_open();

	(void)arg;
	while (ask(fd, nlh) && recv(fd, answer, sizeof(answer), 0) > 0) {
		if (first)
			pthread_barrier_wait(&all_asked);
		first = false;
	}
	return NULL;
}

static int ask_in_vain(int over)
{
	pthread_t thread;
	int i;

	asked_for = family_find().id;
	pthread_barrier_init(&all_asked, NULL, NR_THREADS + 1);
	for (i = 0; i < NR_THREADS; i++)
		if (pthread_create(&thread, NULL, ask_for_containers, NULL))
			return 1;
	pthread_barrier_wait(&all_asked);
	/* The others end with this one. */
	return pass(over) ? 0 : 1;
}

/* What is asked for by @role while the module is retired; @again: without a pause */
static void test_asker(enum role role, const char *again)
{
	const char *name = role_names[role];
	char fd[16];
	const char *argv[] = { fd, again, NULL };
	int pair[2], ret;
	pid_t pid;
	char c;

	module_load("mode=audit");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		bail("socketpair");
	snprintf(fd, sizeof(fd), "%d", pair[1]);
	pid = role_start(role, argv);
	if (read(pair[0], &c, 1) != 1)
		bail("%s does not ask", name);
	ret = module_retire();
	ok(!ret, "the module is retired while %s %s (%d)", name,
	   again ? "asks and asks" : "has asked", ret);
	ok(module_remove(), "and goes");
	if (write(pair[0], &c, 1) != 1)
		bail("%s has gone", name);
	ok(!role_end(pid), "%s ends", name);
	close(pair[0]);
	close(pair[1]);
}

static void test_answer(void)
{
	char fd[16];
	const char *argv[] = { fd, NULL };
	struct config config;
	struct family family;
	int pair[2], ret, dump;
	pid_t pid;
	char c;

	module_load("mode=audit");
	family = family_find();
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		bail("socketpair");
	snprintf(fd, sizeof(fd), "%d", pair[1]);
	/* Something to answer. */
	pid = role_start(ROLE_CONTAINER, argv);
	if (read(pair[0], &c, 1) != 1)
		bail("no container");
	dump = talk_open();
	if (!ask(dump, talk_put(buf, family.id, NSGUARD_CMD_CONTAINERS_GET,
				NLM_F_DUMP)))
		bail("dump");
	ret = module_retire();
	ok(ret == -EBUSY, "with an answer that is not read it is not (%d)", ret);
	config_read(&config);
	ok(config.state == NSGUARD_STATE_GUARDING && config.containers == 1,
	   "and guards on");
	close(dump);
	ret = module_retire();
	ok(!ret, "it is once the answer is given up (%d)", ret);
	ok(module_remove(), "and goes");
	if (write(pair[0], &c, 1) != 1)
		bail("the container has gone");
	ok(!role_end(pid), "the container ends");
}

static int open_perf(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
	};
	char id[32];

	if (read_text(EVENTS "nsguard/alert/id", id, sizeof(id)) <= 0)
		bail("no tracepoint");
	attr.config = strtoull(id, NULL, 10);
	return syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0);
}

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* A program that returns 0. */
static int open_bpf(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
		.insns = (uintptr_t)insns,
		.insn_cnt = 2,
		.license = (uintptr_t)"GPL",
	};
	int prog = bpf(BPF_PROG_LOAD, &load), fd, error;
	union bpf_attr attach = { .raw_tracepoint = {
		.name = (uintptr_t)"alert",
		.prog_fd = prog,
	} };

	if (prog < 0)
		bail("bpf: %s", strerror(errno));
	fd = bpf(BPF_RAW_TRACEPOINT_OPEN, &attach);
	error = errno;
	close(prog);
	errno = error;
	return fd;
}

/* close_it() takes it back. */
static int set_trigger(void)
{
	return write_text(TRIGGER, ENABLE) ? -1 : 0;
}

static const struct way {
	const char *name;
	/* Returns a descriptor; 0 where there is none to close. */
	int (*open)(void);
	int late;
} ways[] = {
	{ "a perf event", open_perf, ESHUTDOWN },
	{ "a BPF program", open_bpf, ENOENT },
	{ "a trigger", set_trigger, ESHUTDOWN },
};

static void close_it(int fd)
{
	if (fd)
		close(fd);
	else if (write_text(TRIGGER, "!" ENABLE))
		bail("the trigger stays: %s", strerror(errno));
}

static void test_tracer(const struct way *way)
{
	int fd, ret;

	module_load("mode=audit");
	fd = way->open();
	ok(fd >= 0, "%s is attached (%s)", way->name,
	   fd < 0 ? strerror(errno) : "it is");
	ret = module_retire();
	ok(ret == -EBUSY, "%s: with it the module is not retired (%d)", way->name, ret);
	close_it(fd);
	ret = module_retire();
	ok(!ret, "%s: without it it is (%d)", way->name, ret);
	fd = way->open();
	ok(fd < 0 && errno == way->late, "%s: and then none is attached (%s)", way->name,
	   fd < 0 ? strerror(errno) : "it is");
	ok(module_remove(), "%s: and it goes", way->name);
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc > 2)
		return ask_in_vain(atoi(argv[1]));
	if (argc > 1)
		return ask_for_policies(atoi(argv[1]));
	test_asker(ROLE_USER, NULL);
	test_asker(ROLE_USERNS, NULL);
	test_asker(ROLE_NETNS, NULL);
	test_asker(ROLE_USER, "again");
	test_answer();
	for (i = 0; i < ARRAY_SIZE(ways); i++)
		test_tracer(&ways[i]);
	return tap_done();
}
