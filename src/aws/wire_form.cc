#include "aws/wire_form.h"

#include "aws/http.h"
#include "core/json.h"

namespace doctor::aws {
namespace {

using core::ErrorKind;
using core::fail;
using core::Json;
using core::Result;

std::string joined(std::string_view prefix, std::string_view name) {
  std::string out(prefix);
  if (!out.empty()) out += '.';
  out += name;
  return out;
}

class Form {
 public:
  explicit Form(std::string_view operation) : operation_(operation) {}

  void add(std::string_view key, std::string_view value) {
    if (!text_.empty()) text_ += '&';
    text_ += url_encoded(key) + '=' + url_encoded(value);
  }

  // `key` is the place in the form, `path` the place in the input, for people.
  Result<void> write(const Shape& shape, const Json& value, const std::string& key, const std::string& path) {
    if (value.is_null()) return {};
    switch (shape.kind) {
      case Shape::Kind::structure:
        return structure(shape, value, key, path);
      case Shape::Kind::list:
        return list(shape, value, key, path);
      case Shape::Kind::map:
        return map(shape, value, key, path);
      default:
        return scalar(shape, value, key, path);
    }
  }

  std::string take() { return std::move(text_); }

 private:
  Result<void> structure(const Shape& shape, const Json& value, const std::string& key,
                         const std::string& path) {
    if (!value.is_object()) return wrong(path, "must be an object");
    for (const auto& [name, inner] : value.members()) {
      const Member* member = shape.member(name);
      const std::string inner_path = joined(path, name);
      if (member == nullptr) return wrong(inner_path, "is no member of this operation's input");
      if (auto done = write(*member->shape, inner, joined(key, member->wire), inner_path); !done) return done;
    }
    return {};
  }

  Result<void> list(const Shape& shape, const Json& value, const std::string& key, const std::string& path) {
    if (!value.is_array()) return wrong(path, "must be a list");
    const auto items = value.items();
    if (items.empty() && !shape.flattened) add(key, "");
    const std::string prefix = shape.flattened ? key : joined(key, shape.item_name);
    for (std::size_t i = 0; i < items.size(); ++i) {
      auto done = write(*shape.item, items[i], joined(prefix, std::to_string(i + 1)),
                        path + "[" + std::to_string(i) + "]");
      if (!done) return done;
    }
    return {};
  }

  Result<void> map(const Shape& shape, const Json& value, const std::string& key, const std::string& path) {
    if (!value.is_object()) return wrong(path, "must be an object");
    const std::string prefix = shape.flattened ? key : joined(key, shape.item_name);
    int number = 0;
    for (const auto& [name, inner] : value.members()) {
      const std::string entry = joined(prefix, std::to_string(++number));
      add(joined(entry, shape.key_name), name);
      auto done = write(*shape.item, inner, joined(entry, shape.value_name), joined(path, name));
      if (!done) return done;
    }
    return {};
  }

  Result<void> scalar(const Shape& shape, const Json& value, const std::string& key,
                      const std::string& path) {
    const std::string text = value.text();
    switch (shape.kind) {
      case Shape::Kind::integer:
        if (!value.is_number() || text.find_first_of(".eE") != std::string::npos) {
          return wrong(path, "must be a whole number");
        }
        add(key, text);
        return {};
      case Shape::Kind::real:
        if (!value.is_number()) return wrong(path, "must be a number");
        add(key, text);
        return {};
      case Shape::Kind::boolean:
        if (text != "true" && text != "false") return wrong(path, "must be true or false");
        add(key, text);
        return {};
      case Shape::Kind::time: {
        const auto time = value.timestamp();
        if (!time) return wrong(path, "must be a time, like 2026-11-24T03:00:00Z");
        add(key, core::to_iso(*time));
        return {};
      }
      default:
        if (!value.is_string()) return wrong(path, "must be a string");
        add(key, value.string_or());
        return {};
    }
  }

  tl::unexpected<core::Error> wrong(const std::string& path, std::string_view what) const {
    return fail(ErrorKind::bad_input, "input of " + std::string(operation_) + ": " +
                                          (path.empty() ? std::string("it") : path) + " " +
                                          std::string(what));
  }

  std::string_view operation_;
  std::string text_;
};

}  // namespace

Result<std::string> encode_form(std::string_view operation, std::string_view version, const Shape& shape,
                                std::string_view input) {
  const auto document =
      core::JsonDocument::parse(input.empty() ? "{}" : input, "input of " + std::string(operation));
  if (!document) return fail(document.error());
  Form form(operation);
  form.add("Action", operation);
  form.add("Version", version);
  if (auto done = form.write(shape, document->root(), "", ""); !done) return fail(done.error());
  return form.take();
}

}  // namespace doctor::aws
