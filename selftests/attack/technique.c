// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "attack/technique.h"
#include "common/tap.h"
#include "common/util.h"

#define KIND(k)		(1U << CONTAINER_##k)
#define USE(u)		(1U << USE_##u)
#define WAY(w)		(1U << WAY_##w)
#define SHOT(s)		(1U << SHOOTER_##s)

/* Whose root is the host's, apart from its capabilities. */
#define FLAT	(KIND(DOCKER) | KIND(RUNC) | KIND(PRIVILEGED) | \
		 KIND(NESTED) | KIND(ENTERED))
#define ALL	(FLAT | KIND(USERNS))
#define BOUND	(KIND(DOCKER) | KIND(RUNC) | KIND(ENTERED))

#define NOW	SHOT(NOW)
#define SELF	(SHOT(NOW) | SHOT(TIMER))
#define ANY	((1U << NR_SHOOTERS) - 1)

#define FILES	(USE(READ) | USE(CREATE) | USE(MKDIR) | USE(UNLINK) | \
		 USE(RENAME) | USE(TRUNCATE))
#define OWNED	(FILES | USE(CHMOD))
#define POWER	(USE(MKNOD) | USE(MOUNT) | USE(MODULE) | USE(BPF))
#define NET	(USE(ABSTRACT) | USE(LOOPBACK) | USE(DATAGRAM))
#define PIDS	(USE(KILL) | USE(PTRACE))
#define HOST	(NET | PIDS | USE(IPC))
#define EVERY	(OWNED | POWER | HOST | USE(HOSTNAME) | USE(CGROUP) | \
		 USE(OVERMOUNT))

/* Whatever the state is, as long as it is the attacker's. */
#define ANYHOW	(WAY(NEXT) | WAY(FORK) | WAY(VFORK) | WAY(UNMARKED) | \
		 WAY(FLOOD) | WAY(IDLE) | WAY(LOOP) | WAY(EXIT))
#define THREADS	(WAY(THREAD) | WAY(SIBLING))
#define RINGS	(WAY(RING) | WAY(POLLED))
/* What only a task itself can tell is looked for by its own calls alone. */
#define LOCKED	(ANYHOW & ~(WAY(LOOP) | WAY(EXIT) | WAY(IDLE)))

const char *const shooter_names[NR_SHOOTERS] = {
	"now", "timer", "cpu", "thread", "parent",
};

const char *const use_names[NR_USES] = {
	"read", "create", "mkdir", "unlink", "rename", "truncate", "chmod",
	"mknod", "mount", "overmount", "module", "bpf", "hostname", "cgroup",
	"abstract", "loopback", "datagram", "ipc", "kill", "ptrace", "work",
	"none",
};

const char *const way_names[NR_WAYS] = {
	"next", "fork", "vfork", "thread", "exec", "sibling", "ring", "polled",
	"unmarked", "flood", "idle", "exit", "loop",
};

/*
 * What is missing on purpose:
 * - capabilities in a container with a user namespace: they count in that
 *   namespace alone and reach nothing of the host;
 * - the user namespace alone, where it is the host's already;
 * - the time namespace: it is good for nothing but clocks;
 * - the mount namespace alone: every path leads to a mount that is not its;
 * - calls (commit, switch) from a timer, or, apart from the switch, which names a
 *   task, from another CPU: the kernel's functions act on the caller;
 * - a member of the nsproxy, or a group of the list, at a child or parent: it
 *   hits the shooter, too;
 * - setns() in a container with a user namespace: the kernel itself refuses;
 * - exec() with two different credential pointers, which is a BUG to the
 *   kernel, and where exec() takes away what was gained;
 * - a thread of one that would have its children in another pid namespace, and
 *   a ring's worker, which is one: the kernel refuses;
 * - an io_uring by a root that only one task was given, or by a pointer that
 *   only one task has, for the thread that polls;
 * - a filter that is back as soon as there is a child, where only the entry
 *   code was told that there is none;
 * - the links of a chain by a system call each: the first is a cell by itself;
 * - a shot at a visitor: nobody knows what that should be (docs/threat-model.md).
 */
#define CRED(n, p, f, k, s, u, w, r)					\
	{ .name = n, .prim = FIXTURE_##p, .flags = f, .kinds = k,	\
	  .shooters = s, .uses = u, .ways = w, .rule = r }
