/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Caches for what an attacker would like to reach by an object of its own: they
 * share their pages with no other cache, and their objects are accounted to
 * whoever causes them.
 */
#ifndef _NSG_CACHE_H
#define _NSG_CACHE_H

#include <linux/slab.h>

#include "compat/compat.h"

/* NULL if there is no memory.  Context: process context, may sleep. */
#define NSG_CACHE(type, name)						\
	kmem_cache_create("nsguard_" name, sizeof(type),		\
			  __alignof__(type), SLAB_ACCOUNT | NSG_SLAB_ALONE, \
			  NULL)

#endif /* _NSG_CACHE_H */
