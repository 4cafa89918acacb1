/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk's class driver, the port driver and its miniport. The class driver has a stack of its
 * own above the adapter's; here they are one. The miniport has no say.
 */
#include "models.h"

static const ModelStep query_stop[] = {
    STEP("class", "IRP_MN_QUERY_STOP_DEVICE", WORK_NONE, "classpnp", .may_fail = true,
         .veto = VETO_PAGING_PATH),
    STEP("class", "ClassStopDevice", WORK_DECIDE, "classpnp", .may_fail = true),
    STEP("storport", "IRP_MN_QUERY_STOP_DEVICE", WORK_NONE, "query-stop", .may_fail = true),
};

static const ModelStep cancel_stop[] = {
    STEP("storport", "IRP_MN_CANCEL_STOP_DEVICE", WORK_NONE, "cancel-stop"),
    STEP("class", "IRP_MN_CANCEL_STOP_DEVICE", WORK_NONE, "classpnp"),
};

static const ModelStep query_requirements[] = {
    STEP("miniport", "SRB_FUNCTION_PNP", WORK_NONE, "storport-pnp",
         .detail = "StorQueryResourceRequirements"),
};

static const ModelStep filter_requirements[] = {
    STEP("miniport", "SRB_FUNCTION_PNP", WORK_NONE, "storport-pnp",
         .detail = "StorFilterResourceRequirements"),
};

#define STOP_DEVICE(...) \
    STEP("miniport", "SRB_FUNCTION_PNP", WORK_NONE, "storport-pnp", \
         .detail = "StorStopDevice", __VA_ARGS__)

/* A miniport that gets no ScsiStopAdapter has to be quiet when it is told of the stop */
#define QUIET(callback_, source_, detail_, ...) \
    PART("miniport", callback_, WORK_DECLARE_PENDING, "bench", .detail = detail_, __VA_ARGS__), \
    PART("miniport", callback_, WORK_STOP_DMA, source_, .when = STEP_DMA, __VA_ARGS__), \
    PART("miniport", callback_, WORK_DISABLE_INTERRUPTS, source_, __VA_ARGS__), \
    PART("miniport", callback_, WORK_SAVE_STATE, "bench", __VA_ARGS__), \
    STEP("miniport", callback_, WORK_QUIET, source_, __VA_ARGS__)

static const ModelStep stop[] = {
    STEP("storport", "queue-hold", WORK_HOLD_IO, "bench", .without = OPTION_IO_REJECTED),
    STEP("storport", "queue-reject", WORK_REJECT_IO, "bench", .with = OPTION_IO_REJECTED),
    STEP("storport", "drain", WORK_DRAIN_IO, "storport-control"),
    STEP("miniport", "SRB_FUNCTION_FLUSH", WORK_NONE, "storport-control"),
    STOP_DEVICE(.without = OPTION_ADAPTER_FIRST | OPTION_STOP_ADAPTER_SKIPPED),
    QUIET("HwStorAdapterControl", "storport-control", "ScsiStopAdapter",
          .without = OPTION_STOP_ADAPTER_SKIPPED),
    STOP_DEVICE(.with = OPTION_ADAPTER_FIRST, .without = OPTION_STOP_ADAPTER_SKIPPED),
    QUIET("SRB_FUNCTION_PNP", "storahci", "StorStopDevice", .with = OPTION_STOP_ADAPTER_SKIPPED),
    STEP("storport", "release-resources", WORK_RELEASE_HARDWARE, "storport-control"),
};

static const ModelStep start[] = {
    STEP("miniport", "HwStorFindAdapter", WORK_PREPARE_HARDWARE, "storahci", .may_fail = true,
         .without = OPTION_FIND_ADAPTER_SKIPPED),
    STEP("miniport", "HwStorFindAdapter", WORK_PREPARE_HARDWARE, "storahci", .may_fail = true,
         .when = STEP_FIRST_START, .with = OPTION_FIND_ADAPTER_SKIPPED),
    PART("miniport", "HwStorInitialize", WORK_PREPARE_HARDWARE, "storport-control",
         .may_fail = true, .when = STEP_RESTART, .with = OPTION_FIND_ADAPTER_SKIPPED),
    PART("miniport", "HwStorInitialize", WORK_RESTORE_STATE, "bench", .may_fail = true,
         .when = STEP_RESTART),
    PART("miniport", "HwStorInitialize", WORK_ENABLE_INTERRUPTS, "bench", .may_fail = true),
    PART("miniport", "HwStorInitialize", WORK_START_DMA, "bench", .when = STEP_DMA,
         .may_fail = true),
    STEP("miniport", "HwStorInitialize", WORK_NONE, "storport-control", .may_fail = true),
    STEP("storport", "queue-release", WORK_RELEASE_IO, "holding"),
    STEP("storport", "release-resources", WORK_UNPREPARE_HARDWARE, "bench",
         .when = STEP_AFTER_FAILURE),
};

static const ModelStep surprise_removal[] = {
    PART("storport", "IRP_MN_SURPRISE_REMOVAL", WORK_FAIL_IO, "surprise-removal"),
    PART("storport", "IRP_MN_SURPRISE_REMOVAL", WORK_UNPREPARE_HARDWARE, "surprise-removal"),
    STEP("storport", "IRP_MN_SURPRISE_REMOVAL", WORK_DISABLE_INTERFACES, "surprise-removal"),
};

static const ModelStep remove_device[] = {
    STEP("storport", "IRP_MN_REMOVE_DEVICE", WORK_CLOSE_HANDLES, "rebalance"),
};

const DriverModel model_storport = {
    .name = "storport",
    .title = "a StorPort miniport below a disk",
    .may_refuse = true,
    .options = OPTION_IO_REJECTED | OPTION_ADAPTER_FIRST | OPTION_STOP_ADAPTER_SKIPPED |
               OPTION_FIND_ADAPTER_SKIPPED,
    STEPS(PNP_QUERY_STOP, query_stop),
    STEPS(PNP_CANCEL_STOP, cancel_stop),
    STEPS(PNP_QUERY_REQUIREMENTS, query_requirements),
    STEPS(PNP_FILTER_REQUIREMENTS, filter_requirements),
    STEPS(PNP_STOP, stop),
    STEPS(PNP_START, start),
    STEPS(PNP_SURPRISE_REMOVAL, surprise_removal),
    STEPS(PNP_REMOVE, remove_device),
};
