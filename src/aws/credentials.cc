#include "aws/credentials.h"

#include <openssl/crypto.h>

#include <utility>

namespace doctor::aws {

void wipe(std::string& text) {
  // The whole capacity: a shrunken string keeps the tail of what it held before.
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

Secret::Secret(std::string text) noexcept : text_(std::move(text)) {
  wipe(text);
}

// A moved-from std::string may keep short text in its own buffer, so the source is wiped as well.
Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) {
  wipe(other.text_);
}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe(text_);
    text_ = other.text_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(text_);
    text_ = std::move(other.text_);
    wipe(other.text_);
  }
  return *this;
}

Secret::~Secret() {
  wipe(text_);
}

}  // namespace doctor::aws
