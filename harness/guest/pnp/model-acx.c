/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACX stands on KMDF: its callbacks come between those of model-kmdf.c. Circuits are what a
 * Situation calls subdevices. Resources that only new circuits could use are not modelled.
 */
#include "models.h"

static const ModelStep query_stop[] = {
    STEP("kmdf", "static-stop-remove", WORK_NONE, "kmdf-states", .may_fail = true,
         .veto = VETO_NO_STOP),
    STEP("kmdf", "special-files", WORK_NONE, "kmdf-states", .may_fail = true,
         .veto = VETO_PAGING_PATH),
    STEP("acx", "running-streams", WORK_NONE, "acx-streams", .may_fail = true,
         .veto = VETO_RUNNING_STREAM),
    STEP("function", "EvtDeviceQueryStop", WORK_DECIDE, "kmdf-states", .may_fail = true),
    STEP("kmdf", "stay-in-d0", WORK_NONE, "kmdf-states", .may_fail = true),
};

static const ModelStep filter_requirements[] = {
    STEP("function", "EvtDeviceFilterRemoveResourceRequirements", WORK_NONE, "kmdf-up"),
    STEP("function", "EvtDeviceFilterAddResourceRequirements", WORK_NONE, "kmdf-up"),
};

#define DOWN(with_) \
    STEP("function", "EvtDeviceSelfManagedIoSuspend", WORK_NONE, "kmdf-irps", .when = with_), \
    STEP("kmdf", "queues-stop", WORK_HOLD_IO, "kmdf-irps", .when = with_), \
    STEP("function", "EvtIoStop", WORK_SUSPEND_IO, "kmdf-irps", \
         .when = with_ | STEP_EACH_REQUEST, .detail = "WdfRequestStopActionSuspend"), \
    STEP("function", "EvtDmaEnablerSelfManagedIoStop", WORK_NONE, "kmdf-dma", \
         .when = with_ | STEP_DMA), \
    STEP("function", "EvtDmaEnablerDisable", WORK_STOP_DMA, "kmdf-dma", \
         .when = with_ | STEP_DMA), \
    STEP("function", "EvtDmaEnablerFlush", WORK_NONE, "kmdf-dma", .when = with_ | STEP_DMA), \
    STEP("function", "EvtDeviceD0ExitPreInterruptsDisabled", WORK_NONE, "kmdf-irps", \
         .when = with_), \
    STEP("function", "EvtInterruptDisable", WORK_DISABLE_INTERRUPTS, "kmdf-irps", \
         .when = with_ | STEP_INTERRUPTS), \
    STEP("function", "EvtAcxStreamPowerDown", WORK_PAUSE_STREAM, "acx-streams", \
         .when = with_ | STEP_EACH_STREAM), \
    STEP("function", "EvtAcxCircuitPowerDown", WORK_NONE, "acx-circuit", \
         .when = with_ | STEP_EACH_SUBDEVICE), \
    PART("function", "EvtDeviceD0Exit", WORK_SAVE_STATE, "kmdf-power", .when = with_, \
         .detail = "WdfPowerDeviceD3Final"), \
    STEP("function", "EvtDeviceD0Exit", WORK_QUIET, "kmdf-power", .when = with_), \
    STEP("function", "EvtAcxStreamReleaseHardware", WORK_NONE, "acx-streams", \
         .when = with_ | STEP_EACH_STREAM), \
    STEP("function", "EvtAcxCircuitReleaseHardware", WORK_NONE, "acx-circuit", \
         .when = with_ | STEP_EACH_SUBDEVICE), \
    STEP("function", "EvtDeviceReleaseHardware", WORK_RELEASE_HARDWARE, "kmdf-release", \
         .when = with_)

static const ModelStep stop[] = { DOWN(0) };

