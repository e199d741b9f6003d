// SPDX-License-Identifier: GPL-2.0
/*
 * Every change of what is guarded is told of, with who made it; and once the
 * module has left, or is locked, none is made.
 *
 * usage: changes [locked], the latter in a boot of its own: a locked module stays
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/securebits.h>

#include "common/tap.h"
#include "common/util.h"
#include "role.h"
#include "talk.h"

#define UID		1234
/* A name that would break a line of the log. */
#define COMM		"a\nb c"
#define COMM_LOGGED	"a\\nb c"

/* What a notification says. */
struct change {
	char name[32], old[32], new[32], comm[32];
	uint32_t pid, uid;
	uint64_t time, container;
};

static struct family family;
static char buf[256] __attribute__((aligned(8)));
static int listener;

static void text(char *to, size_t size, const struct nlattr *attr)
{
	snprintf(to, size, "%s", mnl_attr_get_str(attr));
}

static void read_attr(struct change *c, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case NSGUARD_A_CONFIG_NAME:
		text(c->name, sizeof(c->name), attr);
		break;
	case NSGUARD_A_CONFIG_OLD:
		text(c->old, sizeof(c->old), attr);
		break;
	case NSGUARD_A_CONFIG_NEW:
		text(c->new, sizeof(c->new), attr);
		break;
	case NSGUARD_A_CONFIG_COMM:
		text(c->comm, sizeof(c->comm), attr);
		break;
	case NSGUARD_A_CONFIG_PID:
		c->pid = mnl_attr_get_u32(attr);
		break;
	case NSGUARD_A_CONFIG_UID:
		c->uid = mnl_attr_get_u32(attr);
		break;
	case NSGUARD_A_CONFIG_TIME:
		c->time = mnl_attr_get_u64(attr);
		break;
	case NSGUARD_A_CONTAINER_ID:
		c->container = mnl_attr_get_u64(attr);
		break;
	}
}

/* The next one; false if there is none. */
static bool next_change(struct change *c, int flags)
{
	static char message[8192] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh = (const void *)message;
	ssize_t len = recv(listener, message, sizeof(message), flags);
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	*c = (struct change){};
	if (len < 0)
		return false;
	if (!mnl_nlmsg_ok(nlh, len) || nlh->nlmsg_type != family.id ||
	    genl->cmd != NSGUARD_CMD_CONFIG_NTF)
		bail("something else: type %u, command %u", nlh->nlmsg_type,
		     genl->cmd);
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		read_attr(c, attr);
	return true;
}

static bool logged(const struct change *c, const char *comm)
{
	static char log[1 << 18];
	char line[192], whose[32] = "";
	int len = klogctl(3, log, sizeof(log) - 1);

	if (len < 0)
		bail("klogctl");
	log[len] = '\0';
	if (c->container)
		snprintf(whose, sizeof(whose), " container=%llu",
			 (unsigned long long)c->container);
	snprintf(line, sizeof(line),
		 "nsguard: %s %s -> %s%s by pid=%u uid=%u comm=%s\n", c->name,
		 c->old, c->new, whose, c->pid, c->uid, comm);
	if (strstr(log, line))
		return true;
	diag("not in the log: %s", line);
	return false;
}

/* @pid and @uid made a change from @old to @new, called COMM. */
static uint64_t told(const char *name, const char *old, const char *new,
		     pid_t pid, uint32_t uid)
{
	uint64_t now = time(NULL);
	struct change c;

	if (!ok(next_change(&c, 0) && !strcmp(c.name, name) &&
		!strcmp(c.old, old) && !strcmp(c.new, new) &&
		!strcmp(c.comm, COMM) && c.pid == (uint32_t)pid &&
		c.uid == uid && c.time / 1000000000 <= now + 1 &&
		c.time / 1000000000 + 60 > now,
		"%s %s -> %s is told of, and who did it", name, old, new))
		diag("%s %s -> %s by %u (%d), %u, \"%s\"", c.name, c.old, c.new,
		     c.pid, pid, c.uid, c.comm);
	ok(logged(&c, COMM_LOGGED), "and is in the log");
	return c.container;
}

