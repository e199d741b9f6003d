// SPDX-License-Identifier: GPL-2.0
#include <bpf/btf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/tap.h"
#include "poke/btf.h"

static struct btf *kernel;

/* Qualifiers and other names aside. */
static const struct btf_type *plain(uint32_t id)
{
	const struct btf_type *type = btf__type_by_id(kernel, id);

	while (btf_is_mod(type) || btf_is_typedef(type))
		type = btf__type_by_id(kernel, type->type);
	return type;
}

/* True if it, or what has no name within it, has that member. */
static bool member(const struct btf_type *type, const char *name,
		   uint32_t *offset, const struct btf_type **of)
{
	const struct btf_member *m = btf_members(type);
	int i;

	for (i = 0; i < btf_vlen(type); i++) {
		const char *called = btf__name_by_offset(kernel, m[i].name_off);
		const struct btf_type *kind = plain(m[i].type);
		uint32_t within = 0;

		*of = kind;
		if (!strcmp(called, name) ||
		    (!*called && btf_is_composite(kind) &&
		     member(kind, name, &within, of))) {
			*offset = btf_member_bit_offset(type, i) / 8 + within;
			return true;
		}
	}
	return false;
}

uint32_t btf_offset(const char *path)
{
	char text[128], *at = text, *name;
	const struct btf_type *type;
	uint32_t offset = 0, step;
	int id;

	if (!kernel)
		kernel = btf__load_vmlinux_btf();
	if (!kernel)
		bail(BTF_FILE);
	snprintf(text, sizeof(text), "%s", path);
	name = strsep(&at, ".");
	id = btf__find_by_name_kind(kernel, name, BTF_KIND_STRUCT);
	if (id < 0)
		bail("no struct %s", name);
	type = plain(id);
	while ((name = strsep(&at, "."))) {
		if (!btf_is_composite(type) ||
		    !member(type, name, &step, &type))
			bail("no %s in %s", name, path);
		offset += step;
	}
	return offset;
}
