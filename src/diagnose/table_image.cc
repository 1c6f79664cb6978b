#include "diagnose/table_rows.h"

// FargateImageSizeExceeded: the image does not fit, or its pull does not end in time.
//
// A pull timeout says "too slow", not why. Two causes stand beside each other, and the evidence tells them
// apart: a way to the registry or to the layers that is slow or closed, or simply too many bytes. Priors:
// AWS's page "CannotPullContainer task errors in Amazon ECS" gives the network for every timeout that it
// lists and size for none of them, so the network leads among timeouts.
// clang-format off
namespace doctor::diagnose {
namespace {

constexpr std::string_view kFamily = "FargateImageSizeExceeded";
constexpr std::string_view kPull = "CannotPullContainer task errors in Amazon ECS";
constexpr std::string_view kStorage = "Fargate task ephemeral storage for Amazon ECS: the compressed and the uncompressed image both lie on it";
constexpr std::string_view kEndpoints = "Amazon ECR interface VPC endpoints: layers come from Amazon S3";
constexpr std::string_view kUnpacked = "field measure: an unpacked image is two to three times its compressed size";
constexpr std::string_view kChange = "rule of thumb: the last change explains about three failures in four";

std::vector<FixRow> fixes() {
  return {
      {"enlarge_ephemeral_storage", "Give the task more ephemeral storage (21 to 200 GiB)", true, "ecs:RegisterTaskDefinition ecs:UpdateService iam:PassRole"},
      {"slim_image", "Build a smaller image: several stages, a slim base, no caches in layers", true, "ecr:PutImage ecs:UpdateService"},
      {"lazy_load_image", "Load the image lazily with a SOCI index", true, "ecr:PutImage ecs:UpdateService"},
      {"s3_gateway_endpoint", "Create a gateway endpoint for Amazon S3 in the subnets' route tables", true, "ec2:CreateVpcEndpoint"},
      {"mirror_image_to_ecr", "Keep a copy of the image in Amazon ECR in the task's own region", true, "ecr:CreatePullThroughCacheRule ecr:PutImage"},
      {"share_base_layers", "Build the task's images on one base and without repeated layers", true, "ecr:PutImage"},
  };
}

std::vector<CauseRow> causes() {
  return {
      {"image.larger_than_storage", kFamily, "the image, unpacked, does not fit into the task's ephemeral storage", .40, false, "enlarge_ephemeral_storage slim_image roll_back_deployment",
       "Three to four times the compressed size exceeds the storage: aws ecr describe-images --repository-name REPOSITORY --image-ids imageTag=TAG --query 'imageDetails[].imageSizeInBytes'; aws ecs describe-task-definition --task-definition TASK_DEFINITION --query taskDefinition.ephemeralStorage"},
      {"image.pull_timeout_slow_path", kFamily, "the path to the registry or to the image's layers is slow or closed", .35, false, "s3_gateway_endpoint network_path vpc_endpoint mirror_image_to_ecr",
       "No default route and no endpoints (ecr.api, ecr.dkr, S3) serve the task's subnet, or a pull far slower than its size explains: aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=VPC; aws ecs describe-tasks --cluster CLUSTER --tasks TASK --query 'tasks[].[pullStartedAt,pullStoppedAt]'"},
      {"image.pull_timeout_size", kFamily, "the image is too large to be pulled in time by a healthy path", .18, false, "slim_image lazy_load_image roll_back_deployment",
       "The pull ran at full speed and still did not end: compare pullStartedAt and pullStoppedAt with the image's size: aws ecs describe-tasks --cluster CLUSTER --tasks TASK --query 'tasks[].[pullStartedAt,pullStoppedAt]'"},
      {"image.grew_by_change", kFamily, "the image grew with a recent push or revision", .05, true, "roll_back_deployment slim_image",
       "The image before was much smaller: aws ecr describe-images --repository-name REPOSITORY --query 'sort_by(imageDetails,&imagePushedAt)[].[imageTags,imageSizeInBytes]'"},
      {"image.no_endpoint_for_layers", kFamily, "layers cross a NAT gateway, because no gateway endpoint for Amazon S3 serves the subnet", .05, true, "s3_gateway_endpoint",
       "aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.REGION.s3 answers no gateway endpoint for the subnet's route table"},
      {"image.duplicate_layers", kFamily, "layers are repeated, or the task's images share none", .05, true, "share_base_layers",
       "The manifests list the same large layer twice, or no common one: aws ecr batch-get-image --repository-name REPOSITORY --image-ids imageTag=TAG"},
  };
}

std::vector<EvidenceRow> words_of_aws() {
  return {
      {"image.no_space", kFamily, {{"image.larger_than_storage", 200}, {"image.pull_timeout_slow_path", .02}, {"image.pull_timeout_size", .1}}, kPull},
      {"image.pull_timeout", kFamily, {{"image.larger_than_storage", .02}, {"image.pull_timeout_slow_path", 6}, {"image.pull_timeout_size", 4}}, kPull},
      {"image.layer_timeout", kFamily, {{"image.larger_than_storage", .02}, {"image.pull_timeout_slow_path", 8}, {"image.pull_timeout_size", 6}}, "layers are asked for only once the registry has answered"},
      {"image.s3_path", kFamily, {{"image.larger_than_storage", .02}, {"image.pull_timeout_slow_path", 60}}, kPull},
      {"image.manifest_not_fetched", kFamily, {{"image.pull_timeout_slow_path", 4}, {"image.pull_timeout_size", .1}}, "the manifest is asked for before any layer"},
  };
}

std::vector<EvidenceRow> size_rows() {
  return {
      {"image.exceeds_storage", kFamily, {{"image.larger_than_storage", 30}, {"image.pull_timeout_size", 2}}, kStorage},
      {"image.may_exceed_storage", kFamily, {{"image.larger_than_storage", 6}, {"image.pull_timeout_size", 2}}, kUnpacked},
      {"image.fits_storage", kFamily, {{"image.larger_than_storage", .1}}, kStorage},
      {"image.is_small", kFamily, {{"image.pull_timeout_size", .03}, {"image.pull_timeout_slow_path", 2}}, "under 500 MB a pull takes seconds by any healthy path"},
      {"image.is_large", kFamily, {{"image.pull_timeout_size", 5}}, "from 2 GB on the pull takes minutes by a healthy path"},
      {"image.is_huge", kFamily, {{"image.pull_timeout_size", 12}}, "from 10 GB on a healthy path needs many minutes, and unpacking as long again"},
      {"image.pulled_fast_but_long", kFamily, {{"image.pull_timeout_size", 8}, {"image.pull_timeout_slow_path", .2}}, "pullStartedAt and pullStoppedAt against the image's size"},
      {"image.pulled_slowly", kFamily, {{"image.pull_timeout_slow_path", 8}, {"image.pull_timeout_size", .4}}, "pullStartedAt and pullStoppedAt against the image's size"},
      {"image.pulled_for_long", kFamily, {{"image.pull_timeout_size", 3}, {"image.pull_timeout_slow_path", 2}}, "a registry that does not answer ends the pull within minutes"},
      {"image.grew", kFamily, {{"image.grew_by_change", 200}, {"image.larger_than_storage", 3}, {"image.pull_timeout_size", 3}}, kChange},
      {"image.did_not_grow", kFamily, {{"image.grew_by_change", .05}}, kChange},
      {"image.repeats_layers", kFamily, {{"image.duplicate_layers", 60}}, kStorage},
      {"image.shares_layers", kFamily, {{"image.duplicate_layers", .05}}, kStorage},
  };
}

std::vector<EvidenceRow> path_rows() {
  return {
      {"image.registry_path_closed", kFamily, {{"image.pull_timeout_slow_path", 80}, {"image.pull_timeout_size", .1}}, kPull},
      {"image.registry_path_open", kFamily, {{"image.pull_timeout_slow_path", .6}}, kPull},
      {"image.layer_path_closed", kFamily, {{"image.pull_timeout_slow_path", 60}, {"image.pull_timeout_size", .1}, {"image.no_endpoint_for_layers", 60}}, kEndpoints},
      {"image.layers_by_nat", kFamily, {{"image.pull_timeout_slow_path", 3}, {"image.no_endpoint_for_layers", 60}}, kEndpoints},
      {"image.layers_by_endpoint", kFamily, {{"image.pull_timeout_slow_path", .3}, {"image.no_endpoint_for_layers", .02}}, kEndpoints},
      {"image.far_registry", kFamily, {{"image.pull_timeout_slow_path", 4}}, "a registry of another region or of the public internet"},
  };
}

std::vector<EvidenceRow> change_rows() {
  return {
      {"change.image", kFamily, {{"image.larger_than_storage", 4}, {"image.pull_timeout_size", 4}, {"image.grew_by_change", 4}}, kChange},
      {"change.image_pushed", kFamily, {{"image.larger_than_storage", 4}, {"image.pull_timeout_size", 4}, {"image.grew_by_change", 4}}, kChange},
      {"change.ephemeral_storage", kFamily, {{"image.larger_than_storage", 6}}, kChange},
      {"change.route", kFamily, {{"image.pull_timeout_slow_path", 5}}, kChange},
      {"change.endpoint", kFamily, {{"image.pull_timeout_slow_path", 6}}, kChange},
      {"change.security_group", kFamily, {{"image.pull_timeout_slow_path", 4}}, kChange},
      {"change.network_acl", kFamily, {{"image.pull_timeout_slow_path", 4}}, kChange},
      {"change.network_configuration", kFamily, {{"image.pull_timeout_slow_path", 5}}, kChange},
      {"health.covers", kFamily, {{"image.pull_timeout_slow_path", 2}, {"unknown", 3}}, "rule of thumb: an event of the region explains about one failure in ten"},
  };
}

}  // namespace

FamilyRows rows_of_image() {
  FamilyRows rows{fixes(), causes(), {}};
  for (auto more : {words_of_aws, size_rows, path_rows, change_rows}) {
    for (EvidenceRow& row : more()) rows.evidence.push_back(std::move(row));
  }
  return rows;
}

}  // namespace doctor::diagnose