static void silent(const char *what)
{
	struct change c;

	if (!ok(!next_change(&c, MSG_DONTWAIT), "%s is not told of", what))
		diag("%s %s -> %s", c.name, c.old, c.new);
}

/* 0 or a negative errno. */
static int set_parameter(const char *name, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	return write_text(path, value) ? -errno : 0;
}

static int set_mode(int mode)
{
	struct nlmsghdr *nlh = talk_put(buf, family.id, NSGUARD_CMD_MODE_SET, 0);

	mnl_attr_put_u8(nlh, NSGUARD_A_STATUS_MODE, mode);
	return talk(talk_open(), nlh, NULL, NULL);
}

static int make_certain(uint64_t id)
{
	struct nlmsghdr *nlh = talk_put(buf, family.id,
					NSGUARD_CMD_CONTAINER_SET, 0);

	mnl_attr_put_u8(nlh, NSGUARD_A_CONTAINER_CERTAIN, 1);
	mnl_attr_put_u64(nlh, NSGUARD_A_CONTAINER_ID, id);
	return talk(talk_open(), nlh, NULL, NULL);
}

/**
 * struct deed - what somebody does
 * @parameter: which one is set, NULL: the mode, by a message
 * @value: to what
 * @mode: the number of it
 * @container: not 0: this one is made certain, by a message
 */
struct deed {
	const char *parameter;
	const char *value;
	int mode;
	uint64_t container;
};

static int do_it(const struct deed *deed)
{
	if (deed->container)
		return make_certain(deed->container);
	if (deed->parameter)
		return set_parameter(deed->parameter, deed->value);
	return set_mode(deed->mode);
}

/*
 * By a process with a name, a user id and a number of its own, in a process
 * namespace of its own.  Returns its number outside.
 */
static pid_t by_somebody(const struct deed *deed)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
	if (pid < 0)
		bail("clone");
	if (!pid) {
		prctl(PR_SET_NAME, COMM);
		/* With root's capabilities. */
		if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) ||
		    setresuid(UID, UID, UID))
			_exit(98);
		_exit(-do_it(deed));
	}
	if (waitpid(pid, &status, 0) != pid || status)
		bail("somebody fails: %x", status);
	return pid;
}

static int read_uncertain(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	bool certain = true;
	uint64_t id = 0;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) == NSGUARD_A_CONTAINER_ID)
			id = mnl_attr_get_u64(attr);
		if (mnl_attr_get_type(attr) == NSGUARD_A_CONTAINER_CERTAIN)
			certain = mnl_attr_get_u8(attr);
	}
	if (!certain)
		*(uint64_t *)data = id;
	return MNL_CB_OK;
}

static uint64_t find_uncertain(void)
{
	uint64_t id = 0;

	talk(talk_open(), talk_put(buf, family.id, NSGUARD_CMD_CONTAINERS_GET,
				   NLM_F_DUMP), read_uncertain, &id);
	return id;
}

