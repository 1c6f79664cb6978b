#include "iac/terraform.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "iac/hcl_meaning.h"
#include "iac/terraform_find.h"
#include "iac/terraform_resource.h"
#include "iac/terraform_variable.h"

namespace doctor::iac {
namespace {

// A resource that the run made or changed, with what it was before and where its code is.
struct TerraformItem {
  const Change* change = nullptr;
  TerraformResource before, after;  // type "": it is not there
  Found found;
};

class TerraformWriter {
 public:
  TerraformWriter(const std::vector<Change>& changes, const TerraformState* state,
                  const std::vector<HclFile>& files)
      : state_(state), files_(files) {
    for (const auto& change : changes) add_items(change);
  }

  Codified write() {
    for (auto& item : items_) {
      if (!item.after.type.empty()) item.found = find_code(item.after, state_, files_);
      if (item.found.block) patched_.insert(item.after.type + "." + item.found.block->labels[1]);
    }
    name_new_ones();
    for (const auto& item : items_) {
      if (item.after.type.empty()) {
        say_gone(item);
      } else if (item.found.block) {
        patch(item);
      } else if (!patch_parent(item)) {
        if (item.found.instance || !item.found.doubt.empty()) {
          say_unreachable(item);
        } else {
          generate(item);
        }
      }
    }
    finish();
    return std::move(codified_);
  }

 private:
  void add_items(const Change& change) {
    auto before = terraform_resources(change, change.before),
         after = terraform_resources(change, change.after);
    if (before.empty() && after.empty()) {
      codified_.notes.push_back(change.resource.kind + " " + change.resource.id +
                                " has no Terraform resource: " + change.title);
    }
    for (auto& now : after) {
      const auto was =
          std::find_if(before.begin(), before.end(), [&](const auto& one) { return one.key == now.key; });
      TerraformResource old;
      if (was != before.end()) old = *was;
      if (old.body == now.body) continue;
      items_.push_back({&change, std::move(old), std::move(now), {}});
    }
    for (auto& was : before) {
      const bool kept =
          std::any_of(after.begin(), after.end(), [&](const auto& one) { return one.key == was.key; });
      if (!kept) items_.push_back({&change, std::move(was), {}, {}});
    }
  }

  // Names for what is in no code yet, first of all, so that the blocks can refer to each other.
  void name_new_ones() {
    std::set<std::string> taken;
    for (const auto& file : files_) {
      for (const auto& block : file.body.blocks) {
        if (block.type == "resource" && block.labels.size() == 2)
          taken.insert(block.labels[0] + "." + block.labels[1]);
      }
    }
    if (state_) {
      for (const auto& instance : state_->instances()) taken.insert(instance.type + "." + instance.name);
    }
    for (const auto& item : items_) {
      if (item.after.type.empty() || item.found.block || item.found.instance) continue;
      const std::string base = terraform_name(item.after.hint);
      std::string name = base;
      for (int i = 2; !taken.insert(item.after.type + "." + name).second; ++i)
        name = base + "_" + std::to_string(i);
      names_[&item] = name;
      // What has no block yet cannot be referred to.
      if (item.after.partial) continue;
      const std::string address = item.after.type + "." + name;
      for (const auto& id : item.after.ids) {
        if (id.starts_with("arn:")) known_[id] = address + ".arn";
      }
      if (!item.after.import_id.empty() && item.after.type == "aws_vpc_endpoint")
        known_[item.after.import_id] = address + ".id";
    }
  }

  std::string reference(const std::string& id, const std::string& module) const {
    if (const auto found = known_.find(id); found != known_.end() && module.empty()) return found->second;
    return state_ ? state_->reference_to(id, module) : std::string();
  }

  PatchRequest request_for(const Found& found) const {
    PatchRequest request;
    request.files = &files_;
    const std::string module = found.instance ? found.instance->module : "";
    request.reference = [this, module](const std::string& id) { return reference(id, module); };
    request.follows = [this](const std::string& name) {
      const auto second = name.find('.', name.find('.') + 1);
      return patched_.contains(name.substr(0, second));
    };
    return request;
  }

  std::string address_of(const TerraformItem& item) const {
    if (!item.found.moved_to.empty()) return item.found.moved_to;
    if (item.found.instance) return item.found.instance->address();
    return item.found.block ? item.after.type + "." + item.found.block->labels[1] : item.after.type;
  }

