// SPDX-License-Identifier: GPL-2.0
#include <linux/btf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/tap.h"
#include "poke/btf.h"

static const char *strings;
/* By number; the first is void. */
static const struct btf_type **types;
static uint32_t nr_types = 1;

/* What follows a type, in bytes. */
static size_t tail(const struct btf_type *type)
{
	uint32_t n = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return sizeof(uint32_t);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return n * sizeof(struct btf_enum);
	case BTF_KIND_FUNC_PROTO:
		return n * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return n * sizeof(struct btf_var_secinfo);
	case BTF_KIND_ENUM64:
		return n * sizeof(struct btf_enum64);
	default:
		return 0;
	}
}

static char *read_all(void)
{
	size_t have = 0, room = 16 << 20;
	char *data = malloc(room);
	FILE *file = fopen(BTF_FILE, "re");

	if (!data || !file)
		bail(BTF_FILE);
	have = fread(data, 1, room, file);
	fclose(file);
	if (have < sizeof(struct btf_header) || have == room)
		bail("%zu bytes of %s", have, BTF_FILE);
	return data;
}

static void load(void)
{
	char *data = read_all(), *at, *end;
	struct btf_header *head = (struct btf_header *)data;

	if (head->magic != BTF_MAGIC)
		bail(BTF_FILE);
	strings = data + head->hdr_len + head->str_off;
	at = data + head->hdr_len + head->type_off;
	end = at + head->type_len;
	types = calloc(head->type_len / sizeof(struct btf_type) + 2,
		       sizeof(*types));
	if (!types)
		bail("types");
	while (at < end) {
		types[nr_types] = (struct btf_type *)at;
		at += sizeof(struct btf_type) + tail(types[nr_types++]);
	}
}

static bool is_composite(const struct btf_type *type)
{
	return BTF_INFO_KIND(type->info) == BTF_KIND_STRUCT ||
	       BTF_INFO_KIND(type->info) == BTF_KIND_UNION;
}

static const struct btf_type *find(const char *name)
{
	uint32_t i;

	for (i = 1; i < nr_types; i++)
		if (is_composite(types[i]) &&
		    BTF_INFO_VLEN(types[i]->info) &&
		    !strcmp(strings + types[i]->name_off, name))
			return types[i];
	bail("no struct %s", name);
}

/* Qualifiers and other names aside. */
static const struct btf_type *plain(uint32_t id)
{
	const struct btf_type *type = id ? types[id] : NULL;

	while (type) {
		switch (BTF_INFO_KIND(type->info)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_TYPE_TAG:
			type = type->type ? types[type->type] : NULL;
			continue;
		}
		break;
	}
	return type;
}

/* True if it, or what has no name within it, has that member. */
static bool member(const struct btf_type *type, const char *name,
		   uint32_t *offset, const struct btf_type **of)
{
	const struct btf_member *m = (const struct btf_member *)(type + 1);
	uint32_t i;

	for (i = 0; i < BTF_INFO_VLEN(type->info); i++) {
		uint32_t bits = BTF_INFO_KFLAG(type->info) ?
				BTF_MEMBER_BIT_OFFSET(m[i].offset) :
				m[i].offset;
		const struct btf_type *kind = plain(m[i].type);
		uint32_t within = 0;

		*of = kind;
		if (!strcmp(strings + m[i].name_off, name) ||
		    (!strings[m[i].name_off] && kind && is_composite(kind) &&
		     member(kind, name, &within, of))) {
			*offset = bits / 8 + within;
			return true;
		}
	}
	return false;
}

uint32_t btf_offset(const char *path)
{
	const struct btf_type *type;
	uint32_t offset = 0, step;
	char text[128], *at = text, *name;

	if (!types)
		load();
	snprintf(text, sizeof(text), "%s", path);
	type = find(strsep(&at, "."));
	while ((name = strsep(&at, "."))) {
		if (!type || !is_composite(type) ||
		    !member(type, name, &step, &type))
			bail("no %s in %s", name, path);
		offset += step;
	}
	return offset;
}
