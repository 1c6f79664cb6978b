#include "iac/hcl_patch.h"

#include <algorithm>
#include <set>

#include "iac/document_patch.h"
#include "iac/hcl_edit.h"
#include "iac/hcl_meaning.h"

namespace doctor::iac {
namespace {

using ExpressionKind = HclExpression::Kind;

const Value kNothing;

// New text inside a heredoc: what would open a template sequence there must not.
std::string escaped(std::string text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if ((text[i] != '$' && text[i] != '%') || text[i + 1] != '{') continue;
    text.insert(i, 1, text[i]);
    ++i;
  }
  return text;
}

class HclPatcher {
 public:
  HclPatcher(const HclFile& file, const PatchRequest& request)
      : file_(file), request_(request), editor_(file.text) {}

  HclPatch patch(const HclBlock& block) {
    read_ignored(block);
    patch_block(block, request_.before, request_.after, "");
    result_.edits = editor_.take();
    return std::move(result_);
  }

 private:
  void read_ignored(const HclBlock& block) {
    for (const auto& nested : block.body.blocks) {
      const auto* list = nested.type == "lifecycle" ? nested.body.attribute("ignore_changes") : nullptr;
      if (!list) continue;
      if (editor_.text_of(list->value.span) == "all") ignored_.insert("*");
      for (const auto& member : list->value.members) {
        const auto name = editor_.text_of(member.value.span);
        ignored_.insert(std::string(name.substr(0, name.find_first_of(".["))));
      }
    }
  }
  // Whether Terraform leaves this attribute of the resource as AWS has it.
  bool is_ignored(const std::string& path, const std::string& name) {
    if (!path.empty() || !(ignored_.contains(name) || ignored_.contains("*"))) return false;
    result_.ignored.push_back(name);
    return true;
  }

  void note_change(const std::string& path, std::size_t offset, std::string code, const Value& live) {
    result_.changed.push_back(
        {path, std::move(code), plain_text(live), place_of(file_.name, file_.text, offset)});
  }

  void refuse(const std::string& path, const HclExpression& expression, const Value& after, std::string why) {
    result_.refusals.push_back({place_of(file_.name, file_.text, expression.span.begin), path,
                                std::string(editor_.text_of(expression.span)), std::move(why),
                                what_to_change(expression, after, request_.files), plain_text(after)});
  }

  void patch_block(const HclBlock& block, const CodeBlock& before, const CodeBlock& after,
                   const std::string& path) {
    HclEditor::Insertion insertion;
    for (const auto& [name, value] : after.attributes) {
      const Value* was = before.attribute(name);
      if ((was && same(*was, value)) || is_ignored(path, name)) continue;
      if (const auto* attribute = block.body.attribute(name)) {
        reconcile(attribute->value, was ? *was : kNothing, value, path + name);
      } else {
        insertion.attributes.emplace_back(name, named(value));
        note_change(path + name, block.span.begin, "", value);
      }
    }
    for (const auto& [name, value] : before.attributes) {
      const auto* attribute = block.body.attribute(name);
      if (after.attribute(name) || !attribute || is_ignored(path, name)) continue;
      note_change(path + name, attribute->name_span.begin,
                  std::string(editor_.text_of(attribute->value.span)), {});
      editor_.remove(*attribute);
    }
    std::vector<std::string> types;
    for (const auto* list : {&before.blocks, &after.blocks}) {
      for (const auto& nested : *list) {
        if (std::find(types.begin(), types.end(), nested.type) == types.end()) types.push_back(nested.type);
      }
    }
    for (const auto& type : types) {
      if (path.empty() && blocks_of(before, type) != blocks_of(after, type) && is_ignored(path, type))
        continue;
      patch_blocks(block, type, blocks_of(before, type), blocks_of(after, type), path, insertion);
    }
    editor_.insert(block, insertion);
  }

  static std::vector<CodeBlock> blocks_of(const CodeBlock& block, const std::string& type) {
    std::vector<CodeBlock> found;
    std::copy_if(block.blocks.begin(), block.blocks.end(), std::back_inserter(found),
                 [&](const CodeBlock& nested) { return nested.type == type; });
    return found;
  }