#define ROOT(n, p, s, w, r)						\
	{ .name = n, .prim = FIXTURE_##p, .kinds = ALL, .shooters = s,	\
	  .uses = OWNED, .ways = w, .place = PLACE_HOST, .rule = r }
#define MEMBER(n, i, k, u, b, w)					\
	{ .name = n, .prim = FIXTURE_NS_MEMBER, .which = FIXTURE_NS_##i,\
	  .kinds = k, .shooters = SELF | SHOT(THREAD), .uses = u,	\
	  .ways = w, .rule = "nsproxy-content", .root = b }
#define WEAK(n, p, s, w)						\
	{ .name = n, .prim = FIXTURE_##p, .kinds = KIND(PRIVILEGED),	\
	  .shooters = s, .uses = POWER, .ways = w, .bond = BOND_SECCOMP,\
	  .rule = "seccomp-weakened", .root = true }
/* c: credential, n: namespaces, r: root; in capitals by a call. */
#define CHAIN(c, s, w, r)						\
	{ .name = "chain-" c, .chain = c, .kinds = ALL, .shooters = s,	\
	  .uses = EVERY, .ways = w, .place = PLACE_SHUT, .rule = r }
#define CHAIN_DATA(c)							\
	CHAIN(c, ANY, ANYHOW | WAY(EXEC) | WAY(SIBLING),		\
	      "cred-pointer|nsproxy-pointer|fs-root")
#define CHAIN_CALLS(c)							\
	CHAIN(c, NOW, (ANYHOW | WAY(EXEC)) & ~(WAY(LOOP) | WAY(IDLE)),	\
	      "cred-commit|nsproxy-switch|root-foreign|fs-root")