static void test_parameters(void)
{
	static const struct {
		struct deed deed;
		const char *name, *old, *new;
	} cases[] = {
		{ { .mode = NSGUARD_MODE_OFF }, "mode", "audit", "off" },
		{ { "mode", "enforce" }, "mode", "off", "enforce" },
		{ { "layers", "0x3" }, "layers", "0xf", "0x3" },
		{ { "layers", "15" }, "layers", "0x3", "0xf" },
		{ { "sweep_ms", "60000" }, "sweep_ms", "2000", "60000" },
		{ { "storm", "0" }, "storm", "5", "0" },
	};
	static const struct deed same[] = {
		{ .mode = NSGUARD_MODE_ENFORCE }, { "mode", "enforce" },
		{ "layers", "0xf" }, { "sweep_ms", "60000" }, { "storm", "0" },
		{ "locked", "0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		pid_t pid = by_somebody(&cases[i].deed);

		told(cases[i].name, cases[i].old, cases[i].new, pid, UID);
	}
	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		by_somebody(&same[i]);
	silent("what stays as it was");
}

static void test_certain(void)
{
	const char *argv[] = { "wait", NULL };
	struct deed deed = {};
	pid_t pid = role_start(ROLE_SANDBOX, argv), somebody;

	for (int i = 0; i < 500 && !deed.container; i++) {
		deed.container = find_uncertain();
		usleep(10000);
	}
	ok(deed.container, "an ambiguous container");
	somebody = by_somebody(&deed);
	ok(told("certain", "no", "yes", somebody, UID) == deed.container,
	   "and of which container");
	by_somebody(&deed);
	silent("what is certain already");
	kill(pid, SIGKILL);
	role_end(pid);
}

static void refused(const char *name, const char *value, int error)
{
	int ret = set_parameter(name, value);

	ok(ret == error, "%s %s is refused (%d)", name, value, ret);
}

static void shut(const char *what, int ret, bool text)
{
	if (!ok(ret == -ESHUTDOWN &&
		(!text || strstr(talk_text, "nothing is guarded")),
		"%s is refused once it has left", what))
		diag("%d %s", ret, talk_text);
}

/* As it was loaded, but for what is named. */
static void has_config(const char *mode, const char *sweep_ms,
		       const char *storm, int state)
{
	struct config have, want;

	config_settle(&have, 0);
	want = have;
	snprintf(want.mode, sizeof(want.mode), "%s", mode);
	snprintf(want.layers, sizeof(want.layers), "0xf");
	snprintf(want.sweep_ms, sizeof(want.sweep_ms), "%s", sweep_ms);
	snprintf(want.storm, sizeof(want.storm), "%s", storm);
	want.state = state;
	want.containers = 0;
	ok(config_same(&have, &want), "and has changed nothing");
}

static void test_left(void)
{
	struct deed retire = { "retire", "1" };
	pid_t pid = by_somebody(&retire);

	told("state", "guarding", "leaving", pid, UID);
	told("state", "leaving", "left", pid, UID);
	shut("mode-set", set_mode(NSGUARD_MODE_ENFORCE), true);
	shut("container-set", make_certain(1), true);
	/* 6.1 has no room for a text where a dump starts. */
	shut("containers-get",
	     talk(talk_open(), talk_put(buf, family.id,
					NSGUARD_CMD_CONTAINERS_GET, NLM_F_DUMP),
		  NULL, NULL), false);
	refused("mode", "off", -ESHUTDOWN);
	refused("layers", "1", -ESHUTDOWN);
	refused("sweep_ms", "100", -ESHUTDOWN);
	refused("storm", "1", -ESHUTDOWN);
	refused("locked", "1", -ESHUTDOWN);
	ok(!set_parameter("retire", "1"), "retire again changes nothing");
	has_config("enforce", "60000", "0", NSGUARD_STATE_LEFT);
	silent("what is refused");
}

static void test_locked(void)
{
	struct deed lock = { "locked", "1" }, sooner = { "sweep_ms", "500" };
	struct deed rarer = { "storm", "9" }, never = { "storm", "0" };
	int ret;

	told("locked", "no", "yes", by_somebody(&lock), UID);
	refused("mode", "audit", -EPERM);
	ret = set_mode(NSGUARD_MODE_OFF);
	ok(ret == -EPERM && strstr(talk_text, "locked"),
	   "mode-set off is refused (%d)", ret);
	refused("layers", "1", -EPERM);
	refused("locked", "0", -EPERM);
	refused("sweep_ms", "2001", -EPERM);
	refused("storm", "4", -EPERM);
	refused("retire", "1", -EPERM);
	has_config("enforce", "2000", "5", NSGUARD_STATE_GUARDING);
	silent("what is refused");
	/* What makes it stronger is not. */
	told("sweep_ms", "2000", "500", by_somebody(&sooner), UID);
	told("storm", "5", "9", by_somebody(&rarer), UID);
	told("storm", "9", "0", by_somebody(&never), UID);
	refused("storm", "16", -EPERM);
	refused("sweep_ms", "501", -EPERM);
	has_config("enforce", "500", "0", NSGUARD_STATE_GUARDING);
}

static void load(const char *parameters)
{
	module_load(parameters);
	family = family_find();
	listener = talk_open();
	if (talk_join(listener, family.group))
		bail("join");
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "wait"))
		return pause();
	if (argc > 1) {
		load("mode=enforce");
		test_locked();
		return tap_done();
	}
	load("mode=audit");
	test_parameters();
	test_certain();
	test_left();
	ok(module_remove(), "the module leaves");
	return tap_done();
}
