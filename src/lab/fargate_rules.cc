#include "lab/fargate_rules.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace doctor::lab {

namespace {

// A number and what stands behind it, lower case and without spaces: "0.5 GB" -> 0.5, "gb".
std::optional<std::pair<double, std::string>> quantity(std::string_view text) {
  std::string compact;
  for (const char c : text)
    if (!std::isspace(static_cast<unsigned char>(c)))
      compact += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  double value = 0;
  const char* end = compact.data() + compact.size();
  const auto [rest, error] = std::from_chars(compact.data(), end, value);
  if (error != std::errc{} || !std::isfinite(value) || value <= 0 || value > 1e7) return std::nullopt;
  return std::pair{value, std::string(rest, end)};
}

struct SizeRow {
  int cpu, least_memory, most_memory, step;
};

constexpr std::array kSizes{
    SizeRow{256, 512, 2048, 512},        SizeRow{512, 1024, 4096, 1024},   SizeRow{1024, 2048, 8192, 1024},
    SizeRow{2048, 4096, 16384, 1024},    SizeRow{4096, 8192, 30720, 1024}, SizeRow{8192, 16384, 61440, 4096},
    SizeRow{16384, 32768, 122880, 8192},
};

}  // namespace

std::optional<int> cpu_units_of(std::string_view text) {
  const auto q = quantity(text);
  if (!q) return std::nullopt;
  if (q->second.empty()) return static_cast<int>(q->first);
  if (q->second == "vcpu") return static_cast<int>(std::lround(q->first * 1024));
  return std::nullopt;
}

std::optional<int> memory_mib_of(std::string_view text) {
  const auto q = quantity(text);
  if (!q) return std::nullopt;
  if (q->second.empty()) return static_cast<int>(q->first);
  if (q->second == "gb") return static_cast<int>(std::lround(q->first * 1024));
  return std::nullopt;
}

bool is_fargate_size(int cpu_units, int memory_mib) {
  for (const SizeRow& row : kSizes) {
    if (row.cpu != cpu_units) continue;
    if (cpu_units == 256 && memory_mib == 1536) return false;  // 0.25 vCPU: 0.5, 1 or 2 GB
    return memory_mib >= row.least_memory && memory_mib <= row.most_memory &&
           (memory_mib - row.least_memory) % row.step == 0;
  }
  return false;
}

PlatformChoice platform_for(std::string_view requested, const PlatformNeeds& needs) {
  const bool latest = requested.empty() || requested == "LATEST";
  const std::string version = latest ? (needs.windows ? "1.0.0" : "1.4.0") : std::string(requested);
  const bool known = version == "1.4.0" || version == "1.3.0" || (needs.windows && version == "1.0.0");
  if (!known) return {{}, "PlatformUnknownException", "The specified platform does not exist."};
  const PlatformChoice incompatible{{},
                                    "PlatformTaskDefinitionIncompatibilityException",
                                    "One or more of the requested capabilities are not supported."};
  if (needs.windows != (version == "1.0.0")) return incompatible;
  if (version == "1.3.0" &&
      (needs.ephemeral_storage || needs.efs || needs.arm64 || needs.shared_pid || needs.exec))
    return incompatible;
  if (needs.spot && needs.windows)
    return {{},
            "ClientException",
            "The task definition is configured to use WINDOWS, which is not supported by the FARGATE_SPOT "
            "capacity provider."};
  return {version, {}, {}};
}

}  // namespace doctor::lab
