/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_SWEEP_H
#define _NSG_SWEEP_H

void nsg_sweep_start(void);
void nsg_sweep_stop(void);
void nsg_sweep_rearm(void);

#endif /* _NSG_SWEEP_H */
