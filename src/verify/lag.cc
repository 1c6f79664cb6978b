#include "verify/lag.h"

#include <algorithm>
#include <array>

#include "diagnose/families.h"

namespace doctor::verify {
namespace {

using std::chrono::hours;

// Where the symptom shows every time its path is walked, the replay is the proof and only what CloudTrail
// tells late is waited for; where it comes by chance, by load or by the time of day, a day must pass.
// clang-format off
constexpr std::array<FamilySoak, 8> kSoaks{{
    {diagnose::kSpotInterrupted,      hours{24}, "Spot capacity is taken back when AWS needs it, so only a day without an interruption tells"},
    {diagnose::kEniCreateFailed,      kTrailLag, "CloudTrail shows a refused CreateNetworkInterface only minutes later"},
    {diagnose::kStorageExceeded,      hours{24}, "a disk fills with the load of a whole day, and its metric comes minutes late"},
    {diagnose::kExecError,            kTrailLag, "CloudTrail shows a failed ExecuteCommand only minutes later"},
    {diagnose::kImageSizeExceeded,    kTrailLag, "CloudTrail shows what failed only minutes later"},
    {diagnose::kInsufficientCapacity, hours{24}, "capacity comes and goes with the time of day, so only a day without a failed placement tells"},
    {diagnose::kPlatformUnsupported,  kTrailLag, "CloudTrail shows a refused RunTask only minutes later"},
    {"",                              kTrailLag, "CloudTrail shows what failed only minutes later"},
}};
// clang-format on

}  // namespace

const FamilySoak& soak_of(std::string_view family) {
  const auto found =
      std::find_if(kSoaks.begin(), kSoaks.end(), [&](const FamilySoak& row) { return row.family == family; });
  return found == kSoaks.end() ? kSoaks.back() : *found;
}

}  // namespace doctor::verify