  void add_drift(const TerraformItem& item, const std::string& address, std::string attribute,
                 std::string code, std::string live, std::string place, Drift::Answer answer,
                 std::string detail = {}) {
    codified_.drift.push_back({item.change->resource.id, address, std::move(attribute), std::move(code),
                               std::move(live), std::move(place), answer, std::move(detail)});
  }

  void patch(const TerraformItem& item) {
    const Found& found = item.found;
    if (!found.moved_from.empty()) {
      CodeBlock moved{.type = "moved"};
      moved.put("from", expression_value(found.moved_from));
      moved.put("to", expression_value(found.moved_to));
      moved_.insert(hcl_text(moved));
    }
    if (const std::size_t others = instances_beside(found)) {
      add_drift(item, address_of(item), "*", "", "",
                place_of(found.file->name, found.file->text, found.block->span.begin), Drift::Answer::refused,
                fmt::format("the block stands for {} instances ({}), and a change of it would change them "
                            "all; change what it takes for this one",
                            others, found.block->body.attribute("for_each") ? "for_each" : "count"));
      return;
    }
    PatchRequest request = request_for(found);
    request.before = item.before.body;
    request.after = item.after.body;
    if (item.after.partial && item.before.type.empty()) request.before = {};
    take_patch(item, patch_hcl(*found.file, *found.block, request));
  }

  // How many instances the block makes, where it makes more than one (or nobody knows how many); else 0.
  std::size_t instances_beside(const Found& found) const {
    const bool each = found.block->body.attribute("for_each"), count = found.block->body.attribute("count");
    if (!each && !count) return 0;
    const std::size_t made = found.instance ? state_->count(*found.instance) : each ? 2 : 1;
    return made > 1 ? made : 0;
  }

  void take_patch(const TerraformItem& item, HclPatch patch) {
    const std::string address = address_of(item);
    for (auto& change : patch.changed) {
      add_drift(item, address, change.attribute, change.code, change.live, change.place,
                Drift::Answer::patched);
    }
    for (auto& refusal : patch.refusals) {
      add_drift(item, address, refusal.attribute, refusal.code, refusal.live, refusal.place,
                Drift::Answer::refused, refusal.why + ": " + refusal.instead);
    }
    for (const auto& name : patch.ignored) {
      const Value* live = item.after.body.attribute(name);
      add_drift(item, address, name, "", live ? plain_text(*live) : "", "", Drift::Answer::ignored,
                "lifecycle.ignore_changes leaves it to AWS");
    }
    auto& edits = edits_[item.found.file];
    for (auto& edit : patch.edits) edits.push_back(std::move(edit));
  }

  // A rule or route whose group, ACL or table is written with blocks inside goes there.
  bool patch_parent(const TerraformItem& item) {
    const auto& resource = item.after;
    if (resource.parent_type.empty()) return false;
    const TerraformInstance* instance =
        state_ ? state_->find(resource.parent_type, {resource.parent_id}) : nullptr;
    if (!instance) return false;
    TerraformItem parent = item;
    parent.found = find_block(resource.parent_type, instance->name, instance->module, files_);
    parent.found.instance = instance;
    if (!parent.found.block) return false;
    const bool inline_rules =
        std::any_of(parent.found.block->body.blocks.begin(), parent.found.block->body.blocks.end(),
                    [](const HclBlock& block) {
                      return block.type == "ingress" || block.type == "egress" || block.type == "route";
                    });
    if (!inline_rules) return false;
    PatchRequest request = request_for(parent.found);
    request.after.blocks = {resource.inside_parent};
    take_patch(parent, patch_hcl(*parent.found.file, *parent.found.block, request));
    return true;
  }

  static void each_difference(
      const CodeBlock& before, const CodeBlock& after, const std::string& path,
      const std::function<void(const std::string&, const Value*, const Value&)>& say) {
    for (const auto& [name, value] : after.attributes) {
      const Value* was = before.attribute(name);
      if (!was || !same(*was, value)) say(path + name, was, value);
    }
    for (const auto& block : after.blocks) {
      if (std::find(before.blocks.begin(), before.blocks.end(), block) != before.blocks.end()) continue;
      const auto key = block_identity(block.type);
      const Value* name = key.empty() ? nullptr : block.attribute(key);
      const auto was = std::find_if(before.blocks.begin(), before.blocks.end(), [&](const CodeBlock& other) {
        if (other.type != block.type) return false;
        const Value* its = key.empty() ? nullptr : other.attribute(key);
        return !name || (its && *its == *name);
      });
      each_difference(was == before.blocks.end() ? CodeBlock{} : *was, block,
                      path + block.type + (name ? "[" + name->text + "]" : "") + ".", say);
    }
  }