  // All blocks of one type inside one block.
  void patch_blocks(const HclBlock& block, const std::string& type, const std::vector<CodeBlock>& before,
                    const std::vector<CodeBlock>& after, const std::string& path,
                    HclEditor::Insertion& insertion) {
    if (before == after) return;
    std::vector<const HclBlock*> written;
    for (const auto& nested : block.body.blocks) {
      if (nested.type == type) written.push_back(&nested);
      if (nested.type == "dynamic" && nested.labels == std::vector<std::string>{type}) {
        return refuse_dynamic(nested, path + type);
      }
    }
    const std::string_view key = block_identity(type);
    const auto name_of = [&](const CodeBlock& nested) {
      const Value* name = key.empty() ? nullptr : nested.attribute(key);
      return name ? std::string(name->text) : std::string();
    };
    const auto counterpart = [&](const std::vector<CodeBlock>& list,
                                 const CodeBlock& one) -> const CodeBlock* {
      const auto found = std::find_if(list.begin(), list.end(),
                                      [&](const CodeBlock& other) { return name_of(other) == name_of(one); });
      return found == list.end() ? nullptr : &*found;
    };
    for (const auto& wanted : after) {
      const CodeBlock* was = counterpart(before, wanted);
      if (was && *was == wanted) continue;
      const std::string label = path + type + (key.empty() ? "" : "[" + name_of(wanted) + "]");
      const HclBlock* there = written_block(written, key, name_of(wanted));
      if (there) {
        patch_block(*there, was ? *was : CodeBlock{.type = type}, wanted, label + ".");
      } else {
        insertion.blocks.push_back(named(wanted));
        note_change(label, block.span.begin, "", block_value(wanted));
      }
    }
    for (const auto& gone : before) {
      if (counterpart(after, gone)) continue;
      const HclBlock* there = written_block(written, key, name_of(gone));
      if (!there) continue;
      note_change(path + type + (key.empty() ? "" : "[" + name_of(gone) + "]"), there->span.begin,
                  std::string(editor_.text_of(there->span)), {});
      editor_.remove(*there);
    }
  }

  const HclBlock* written_block(const std::vector<const HclBlock*>& written, std::string_view key,
                                const std::string& name) const {
    if (key.empty()) return written.empty() ? nullptr : written.front();
    for (const auto* block : written) {
      const auto* attribute = block->body.attribute(key);
      if (attribute && attribute->value.text == name && attribute->value.all_literal()) return block;
    }
    return nullptr;
  }

  void refuse_dynamic(const HclBlock& dynamic, const std::string& path) {
    const auto* each = dynamic.body.attribute("for_each");
    HclExpression expression = each ? each->value : HclExpression{};
    if (!each) expression.span = dynamic.span;
    refuse(path, expression, {}, "the blocks are made by a dynamic block");
  }

  // Ids for which the code has a name become that name.
  Value named(const Value& value) const {
    if (value.kind == Value::Kind::string && request_.reference) {
      if (const auto reference = request_.reference(value.text); !reference.empty()) {
        return expression_value(reference);
      }
    }
    Value copy = value;
    if (value.kind == Value::Kind::list) {
      for (auto& item : copy.items) item = named(item);
    }
    return copy;
  }
  CodeBlock named(CodeBlock block) const {
    for (auto& [name, value] : block.attributes) value = named(value);
    for (auto& nested : block.blocks) nested = named(nested);
    return block;
  }

  // A name of another resource that this run changes too takes the new value by itself.
  bool follows(const HclExpression& expression) const {
    return request_.follows && expression.references.size() == 1 &&
           request_.follows(expression.references.front());
  }

  // Makes a written expression say `after`, given that `before` is what it meant.
  void reconcile(const HclExpression& expression, const Value& before, const Value& after,
                 const std::string& path) {
    if (same(before, after) || means(expression, after)) return;
    if (after.kind == Value::Kind::document) return reconcile_document(expression, before, after, path);
    if (expression.kind == ExpressionKind::object && after.kind == Value::Kind::map) {
      return reconcile_object(expression, before, after, path);
    }
    if (expression.kind == ExpressionKind::tuple && after.kind == Value::Kind::list) {
      return reconcile_tuple(expression, before, after, path);
    }
    if (!expression.all_literal()) {
      if (!follows(expression)) refuse(path, expression, after, why_computed(expression));
      return;
    }
    note_change(path, expression.span.begin, std::string(editor_.text_of(expression.span)), after);
    editor_.replace_value(expression, expression.kind == ExpressionKind::string
                                          ? in_form_of(expression.text, before, after)
                                          : after);
  }

