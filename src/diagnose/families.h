// The catalogue names of the seven families. AWS's own service is ECS and knows none of them.
#pragma once

#include <string_view>

namespace doctor::diagnose {

inline constexpr std::string_view kSpotInterrupted = "FargateSpotInterrupted";
inline constexpr std::string_view kEniCreateFailed = "FargateENICreateFailed";
inline constexpr std::string_view kStorageExceeded = "FargateEphemeralStorageExceeded";
inline constexpr std::string_view kExecError = "FargateExecError";
inline constexpr std::string_view kImageSizeExceeded = "FargateImageSizeExceeded";
inline constexpr std::string_view kInsufficientCapacity = "FargateInsufficientCapacity";
inline constexpr std::string_view kPlatformUnsupported = "FargatePlatformVersionUnsupported";

}  // namespace doctor::diagnose
