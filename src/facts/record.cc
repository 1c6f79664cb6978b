// Writing a snapshot: files that only their owner may read, each there whole or not at all.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>

#include "core/arn.h"
#include "facts/live.h"
#include "facts/snapshot.h"

namespace doctor::facts {
namespace {

namespace fs = std::filesystem;

core::Error cannot(const fs::path& path, const std::string& why) {
  return core::make_error(core::ErrorKind::bad_input, path.string() + ": cannot be written: " + why,
                          "name a folder that you may write to");
}

core::Result<void> write_whole(const fs::path& path, const std::string& text) {
  const fs::path draft = path.parent_path() / ("." + path.filename().string() + ".new");
  ::unlink(draft.c_str());
  const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return core::fail(cannot(path, std::strerror(errno)));
  std::size_t done = 0;
  while (done < text.size()) {
    const auto wrote = ::write(file, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) break;
    done += static_cast<std::size_t>(wrote);
  }
  const bool whole = done == text.size();
  if (::close(file) != 0 || !whole || ::rename(draft.c_str(), path.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    ::unlink(draft.c_str());
    return core::fail(cannot(path, why));
  }
  return {};
}

// A folder may be recorded into where it is empty or holds nothing but account folders: an earlier recording.
core::Result<void> check_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return {};
  if (!fs::is_directory(folder, error))
    return core::fail(core::ErrorKind::bad_input, folder.string() + " is not a folder", "name a new folder");
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (core::is_account_id(at->path().filename().string()) && at->is_directory(error)) continue;
    return core::fail(
        core::ErrorKind::bad_input,
        folder.string() + " holds something that is no recorded snapshot: " + at->path().filename().string(),
        "name a new or an empty folder");
  }
  if (error) return core::fail(core::ErrorKind::bad_input, folder.string() + ": " + error.message());
  return {};
}

// What an earlier run recorded of this place would mix with this one's answers.
void clear_place(const fs::path& place) {
  std::error_code error;
  std::vector<fs::path> old;
  for (fs::directory_iterator at(place, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(".json") || name.ends_with(".error.txt")) old.push_back(at->path());
  }
  for (const fs::path& path : old) fs::remove(path, error);
}

core::Result<void> make_private_folder(const fs::path& folder) {
  std::error_code error;
  fs::path made;
  for (const fs::path& part : folder) {
    made /= part;
    if (made.empty() || fs::exists(made, error)) continue;
    if (::mkdir(made.c_str(), 0700) != 0 && errno != EEXIST)
      return core::fail(cannot(made, std::strerror(errno)));
  }
  return {};
}

}  // namespace

core::Result<Record> record_to(const std::string& folder) {
  if (auto done = check_folder(folder); !done) return core::fail(done.error());
  if (auto done = make_private_folder(folder); !done) return core::fail(done.error());
  auto begun = std::make_shared<std::set<fs::path>>();
  return [root = fs::path(folder), begun](const std::string& account, const std::string& region,
                                          const std::string& file_name,
                                          const std::string& text) -> core::Result<void> {
    const fs::path place = root / account / region;
    if (begun->insert(place).second) {
      if (auto done = make_private_folder(place); !done) return done;
      clear_place(place);
    }
    return write_whole(place / file_name, text);
  };
}

}  // namespace doctor::facts