  void say_unreachable(const TerraformItem& item) {
    const std::string detail =
        !item.found.doubt.empty()
            ? item.found.doubt
            : "give the file of " + item.found.instance->block_address() + " with --patch";
    each_difference(item.before.body, item.after.body, "",
                    [&](const std::string& name, const Value* was, const Value& now) {
                      const Value* code =
                          item.found.instance ? item.found.instance->attributes.member(name) : nullptr;
                      add_drift(item, address_of(item), name,
                                code  ? plain_text(*code)
                                : was ? plain_text(*was)
                                      : "",
                                plain_text(now), "", Drift::Answer::by_hand, detail);
                    });
  }

  void say_gone(const TerraformItem& item) {
    const Found found = find_code(item.before, state_, files_);
    const std::string what =
        item.before.key.empty() ? item.before.type : item.before.type + " (" + item.before.key + ")";
    add_drift(item, found.instance ? found.instance->address() : what, "*",
              found.block || found.instance ? "a block" : "", "",
              found.block ? place_of(found.file->name, found.file->text, found.block->span.begin) : "",
              Drift::Answer::by_hand,
              "AWS no longer has it: take its block out, or the next apply makes it again");
  }

  void generate(const TerraformItem& item) {
    const auto& resource = item.after;
    const std::string& name = names_.at(&item);
    const std::string address = resource.type + "." + name;
    if (resource.import_id.empty()) {
      codified_.notes.push_back(address +
                                " has no import id in the journal: find it and add an import block");
    } else {
      CodeBlock import{.type = "import"};
      import.put("to", expression_value(address));
      import.put("id", string_value(resource.import_id));
      imports_ += (imports_.empty() ? "" : "\n");
      if (resource.partial) {
        imports_ += "# Its other arguments: terraform plan -generate-config-out=" + name + ".tf\n";
      }
      imports_ += hcl_text(import);
    }
    CodeBlock body = resource.body;
    body.type = "resource";
    body.labels = {resource.type, name};
    each_difference(item.before.body, resource.body, "",
                    [&](const std::string& attribute, const Value*, const Value& live) {
                      add_drift(item, address, attribute, "", plain_text(live), "", Drift::Answer::imported);
                    });
    if (!resource.note.empty()) codified_.notes.push_back(address + ": " + resource.note);
    if (resource.partial) {
      codified_.notes.push_back(
          address + " is imported without a block, as the run knows only a part of it: run " +
          "`terraform plan -generate-config-out=" + name + ".tf`, which takes the rest from AWS");
      return;
    }
    refer(body);
    correct(item, name, body, item.before.body, "", "");
    resources_ += (resources_.empty() ? "" : "\n") + ("# " + item.change->title + "\n") + hcl_text(body);
  }

  void refer(CodeBlock& block) const {
    for (auto& [name, value] : block.attributes) {
      const auto replace = [&](Value& one) {
        if (one.kind != Value::Kind::string || block.type == "import") return;
        if (const auto found = reference(one.text, ""); !found.empty()) one = expression_value(found);
      };
      replace(value);
      if (value.kind == Value::Kind::list) std::for_each(value.items.begin(), value.items.end(), replace);
    }
    for (auto& nested : block.blocks) refer(nested);
  }

