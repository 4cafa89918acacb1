/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function for each kind of step, which tells it in whole sentences. step-words.c has the table
 * of them; they stand by noun in files of their own.
 */
#ifndef BARSHIFT_HOST_STEP_TELL_H
#define BARSHIFT_HOST_STEP_TELL_H

#include "step-words.h"

/** tell_add_names() - the names of all functions of the device that @first is of; borrowed */
void tell_add_names(GPtrArray *names, const Scenario *scenario, const Function *first);

/** tell_device() - append the names of all functions of the device that @first is of */
void tell_device(GString *text, const Scenario *scenario, const Function *first);

/** tell_bar() - append the BAR that a step names, "BAR 2 of fut" */
void tell_bar(GString *text, const Step *step);

/** tell_newcomer() - (nullable): who was hot-added last before step @index */
const Function *tell_newcomer(const Scenario *scenario, guint index);

/** tell_is_plugged_in() - is the function plugged in when step @index begins? */
gboolean tell_is_plugged_in(const Scenario *scenario, guint index, const Function *function);

/* Append what step @index does, in whole sentences; by kind, in alphabetical order. */
void tell_bind(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_check(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_hot_add(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_move(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_next_size(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_power_off(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_press(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_rebalance(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_remove(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_rescan(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_reset(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_resize(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_resume(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_run(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_snapshot(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_suspend(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_swap(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_unbind(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_unplug(GString *text, const Scenario *scenario, guint index, const Step *step);
void tell_wait_for(GString *text, const Scenario *scenario, guint index, const Step *step);

#endif
