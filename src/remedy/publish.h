// Tells the account that something was changed: a CloudWatch metric and an EventBridge event for each change.
#pragma once

#include "remedy/execution.h"

namespace doctor::remedy {

// Namespace FargateDoctor, metric RemediationsApplied (RemediationsTakenBack of an inverse), dimensions
// Family and Fix; event source "fargate-doctor", detail type "Fargate Remediation Applied" ("… Taken Back").
// What cannot be published becomes a warning of the run and is no failure of it. An event may come twice
// after a kill: run and step in its detail tell.
void publish_change(Execution& run, const Step& step, EntryKind kind);

}  // namespace doctor::remedy
