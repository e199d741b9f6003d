// SPDX-License-Identifier: GPL-2.0
/*
 * Who holds the module: nobody without privileges, by a request whose answer he
 * does not read; and while root does, it is not retired, but guards on.
 *
 * With an argument it is one of the first: a descriptor to say on that it has asked
 * and to wait on.  With a second it has many threads that ask again and again, and are
 * refused; or the first is a word, and the second the number of an event to count.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/holder.h"
#include "common/tap.h"
#include "common/util.h"
#include "role.h"
#include "talk.h"

#define NR_THREADS 16
#define COUNT "count"
#define PARANOID "/proc/sys/kernel/perf_event_paranoid"

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

static void test_holder(const struct holder *holder)
{
	int fd, ret;

	module_load("mode=audit");
	fd = holder->open();
	ok(fd >= 0, "%s is attached (%s)", holder->name,
	   fd < 0 ? strerror(errno) : "it is");
	ret = module_retire();
	ok(ret == -EBUSY, "%s: with it the module is not retired (%d)", holder->name, ret);
	holder_close(holder, fd);
	ret = module_retire();
	ok(!ret, "%s: without it it is (%d)", holder->name, ret);
	fd = holder->open();
	ok(fd < 0 && errno == holder->refused, "%s: and then none is attached (%s)",
	   holder->name, fd < 0 ? strerror(errno) : "it is");
	ok(module_remove(), "%s: and it goes", holder->name);
}

/* Where anybody may count what the kernel does. */
static int count_as_user(const char *id)
{
	return holder_count(strtoull(id, NULL, 10)) < 0 && errno == EACCES ? 0 : 1;
}

static void test_counter(void)
{
	char before[16], id[24];
	const char *argv[] = { COUNT, id, NULL };
	int ret;

	module_load("mode=audit");
	snprintf(id, sizeof(id), "%llu", (unsigned long long)holder_event());
	if (read_text(PARANOID, before, sizeof(before)) <= 0 ||
	    write_text(PARANOID, "-1"))
		bail(PARANOID);
	ret = role_end(role_start(ROLE_USER, argv));
	ok(!ret, "a user does not count the alerts (%d)", ret);
	if (write_text(PARANOID, before))
		bail(PARANOID);
	ok(!module_retire() && module_remove(), "and the module goes");
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc > 2)
		return strcmp(argv[1], COUNT) ? ask_in_vain(atoi(argv[1])) :
						count_as_user(argv[2]);
	if (argc > 1)
		return ask_for_policies(atoi(argv[1]));
	test_asker(ROLE_USER, NULL);
	test_asker(ROLE_USERNS, NULL);
	test_asker(ROLE_NETNS, NULL);
	test_asker(ROLE_USER, "again");
	test_answer();
	test_counter();
	for (i = 0; i < nr_holders; i++)
		test_holder(&holders[i]);
	return tap_done();
}
