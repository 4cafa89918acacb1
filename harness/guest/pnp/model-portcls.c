/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of what STOP brings before IAdapterPnpManagement::PnpStop is not documented. */
#include "models.h"

static const ModelStep query_stop[] = {
    STEP("adapter", "IAdapterPnpManagement::GetSupportedRebalanceType", WORK_DECIDE,
         "portcls-rebalance", .may_fail = true),
    STEP("portcls", "rebalance-requirements", WORK_NONE, "portcls-rebalance", .may_fail = true,
         .veto = VETO_AUDIO),
    STEP("adapter", "IAdapterPnpManagement::PnpQueryStop", WORK_NONE, "portcls-rebalance"),
    STEP("portcls", "creates-hold", WORK_HOLD_CREATES, "portcls-rebalance"),
};

static const ModelStep cancel_stop[] = {
    STEP("adapter", "IAdapterPnpManagement::PnpCancelStop", WORK_NONE, "portcls-cancel"),
    STEP("portcls", "creates-release", WORK_RELEASE_CREATES, "portcls-cancel"),
};

static const ModelStep stop[] = {
    STEP("subdevice", "IMiniportPnpNotify::PnpStop", WORK_NONE, "portcls-notify",
         .when = STEP_EACH_SUBDEVICE),
    STEP("portcls", "stream-stop", WORK_STOP_STREAM, "portcls-rebalance",
         .when = STEP_EACH_STREAM),
    STEP("portcls", "ioctls-stop", WORK_REJECT_IO, "portcls-rebalance"),
    STEP("portcls", "pending-cancel", WORK_FAIL_IO, "portcls-rebalance"),
    STEP("portcls", "interfaces-off", WORK_DISABLE_INTERFACES, "portcls-rebalance"),
    PART("adapter", "IAdapterPnpManagement::PnpStop", WORK_DECLARE_PENDING, "bench"),
    PART("adapter", "IAdapterPnpManagement::PnpStop", WORK_STOP_DMA, "portcls-buffers",
         .when = STEP_DMA),
    PART("adapter", "IAdapterPnpManagement::PnpStop", WORK_DISABLE_INTERRUPTS, "portcls-stop"),
    PART("adapter", "IAdapterPnpManagement::PnpStop", WORK_SAVE_STATE, "bench"),
    PART("adapter", "IAdapterPnpManagement::PnpStop", WORK_QUIET, "portcls-stop"),
    STEP("adapter", "IAdapterPnpManagement::PnpStop", WORK_RELEASE_HARDWARE, "portcls-stop"),
};

static const ModelStep start[] = {
    PART("adapter", "start-device", WORK_PREPARE_HARDWARE, "bench", .may_fail = true),
    PART("adapter", "start-device", WORK_RESTORE_STATE, "bench", .when = STEP_RESTART,
         .may_fail = true),
    PART("adapter", "start-device", WORK_START_DMA, "bench", .when = STEP_DMA,
         .may_fail = true),
    PART("adapter", "start-device", WORK_ENABLE_INTERRUPTS, "bench", .may_fail = true),
    STEP("adapter", "start-device", WORK_UNPREPARE_HARDWARE, "bench",
         .when = STEP_AFTER_FAILURE),
    STEP("adapter", "register-subdevice", WORK_NONE, "portcls-stop",
         .when = STEP_EACH_SUBDEVICE),
    PART("portcls", "resume", WORK_RELEASE_IO, "bench"),
    STEP("portcls", "resume", WORK_RELEASE_CREATES, "bench"),
};

static const ModelStep surprise_removal[] = {
    PART("portcls", "IRP_MN_SURPRISE_REMOVAL", WORK_FAIL_IO, "surprise-removal"),
    PART("portcls", "IRP_MN_SURPRISE_REMOVAL", WORK_UNPREPARE_HARDWARE, "surprise-removal"),
    STEP("portcls", "IRP_MN_SURPRISE_REMOVAL", WORK_DISABLE_INTERFACES, "surprise-removal"),
};

static const ModelStep remove_device[] = {
    STEP("portcls", "IRP_MN_REMOVE_DEVICE", WORK_CLOSE_HANDLES, "rebalance"),
};

const DriverModel model_portcls = {
    .name = "portcls",
    .title = "an audio adapter on PortCls",
    .may_refuse = true,
    .rejects_io = true,
    STEPS(PNP_QUERY_STOP, query_stop),
    STEPS(PNP_CANCEL_STOP, cancel_stop),
    STEPS(PNP_STOP, stop),
    STEPS(PNP_START, start),
    STEPS(PNP_SURPRISE_REMOVAL, surprise_removal),
    STEPS(PNP_REMOVE, remove_device),
};
