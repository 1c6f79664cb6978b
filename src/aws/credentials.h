// Credentials: what a request is signed with, and where they come from.
//
// A secret is held in a Secret, which wipes its memory when it goes and has no way into a log: no formatter,
// no stream operator, no comparison. Only the signer reveals it.
#pragma once

#include <optional>
#include <string>

#include "core/time.h"

namespace doctor::aws {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) noexcept;
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  bool empty() const { return text_.empty(); }
  const std::string& reveal() const { return text_; }

 private:
  std::string text_;
};

// Overwrites the characters of a string that held a secret, then empties it.
void wipe(std::string& text);

struct Credentials {
  std::string access_key_id;  // not a secret: AWS prints it in every Authorization header
  Secret secret_access_key;
  Secret session_token;                    // empty for long-term keys
  std::optional<core::Timestamp> expires;  // empty: never, as far as we were told
  std::string origin;                      // "environment", "profile prod: credential_process"
};

}  // namespace doctor::aws
