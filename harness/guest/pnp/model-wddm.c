/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sources describe these callbacks for a stop on request; that a rebalance takes the same way
 * is an assumption.
 */
#include "models.h"

static const ModelStep query_stop[] = {
    STEP("dxgkrnl", "IRP_MN_QUERY_STOP_DEVICE", WORK_NONE, "bench",
         .without = OPTION_QUERY_REFUSED),
    STEP("dxgkrnl", "IRP_MN_QUERY_STOP_DEVICE", WORK_NONE, "bench", .may_fail = true,
         .veto = VETO_ALWAYS, .with = OPTION_QUERY_REFUSED),
};

static const ModelStep cancel_stop[] = {
    STEP("dxgkrnl", "IRP_MN_CANCEL_STOP_DEVICE", WORK_NONE, "cancel-stop"),
};

#define LET_GO(callback_, source_, when_) \
    PART("miniport", callback_, WORK_STOP_DMA, source_, .when = when_ | STEP_DMA), \
    PART("miniport", callback_, WORK_DISABLE_INTERRUPTS, source_, .when = when_), \
    PART("miniport", callback_, WORK_QUIET, source_, .when = when_), \
    STEP("miniport", callback_, WORK_RELEASE_HARDWARE, source_, .when = when_)

static const ModelStep stop[] = {
    PART("dxgkrnl", "gpu-idle", WORK_HOLD_IO, "wddm-threads"),
    PART("dxgkrnl", "gpu-idle", WORK_DRAIN_IO, "wddm-threads"),
    STEP("dxgkrnl", "gpu-idle", WORK_DECLARE_PENDING, "bench"),
    STEP("dxgkrnl", "evict", WORK_SAVE_STATE, "wddm-threads"),
    LET_GO("DxgkDdiStopDeviceAndReleasePostDisplayOwnership", "wddm-post", STEP_POST_DISPLAY),
    LET_GO("DxgkDdiStopDevice", "wddm-stop", STEP_UNLESS_DONE),
};

static const ModelStep start[] = {
    STEP("miniport", "DxgkDdiAddDevice", WORK_NONE, "wddm-remove", .when = STEP_FIRST_START),
    PART("miniport", "DxgkDdiStartDevice", WORK_PREPARE_HARDWARE, "wddm-start",
         .may_fail = true),
    PART("miniport", "DxgkDdiStartDevice", WORK_START_DMA, "bench", .when = STEP_DMA,
         .may_fail = true),
    PART("miniport", "DxgkDdiStartDevice", WORK_ENABLE_INTERRUPTS, "wddm-start",
         .may_fail = true),
    STEP("miniport", "DxgkDdiStartDevice", WORK_UNPREPARE_HARDWARE, "bench",
         .when = STEP_AFTER_FAILURE),
    PART("dxgkrnl", "resume", WORK_RESTORE_STATE, "bench", .when = STEP_RESTART),
    STEP("dxgkrnl", "resume", WORK_RELEASE_IO, "bench"),
};

static const ModelStep surprise_removal[] = {
    PART("dxgkrnl", "IRP_MN_SURPRISE_REMOVAL", WORK_FAIL_IO, "surprise-removal"),
    PART("dxgkrnl", "IRP_MN_SURPRISE_REMOVAL", WORK_UNPREPARE_HARDWARE, "surprise-removal"),
    STEP("dxgkrnl", "IRP_MN_SURPRISE_REMOVAL", WORK_DISABLE_INTERFACES, "surprise-removal"),
};

static const ModelStep remove_device[] = {
    STEP("miniport", "DxgkDdiRemoveDevice", WORK_CLOSE_HANDLES, "wddm-remove"),
};

const DriverModel model_wddm = {
    .name = "wddm",
    .title = "a display miniport",
    .options = OPTION_QUERY_REFUSED,
    STEPS(PNP_QUERY_STOP, query_stop),
    STEPS(PNP_CANCEL_STOP, cancel_stop),
    STEPS(PNP_STOP, stop),
    STEPS(PNP_START, start),
    STEPS(PNP_SURPRISE_REMOVAL, surprise_removal),
    STEPS(PNP_REMOVE, remove_device),
};
