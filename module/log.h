/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every line begins "nsguard: "; only an incident's has ALERT after it
 * (event.c), so that a log can be watched for that word.
 */
#ifndef _NSG_LOG_H
#define _NSG_LOG_H

#include <linux/printk.h>

#define nsg_info(fmt, ...)	pr_info("nsguard: " fmt, ##__VA_ARGS__)
#define nsg_notice(fmt, ...)	pr_notice("nsguard: " fmt, ##__VA_ARGS__)
#define nsg_err_ratelimited(fmt, ...)					\
	pr_err_ratelimited("nsguard: " fmt, ##__VA_ARGS__)
#define nsg_err(fmt, ...)	pr_err("nsguard: " fmt, ##__VA_ARGS__)

/* What is found where nothing may be logged: see log.c. */
enum nsg_saying {
	NSG_SAY_STORM,
	NSG_SAY_OVERRIDDEN,
};

void nsg_log_later(enum nsg_saying saying);
void nsg_log_flush(void);

#endif /* _NSG_LOG_H */
