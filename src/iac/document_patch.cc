#include "iac/document_patch.h"

#include <algorithm>

#include "iac/yaml_tree.h"

namespace doctor::iac {
namespace {

using NodeKind = YamlNode::Kind;

constexpr std::size_t kYamlLevel = 2;
const Value kAbsent;

// What YAML would read as something else than this string.
bool needs_quotes(std::string_view text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return true;
  if (std::string_view("!&*-?|>@`%\"'#{}[],:=~<").find(text.front()) != std::string_view::npos) return true;
  if (text.find_first_of("\n\t\r\"\\{}[],") != std::string_view::npos) return true;
  if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos ||
      text.back() == ':')
    return true;
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const std::string_view word : {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}) {
    if (lower == word) return true;
  }
  // Numbers, dates ("2012-10-17"), times and octals.
  const bool digit =
      (text.front() >= '0' && text.front() <= '9') || text.front() == '.' || text.front() == '+';
  return digit && text.find_first_not_of("0123456789.eE+-:_xXabcdefABCDEF") == std::string_view::npos;
}

std::string yaml_scalar(const Value& value) {
  if (value.kind == Value::Kind::null) return "null";
  if (value.kind != Value::Kind::string || !needs_quotes(value.text)) return value.text;
  return core::json_quoted(value.text);
}

bool says(const YamlNode& node, const Value& value) {
  if (node.is_intrinsic()) return false;
  if (node.kind == NodeKind::scalar) return value.is_scalar() && value.text == node.text;
  if (node.items.size() != value.items.size()) return false;
  if (node.kind == NodeKind::sequence) {
    return value.kind == Value::Kind::list &&
           std::equal(node.items.begin(), node.items.end(), value.items.begin(), says);
  }
  if (node.kind != NodeKind::map || value.kind != Value::Kind::map) return false;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const Value* item = value.member(node.keys[i].text);
    if (!item || !says(node.items[i], *item)) return false;
  }
  return true;
}

