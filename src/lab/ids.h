// Ids and random choices of the lab: they look like AWS's and come from one seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace doctor::lab {

class Ids {
 public:
  explicit Ids(std::uint64_t seed) : engine_(seed) {}

  std::string resource(std::string_view prefix);  // "subnet-0a1b2c3d4e5f67890": 17 hexadecimal digits
  std::string hex(int digits);                    // hex(32): a task's id
  std::string uuid();                             // of events and requests: version 4
  std::string digits(int count);
  std::string unique_id(std::string_view prefix);  // "AROA…": 21 characters, as IAM's
  double chance();                                 // uniform in [0, 1)
  std::uint64_t below(std::uint64_t bound);        // uniform in [0, bound); bound > 0
  bool happens(double probability) { return chance() < probability; }

 private:
  std::string from(std::string_view alphabet, int count);
  std::mt19937_64 engine_;
};

}  // namespace doctor::lab
