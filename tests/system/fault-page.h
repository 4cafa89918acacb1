/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * docs/faults.md: text written by hand, and tables between lines "<!-- NAME -->" and "<!-- end -->".
 */
#ifndef BARSHIFT_TESTS_FAULT_PAGE_H
#define BARSHIFT_TESTS_FAULT_PAGE_H

#include "fault-rows.h"

/** fault_page_remember() - give rows the outcomes without a fault that the tables of @page have */
void fault_page_remember(const char *page, GPtrArray *rows);

/**
 * fault_page_with() - (transfer full): @page with the tables that the rows make
 *
 * Returns: NULL with an error when a place for a table is missing.
 */
char *fault_page_with(const char *page, GPtrArray *rows, GError **error);

#endif
