// SPDX-License-Identifier: GPL-2.0
/* Containers of a real runtime. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/tap.h"
#include "common/util.h"
#include "member.h"

/* Takes the program, a hook, what /proc is, the cgroup, namespaces, the map. */
static const char config[] =
"{\"ociVersion\":\"1.0.2\","
"\"process\":{\"terminal\":false,\"user\":{\"uid\":0,\"gid\":0},"
" \"args\":[\"/%s\"],\"cwd\":\"/\",\"env\":[\"PATH=/\"]},"
"\"root\":{\"path\":\"rootfs\"},"
"\"hooks\":{%s},"
"\"mounts\":[{\"destination\":\"/proc\",%s}],"
"\"linux\":{\"cgroupsPath\":\"%s\","
" \"namespaces\":[{\"type\":\"mount\"},{\"type\":\"ipc\"},"
"  {\"type\":\"uts\"},{\"type\":\"network\"},{\"type\":\"cgroup\"}%s]%s}}";

#define OWN_PIDS	",{\"type\":\"pid\"}"
#define OWN_USERS	",{\"type\":\"user\"}"
#define ID_MAP \
	",\"uidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":1000}]" \
	",\"gidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":1000}]"
#define PROC_MOUNT	"\"type\":\"proc\",\"source\":\"proc\""
#define PROC_BIND \
	"\"type\":\"bind\",\"source\":\"/proc\",\"options\":[\"rbind\"]"

static const struct kind {
	const char *name;
	const char *proc;
	const char *namespaces;
	const char *map;
	enum verdict verdict;
} kinds[] = {
	{ "runc run", PROC_MOUNT, OWN_PIDS, "", CERTAIN },
	{ "runc run, the host's pids", PROC_MOUNT, "", "", AMBIGUOUS },
	{ "runc run, own users", PROC_MOUNT, OWN_PIDS OWN_USERS, ID_MAP,
	  CERTAIN },
	{ "runc run, own users, the host's pids", PROC_BIND, OWN_USERS, ID_MAP,
	  CERTAIN },
};

static char bundle[96], id[32];

static void run(const char *command)
{
	if (system(command))
		bail("%s", command);
}

static void make_bundle(const struct kind *kind, const char *hooks)
{
	char text[4096], cgroup[64], word[17], command[1024];

	random_word(word, 16);
	snprintf(id, sizeof(id), "%s", word);
	snprintf(bundle, sizeof(bundle), "%s/%s", names.base, word);
	/* Opaque: a path that says nothing, and no word is twice the same. */
	random_word(word, 16);
	if (names.cgroup[0])
		snprintf(cgroup, sizeof(cgroup), "/%s/%s", word, id);
	else
		snprintf(cgroup, sizeof(cgroup), "/docker-%s.scope", id);
	snprintf(command, sizeof(command),
		 "mkdir -p %s/rootfs/proc && cp %s/%s %s/rootfs/ && "
		 "mkfifo %s/rootfs/ready %s/rootfs/go", bundle, names.base,
		 names.program, bundle, bundle, bundle);
	run(command);
	snprintf(text, sizeof(text), config, names.program, hooks, kind->proc,
		 cgroup, kind->namespaces, kind->map);
	snprintf(command, sizeof(command), "%s/config.json", bundle);
	put_file(command, text, strlen(text), 0644);
}

static void drop_bundle(void)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -r %s", bundle);
	run(command);
}

static const char *run_command(void)
{
	static char command[512];

	snprintf(command, sizeof(command),
		 "exec %s run --preserve-fds 1 -b %s %s </dev/null",
		 names.runtime, bundle, id);
	return command;
}

static void try_kind(const struct kind *kind)
{
	struct view before, after;
	struct member member;
	char command[256], what[64];
	int64_t origin;

	make_bundle(kind, "");
	view_take(&before);
	member_run(&member, "%s", run_command());
	origin = expect(kind->name, kind->verdict, &before, &member, 0);
	snprintf(what, sizeof(what), "%s: runc exec", kind->name);
	snprintf(command, sizeof(command),
		 "%s exec --preserve-fds 1 %s /%s </dev/null", names.runtime,
		 id, names.program);
	expect_run(what, ENTERS, origin, command);
	snprintf(what, sizeof(what), "%s: runc exec --user", kind->name);
	snprintf(command, sizeof(command),
		 "%s exec --user 7:7 --preserve-fds 1 %s /%s </dev/null",
		 names.runtime, id, names.program);
	expect_run(what, ENTERS, origin, command);
	ok(member_answers(&member) && !member_end(&member),
	   "%s: lives on and ends well", kind->name);
	view_take(&after);
	if (!ok(after.count == before.count && after.tasks == before.tasks,
		"%s: nothing is left of it", kind->name))
		view_show(&after);
	drop_bundle();
}

static void shell(const void *command)
{
	execl("/bin/sh", "sh", "-c", command, NULL);
}

/* The hook has opened the one when this returns, and waits for the other. */
static void meet(const char *name, int flags)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/rootfs/%s", bundle, name);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		bail("%s", path);
	close(fd);
}

/* One in the container's namespaces on the host's root, one on its own. */
static void try_hooks(void)
{
	const struct seen *new;
	struct view before, during;
	struct member member;
	char hooks[512];
	int count;

	snprintf(hooks, sizeof(hooks),
		 "\"startContainer\":[{\"path\":\"/%s\",\"args\":[\"hook\","
		 "\"fifo\",\"/ready\",\"/go\"]}]", names.program);
	make_bundle(&kinds[0], hooks);
	view_take(&before);
	member_begin(&member, shell, run_command());
	meet("ready", O_RDONLY);
	view_take(&during);
	new = view_new(&before, &during, &count);
	if (!ok(count == 1 && new->certain && new->tasks == 1,
		"a startContainer hook starts the container"))
		view_show(&during);
	meet("go", O_WRONLY);
	ok(member_heard(&member), "the hooked program runs");
	expect("the hooked program", CERTAIN, &before, &member, 0);
	ok(member_answers(&member) && !member_end(&member),
	   "the hooked container ends well");
	drop_bundle();
}

void test_oci(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		try_kind(&kinds[i]);
	try_hooks();
}
