// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "attack/technique.h"
#include "common/tap.h"
#include "common/util.h"

#define KIND(k)		(1U << CONTAINER_##k)
#define BOTH		(KIND(USERNS) | KIND(DOCKER))
/* A real runtime takes seconds under emulation: some techniques only. */
#define ALL		(BOTH | KIND(RUNC))
#define NOW		(1U << SHOOTER_NOW)
#define TIMER		(1U << SHOOTER_TIMER)
#define ANY		((1U << NR_SHOOTERS) - 1)

const char *const shooter_names[NR_SHOOTERS] = { "now", "timer", "cpu" };

/*
 * Some cells are missing on purpose:
 * - capabilities in a container with a user namespace: they count in that
 *   namespace alone and reach nothing of the host;
 * - the user namespace alone, where it is the host's already;
 * - calls (commit, switch) from a timer or another CPU: the kernel's functions
 *   act on the caller;
 * - a member of the nsproxy at a child: it hits the shooter, too;
 * - setns() in a container with a user namespace: the kernel itself refuses.
 */
const struct technique techniques[] = {
	{ "commit", FIXTURE_COMMIT, 0, ALL, NOW, REACH_SECRET, "cred-commit",
	  false },
	{ "commit-init", FIXTURE_COMMIT, FIXTURE_F_INIT, BOTH, NOW,
	  REACH_SECRET, "cred-commit", false },
	{ "ids", FIXTURE_IDS, 0, ALL, ANY, REACH_SECRET, "cred-content",
	  false },
	{ "caps", FIXTURE_CAPS, 0, KIND(DOCKER), ANY, REACH_SECRET,
	  "cred-content", false },
	{ "cred", FIXTURE_CRED, 0, BOTH, ANY, REACH_SECRET, "cred-pointer",
	  false },
	{ "cred-init", FIXTURE_CRED, FIXTURE_F_INIT, ALL, ANY, REACH_SECRET,
	  "cred-pointer", false },
	{ "subjective", FIXTURE_CRED_SUBJ, 0, ALL, ANY, REACH_SECRET,
	  "cred-subjective", false },
	{ "subjective-init", FIXTURE_CRED_SUBJ, FIXTURE_F_INIT, BOTH, ANY,
	  REACH_SECRET, "cred-subjective", false },
	{ "nsproxy-switch", FIXTURE_NSPROXY_SWITCH, 0, BOTH, NOW, REACH_SOCKET,
	  "nsproxy-switch", false },
	{ "nsproxy", FIXTURE_NSPROXY_PTR, 0, ALL, ANY, REACH_SOCKET,
	  "nsproxy-pointer", false },
	{ "fs-root", FIXTURE_FS_ROOT, 0, ALL, ANY, REACH_ROOT, "fs-root",
	  false },
	{ "user-ns", FIXTURE_USER_NS, 0, KIND(USERNS), ANY, REACH_SECRET,
	  "cred-userns", true },
	{ "ns-member", FIXTURE_NS_MEMBER, 0, BOTH, NOW | TIMER, REACH_SOCKET,
	  "nsproxy-content", false },
	{ "fs-pointer", FIXTURE_FS_PTR, 0, BOTH, ANY, REACH_ROOT, "fs-pointer",
	  false },
	{ "fs-pwd", FIXTURE_FS_PWD, 0, BOTH, ANY, REACH_ROOT, "pwd-foreign",
	  false },
	{ "fchdir", NO_SHOT, 0, KIND(DOCKER), NOW, REACH_ROOT, "pwd-foreign",
	  true },
	{ "setns-net", NO_SHOT, CLONE_NEWNET, KIND(DOCKER), NOW, REACH_SOCKET,
	  "ns-foreign", true },
	{ "setns-mnt", NO_SHOT, CLONE_NEWNS, KIND(DOCKER), NOW, REACH_ROOT,
	  "ns-foreign", true },
};
const int nr_techniques = ARRAY_SIZE(techniques);

/* Caps that the docker-like container keeps: its bounding set. */
#define DOCKER_BOUNDING 0xa80425fbULL

static void random_caps(__u64 *caps)
{
	uint64_t all = (1ULL << (CAP_LAST_CAP + 1)) - 1;
	int i;

	for (i = 0; i < FIXTURE_NR_CAPS; i++) {
		do {
			caps[i] = random_u64() & all;
		} while (!caps[i] || caps[i] == DOCKER_BOUNDING);
	}
	/* What it takes to read the secret. */
	caps[FIXTURE_CAP_EFFECTIVE] |= 1ULL << CAP_DAC_OVERRIDE;
	caps[FIXTURE_CAP_PERMITTED] |= caps[FIXTURE_CAP_EFFECTIVE];
}

