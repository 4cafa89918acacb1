/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results as the kernel's tests tell theirs (Linux, Documentation/dev-tools/ktap.rst): a test for
 * each result, its checks one level below. Written as results come, for the plan is known before.
 */
#ifndef BARSHIFT_HOST_REPORT_KTAP_H
#define BARSHIFT_HOST_REPORT_KTAP_H

#include "engine.h"

/** report_ktap_head() - (transfer full): version and plan */
char *report_ktap_head(guint planned);

/** report_ktap_result() - (transfer full): @number: of the result, from 1 */
char *report_ktap_result(const RunResult *result, guint number);

/** report_ktap_error() - (transfer full): a result without a verdict */
char *report_ktap_error(const char *name, const GError *error, guint number);

/** report_ktap_not_run() - (transfer full): one that was never begun */
char *report_ktap_not_run(const char *name, guint number);

#endif