  // Puts what the run corrected behind variables.
  void correct(const TerraformItem& item, const std::string& name, CodeBlock& block, const CodeBlock& before,
               const std::string& path, const std::string& label) {
    for (auto& [attribute, value] : block.attributes) {
      const Value* was = before.attribute(attribute);
      if (was && same(*was, value)) continue;
      if (value.kind == Value::Kind::document && attribute == "container_definitions") {
        correct_containers(item, name, value.items.front(), was);
        continue;
      }
      const bool literal = value.is_scalar() || std::all_of(value.items.begin(), value.items.end(),
                                                            [](const Value& one) { return one.is_scalar(); });
      if (!literal || value.kind == Value::Kind::expression) continue;
      put_variable(item, name + label + "_" + attribute, path + attribute, value);
    }
    for (auto& nested : block.blocks) {
      const auto key = block_identity(nested.type);
      const Value* identity = key.empty() ? nullptr : nested.attribute(key);
      const auto was = std::find_if(before.blocks.begin(), before.blocks.end(), [&](const CodeBlock& other) {
        if (other.type != nested.type) return false;
        const Value* its = key.empty() ? nullptr : other.attribute(key);
        return !identity || (its && *its == *identity);
      });
      const std::string part = identity ? "_" + terraform_name(identity->text) : "";
      correct(item, name, nested, was == before.blocks.end() ? CodeBlock{} : *was, nested.type + ".", part);
    }
  }

  void correct_containers(const TerraformItem& item, const std::string& name, Value& containers,
                          const Value* before) {
    for (auto& container : containers.items) {
      const std::string part = terraform_name(container.member("name") ? container.member("name")->text : "");
      const Value* was = nullptr;
      for (const auto& other :
           before && !before->items.empty() ? before->items.front().items : std::vector<Value>{}) {
        if (other.member("name") && container.member("name") &&
            *other.member("name") == *container.member("name")) {
          was_ = other;
          was = &was_;
        }
      }
      for (std::size_t i = 0; i < container.items.size(); ++i) {
        const Value* old = was ? was->member(container.keys[i]) : nullptr;
        if (old && *old == container.items[i]) continue;
        std::string words;
        for (const char c : container.keys[i])
          words += c >= 'A' && c <= 'Z' ? std::string("_") + static_cast<char>(c | 0x20) : std::string(1, c);
        put_variable(item, name + (part == name ? "" : "_" + part) + "_" + words,
                     "container_definitions." + container.keys[i], container.items[i]);
      }
    }
  }

  void put_variable(const TerraformItem& item, const std::string& name, const std::string& attribute,
                    Value& value) {
    const VariableRule* rule = variable_rule(item.after.type, attribute);
    if (!rule) return;
    if (rule->type == "number" && value.kind == Value::Kind::string) value.kind = Value::Kind::number;
    variables_ +=
        (variables_.empty() ? "" : "\n") + hcl_text(variable_block(*rule, name, item.change->title, value));
    value = expression_value("var." + name);
  }

  void finish() {
    if (!imports_.empty()) {
      CodeBlock terraform{.type = "terraform"};
      terraform.put("required_version", string_value(">= 1.5.0"));
      codified_.files.push_back({"fargate_doctor_imports.tf", hcl_text(terraform) + "\n" + imports_});
    }
    if (!resources_.empty()) codified_.files.push_back({"fargate_doctor_resources.tf", resources_});
    if (!variables_.empty()) codified_.files.push_back({"fargate_doctor_variables.tf", variables_});
    if (!moved_.empty()) {
      std::string text;
      for (const auto& block : moved_) text += (text.empty() ? "" : "\n") + block;
      codified_.files.push_back({"fargate_doctor_moved.tf", text});
    }
    for (const auto& file : files_) {
      const auto found = edits_.find(&file);
      if (found == edits_.end() || found->second.empty()) continue;
      std::string after = edited(file.text, found->second);
      if (overlap(found->second) || !parse_hcl(after, file.name)) {
        drop_patch(codified_, file.name);
        continue;
      }
      codified_.patches.push_back(
          {file.name, file.text, std::move(after), unified_diff(file.name, file.text, found->second)});
    }
  }

  const TerraformState* state_;
  const std::vector<HclFile>& files_;
  std::vector<TerraformItem> items_;
  std::set<std::string> patched_;                      // addresses without module and index
  std::map<const TerraformItem*, std::string> names_;  // of new resources
  std::map<std::string, std::string> known_;           // id or ARN of a new resource -> expression
  std::map<const HclFile*, std::vector<TextEdit>> edits_;
  std::set<std::string> moved_;
  std::string imports_, resources_, variables_;
  Value was_;
  Codified codified_;
};

}  // namespace

Codified terraform_of(const std::vector<Change>& changes, const TerraformState* state,
                      const std::vector<HclFile>& files) {
  return TerraformWriter(changes, state, files).write();
}

}  // namespace doctor::iac
