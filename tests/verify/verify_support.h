// Facts and runs made by hand, as the tests of this stage need them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/time.h"

namespace doctor::verify {

inline core::Timestamp at(std::string_view iso) {
  return core::timestamp_of_iso(iso).value();
}

}  // namespace doctor::verify
