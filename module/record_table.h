/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shape of the record table, for C and for guard.S.
 *
 * docs/measurements.md has what the alternatives cost.
 */
#ifndef _NSG_RECORD_TABLE_H
#define _NSG_RECORD_TABLE_H

#define NSG_TABLE_BITS	15
/* 2^64 divided by the golden ratio, as linux/hash.h has it. */
#define NSG_TABLE_HASH	0x61C8864680B583EB

#endif /* _NSG_RECORD_TABLE_H */
