#include "diagnose/family_pages.h"

#include <algorithm>
#include <string>

#include "diagnose/families.h"
#include "diagnose/sign_rows.h"

namespace doctor::diagnose {
namespace {

// clang-format off
constexpr FamilyPage kPages[] = {
    {kSpotInterrupted, "spot", "AWS took Fargate Spot capacity back",
     "AWS reclaims Spot capacity with two minutes' notice: stop code SpotInterruption, SIGTERM, then SIGKILL after the stop "
     "timeout. ECS tries Spot again for the replacement and never falls back to on-demand by itself.", title::kSpot},
    {kEniCreateFailed, "eni", "the task's network interface could not be made",
     "Every Fargate task needs a network interface of its own in one of its subnets. EC2 refused it or did not report it in "
     "time, so the task stopped before it ran: TaskFailedToStart.", title::kFailedToStart},
    {kStorageExceeded, "storage", "the task's ephemeral storage is full",
     "Image layers and everything that the containers write share the task's ephemeral storage: 20 GiB unless the task "
     "definition asks for more. AWS has no stop code for it; \"no space left on device\" in reasons and logs is the sign.", title::kStorage},
    {kExecError, "exec", "ECS Exec does not reach the container",
     "aws ecs execute-command opens a Session Manager channel from an agent inside the task. It needs the flag at the task's "
     "start, the agent, four ssmmessages permissions of the task role, and a network path.", title::kExec},
    {kImageSizeExceeded, "image", "the image is too large, or its pull does not end in time",
     "CannotPullContainerError with \"no space left on device\" (the unpacked image does not fit) or with a time-out, which "
     "may be the size or the network path.", title::kCannotPull},
    {kInsufficientCapacity, "capacity", "Fargate cannot place the task",
     "No Fargate capacity in the zones of the subnets, a vCPU quota that is used up, or launches faster than the account's "
     "rate: three things with three different remedies.", title::kServiceEvents},
    {kPlatformUnsupported, "platform", "the platform version cannot run this task definition",
     "The call names a platform version that does not exist or is retired, or the task definition asks for a size, "
     "operating system, architecture or feature that the version does not have.", title::kPlatform},
};
// clang-format on

std::string letters_of(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if (c >= 'a' && c <= 'z') out.push_back(c);
  }
  return out;
}

}  // namespace

std::span<const FamilyPage> family_pages() {
  return kPages;
}

const FamilyPage* find_family_page(std::string_view name) {
  constexpr std::string_view kPrefix = "fargate";
  std::string wanted = letters_of(name);
  if (wanted.starts_with(kPrefix)) wanted.erase(0, kPrefix.size());
  const auto page = std::find_if(std::begin(kPages), std::end(kPages), [&](const FamilyPage& candidate) {
    return !wanted.empty() &&
           (letters_of(candidate.name.substr(kPrefix.size())) == wanted || candidate.word == wanted);
  });
  return page == std::end(kPages) ? nullptr : page;
}

}  // namespace doctor::diagnose