/* At the first START there are no streams yet */
static const ModelStep start[] = {
    STEP("function", "EvtDriverDeviceAdd", WORK_NONE, "kmdf-rebalance", .when = STEP_FIRST_START),
    DOWN(STEP_START_TO_START),
    STEP("function", "EvtDeviceRemoveAddedResources", WORK_NONE, "kmdf-up"),
    STEP("function", "EvtDevicePrepareHardware", WORK_PREPARE_HARDWARE, "kmdf-prepare",
         .may_fail = true),
    STEP("function", "EvtAcxCircuitPrepareHardware", WORK_NONE, "acx-streams",
         .when = STEP_EACH_SUBDEVICE, .may_fail = true),
    STEP("function", "EvtAcxStreamPrepareHardware", WORK_NONE, "acx-streams",
         .when = STEP_EACH_STREAM | STEP_RESTART, .may_fail = true),
    PART("function", "EvtDeviceD0Entry", WORK_NONE, "kmdf-up", .may_fail = true,
         .detail = "WdfPowerDeviceD3Final"),
    STEP("function", "EvtDeviceD0Entry", WORK_RESTORE_STATE, "kmdf-up", .when = STEP_RESTART,
         .may_fail = true),
    STEP("function", "EvtAcxCircuitPowerUp", WORK_NONE, "acx-streams",
         .when = STEP_EACH_SUBDEVICE, .may_fail = true),
    STEP("function", "EvtInterruptEnable", WORK_ENABLE_INTERRUPTS, "kmdf-up",
         .when = STEP_INTERRUPTS, .may_fail = true),
    STEP("function", "EvtDeviceD0EntryPostInterruptsEnabled", WORK_NONE, "kmdf-up",
         .may_fail = true),
    STEP("function", "EvtDmaEnablerFill", WORK_NONE, "kmdf-up", .when = STEP_DMA,
         .may_fail = true),
    STEP("function", "EvtDmaEnablerEnable", WORK_START_DMA, "kmdf-up", .when = STEP_DMA,
         .may_fail = true),
    STEP("function", "EvtDmaEnablerSelfManagedIoStart", WORK_NONE, "kmdf-up", .when = STEP_DMA,
         .may_fail = true),
    STEP("function", "EvtChildListScanForChildren", WORK_NONE, "kmdf-up",
         .when = STEP_CHILD_LIST),
    STEP("function", "EvtAcxStreamPowerUp", WORK_RESUME_STREAM, "acx-streams",
         .when = STEP_EACH_STREAM | STEP_RESTART, .may_fail = true),
    STEP("function", "EvtIoResume", WORK_NONE, "kmdf-up", .when = STEP_HELD_REQUESTS),
    STEP("kmdf", "queues-start", WORK_RELEASE_IO, "kmdf-up"),
    STEP("function", "EvtDeviceSelfManagedIoInit", WORK_NONE, "kmdf-up",
         .when = STEP_FIRST_START, .may_fail = true),
    STEP("function", "EvtDeviceSelfManagedIoRestart", WORK_NONE, "kmdf-up",
         .when = STEP_RESTART, .may_fail = true),

    PART("function", "EvtDeviceReleaseHardware", WORK_HOLD_IO, "bench",
         .when = STEP_AFTER_FAILURE),
    PART("function", "EvtDeviceReleaseHardware", WORK_DRAIN_IO, "bench",
         .when = STEP_AFTER_FAILURE),
    STEP("function", "EvtDeviceReleaseHardware", WORK_UNPREPARE_HARDWARE, "kmdf-prepare",
         .when = STEP_AFTER_FAILURE),
    STEP("kmdf", "interfaces-disable", WORK_DISABLE_INTERFACES, "kmdf-states",
         .when = STEP_AFTER_FAILURE),
    STEP("kmdf", "queues-purge", WORK_FAIL_IO, "kmdf-states", .when = STEP_AFTER_FAILURE),
    STEP("function", "EvtDeviceSelfManagedIoFlush", WORK_NONE, "kmdf-states",
         .when = STEP_AFTER_FAILURE),
};

static const ModelStep surprise_removal[] = {
    PART("function", "EvtDeviceSurpriseRemoval", WORK_FAIL_IO, "surprise-removal"),
    STEP("function", "EvtDeviceSurpriseRemoval", WORK_UNPREPARE_HARDWARE, "kmdf-states"),
    STEP("kmdf", "interfaces-disable", WORK_DISABLE_INTERFACES, "kmdf-states",
         .when = STEP_PULLED),
    STEP("kmdf", "queues-purge", WORK_FAIL_IO, "kmdf-states", .when = STEP_PULLED),
    STEP("function", "EvtDeviceSelfManagedIoFlush", WORK_NONE, "kmdf-states",
         .when = STEP_PULLED),
};

static const ModelStep remove_device[] = {
    STEP("function", "EvtDeviceSelfManagedIoCleanup", WORK_CLOSE_HANDLES, "kmdf-states"),
};

const DriverModel model_acx = {
    .name = "acx",
    .title = "an audio driver on the Audio Class Extension of KMDF",
    .may_refuse = true,
    .streams_return = true,
    STEPS(PNP_QUERY_STOP, query_stop),
    STEPS(PNP_FILTER_REQUIREMENTS, filter_requirements),
    STEPS(PNP_STOP, stop),
    STEPS(PNP_START, start),
    STEPS(PNP_SURPRISE_REMOVAL, surprise_removal),
    STEPS(PNP_REMOVE, remove_device),
};
