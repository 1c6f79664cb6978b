#include "aws/shape.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>

#include "aws/shape_texts.h"

namespace doctor::aws {
namespace {

using ShapePtr = std::shared_ptr<const Shape>;
using core::ErrorKind;
using core::fail;
using core::Result;

constexpr int kDeepest = 40;  // AWS's own nest a dozen deep; more is a shape that names itself

class Parser {
 public:
  Parser(std::string_view text, const ShapeRules& rules, int depth)
      : text_(text), rules_(rules), depth_(depth) {}

  Result<ShapePtr> whole() {
    auto shape = type();
    if (shape && at_ != text_.size()) return wrong("text after the end");
    return shape;
  }

 private:
  Result<ShapePtr> type() {
    if (++depth_ > kDeepest) return wrong("too deep");
    auto shape = type_here();
    --depth_;
    return shape;
  }

  Result<ShapePtr> type_here() {
    const bool flattened = take('*');
    if (take('[')) return list(flattened);
    if (take('<')) return map(flattened);
    if (flattened) return wrong("'*' without a list or a map");
    if (take('{')) return structure();
    if (take('@')) return shared();
    return scalar();
  }

  Result<ShapePtr> scalar() {
    static constexpr std::pair<std::string_view, Shape::Kind> kNames[] = {
        {"", Shape::Kind::text},        {"int", Shape::Kind::integer}, {"double", Shape::Kind::real},
        {"bool", Shape::Kind::boolean}, {"time", Shape::Kind::time},   {"blob", Shape::Kind::blob},
        {"policy", Shape::Kind::policy}};
    const std::string_view name = word();
    for (const auto& [known, kind] : kNames) {
      if (known != name) continue;
      Shape shape;
      shape.kind = kind;
      return std::make_shared<const Shape>(std::move(shape));
    }
    return wrong("no such type: " + std::string(name));
  }

  Result<ShapePtr> structure() {
    Shape shape;
    shape.kind = Shape::Kind::structure;
    while (!take('}')) {
      if (!shape.members.empty() && !take(' ')) return wrong("a space or '}' is missing");
      Member member;
      member.name = member.wire = word();
      if (member.name.empty()) return wrong("a member's name is missing");
      if (take('=') && (member.wire = word()).empty()) return wrong("a wire name is missing");
      auto inner = take(':') ? type() : scalar();
      if (!inner) return inner;
      member.shape = std::move(*inner);
      shape.members.push_back(std::move(member));
    }
    return std::make_shared<const Shape>(std::move(shape));
  }

  Result<ShapePtr> list(bool flattened) {
    Shape shape;
    shape.kind = Shape::Kind::list;
    shape.flattened = flattened || rules_.flattened;
    shape.item_name = rules_.item_name;
    const std::size_t start = at_;
    const std::string_view name = word();
    if (take('=')) {
      shape.item_name = name;
    } else {
      at_ = start;
    }
    auto inner = type();
    if (!inner) return inner;
    shape.item = std::move(*inner);
    if (!take(']')) return wrong("']' is missing");
    return std::make_shared<const Shape>(std::move(shape));
  }

  Result<ShapePtr> map(bool flattened) {
    Shape shape;
    shape.kind = Shape::Kind::map;
    shape.flattened = flattened;
    shape.item_name = "entry";
    shape.key_name = word();
    if (!take(' ')) return wrong("a map's value name is missing");
    shape.value_name = word();
    auto inner = take(':') ? type() : scalar();
    if (!inner) return inner;
    shape.item = std::move(*inner);
    if (!take('>')) return wrong("'>' is missing");
    return std::make_shared<const Shape>(std::move(shape));
  }

  Result<ShapePtr> shared() {
    const std::string_view name = word();
    const std::string_view text = shared_shape(rules_.service, name);
    if (text.empty()) return wrong("no shared shape of this name: " + std::string(name));
    return Parser(text, rules_, depth_).whole();
  }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string_view word() {
    const std::size_t start = at_;
    const auto in_word = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    while (at_ < text_.size() && in_word(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  tl::unexpected<core::Error> wrong(const std::string& what) const {
    return fail(ErrorKind::internal, "shape of " + std::string(rules_.service) + ", at character " +
                                         std::to_string(at_) + " of \"" + std::string(text_.substr(0, 60)) +
                                         "\": " + what);
  }

  std::string_view text_;
  const ShapeRules& rules_;
  int depth_;
  std::size_t at_ = 0;
};

const Shape* cached(const OperationModel& operation, std::string_view text, bool input) {
  if (text.empty()) return nullptr;
  static std::mutex mutex;
  static std::map<std::tuple<std::string_view, std::string_view, bool>, ShapePtr> shapes;
  const std::scoped_lock lock(mutex);
  auto [place, is_new] = shapes.try_emplace({operation.service, operation.name, input});
  if (is_new) {
    const bool is_ec2 = operation.service == "ec2";
    const ShapeRules rules{operation.service, is_ec2 ? "item" : "member", is_ec2 && input};
    if (auto parsed = parse_shape(text, rules)) place->second = std::move(*parsed);
  }
  return place->second.get();
}

}  // namespace

const Member* Shape::member(std::string_view name) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.name == name; });
  return found == members.end() ? nullptr : &*found;
}

const Member* Shape::member_on_wire(std::string_view wire) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.wire == wire; });
  return found == members.end() ? nullptr : &*found;
}

const Shape* input_shape(const OperationModel& operation) {
  return cached(operation, operation.input_shape, true);
}

const Shape* output_shape(const OperationModel& operation) {
  return cached(operation, operation.output_shape, false);
}

Result<ShapePtr> parse_shape(std::string_view text, const ShapeRules& rules) {
  return Parser(text, rules, 0).whole();
}

}  // namespace doctor::aws