const struct technique techniques[] = {
	CRED("commit", COMMIT, 0, ALL, NOW, OWNED | POWER,
	     ANYHOW | THREADS | WAY(RING) | WAY(EXEC), "cred-commit"),
	CRED("commit-init", COMMIT, FIXTURE_F_INIT, ALL, NOW, OWNED | POWER,
	     ANYHOW | THREADS | WAY(RING) | WAY(EXEC), "cred-commit"),
	/* By root of a container, who may take any id that its namespace maps. */
	{ .name = "commit-ids", .prim = FIXTURE_COMMIT,
	  .flags = FIXTURE_F_OWN, .kinds = KIND(USERNS), .shooters = NOW,
	  .uses = OWNED, .ways = ANYHOW, .rule = "cred-commit", .root = true },
	CRED("ids", IDS, 0, ALL, ANY, OWNED,
	     ANYHOW | THREADS | RINGS | WAY(EXEC), "cred-content"),
	CRED("caps", CAPS, 0, FLAT, ANY, OWNED | POWER,
	     ANYHOW | THREADS | RINGS, "cred-content"),
	CRED("cred", CRED, 0, ALL, ANY, OWNED | POWER,
	     ANYHOW | THREADS | WAY(RING), "cred-pointer"),
	CRED("cred-init", CRED, FIXTURE_F_INIT, ALL, ANY, OWNED | POWER,
	     ANYHOW | THREADS | WAY(RING) | WAY(EXEC), "cred-pointer"),
	CRED("subjective", CRED_SUBJ, 0, ALL, ANY, OWNED | POWER,
	     ANYHOW | THREADS | WAY(RING), "cred-subjective"),
	CRED("subjective-init", CRED_SUBJ, FIXTURE_F_INIT, ALL, ANY,
	     OWNED | POWER, ANYHOW | THREADS | WAY(RING), "cred-subjective"),
	CRED("override", OVERRIDE, 0, ALL, NOW, OWNED | POWER,
	     ANYHOW | WAY(THREAD) | WAY(RING), "cred-subjective"),
	{ .name = "user-ns", .prim = FIXTURE_USER_NS, .kinds = KIND(USERNS),
	  .shooters = ANY, .uses = OWNED | POWER,
	  .ways = ANYHOW | THREADS | RINGS, .rule = "cred-userns",
	  .root = true },
	{ .name = "groups", .prim = FIXTURE_GROUPS, .kinds = ALL,
	  .shooters = ANY, .uses = FILES,
	  .ways = ANYHOW | THREADS | RINGS | WAY(EXEC), .place = PLACE_GROUP,
	  .rule = "cred-content", .field = "groups" },
	{ .name = "group-item", .prim = FIXTURE_GROUP_ITEM, .kinds = ALL,
	  .shooters = SELF | SHOT(THREAD), .uses = FILES,
	  .ways = ANYHOW | THREADS | RINGS | WAY(EXEC), .place = PLACE_GROUP,
	  .bond = BOND_GROUP, .rule = "cred-content", .field = "groups" },
	/* Beyond those that are looked at where preemption may be off. */
	{ .name = "group-last", .prim = FIXTURE_GROUP_ITEM,
	  .which = MANY_GROUPS - 1, .kinds = FLAT, .shooters = SELF,
	  .uses = FILES, .ways = WAY(NEXT) | WAY(FORK) | WAY(EXEC),
	  .place = PLACE_GROUP, .bond = BOND_GROUPS, .rule = "cred-content",
	  .field = "groups" },
	/* Files whose mode is harder on a group than on all others. */
	{ .name = "group-count", .prim = FIXTURE_GROUP_COUNT, .kinds = FLAT,
	  .shooters = SELF | SHOT(THREAD), .uses = FILES, .ways = ANYHOW,
	  .place = PLACE_BARRED, .bond = BOND_MEMBER,
	  .rule = "cred-content", .field = "groups" },
	/* To copy such a credential, as fork() does, is a plain kernel's oops. */
	{ .name = "groups-none", .prim = FIXTURE_GROUPS_NONE, .kinds = FLAT,
	  .shooters = SELF, .uses = FILES, .ways = WAY(NEXT),
	  .place = PLACE_BARRED, .bond = BOND_MEMBER,
	  .rule = "cred-content", .field = "groups" },
	/* Capabilities by executing a program: as root, and as another. */
	{ .name = "bounding", .prim = FIXTURE_CAPS,
	  .which = 1 << FIXTURE_CAP_BSET, .kinds = BOUND, .shooters = ANY,
	  .uses = POWER & ~USE(MKNOD), .ways = WAY(EXEC),
	  .rule = "cred-content", .field = "cap_bounding", .root = true },
	{ .name = "ambient", .prim = FIXTURE_CAPS,
	  .which = 1 << FIXTURE_CAP_AMBIENT | 1 << FIXTURE_CAP_PERMITTED |
		   1 << FIXTURE_CAP_INHERITABLE,
	  .kinds = FLAT, .shooters = ANY, .uses = OWNED | POWER,
	  .ways = WAY(EXEC), .rule = "cred-content", .field = "cap_ambient" },
	{ .name = "securebits", .prim = FIXTURE_SECUREBITS, .kinds = FLAT,
	  .shooters = ANY, .uses = OWNED | USE(MKNOD), .ways = WAY(EXEC),
	  .bond = BOND_NOROOT, .rule = "cred-content", .field = "securebits",
	  .root = true },
	{ .name = "no-new-privs", .prim = FIXTURE_NO_NEW_PRIVS,
	  .kinds = FLAT & ~KIND(NESTED), .shooters = ANY,
	  .uses = OWNED | USE(MKNOD), .ways = WAY(EXEC), .bond = BOND_NNP,
	  .rule = "nnp-cleared", .field = "no_new_privs" },
	WEAK("seccomp", SECCOMP, ANY, LOCKED | WAY(THREAD) | WAY(EXEC)),
	WEAK("seccomp-bit", SECCOMP_BIT, ANY,
	     (LOCKED | WAY(EXEC)) & ~(WAY(FORK) | WAY(VFORK))),
	WEAK("seccomp-filter", SECCOMP_FILTER, NOW, WAY(NEXT) | WAY(UNMARKED)),
	CRED("nsproxy-switch", NSPROXY_SWITCH, 0, ALL, NOW | SHOT(CPU), HOST,
	     ANYHOW, "nsproxy-switch"),
	CRED("nsproxy", NSPROXY_PTR, 0, ALL, ANY, HOST, ANYHOW,
	     "nsproxy-pointer"),
	MEMBER("ns-member", NET, ALL, NET, false, ANYHOW | WAY(THREAD)),
	MEMBER("ns-ipc", IPC, ALL, USE(IPC), false, ANYHOW | WAY(THREAD)),
	MEMBER("ns-uts", UTS, KIND(PRIVILEGED), USE(HOSTNAME), true,
	       ANYHOW | WAY(THREAD) | WAY(EXEC)),
	MEMBER("ns-cgroup", CGROUP, KIND(PRIVILEGED), USE(CGROUP), true,
	       ANYHOW | WAY(THREAD) | WAY(EXEC)),
	MEMBER("ns-pid", PID, ALL, PIDS, false, ANYHOW),
	ROOT("fs-root", FS_ROOT, ANY,
	     ANYHOW | THREADS | RINGS | WAY(EXEC), "fs-root"),
	ROOT("fs-pointer", FS_PTR, ANY, ANYHOW | THREADS | WAY(EXEC),
	     "fs-pointer"),
	ROOT("fs-pwd", FS_PWD, ANY,
	     ANYHOW | THREADS | RINGS | WAY(EXEC), "pwd-foreign"),
	ROOT("set-root", SET_ROOT, NOW,
	     (ANYHOW | WAY(THREAD) | RINGS | WAY(EXEC)), "root-foreign"),
	ROOT("move-roots", MOVE_ROOTS, NOW,
	     (ANYHOW | WAY(THREAD) | RINGS | WAY(EXEC)), "root-foreign"),
	/* The host's mounts as its own, and a path there. */
	{ .name = "chain-mr", .chain = "mr", .kinds = KIND(PRIVILEGED),
	  .shooters = SELF, .uses = USE(OVERMOUNT),
	  .ways = ANYHOW | WAY(THREAD) | WAY(EXEC), .place = PLACE_SHUT,
	  .rule = "nsproxy-content|fs-root", .root = true },
	CHAIN_DATA("cnr"), CHAIN_DATA("crn"), CHAIN_DATA("ncr"),
	CHAIN_DATA("nrc"), CHAIN_DATA("rcn"), CHAIN_DATA("rnc"),
	CHAIN_CALLS("CNR"), CHAIN_CALLS("CRN"), CHAIN_CALLS("NCR"),
	CHAIN_CALLS("NRC"), CHAIN_CALLS("RCN"), CHAIN_CALLS("RNC"),
	{ .name = "mark", .prim = FIXTURE_MARK, .flags = FIXTURE_F_CLEAR_MARK,
	  .kinds = ALL, .shooters = ANY, .uses = USE(WORK),
	  .ways = WAY(NEXT) | WAY(FORK) | WAY(VFORK) | WAY(THREAD) | WAY(IDLE) |
		  WAY(EXEC), .rule = "mark-cleared", .field = "mark" },
	/* What it is good for shows in /proc: for `layers`. */
	{ .name = "pid", .prim = FIXTURE_PID, .kinds = ALL, .shooters = NOW,
	  .uses = USE(NONE), .rule = "nsproxy-content", .field = "pid_ns" },
	{ .name = "fchdir", .prim = NO_SHOT, .kinds = KIND(PRIVILEGED),
	  .shooters = NOW, .uses = OWNED, .ways = WAY(NEXT) | WAY(FORK),
	  .place = PLACE_HOST, .rule = "pwd-foreign", .root = true },
	{ .name = "setns-net", .prim = NO_SHOT, .flags = CLONE_NEWNET,
	  .kinds = KIND(PRIVILEGED), .shooters = NOW, .uses = NET,
	  .ways = WAY(NEXT) | WAY(FORK), .rule = "ns-foreign", .root = true },
	{ .name = "setns-mnt", .prim = NO_SHOT, .flags = CLONE_NEWNS,
	  .kinds = KIND(PRIVILEGED), .shooters = NOW,
	  .uses = OWNED | USE(OVERMOUNT), .ways = WAY(NEXT) | WAY(FORK),
	  .place = PLACE_HOST, .rule = "ns-foreign", .root = true },
};
const int nr_techniques = ARRAY_SIZE(techniques);

