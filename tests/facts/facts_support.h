// Reading answers that are written inside a test.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/json.h"
#include "facts/absorb.h"
#include "facts/facts.h"

namespace doctor::facts {

struct Reader {
  Facts facts;
  Place place;

  core::Result<void> try_read(std::string_view service, std::string_view operation, std::string_view json,
                              std::string_view subject = {}) {
    const auto document = core::JsonDocument::parse(json, "test");
    if (!document) return core::fail(document.error());
    return absorb(facts, place, {service, operation, subject}, document->root());
  }
  void read(std::string_view service, std::string_view operation, std::string_view json,
            std::string_view subject = {}) {
    const auto done = try_read(service, operation, json, subject);
    ASSERT_TRUE(done) << core::to_line(done.error());
  }
  void event(std::string_view json) {
    const auto document = core::JsonDocument::parse(json, "test");
    ASSERT_TRUE(document) << core::to_line(document.error());
    const auto done = absorb_event(facts, place, document->root());
    ASSERT_TRUE(done) << core::to_line(done.error());
  }
};

// A folder that is gone at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "doctor-facts-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, std::string_view text) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace doctor::facts