class DocumentPatcher {
 public:
  DocumentPatcher(std::string_view text, const YamlNode& root) : text_(text), root_(root) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    json_ = first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
  }

  void reconcile(const YamlNode& node, const Value& before, const Value& after, const std::string& path) {
    if (same(before, after) || says(node, after)) return;
    if (node.is_intrinsic()) return refuse(node, after, path);
    if (node.kind == NodeKind::map && after.kind == Value::Kind::map)
      return reconcile_map(node, before, after, path);
    if (node.kind == NodeKind::sequence && after.kind == Value::Kind::list) {
      return reconcile_sequence(node, before, after, path);
    }
    if (!node.all_literal()) return refuse(node, after, path);
    replace(node, node.kind == NodeKind::scalar ? in_form_of(node.text, before, after) : after, path);
  }

  DocumentPatch take() {
    settle(text_, patch_.edits);
    const std::size_t line = text_.find('\n');
    const bool crlf = line != std::string_view::npos && line > 0 && text_[line - 1] == '\r';
    for (auto& edit : patch_.edits) {
      for (std::size_t at = 0; crlf && (at = edit.text.find('\n', at)) != std::string::npos; at += 2) {
        edit.text.insert(at, "\r");
      }
    }
    return std::move(patch_);
  }

  void insert(const YamlNode& map, const std::string& key, const Value& value, const std::string& path) {
    note(map.span.begin, path, "", value);
    inserted_.push_back(&map);
    if (map.flow || json_) return append_flow(map, flow_key(map, key) + flow_text(value, member_indent(map)));
    const std::size_t indent = member_indent(map);
    append_block(map, std::string(indent, ' ') + block_pair(key, value, indent));
  }

 private:
  std::string_view text_of(Span span) const { return text_.substr(span.begin, span.size()); }
  std::size_t line_start(std::size_t at) const {
    const std::size_t newline = at ? text_.rfind('\n', at - 1) : std::string_view::npos;
    return newline == std::string_view::npos ? 0 : newline + 1;
  }
  std::size_t line_end(std::size_t at) const {
    const std::size_t newline = text_.find('\n', at);
    if (newline == std::string_view::npos) return text_.size();
    return newline > at && text_[newline - 1] == '\r' ? newline - 1 : newline;
  }
  std::size_t column(std::size_t at) const { return at - line_start(at); }
  std::size_t indent_of_line(std::size_t at) const {
    const std::size_t start = line_start(at);
    return std::min(text_.find_first_not_of(" \t", start), text_.size()) - start;
  }
  bool multiline(Span span) const { return text_of(span).find('\n') != std::string_view::npos; }

  void note(std::size_t offset, const std::string& path, std::string_view code, const Value& live) {
    patch_.changed.push_back({offset, path, std::string(code), plain_text(live)});
  }
  void edit(Span span, std::string with) {
    patch_.edits.push_back({span.begin, span.size(), std::move(with)});
  }

  void refuse(const YamlNode& node, const Value& after, const std::string& path) {
    std::string name = !node.tag.empty() ? node.tag : node.keys.empty() ? "an alias" : node.keys.front().text;
    const std::string target =
        node.kind == NodeKind::map && !node.items.empty() ? node.items.front().text : node.text;
    std::string instead =
        "change what " + name + " takes it from, so that it comes out as " + json_text(after);
    if (!node.is_intrinsic()) name = "an intrinsic function in it";
    const bool ref = name == "!Ref" || name == "Ref";
    const YamlNode* parameter = ref ? root_.at("Parameters/" + target) : nullptr;
    if (parameter) {
      const YamlNode* fallback = parameter->member("Default");
      const std::size_t at = fallback ? fallback->span.begin : parameter->span.begin;
      const auto line = std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
      instead = "give parameter " + target + " the value " + json_text(after) + " in the update" +
                (fallback ? ", or change its Default (line " + std::to_string(line) + ", now " +
                                fallback->text + ")"
                          : "");
    } else if (ref && root_.at("Resources/" + target)) {
      instead = "point it at another resource than " + target;
    }
    patch_.refusals.push_back({node.span.begin, path, std::string(text_of(node.span)),
                               "it is computed by " + name, instead, parameter ? target : "",
                               plain_text(after)});
  }

  // Flow collections and JSON.
  std::string flow_text(const Value& value, std::size_t indent) const {
    return json_               ? pretty_json(value, indent, level())
           : value.is_scalar() ? yaml_scalar(value)
                               : json_text(value);
  }
  // Blanks that a level of the file's own JSON has.
  std::size_t level() const {
    const auto& keys = root_.keys;
    const std::size_t own = keys.empty() ? 0 : column(keys.front().span.begin);
    return own && multiline({root_.span.begin, keys.front().span.begin}) ? own : kYamlLevel;
  }
  std::string flow_key(const YamlNode& map, const std::string& key) const {
    const bool quoted = json_ || (!map.keys.empty() && map.keys.back().quoted);
    return (quoted ? core::json_quoted(key) : key) + ": ";
  }
  std::size_t member_indent(const YamlNode& collection) const {
    const auto& first = collection.kind == NodeKind::map ? collection.keys : collection.items;
    if (collection.flow || json_) {
      return first.empty() || !multiline({collection.span.begin, first.front().span.begin})
                 ? indent_of_line(collection.span.begin) + (first.empty() ? kYamlLevel : 0)
                 : column(first.front().span.begin);
    }
    return first.empty() ? indent_of_line(collection.span.begin) + kYamlLevel : column(collection.span.begin);
  }

  void append_flow(const YamlNode& collection, const std::string& item) {
    const auto already = std::count(inserted_.begin(), inserted_.end(), &collection);
    if (collection.items.empty()) {
      const std::size_t inside = collection.span.end - 1;
      if (already > 1) return edit({inside, inside}, ", " + item);
      return edit({collection.content + 1, inside}, item);
    }
    const std::size_t end = collection.items.back().span.end;
    const auto& first = collection.kind == NodeKind::map ? collection.keys.front() : collection.items.front();
    const bool lines = multiline({collection.span.begin, first.span.begin});
    edit({end, end}, lines ? ",\n" + std::string(member_indent(collection), ' ') + item : ", " + item);
  }

  std::string block_pair(const std::string& key, const Value& value, std::size_t indent) const {
    const std::string name = needs_quotes(key) ? core::json_quoted(key) : key;
    if (value.is_scalar() || value.items.empty()) return name + ": " + yaml_text(value, indent);
    return name + ":\n" + yaml_text(value, indent + kYamlLevel);
  }

  void append_block(const YamlNode& collection, const std::string& lines) {
    const std::size_t end = collection.items.empty() ? collection.span.end : collection.items.back().span.end;
    const std::size_t at = line_end(end);
    edit({at, at}, "\n" + lines);
  }

  void append(const YamlNode& sequence, const Value& item) {
    inserted_.push_back(&sequence);
    if (sequence.flow || json_) return append_flow(sequence, flow_text(item, member_indent(sequence)));
    const std::size_t indent = column(sequence.span.begin);
    std::string text = yaml_text(item, indent + kYamlLevel);
    if (text.starts_with(" ")) text.erase(0, indent + kYamlLevel);
    append_block(sequence, std::string(indent, ' ') + "- " + text);
  }

  void replace(const YamlNode& node, const Value& after, const std::string& path) {
    note(node.span.begin, path, text_of(node.span), after);
    const Span span{node.content, node.span.end};
    if (after.is_scalar() && (node.kind == NodeKind::scalar || node.kind == NodeKind::null)) {
      const bool quoted = node.quoted && after.kind != Value::Kind::null;
      std::string text = quoted  ? core::json_quoted(after.text)
                         : json_ ? json_text(after)
                                 : yaml_scalar(after);
      if (quoted && text_[node.content] == '\'' && after.text.find_first_of("'\n\t") == std::string::npos) {
        text = "'" + after.text + "'";
      }
      return edit(span, (node.kind == NodeKind::null ? " " : "") + text);
    }
    // A collection that stands in place of what was there.
    if (node.flow || json_) return edit(span, flow_text(after, indent_of_line(node.span.begin)));
    if (node.kind == NodeKind::scalar || node.kind == NodeKind::null) {
      const std::size_t indent = indent_of_line(node.span.begin) + kYamlLevel;
      return edit(span, after.items.empty() ? json_text(after) : "\n" + yaml_text(after, indent));
    }
    const std::size_t indent = column(node.content);
    std::string text =
        after.items.empty() || after.is_scalar() ? yaml_text(after, 0) : yaml_text(after, indent);
    if (text.starts_with(" ")) text.erase(0, indent);
    edit(span, text);
  }

  void remove(const YamlNode& collection, std::size_t index, const std::string& path) {
    const YamlNode& item = collection.items[index];
    const std::size_t begin =
        collection.kind == NodeKind::map ? collection.keys[index].span.begin : item.span.begin;
    note(begin, path, text_of(item.span), {});
    if (collection.flow || json_) {
      const bool last = index + 1 == collection.items.size();
      if (!last) {
        const auto& next =
            collection.kind == NodeKind::map ? collection.keys[index + 1] : collection.items[index + 1];
        return edit({begin, next.span.begin}, "");
      }
      const std::size_t from = index ? collection.items[index - 1].span.end : begin;
      return edit({from, item.span.end}, "");
    }
    const std::size_t start = line_start(begin);
    const std::size_t newline = text_.find('\n', item.span.end);
    const bool filled = std::find(inserted_.begin(), inserted_.end(), &collection) != inserted_.end();
    if (collection.items.size() == 1 && !filled)
      return edit({collection.span.begin, item.span.end}, collection.kind == NodeKind::map ? "{}" : "[]");
    // The first key of a map that is a member of a list shares its line with the "-".
    const bool shares =
        text_of({start, begin}).find('-') != std::string_view::npos && collection.kind == NodeKind::map;
    if (shares) return edit({begin, collection.keys[index + 1].span.begin}, "");
    edit({start, newline == std::string_view::npos ? text_.size() : newline + 1}, "");
  }

  void reconcile_map(const YamlNode& map, const Value& before, const Value& after, const std::string& path) {
    for (std::size_t i = 0; i < after.items.size(); ++i) {
      const auto& key = after.keys[i];
      const Value* was = before.member(key);
      if (was && same(*was, after.items[i])) continue;
      const std::string where = path.empty() ? key : path + "/" + key;
      if (const YamlNode* member = map.member(key)) {
        reconcile(*member, was ? *was : kAbsent, after.items[i], where);
      } else {
        insert(map, key, was ? worth_writing(*was, after.items[i]) : after.items[i], where);
      }
    }
    for (const auto& key : before.keys) {
      if (after.member(key)) continue;
      for (std::size_t i = 0; i < map.keys.size(); ++i) {
        if (map.keys[i].text != key) continue;
        const std::string where = path.empty() ? key : path + "/" + key;
        if (map.items[i].all_literal()) {
          remove(map, i, where);
        } else {
          refuse(map.items[i], {}, where);
        }
      }
    }
  }

  void reconcile_sequence(const YamlNode& sequence, const Value& before, const Value& after,
                          const std::string& path) {
    const std::string_view key = identity_key(after);
    if (!key.empty()) return reconcile_named(sequence, before, after, key, path);
    const bool scalars = std::all_of(after.items.begin(), after.items.end(),
                                     [](const Value& item) { return item.is_scalar(); });
    if (scalars) return reconcile_set(sequence, before, after, path);
    if (after.items.size() == sequence.items.size() && before.items.size() == after.items.size()) {
      for (std::size_t i = 0; i < after.items.size(); ++i) {
        reconcile(sequence.items[i], before.items[i], after.items[i], path + "/" + std::to_string(i));
      }
      return;
    }
    const bool grown = before.kind == Value::Kind::list && before.items.size() < after.items.size() &&
                       std::equal(before.items.begin(), before.items.end(), after.items.begin());
    if (grown) {
      for (std::size_t i = before.items.size(); i < after.items.size(); ++i) {
        note(sequence.span.begin, path, "", after.items[i]);
        append(sequence, after.items[i]);
      }
      return;
    }
    if (!sequence.all_literal()) return refuse(sequence, after, path);
    replace(sequence, after, path);
  }

  void reconcile_set(const YamlNode& sequence, const Value& before, const Value& after,
                     const std::string& path) {
    const auto holds = [](const Value& list, const Value& item) {
      return std::find(list.items.begin(), list.items.end(), item) != list.items.end();
    };
    const auto written = [&](const Value& item) {
      return std::find_if(sequence.items.begin(), sequence.items.end(), [&](const YamlNode& node) {
        return node.kind == NodeKind::scalar && says(node, item);
      });
    };
    std::vector<const Value*> added;
    std::vector<std::size_t> removed;
    for (const auto& item : after.items) {
      if (!holds(before, item) && written(item) == sequence.items.end()) added.push_back(&item);
    }
    for (const auto& item : before.items) {
      if (holds(after, item)) continue;
      const auto found = written(item);
      if (found == sequence.items.end()) {
        patch_.refusals.push_back({sequence.span.begin, path, std::string(text_of(sequence.span)),
                                   "it does not say \"" + item.text + "\", which is to go, by that name",
                                   "make it come out as " + json_text(after), "", ""});
        return;
      }
      removed.push_back(static_cast<std::size_t>(found - sequence.items.begin()));
    }
    std::size_t taken = 0;
    for (; taken < std::min(added.size(), removed.size()); ++taken) {
      replace(sequence.items[removed[taken]], *added[taken], path + "/" + std::to_string(removed[taken]));
    }
    const auto left =
        std::vector<std::size_t>(removed.begin() + static_cast<std::ptrdiff_t>(taken), removed.end());
    if (!left.empty() && left.size() == sequence.items.size()) return replace(sequence, after, path);
    for (const auto index : left) remove(sequence, index, path + "/" + std::to_string(index));
    for (; taken < added.size(); ++taken) {
      note(sequence.span.begin, path, "", *added[taken]);
      append(sequence, *added[taken]);
    }
  }

  void reconcile_named(const YamlNode& sequence, const Value& before, const Value& after,
                       std::string_view key, const std::string& path) {
    const auto counterpart = [&](const Value& list, const std::string& name) -> const Value* {
      for (const auto& item : list.items) {
        const Value* identity = item.member(key);
        if (identity && identity->text == name) return &item;
      }
      return nullptr;
    };
    const auto index_of = [&](const std::string& name) {
      std::size_t i = 0;
      for (; i < sequence.items.size(); ++i) {
        const YamlNode* identity = sequence.items[i].member(key);
        if (identity && !identity->is_intrinsic() && identity->text == name) break;
      }
      return i;
    };
    std::vector<const Value*> added;
    for (const auto& item : after.items) {
      const std::string& name = item.member(key)->text;
      const Value* was = counterpart(before, name);
      if (was && same(*was, item)) continue;
      std::size_t index = index_of(name);
      if (index == sequence.items.size() && was && sequence.items.size() == 1 && after.items.size() == 1)
        index = 0;
      const std::string where = path + "[" + name + "]";
      if (index < sequence.items.size()) {
        reconcile(sequence.items[index], was ? *was : kAbsent, item, where);
      } else if (was) {
        refuse(sequence, item, where);
      } else {
        added.push_back(&item);
      }
    }
    for (const auto& item : before.items) {
      const Value* identity = item.member(key);
      if (!identity || counterpart(after, identity->text)) continue;
      const std::size_t index = index_of(identity->text);
      if (index == sequence.items.size()) continue;
      const std::string where = path + "[" + identity->text + "]";
      if (added.empty()) {
        remove(sequence, index, where);
      } else {  // the place of one that goes is the place of one that comes
        replace(sequence.items[index], *added.front(), where);
        added.erase(added.begin());
      }
    }
    for (const Value* item : added) {
      note(sequence.span.begin, path + "[" + item->member(key)->text + "]", "", *item);
      append(sequence, *item);
    }
  }

  std::string_view text_;
  const YamlNode& root_;
  bool json_ = false;
  DocumentPatch patch_;
  std::vector<const YamlNode*> inserted_;  // into which something was put already, once each time
};

}  // namespace