  void reconcile_object(const HclExpression& object, const Value& before, const Value& after,
                        const std::string& path) {
    if (object.members.empty()) {  // "{}" has no hand to keep
      note_change(path, object.span.begin, std::string(editor_.text_of(object.span)), after);
      return editor_.replace_value(object, after);
    }
    for (std::size_t i = 0; i < after.items.size(); ++i) {
      const auto& key = after.keys[i];
      const Value* was = before.member(key);
      if (was && same(*was, after.items[i])) continue;
      if (const auto* member = object.member(key)) {
        reconcile(member->value, was ? *was : kNothing, after.items[i], path + "." + key);
      } else {
        note_change(path + "." + key, object.span.begin, "", after.items[i]);
        editor_.append(object, key, after.items[i]);
      }
    }
    for (const auto& key : before.keys) {
      const auto* member = object.member(key);
      if (!member || after.member(key)) continue;
      note_change(path + "." + key, member->key_span.begin, std::string(editor_.text_of(member->value.span)),
                  {});
      editor_.remove(object, *member);
    }
  }

  void reconcile_tuple(const HclExpression& tuple, const Value& before, const Value& after,
                       const std::string& path) {
    const std::string_view key = identity_key(after);
    if (!key.empty()) return reconcile_named(tuple, before, after, key, path);
    const bool scalars = std::all_of(after.items.begin(), after.items.end(),
                                     [](const Value& item) { return item.is_scalar(); });
    if (scalars) return reconcile_set(tuple, before, after, path);
    if (after.items.size() == tuple.members.size() && before.items.size() == after.items.size()) {
      for (std::size_t i = 0; i < after.items.size(); ++i) {
        reconcile(tuple.members[i].value, before.items[i], after.items[i],
                  path + "[" + std::to_string(i) + "]");
      }
      return;
    }
    // Members without a name: whatever is new goes to the end.
    const bool grown = before.kind == Value::Kind::list && before.items.size() < after.items.size() &&
                       std::equal(before.items.begin(), before.items.end(), after.items.begin());
    if (grown) {
      const std::vector<Value> added(after.items.begin() + static_cast<std::ptrdiff_t>(before.items.size()),
                                     after.items.end());
      note_change(path, tuple.span.begin, std::string(editor_.text_of(tuple.span)), after);
      return editor_.append(tuple, added);
    }
    if (!tuple.all_literal()) {
      return refuse(path, tuple, after,
                    "its members have no names to tell them apart, and some are computed");
    }
    note_change(path, tuple.span.begin, std::string(editor_.text_of(tuple.span)), after);
    editor_.replace_value(tuple, after);
  }

  // A list of scalars, whose order AWS does not keep.
  void reconcile_set(const HclExpression& tuple, const Value& before, const Value& after,
                     const std::string& path) {
    const auto holds = [](const Value& list, const Value& item) {
      return std::find(list.items.begin(), list.items.end(), item) != list.items.end();
    };
    const auto written = [&](const Value& item) -> const HclMember* {
      const Value reference = named(item);
      for (const auto& member : tuple.members) {
        if (means(member.value, item)) return &member;
        if (reference.kind == Value::Kind::expression && editor_.text_of(member.value.span) == reference.text)
          return &member;
      }
      return nullptr;
    };
    std::vector<Value> added;
    for (const auto& item : after.items) {
      if (!holds(before, item) && !written(item)) added.push_back(named(item));
    }
    std::vector<const HclMember*> removed;
    for (const auto& item : before.items) {
      if (holds(after, item)) continue;
      const auto* member = written(item);
      if (!member) {
        return refuse(path, tuple, after,
                      "it does not say \"" + item.text + "\", which is to go, by that name");
      }
      removed.push_back(member);
    }
    if (added.empty() && removed.empty()) return;
    note_change(path, tuple.span.begin, std::string(editor_.text_of(tuple.span)), after);
    // The place of one that goes is the place of one that comes: the list keeps its shape.
    std::size_t taken = 0;
    for (; taken < std::min(added.size(), removed.size()); ++taken) {
      editor_.replace_value(removed[taken]->value, added[taken]);
    }
    for (std::size_t i = taken; i < removed.size(); ++i) editor_.remove(tuple, *removed[i]);
    added.erase(added.begin(), added.begin() + static_cast<std::ptrdiff_t>(taken));
    editor_.append(tuple, added);
  }

