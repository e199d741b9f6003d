// SPDX-License-Identifier: GPL-2.0
/*
 * What an event has to tell of an attack.
 */
#include <sched.h>
#include <string.h>

#include "attack/technique.h"
#include "common/util.h"

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

static const char *const member_names[FIXTURE_NR_NS] = {
	"uts", "ipc", "mnt", "pid", "net", "cgroup",
};

static void add_ids(struct list *list, const struct container *c,
		    const struct recipe *recipe, bool subjective)
{
	const struct fixture_shot *shot = &recipe->shot;
	bool zero = (shot->prim == FIXTURE_COMMIT &&
		     !(shot->flags & FIXTURE_F_OWN)) ||
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

/* What was exchanged as a whole is told of, and nothing else is said to have been. */
static void add_pointers(struct list *list, enum fixture_prim prim)
{
	static const struct {
		const char *field;
		enum fixture_prim prims[2];
	} pointers[] = {
		{ "mark", { FIXTURE_MARK, FIXTURE_MARK } },
		{ "cred", { FIXTURE_CRED, FIXTURE_CRED } },
		{ "subj_cred", { FIXTURE_CRED_SUBJ, FIXTURE_OVERRIDE } },
		{ "nsproxy", { FIXTURE_NSPROXY_PTR, FIXTURE_NSPROXY_SWITCH } },
		{ "fs_struct", { FIXTURE_FS_PTR, FIXTURE_FS_PTR } },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pointers); i++)
		add(list, pointers[i].field, 1,
		    prim != pointers[i].prims[0] &&
		    prim != pointers[i].prims[1]);
}

void technique_changes(const struct technique *t, const struct container *c,
		       const struct recipe *recipe, struct change *changes)
{
	struct list list = { changes };

	if (!t->chain)
		add_pointers(&list, t->prim);
	switch (t->chain ? FIXTURE_NR_PRIMS + 1 : t->prim) {
	case FIXTURE_IDS:
		add_ids(&list, c, recipe, false);
		break;
	case FIXTURE_COMMIT:
	case FIXTURE_CRED:
		add_ids(&list, c, recipe, false);
		if (!(recipe->shot.flags & FIXTURE_F_OWN))
			add_user_ns(&list, c, "user_ns");
		break;
	case FIXTURE_CRED_SUBJ:
	case FIXTURE_OVERRIDE:
		add_ids(&list, c, recipe, true);
		add_user_ns(&list, c, "subj_user_ns");
		break;
	case FIXTURE_CAPS:
		/* Known beforehand where the attacker is nobody in particular. */
		if (!t->which && c->kind == CONTAINER_DOCKER)
			add_caps(&list, recipe);
		break;
	case FIXTURE_NSPROXY_SWITCH:
	case FIXTURE_NSPROXY_PTR:
		add_namespaces(&list, c, NULL);
		break;
	case FIXTURE_NS_MEMBER:
		add_namespaces(&list, c, member_names[t->which]);
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
	case FIXTURE_SET_ROOT:
	case FIXTURE_MOVE_ROOTS:
		add(&list, "root_mnt_ns", ns_inode(c->pid, "mnt"),
		    ns_inode(1, "mnt"));
		break;
	default:
		break;
	}
	add(&list, NULL, 0, 0);
}
