// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/nsguard.h>

#include "names.h"
#include "output.h"

static const char *const modes[] = {
	[NSGUARD_MODE_OFF]	= "off",
	[NSGUARD_MODE_AUDIT]	= "audit",
	[NSGUARD_MODE_ENFORCE]	= "enforce",
};

static const char *const states[] = {
	[NSGUARD_STATE_LOADING]		= "loading",
	[NSGUARD_STATE_GUARDING]	= "guarding",
	[NSGUARD_STATE_LEAVING]		= "leaving",
	[NSGUARD_STATE_LEFT]		= "left",
};

static const struct {
	unsigned int mask;
	const char *name;
} layers[] = {
	{ NSGUARD_LAYER_GATE,		"gate" },
	{ NSGUARD_LAYER_USE,		"use" },
	{ NSGUARD_LAYER_SWEEP,		"sweep" },
	{ NSGUARD_LAYER_TRANSITION,	"transition" },
};

const char *mode_name(unsigned int mode)
{
	return mode < ARRAY_SIZE(modes) ? modes[mode] : NULL;
}

const char *state_name(unsigned int state)
{
	return state < ARRAY_SIZE(states) ? states[state] : NULL;
}

int mode_number(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(modes); i++) {
		if (!strcmp(name, modes[i]))
			return i;
	}
	return -1;
}

const char *layer_name(unsigned int bit)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(layers); i++) {
		if (layers[i].mask == 1U << bit)
			return layers[i].name;
	}
	return NULL;
}

bool parse_number(const char *text, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	return isdigit((unsigned char)*text) && !*end && !errno && *number;
}
