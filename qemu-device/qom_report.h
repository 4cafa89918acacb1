/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The function as QMP shows it: properties "ledger" and "moves".
 */
#ifndef BARSHIFT_QOM_REPORT_H
#define BARSHIFT_QOM_REPORT_H

#include "qom/object.h"

/** qom_report_class_init() - add the properties to the class */
void qom_report_class_init(ObjectClass *klass);

#endif