void technique_recipe(const struct technique *t, enum shooter shooter,
		      unsigned int owner, struct recipe *recipe)
{
	struct fixture_shot *shot = &recipe->shot;
	int i;

	memset(recipe, 0, sizeof(*recipe));
	if (!t->root)
		recipe->as = random_between(1000, 60000);
	recipe->setns = t->prim == NO_SHOT ? t->flags : 0;
	recipe->fchdir = t->prim == NO_SHOT && !t->flags;
	recipe->relative = recipe->fchdir || t->prim == FIXTURE_FS_PWD;
	recipe->reach = t->reach;
	recipe->whom = shooter == SHOOTER_CPU ? WHOM_CHILD : WHOM_SELF;
	shot->prim = t->prim;
	shot->flags = t->prim == NO_SHOT ? 0 : t->flags;
	shot->fire = shooter == SHOOTER_NOW ? FIXTURE_NOW :
		     shooter == SHOOTER_TIMER ? FIXTURE_TIMER : FIXTURE_CPU;
	/* Another CPU than most of the test's, if there is one. */
	shot->cpu = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	shot->delay_ms = 20;
	for (i = 0; i < FIXTURE_NR_IDS; i++)
		shot->ids[i] = random_between(200000, 2000000000);
	shot->ids[FIXTURE_FSUID] = owner;
	random_caps(shot->caps);
}

struct list {
	struct change *at;
};

static void add(struct list *list, const char *field, uint64_t before,
		uint64_t after)
{
	*list->at++ = (struct change){ field, before, after };
}

/* In the order of enum fixture_id and enum fixture_cap. */
static const char *const id_fields[2][FIXTURE_NR_IDS] = {
	{ "uid", "gid", "suid", "sgid", "euid", "egid", "fsuid", "fsgid" },
	{ "subj_uid", "subj_gid", "subj_suid", "subj_sgid", "subj_euid",
	  "subj_egid", "subj_fsuid", "subj_fsgid" },
};
static const char *const cap_fields[FIXTURE_NR_CAPS] = {
	"cap_inheritable", "cap_permitted", "cap_effective", "cap_bounding",
	"cap_ambient",
};
/* /proc/PID/ns names and fields. */
static const char *const ns_fields[][2] = {
	{ "mnt", "mnt_ns" }, { "net", "net_ns" }, { "uts", "uts_ns" },
	{ "ipc", "ipc_ns" }, { "cgroup", "cgroup_ns" },
	{ "pid", "pid_ns_children" },
};

static void add_ids(struct list *list, const struct container *c,
		    const struct recipe *recipe, bool subjective)
{
	const struct fixture_shot *shot = &recipe->shot;
	bool zero = shot->prim == FIXTURE_COMMIT ||
		    shot->flags & FIXTURE_F_INIT;
	unsigned int before = container_host_id(c, recipe->as);
	int i;

	for (i = 0; i < FIXTURE_NR_IDS; i++)
		add(list, id_fields[subjective][i], before,
		    zero ? 0 : shot->ids[i]);
}

static void add_user_ns(struct list *list, const struct container *c,
			const char *field)
{
	if (c->kind == CONTAINER_USERNS)
		add(list, field, ns_inode(c->pid, "user"),
		    ns_inode(1, "user"));
}

static void add_caps(struct list *list, const struct recipe *recipe)
{
	int i;

	for (i = 0; i < FIXTURE_NR_CAPS; i++)
		add(list, cap_fields[i],
		    i == FIXTURE_CAP_BSET ? DOCKER_BOUNDING : 0,
		    recipe->shot.caps[i]);
}

/* All, or the one with that name. */
static void add_namespaces(struct list *list, const struct container *c,
			   const char *only)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ns_fields); i++)
		if (!only || !strcmp(only, ns_fields[i][0]))
			add(list, ns_fields[i][1],
			    ns_inode(c->pid, ns_fields[i][0]),
			    ns_inode(1, ns_fields[i][0]));
}

static void add_pwd(struct list *list, const struct container *c)
{
	add(list, "pwd_mnt_ns", ns_inode(c->pid, "mnt"), ns_inode(1, "mnt"));
}

void technique_changes(const struct technique *t, const struct container *c,
		       const struct recipe *recipe, struct change *changes)
{
	struct list list = { changes };

	switch (t->prim) {
	case FIXTURE_IDS:
		add_ids(&list, c, recipe, false);
		break;
	case FIXTURE_COMMIT:
	case FIXTURE_CRED:
		add_ids(&list, c, recipe, false);
		add_user_ns(&list, c, "user_ns");
		break;
	case FIXTURE_CRED_SUBJ:
		add_ids(&list, c, recipe, true);
		add_user_ns(&list, c, "subj_user_ns");
		break;
	case FIXTURE_CAPS:
		add_caps(&list, recipe);
		break;
	case FIXTURE_NSPROXY_SWITCH:
	case FIXTURE_NSPROXY_PTR:
		add_namespaces(&list, c, NULL);
		break;
	case FIXTURE_NS_MEMBER:
		add_namespaces(&list, c, "net");
		break;
	case FIXTURE_USER_NS:
		add_user_ns(&list, c, "user_ns");
		break;
	case FIXTURE_FS_PWD:
		add_pwd(&list, c);
		break;
	case NO_SHOT:
		if (recipe->fchdir)
			add_pwd(&list, c);
		else
			add_namespaces(&list, c,
				       t->flags == CLONE_NEWNET ? "net" : "mnt");
		break;
	case FIXTURE_FS_PTR:
	case FIXTURE_FS_ROOT:
		add(&list, "root_mnt_ns", ns_inode(c->pid, "mnt"),
		    ns_inode(1, "mnt"));
		break;
	default:
		break;
	}
	add(&list, NULL, 0, 0);
}
