/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_LEAVE_H
#define _NSG_LEAVE_H

int nsg_leave_begin(void);
int nsg_leave(void);

#endif /* _NSG_LEAVE_H */