const struct technique *technique_find(const char *name)
{
	int i;

	for (i = 0; i < nr_techniques; i++)
		if (!strcmp(techniques[i].name, name))
			return &techniques[i];
	bail("no technique %s", name);
}

enum use technique_use(const struct technique *t)
{
	return __builtin_ctz(t->uses);
}

#define BIT(cap) (1ULL << (cap))

/* What it takes to reach the files, mount, load a module, make a node or map. */
#define NEEDED (BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_MKNOD) | \
		BIT(CAP_SYS_ADMIN) | BIT(CAP_SYS_MODULE) | BIT(CAP_BPF))

static void random_caps(__u64 *caps)
{
	uint64_t all = BIT(CAP_LAST_CAP + 1) - 1;
	int i;

	for (i = 0; i < FIXTURE_NR_CAPS; i++) {
		do {
			caps[i] = random_u64() & all;
		} while (!caps[i] || caps[i] == DOCKER_BOUNDING);
	}
	caps[FIXTURE_CAP_EFFECTIVE] |= NEEDED;
	caps[FIXTURE_CAP_PERMITTED] |= caps[FIXTURE_CAP_EFFECTIVE];
}

/* Sets that exec() makes something of; it takes an ambient one for granted. */
static void caps_for_exec(__u64 *caps)
{
	caps[FIXTURE_CAP_BSET] |= NEEDED;
	caps[FIXTURE_CAP_AMBIENT] |= NEEDED;
	caps[FIXTURE_CAP_INHERITABLE] |= caps[FIXTURE_CAP_AMBIENT];
	caps[FIXTURE_CAP_PERMITTED] |= caps[FIXTURE_CAP_AMBIENT];
}

