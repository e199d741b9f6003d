// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <linux/genetlink.h>
#include <linux/nsguard.h>

#include "attr.h"
#include "names.h"
#include "output.h"

#define NSEC_PER_SEC	1000000000ULL

/* Attributes of a message or a nest. */
struct span {
	const void *data;
	size_t len;
};

static const struct nlattr *span_next(struct span *span)
{
	const struct nlattr *attr = span->data;
	size_t step;

	if (span->len < sizeof(*attr) || attr->nla_len < sizeof(*attr) ||
	    attr->nla_len > span->len)
		return NULL;
	step = MNL_ALIGN(attr->nla_len);
	if (step > span->len)
		step = span->len;
	span->data = (const char *)span->data + step;
	span->len -= step;
	return attr;
}

/* The last one counts, as for the kernel's parser. */
static const struct nlattr *span_find(struct span span, uint16_t type)
{
	const struct nlattr *attr, *found = NULL;

	while ((attr = span_next(&span))) {
		if (mnl_attr_get_type(attr) == type)
			found = attr;
	}
	return found;
}

/* True if something is left that is no attribute: it hides what follows. */
static bool span_broken(struct span span)
{
	while (span_next(&span))
		;
	return span.len;
}

static struct span span_of(const struct nlattr *nest)
{
	return (struct span){ mnl_attr_get_payload(nest),
			      mnl_attr_get_payload_len(nest) };
}

static void *checked(void *value)
{
	if (value)
		return value;
	out_error("out of memory");
	exit(EXIT_FAILURE);
}

static void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, checked(value)))
		checked(NULL);
}

static void append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, checked(value)))
		checked(NULL);
}

static void copy(const struct nlattr *attr, void *to, size_t len)
{
	memcpy(to, mnl_attr_get_payload(attr), len);
}

/* JSON readers cannot be trusted with more than 63 bits. */
static json_t *from_u64(uint64_t value)
{
	if (value > INT64_MAX)
		return json_sprintf("%" PRIu64, value);
	return json_integer(value);
}

/*
 * JSON takes UTF-8 alone, the kernel any bytes.  Text that is not UTF-8 is
 * given byte by byte, each as the character of the same number.
 */
static json_t *from_string(const struct nlattr *attr)
{
	const unsigned char *bytes = mnl_attr_get_payload(attr);
	size_t len = strnlen((const char *)bytes,
			     mnl_attr_get_payload_len(attr));
	json_t *value = json_stringn((const char *)bytes, len);
	char *text, *p;

	if (value)
		return value;
	text = checked(malloc(2 * len + 1));
	p = text;
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] < 0x80) {
			*p++ = bytes[i];
		} else {
			*p++ = 0xc0 | bytes[i] >> 6;
			*p++ = 0x80 | (bytes[i] & 0x3f);
		}
	}
	value = json_stringn(text, p - text);
	free(text);
	return value;
}

static json_t *from_time(uint64_t ns)
{
	time_t seconds = ns / NSEC_PER_SEC;
	char day[32];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	return json_sprintf("%s.%09uZ", day, (unsigned int)(ns % NSEC_PER_SEC));
}

static json_t *from_number(uint8_t number, const char *name)
{
	return name ? json_string(name) : json_integer(number);
}

static json_t *from_u8(enum attr_kind kind, uint8_t u8)
{
	switch (kind) {
	case ATTR_BOOL:
		return json_boolean(u8);
	case ATTR_MODE:
		return from_number(u8, mode_name(u8));
	case ATTR_STATE:
		return from_number(u8, state_name(u8));
	default:
		return json_integer(u8);
	}
}

static json_t *from_layers(uint32_t layers)
{
	json_t *list = checked(json_array());

	for (unsigned int bit = 0; bit < 32; bit++) {
		const char *name = layer_name(bit);

		if (!(layers & 1U << bit))
			continue;
		append(list, name ? json_string(name) :
				    json_sprintf("layer-%u", bit));
	}
	return list;
}

static size_t kind_size(enum attr_kind kind)
{
	switch (kind) {
	case ATTR_U8:
	case ATTR_BOOL:
	case ATTR_MODE:
	case ATTR_STATE:
		return sizeof(uint8_t);
	case ATTR_U32:
	case ATTR_S32:
	case ATTR_LAYERS:
		return sizeof(uint32_t);
	case ATTR_U64:
	case ATTR_TIME:
		return sizeof(uint64_t);
	default:
		return 0;
	}
}

/* Returns NULL if the attribute's size is wrong. */
static json_t *read_scalar(enum attr_kind kind, const struct nlattr *attr)
{
	uint64_t u64;
	uint32_t u32;
	int32_t s32;
	uint8_t u8;

	if (kind == ATTR_STRING)
		return checked(from_string(attr));
	if (mnl_attr_get_payload_len(attr) != kind_size(kind))
		return NULL;
	switch (kind_size(kind)) {
	case sizeof(u8):
		copy(attr, &u8, sizeof(u8));
		return from_u8(kind, u8);
	case sizeof(u32):
		copy(attr, &u32, sizeof(u32));
		if (kind == ATTR_LAYERS)
			return from_layers(u32);
		memcpy(&s32, &u32, sizeof(s32));
		return json_integer(kind == ATTR_S32 ? s32 : (json_int_t)u32);
	default:
		copy(attr, &u64, sizeof(u64));
		return kind == ATTR_TIME ? from_time(u64) : from_u64(u64);
	}
}

static json_t *read_span(struct span span, const struct attr_spec *spec,
			 json_t *malformed);

static json_t *read_list(struct span span, const struct attr_spec *spec,
			 json_t *malformed)
{
	json_t *list = checked(json_array());
	const struct nlattr *attr;

	while ((attr = span_next(&span))) {
		if (mnl_attr_get_type(attr) != spec->type)
			continue;
		append(list, read_span(span_of(attr), spec->nest, malformed));
		if (span_broken(span_of(attr)))
			append(malformed, json_string(spec->key));
	}
	return list;
}

static json_t *read_one(struct span span, const struct attr_spec *spec,
			json_t *malformed)
{
	const struct nlattr *attr;
	json_t *value;

	if (spec->kind == ATTR_GROUP)
		return read_span(span, spec->nest, malformed);
	if (spec->kind == ATTR_LIST)
		return read_list(span, spec, malformed);
	attr = span_find(span, spec->type);
	if (spec->kind == ATTR_FLAG)
		return json_boolean(attr);
	if (!attr)
		return json_null();
	value = read_scalar(spec->kind, attr);
	if (value)
		return value;
	append(malformed, json_string(spec->key));
	return json_null();
}

static json_t *read_span(struct span span, const struct attr_spec *spec,
			 json_t *malformed)
{
	json_t *object = checked(json_object());

	for (; spec->kind != ATTR_END; spec++)
		put(object, spec->key, read_one(span, spec, malformed));
	return object;
}

json_t *attr_read(const struct nlmsghdr *nlh, const struct attr_spec *spec)
{
	json_t *malformed = checked(json_array());
	struct span span = {};
	json_t *object;

	if (mnl_nlmsg_get_payload_len(nlh) >= GENL_HDRLEN) {
		span.data = mnl_nlmsg_get_payload_offset(nlh, GENL_HDRLEN);
		span.len = mnl_nlmsg_get_payload_len(nlh) - GENL_HDRLEN;
	}
	object = read_span(span, spec, malformed);
	if (span_broken(span))
		append(malformed, json_string("message"));
	if (json_array_size(malformed))
		put(object, "malformed", malformed);
	else
		json_decref(malformed);
	return object;
}
