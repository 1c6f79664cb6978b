#include "facts/facts.h"

namespace doctor::facts {
namespace {

std::string_view interface_detail(const Task& task, const std::string& key) {
  for (const Attachment& attachment : task.attachments) {
    if (const auto found = attachment.details.find(key); found != attachment.details.end())
      return found->second;
  }
  return {};
}

}  // namespace

std::string_view Task::service() const {
  constexpr std::string_view kPrefix = "service:";
  return group.starts_with(kPrefix) ? std::string_view(group).substr(kPrefix.size()) : std::string_view{};
}

std::string_view Task::subnet() const {
  return interface_detail(*this, "subnetId");
}

std::string_view Task::network_interface() const {
  return interface_detail(*this, "networkInterfaceId");
}

std::optional<Timestamp> Task::stop_time() const {
  if (stopped_at) return stopped_at;
  if (stopping_at) return stopping_at;
  return execution_stopped_at;
}

bool Place::knows(std::string_view service_and_operation) const {
  return answered.contains(std::string(service_and_operation));
}

}  // namespace doctor::facts
