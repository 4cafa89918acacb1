/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stack of three levels without a framework: every level gets the IRP itself. Who refuses does
 * not pass it on, so that the levels below never see it; CANCEL_STOP, from the bottom up, reaches
 * them all the same.
 */
#include "models.h"

static const ModelStep query_stop[] = {
    STEP("filter", "IRP_MN_QUERY_STOP_DEVICE", WORK_DECIDE, "query-stop", .may_fail = true),
    PART("function", "IRP_MN_QUERY_STOP_DEVICE", WORK_NONE, "query-stop", .may_fail = true,
         .veto = VETO_PAGING_PATH),
    PART("function", "IRP_MN_QUERY_STOP_DEVICE", WORK_NONE, "query-stop", .may_fail = true,
         .veto = VETO_NO_STOP),
    PART("function", "IRP_MN_QUERY_STOP_DEVICE", WORK_DECIDE, "query-stop", .may_fail = true),
    PART("function", "IRP_MN_QUERY_STOP_DEVICE", WORK_HOLD_CREATES, "query-stop",
         .without = OPTION_CREATES_FAILED),
    PART("function", "IRP_MN_QUERY_STOP_DEVICE", WORK_REJECT_CREATES, "start-function",
         .with = OPTION_CREATES_FAILED),
    PART("function", "IRP_MN_QUERY_STOP_DEVICE", WORK_HOLD_IO, "holding",
         .without = OPTION_PAUSE_AT_STOP | OPTION_IO_REJECTED),
    PART("function", "IRP_MN_QUERY_STOP_DEVICE", WORK_REJECT_IO, "holding",
         .with = OPTION_IO_REJECTED, .without = OPTION_PAUSE_AT_STOP),
    PART("function", "IRP_MN_QUERY_STOP_DEVICE", WORK_DRAIN_IO, "query-stop",
         .may_fail = true, .without = OPTION_PAUSE_AT_STOP),
    STEP("function", "IRP_MN_QUERY_STOP_DEVICE", WORK_DECLARE_PENDING, "bench",
         .without = OPTION_PAUSE_AT_STOP),
    STEP("bus", "IRP_MN_QUERY_STOP_DEVICE", WORK_NONE, "query-stop", .may_fail = true),
};

static const ModelStep cancel_stop[] = {
    STEP("bus", "IRP_MN_CANCEL_STOP_DEVICE", WORK_NONE, "cancel-stop"),
    PART("function", "IRP_MN_CANCEL_STOP_DEVICE", WORK_DECLARE_STARTED, "bench"),
    PART("function", "IRP_MN_CANCEL_STOP_DEVICE", WORK_RELEASE_IO, "holding"),
    STEP("function", "IRP_MN_CANCEL_STOP_DEVICE", WORK_RELEASE_CREATES, "holding"),
    STEP("filter", "IRP_MN_CANCEL_STOP_DEVICE", WORK_NONE, "cancel-stop"),
};

static const ModelStep query_requirements[] = {
    STEP("filter", "IRP_MN_QUERY_RESOURCE_REQUIREMENTS", WORK_NONE, "requirements"),
    STEP("function", "IRP_MN_QUERY_RESOURCE_REQUIREMENTS", WORK_NONE, "requirements"),
    STEP("bus", "IRP_MN_QUERY_RESOURCE_REQUIREMENTS", WORK_NONE, "requirements"),
};

static const ModelStep filter_requirements[] = {
    STEP("bus", "IRP_MN_FILTER_RESOURCE_REQUIREMENTS", WORK_NONE, "filter-requirements"),
    STEP("function", "IRP_MN_FILTER_RESOURCE_REQUIREMENTS", WORK_NONE, "filter-requirements"),
    STEP("filter", "IRP_MN_FILTER_RESOURCE_REQUIREMENTS", WORK_NONE, "filter-requirements"),
};

static const ModelStep stop[] = {
    STEP("filter", "IRP_MN_STOP_DEVICE", WORK_NONE, "stop"),
    PART("function", "IRP_MN_STOP_DEVICE", WORK_HOLD_IO, "holding",
         .with = OPTION_PAUSE_AT_STOP, .without = OPTION_IO_REJECTED),
    PART("function", "IRP_MN_STOP_DEVICE", WORK_REJECT_IO, "holding",
         .with = OPTION_PAUSE_AT_STOP | OPTION_IO_REJECTED),
    PART("function", "IRP_MN_STOP_DEVICE", WORK_DRAIN_IO, "query-stop",
         .with = OPTION_PAUSE_AT_STOP),
    PART("function", "IRP_MN_STOP_DEVICE", WORK_DECLARE_PENDING, "bench",
         .with = OPTION_PAUSE_AT_STOP),
    PART("function", "IRP_MN_STOP_DEVICE", WORK_STOP_DMA, "bench", .when = STEP_DMA),
    PART("function", "IRP_MN_STOP_DEVICE", WORK_DISABLE_INTERRUPTS, "stop"),
    PART("function", "IRP_MN_STOP_DEVICE", WORK_SAVE_STATE, "start-function"),
    PART("function", "IRP_MN_STOP_DEVICE", WORK_QUIET, "stop"),
    STEP("function", "IRP_MN_STOP_DEVICE", WORK_RELEASE_HARDWARE, "stop"),
    STEP("bus", "IRP_MN_STOP_DEVICE", WORK_NONE, "stop"),
};

