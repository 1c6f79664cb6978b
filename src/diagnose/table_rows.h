// Where the rows of table.h come from: one file a family, table_<family>.cc, and table.cc puts them together.
//
// Evidence that every family shares has one vocabulary, observed by observe_changes.cc and observe_health.cc.
// A family that such a sight can speak for gives it a row; one that it cannot gives it none (a decoy):
//   health.covers        an AWS Health event of ECS, Fargate or EC2 covers region and time
//   health.covers_zone   the same, and it names the availability zone of the stops
//   health.none          AWS Health answered and nothing covers the time
//   change.none          CloudTrail answered for the time before and no change is in it
//   change.<what>        changed shortly before the first stop, by whom and when in the statement:
//     of the service          capacity_provider_strategy network_configuration platform_version desired_count
//                             exec_setting task_definition (any new revision), and within it, where both
//                             revisions are known: image task_size runtime_platform ephemeral_storage volumes
//                             task_role execution_role stop_timeout readonly_root log_configuration secrets
//                             health_check command environment
//     of what stands around   role_policy organization_policy security_group security_group_deleted
//                             subnet_deleted route network_acl endpoint image_pushed image_deleted
//                             registry_policy secret log_group kms_key target_group
//
// An evidence row may stand in several files under the same id (what changed, what AWS Health says): each
// file names the ratios of its own causes, and table.cc joins them into one row. Causes and fixes stand once
// in the whole program; fixes that several families use stand in table_fixes.cc.
#pragma once

#include <vector>

#include "diagnose/table.h"

namespace doctor::diagnose {

struct FamilyRows {
  std::vector<FixRow> fixes;
  std::vector<CauseRow> causes;
  std::vector<EvidenceRow> evidence;
};

FamilyRows rows_of_spot();
FamilyRows rows_of_capacity();
FamilyRows rows_of_eni();
FamilyRows rows_of_platform();
FamilyRows rows_of_exec();
FamilyRows rows_of_image();
FamilyRows rows_of_storage();
FamilyRows rows_of_stop();
FamilyRows rows_of_shared_fixes();

}  // namespace doctor::diagnose