std::string yaml_text(const Value& value, std::size_t indent) {
  if (value.kind == Value::Kind::document) return yaml_text(value.items.front(), indent);
  if (value.is_scalar() || value.kind == Value::Kind::expression) return yaml_scalar(value);
  if (value.items.empty()) return value.kind == Value::Kind::list ? "[]" : "{}";
  const std::string blanks(indent, ' ');
  std::string out;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const Value& item = value.items[i];
    const bool nested = !item.is_scalar() && !item.empty();
    if (i) out += "\n";
    if (value.kind == Value::Kind::map) {
      const auto& key = value.keys[i];
      out += blanks + (needs_quotes(key) ? core::json_quoted(key) : key) + ":";
      out += nested ? "\n" + yaml_text(item, indent + kYamlLevel) : " " + yaml_text(item, indent);
    } else {
      std::string text = yaml_text(item, indent + kYamlLevel);
      if (nested) text.erase(0, indent + kYamlLevel);
      out += blanks + "- " + text;
    }
  }
  return out;
}

core::Result<DocumentPatch> patch_document(std::string_view text, std::string_view origin,
                                           const Value& before, const Value& after, std::string_view at) {
  auto root = parse_yaml(text, origin);
  if (!root) return core::fail(root.error());
  DocumentPatcher patcher(text, *root);
  const YamlNode* node = root->at(at);
  if (node && node->kind != NodeKind::null) {
    patcher.reconcile(*node, before, after, "");
    return patcher.take();
  }
  const std::size_t slash = at.rfind('/');
  const YamlNode* parent = slash == std::string_view::npos ? &*root : root->at(at.substr(0, slash));
  if (!parent || parent->kind != NodeKind::map || node) {
    return core::fail(core::ErrorKind::not_found, std::string(origin) + " has no " + std::string(at));
  }
  patcher.insert(*parent, std::string(at.substr(slash == std::string_view::npos ? 0 : slash + 1)), after, "");
  return patcher.take();
}

}  // namespace doctor::iac