/* A started driver first lets go of what it has, on the way down */
static const ModelStep start[] = {
    PART("function", "release-old", WORK_HOLD_IO, "start", .when = STEP_START_TO_START,
         .without = OPTION_IO_REJECTED),
    PART("function", "release-old", WORK_REJECT_IO, "start", .when = STEP_START_TO_START,
         .with = OPTION_IO_REJECTED),
    PART("function", "release-old", WORK_DRAIN_IO, "start", .when = STEP_START_TO_START),
    PART("function", "release-old", WORK_STOP_DMA, "start",
         .when = STEP_START_TO_START | STEP_DMA),
    PART("function", "release-old", WORK_DISABLE_INTERRUPTS, "start",
         .when = STEP_START_TO_START),
    PART("function", "release-old", WORK_SAVE_STATE, "start", .when = STEP_START_TO_START),
    PART("function", "release-old", WORK_QUIET, "start", .when = STEP_START_TO_START),
    STEP("function", "release-old", WORK_RELEASE_HARDWARE, "start",
         .when = STEP_START_TO_START),

    STEP("bus", "IRP_MN_START_DEVICE", WORK_NONE, "start", .may_fail = true),
    PART("function", "IRP_MN_START_DEVICE", WORK_PREPARE_HARDWARE, "start", .may_fail = true),
    PART("function", "IRP_MN_START_DEVICE", WORK_RESTORE_STATE, "start-function",
         .when = STEP_RESTART, .may_fail = true),
    PART("function", "IRP_MN_START_DEVICE", WORK_ENABLE_INTERRUPTS, "start", .may_fail = true),
    PART("function", "IRP_MN_START_DEVICE", WORK_START_DMA, "bench", .when = STEP_DMA,
         .may_fail = true),
    PART("function", "IRP_MN_START_DEVICE", WORK_RELEASE_IO, "holding"),
    STEP("function", "IRP_MN_START_DEVICE", WORK_RELEASE_CREATES, "holding"),
    STEP("filter", "IRP_MN_START_DEVICE", WORK_NONE, "rebalance-tests", .may_fail = true),
};

static const ModelStep surprise_removal[] = {
    STEP("filter", "IRP_MN_SURPRISE_REMOVAL", WORK_NONE, "surprise-removal"),
    PART("function", "IRP_MN_SURPRISE_REMOVAL", WORK_FAIL_IO, "surprise-removal"),
    PART("function", "IRP_MN_SURPRISE_REMOVAL", WORK_UNPREPARE_HARDWARE, "surprise-removal"),
    STEP("function", "IRP_MN_SURPRISE_REMOVAL", WORK_DISABLE_INTERFACES, "surprise-removal"),
    STEP("bus", "IRP_MN_SURPRISE_REMOVAL", WORK_NONE, "surprise-removal"),
};

static const ModelStep remove_device[] = {
    STEP("filter", "IRP_MN_REMOVE_DEVICE", WORK_NONE, "rebalance"),
    PART("function", "IRP_MN_REMOVE_DEVICE", WORK_UNPREPARE_HARDWARE, "bench"),
    STEP("function", "IRP_MN_REMOVE_DEVICE", WORK_CLOSE_HANDLES, "rebalance"),
    STEP("bus", "IRP_MN_REMOVE_DEVICE", WORK_NONE, "rebalance"),
};

const DriverModel model_wdm = {
    .name = "wdm",
    .title = "a stack of WDM drivers without a framework",
    .may_refuse = true,
    .streams_return = true,
    .options = OPTION_PAUSE_AT_STOP | OPTION_CREATES_FAILED | OPTION_IO_REJECTED,
    STEPS(PNP_QUERY_STOP, query_stop),
    STEPS(PNP_CANCEL_STOP, cancel_stop),
    STEPS(PNP_QUERY_REQUIREMENTS, query_requirements),
    STEPS(PNP_FILTER_REQUIREMENTS, filter_requirements),
    STEPS(PNP_STOP, stop),
    STEPS(PNP_START, start),
    STEPS(PNP_SURPRISE_REMOVAL, surprise_removal),
    STEPS(PNP_REMOVE, remove_device),
};
