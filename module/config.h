/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_CONFIG_H
#define _NSG_CONFIG_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <uapi/linux/nsguard.h>

/**
 * struct nsg_config - what the administrator has set, and whether it counts
 * @state: where the module is in its life
 * @mode: the mode that is configured; nsg_mode() says which one is in force
 * @layers: NSGUARD_LAYER_*
 * @locked: nothing of this can be weakened any more, nor the module retired
 * @sweep_ms: period of the sweep
 * @storm: containers with a kill in a short time that make a storm, 0: none do
 * @active: @layers, or 0 where nothing is judged: one load on the hot paths
 *
 * Written under config_lock (config.c), read with READ_ONCE() anywhere.
 */
struct nsg_config {
	enum nsguard_state state;
	enum nsguard_mode mode;
	u32 layers;
	bool locked;
	unsigned int sweep_ms;
	unsigned int storm;
	u32 active;
};

extern struct nsg_config nsg_config;

static inline bool nsg_layer_active(u32 layer)
{
	/* One load, of a word that is only tested. */
	return data_race(nsg_config.active) & layer;
}

static inline enum nsguard_state nsg_state(void)
{
	return READ_ONCE(nsg_config.state);
}

/* Tasks are tracked: all hooks live, and none is on its way off. */
static inline bool nsg_guarding(void)
{
	return nsg_state() == NSGUARD_STATE_GUARDING;
}

/*
 * The containers that run already are being looked for: until they are known no
 * exec is taken for the start of one.  Written by adopt.c alone.
 */
extern bool nsg_adopting;

/* What the administrator has asked for, in force or not. */
static inline enum nsguard_mode nsg_mode_configured(void)
{
	return READ_ONCE(nsg_config.mode);
}

/* What is in force. */
static inline enum nsguard_mode nsg_mode(void)
{
	return nsg_guarding() ? nsg_mode_configured() : NSGUARD_MODE_OFF;
}

const char *nsg_mode_name(enum nsguard_mode mode);
const char *nsg_state_name(enum nsguard_state state);
int nsg_set_mode(enum nsguard_mode mode);
int nsg_config_begin(void);
void nsg_config_end(void);
int nsg_config_may_leave(void);
int nsg_config_leave(void);
void nsg_config_set_state(enum nsguard_state state);

#endif /* _NSG_CONFIG_H */