static void link_of(char letter, struct fixture_shot *shot)
{
	switch (letter) {
	case 'c':
		shot->prim = FIXTURE_CRED;
		shot->flags = FIXTURE_F_INIT;
		break;
	case 'C':
		shot->prim = FIXTURE_COMMIT;
		break;
	case 'n':
		shot->prim = FIXTURE_NSPROXY_PTR;
		break;
	case 'N':
		shot->prim = FIXTURE_NSPROXY_SWITCH;
		break;
	case 'm':
		shot->prim = FIXTURE_NS_MEMBER;
		shot->which = FIXTURE_NS_MNT;
		break;
	case 'r':
		shot->prim = FIXTURE_FS_ROOT;
		break;
	case 'R':
		shot->prim = FIXTURE_SET_ROOT;
		break;
	}
}

static void fill_shot(const struct technique *t, enum shooter shooter,
		      unsigned int owner, struct fixture_shot *shot)
{
	int i;

	shot->prim = t->prim;
	shot->flags = t->prim == NO_SHOT ? 0 : t->flags;
	shot->which = t->which;
	shot->fire = shooter == SHOOTER_NOW ? FIXTURE_NOW :
		     shooter == SHOOTER_TIMER ? FIXTURE_TIMER : FIXTURE_CPU;
	/* Another CPU than most of the test's, if there is one. */
	shot->cpu = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	shot->delay_ms = 20;
	for (i = 0; i < FIXTURE_NR_IDS; i++)
		shot->ids[i] = random_between(200000, 2000000000);
	shot->ids[FIXTURE_FSUID] = owner;
	/* Which exec() makes the other of. */
	shot->ids[FIXTURE_EUID] = owner;
	random_caps(shot->caps);
	if (t->prim == FIXTURE_CAPS && t->which)
		caps_for_exec(shot->caps);
}

void technique_recipe(const struct technique *t, enum shooter shooter,
		      unsigned int owner, struct recipe *recipe)
{
	static const enum whom whom[NR_SHOOTERS] = {
		[SHOOTER_CPU] = WHOM_CHILD,
		[SHOOTER_THREAD] = WHOM_THREAD,
		[SHOOTER_PARENT] = WHOM_PARENT,
	};
	const char *link = t->chain ?: "";
	unsigned int i;

	memset(recipe, 0, sizeof(*recipe));
	if (!t->root)
		recipe->as = random_between(1000, 60000);
	recipe->setns = t->prim == NO_SHOT ? t->flags : 0;
	recipe->fchdir = t->prim == NO_SHOT && !t->flags;
	recipe->use = technique_use(t);
	recipe->place = t->place;
	recipe->bond = t->bond;
	recipe->whom = whom[shooter];
	fill_shot(t, shooter, owner, &recipe->shot);
	if (t->place == PLACE_GROUP || t->place == PLACE_BARRED)
		recipe->shot.value = owner;
	if (!*link)
		return;
	link_of(*link, &recipe->shot);
	for (i = 0; link[i + 1]; i++) {
		recipe->more[i] = recipe->shot;
		recipe->more[i].flags = 0;
		link_of(link[i + 1], &recipe->more[i]);
	}
	recipe->nmore = i;
}