  void reconcile_named(const HclExpression& tuple, const Value& before, const Value& after,
                       std::string_view key, const std::string& path) {
    const auto counterpart = [&](const Value& list, const std::string& name) -> const Value* {
      for (const auto& item : list.items) {
        const Value* identity = item.member(key);
        if (identity && identity->text == name) return &item;
      }
      return nullptr;
    };
    const auto written = [&](const std::string& name) -> const HclMember* {
      for (const auto& member : tuple.members) {
        const auto* identity = member.value.member(key);
        if (identity && identity->value.all_literal() && identity->value.text == name) return &member;
      }
      return nullptr;
    };
    std::vector<Value> added;
    for (const auto& item : after.items) {
      const std::string& name = item.member(key)->text;
      const Value* was = counterpart(before, name);
      if (was && same(*was, item)) continue;
      const HclMember* member = written(name);
      // With one member on each side there is no doubt, whatever the code calls it.
      if (!member && was && tuple.members.size() == 1 && after.items.size() == 1)
        member = &tuple.members.front();
      if (member) {
        reconcile(member->value, was ? *was : kNothing, item, path + "[" + name + "]");
      } else if (was) {
        refuse(path + "[" + name + "]", tuple, item,
               "no member of it has the " + std::string(key) + " \"" + name + "\" written out");
      } else {
        note_change(path + "[" + name + "]", tuple.span.begin, "", item);
        added.push_back(item);
      }
    }
    for (const auto& item : before.items) {
      const Value* identity = item.member(key);
      const HclMember* member = identity ? written(identity->text) : nullptr;
      if (!member || counterpart(after, identity->text)) continue;
      note_change(path + "[" + identity->text + "]", member->value.span.begin,
                  std::string(editor_.text_of(member->value.span)), {});
      if (added.empty()) {
        editor_.remove(tuple, *member);
      } else {  // the place of one that goes is the place of one that comes
        editor_.replace_value(member->value, added.front());
        added.erase(added.begin());
      }
    }
    editor_.append(tuple, added);
  }

  // A string attribute that holds JSON: jsonencode(…), or a heredoc of JSON.
  void reconcile_document(const HclExpression& expression, const Value& before, const Value& after,
                          const std::string& path) {
    const Value& was = before.kind == Value::Kind::document ? before.items.front() : before;
    if (expression.kind == ExpressionKind::call && expression.text == "jsonencode" &&
        expression.members.size() == 1) {
      return reconcile(expression.members.front().value, was, after.items.front(), path);
    }
    if (expression.kind != ExpressionKind::heredoc)
      return refuse(path, expression, after, why_computed(expression));
    auto patch = patch_document(expression.text, file_.name, was, after.items.front(), "");
    if (!patch) {
      return refuse(path, expression, after,
                    "its heredoc is no JSON that can be read: " + patch.error().sentence);
    }
    for (const auto& refusal : patch->refusals) {
      result_.refusals.push_back({place_of(file_.name, file_.text, expression.content.begin + refusal.offset),
                                  path + "/" + refusal.path, refusal.code, refusal.why, refusal.instead,
                                  refusal.value});
    }
    for (const auto& edit : patch->edits) {
      const std::size_t begin = expression.content.begin + edit.offset;
      editor_.replace({begin, begin + edit.length}, escaped(edit.text));
    }
    for (const auto& change : patch->changed) {
      note_change(path + "/" + change.path, expression.content.begin + change.offset, change.code,
                  string_value(change.live));
    }
  }

  const HclFile& file_;
  const PatchRequest& request_;
  HclEditor editor_;
  HclPatch result_;
  std::set<std::string> ignored_;
};

}  // namespace

core::Result<HclFile> read_hcl_file(std::string name, std::string text) {
  auto body = parse_hcl(text, name);
  if (!body) return core::fail(body.error());
  return HclFile{std::move(name), std::move(text), std::move(*body)};
}

HclPatch patch_hcl(const HclFile& file, const HclBlock& block, const PatchRequest& request) {
  return HclPatcher(file, request).patch(block);
}

}  // namespace doctor::iac
