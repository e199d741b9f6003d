/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_CONFIG_H
#define _NSG_CONFIG_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <uapi/linux/nsguard.h>

/**
 * struct nsg_config - what the administrator has set
 * @mode: enum nsguard_mode
 * @layers: NSGUARD_LAYER_*
 * @locked: layers can't be changed and the mode can't be weakened any more
 * @sweep_ms: period of the sweep
 * @storm: containers with a kill in a short time that make a storm, 0: none do
 * @active: @layers, or 0 in NSGUARD_MODE_OFF: one load on the hot paths
 *
 * Written under config_lock (config.c), read with READ_ONCE() anywhere.
 */
struct nsg_config {
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

static inline enum nsguard_mode nsg_mode(void)
{
	return READ_ONCE(nsg_config.mode);
}

const char *nsg_mode_name(enum nsguard_mode mode);
int nsg_set_mode(enum nsguard_mode mode);

#endif /* _NSG_CONFIG_H */
