#include "iac/cloudformation.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/arn.h"
#include "core/json.h"
#include "iac/document_patch.h"
#include "iac/template_resource.h"

namespace doctor::iac {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kLargestBody = 51200;  // bytes that TemplateBody may have; more goes through S3

struct TemplateItem {
  const Change* change = nullptr;
  TemplateResource before, after;  // type "": it is not there
};

struct Place {
  const Template* file = nullptr;
  std::string logical;
  const TemplateResource::Inside* inside = nullptr;  // nullptr: the resource itself
};

// 2: says so literally; 1: may mean it (an intrinsic function, or not said); 0: means something else.
int fit(const YamlNode& resource, const std::string& type, const Pairs& identity) {
  const YamlNode* its_type = resource.member("Type");
  if (!its_type || its_type->text != type || identity.empty()) return 0;
  int best = 2;
  for (const auto& [name, value] : identity) {
    const YamlNode* property = resource.at("Properties/" + name);
    if (!property || property->is_intrinsic()) {
      best = 1;
    } else if (property->text != value && core::short_name(property->text) != value) {
      return 0;
    }
  }
  return best;
}

class TemplateWriter {
 public:
  TemplateWriter(const std::vector<Change>& changes, const std::vector<StackResource>& stack,
                 const std::vector<Template>& templates)
      : stack_(stack), templates_(templates) {
    for (const auto& change : changes) add_items(change);
  }

  core::Result<Codified> write() {
    for (const auto& item : items_) {
      const TemplateResource& resource = item.after.type.empty() ? item.before : item.after;
      const Place place = find(resource);
      if (item.after.type.empty()) {
        add_drift(
            item, place.logical.empty() ? resource.type : place.logical, "*",
            place.logical.empty() ? "" : "a resource", "", "", Drift::Answer::by_hand,
            "AWS no longer has it: take it out of the template, or the next update fails or makes it again");
      } else if (!doubt_.empty()) {
        add_drift(item, resource.type, "*", "", "", "", Drift::Answer::by_hand, std::exchange(doubt_, {}));
      } else if (place.file) {
        if (auto ok = patch(item, place); !ok) return core::fail(ok.error());
      } else if (const StackResource* known = stack_entry(resource.type, resource.physical)) {
        add_drift(item, known->logical, "*", "", "", "", Drift::Answer::by_hand,
                  "it is in stack " + known->stack + ": give its template with --patch");
      } else {
        generate(item);
      }
    }
    finish();
    return std::move(codified_);
  }

 private:
  void add_items(const Change& change) {
    auto before = template_resources(change, change.before), after = template_resources(change, change.after);
    if (before.empty() && after.empty()) {
      codified_.notes.push_back(change.resource.kind + " " + change.resource.id +
                                " has no CloudFormation resource: " + change.title);
    }
    for (auto& now : after) {
      const auto was =
          std::find_if(before.begin(), before.end(), [&](const auto& one) { return one.key == now.key; });
      TemplateResource old;
      if (was != before.end()) old = *was;
      if (same(old.properties, now.properties)) continue;
      // A rule and its targets are two things to AWS and one to CloudFormation.
      const auto whole = std::find_if(items_.begin(), items_.end(), [&](const TemplateItem& item) {
        return item.after.type == now.type && item.after.hint == now.hint && now.key.empty() &&
               item.after.key.empty();
      });
      if (whole != items_.end()) {
        for (std::size_t i = 0; i < now.properties.items.size(); ++i)
          whole->after.properties.set(now.properties.keys[i], now.properties.items[i]);
        for (std::size_t i = 0; i < old.properties.items.size(); ++i)
          whole->before.properties.set(old.properties.keys[i], old.properties.items[i]);
        continue;
      }
      items_.push_back({&change, std::move(old), std::move(now)});
    }
    for (auto& was : before) {
      const bool kept =
          std::any_of(after.begin(), after.end(), [&](const auto& one) { return one.key == was.key; });
      if (!kept) items_.push_back({&change, std::move(was), {}});
    }
  }

  const StackResource* stack_entry(const std::string& type, const std::vector<std::string>& physical) const {
    for (const auto& entry : stack_) {
      if (entry.type == type && std::find(physical.begin(), physical.end(), entry.physical) != physical.end())
        return &entry;
    }
    return nullptr;
  }

  Place find(const TemplateResource& resource) {
    Place place = find_one(resource.type, resource.physical, resource.identity, "");
    for (const auto& inside : resource.inside) {
      if (place.file || !doubt_.empty()) break;
      place = find_one(inside.type, inside.physical, inside.identity, inside.only_where);
      if (place.file) place.inside = &inside;
    }
    return place;
  }

  Place find_one(const std::string& type, const std::vector<std::string>& physical, const Pairs& identity,
                 const std::string& needs) {
    const StackResource* known = stack_entry(type, physical);
    Place place;
    int best = 0, equals = 0;
    for (const auto& file : templates_) {
      const YamlNode* resources = file.root.member("Resources");
      for (std::size_t i = 0; i < resources->items.size() && resources->kind == YamlNode::Kind::map; ++i) {
        const std::string& logical = resources->keys[i].text;
        if (!needs.empty() && !resources->items[i].at("Properties/" + needs)) continue;
        const int now =
            known ? (known->logical == logical ? 3 : 0) : fit(resources->items[i], type, identity);
        if (now == 0 || now < best) continue;
        equals = now == best ? equals + 1 : 1;
        best = now;
        place = {&file, logical, nullptr};
      }
    }
    if (equals < 2) return place;
    doubt_ = "more than one " + type +
             " could be it; give what `aws cloudformation describe-stack-resources` prints with --state";
    return {};
  }

  void add_drift(const TemplateItem& item, const std::string& address, std::string attribute,
                 std::string code, std::string live, std::string place, Drift::Answer answer,
                 std::string detail = {}) {
    codified_.drift.push_back({item.change->resource.id, address, std::move(attribute), std::move(code),
                               std::move(live), std::move(place), answer, std::move(detail)});
  }

  core::Result<void> patch(const TemplateItem& item, const Place& place) {
    Value before = item.before.properties, after = item.after.properties;
    if (place.inside) {
      after = place.inside->properties;
      before = {};
      // Nothing in a list is the same where it was not there before.
      if (!item.before.inside.empty())
        before = item.before.inside.front().properties;
      else
        before.set(after.keys.front(), list_value({}));
    }
    auto made = patch_document(place.file->text, place.file->name, before, after,
                               "Resources/" + place.logical + "/Properties");
    if (!made) return core::fail(made.error());
    for (const auto& change : made->changed) {
      add_drift(item, place.logical, change.path, change.code, change.live,
                place_of(place.file->name, place.file->text, change.offset), Drift::Answer::patched);
    }
    for (const auto& refusal : made->refusals) {
      if (follows(refusal)) continue;
      add_drift(item, place.logical, refusal.path, refusal.code, refusal.value,
                place_of(place.file->name, place.file->text, refusal.offset), Drift::Answer::refused,
                refusal.why + ": " + refusal.instead);
      if (!refusal.parameter.empty()) parameters_[place.file][refusal.parameter] = refusal.value;
    }
    auto& edits = edits_[place.file];
    for (auto& edit : made->edits) edits.push_back(std::move(edit));
    if (item.after.type.starts_with("AWS::IAM::")) iam_.insert(place.file);
    touched_.insert(place.file);
    return {};
  }

  // A service's !Ref of a task definition that is patched as well takes the new revision by itself.
  bool follows(const DocumentRefusal& refusal) const {
    if (refusal.path != "TaskDefinition") return false;
    return std::any_of(items_.begin(), items_.end(), [&](const TemplateItem& item) {
      return item.after.type == "AWS::ECS::TaskDefinition" && item.change->after.at("taskDefinitionArn") &&
             item.change->after.at("taskDefinitionArn")->text == refusal.value;
    });
  }

  void generate(const TemplateItem& item) {
    const auto& resource = item.after;
    if (resource.partial || resource.identifier.empty()) {
      const std::string detail =
          resource.partial ? "the run knows only a part of it: give the template that has it with --patch"
          : resource.note.empty() ? "the journal has no id to import it by: look it up"
                                  : resource.note;
      each_change(item, [&](const std::string& name, const Value& live) {
        add_drift(item, resource.type, name, "", plain_text(live), "", Drift::Answer::by_hand, detail);
      });
      return;
    }
    if (!resource.note.empty()) codified_.notes.push_back(logical_id(resource.hint) + ": " + resource.note);
    std::string logical = logical_id(resource.hint);
    for (int i = 2; resources_.member(logical); ++i) logical = logical_id(resource.hint) + std::to_string(i);
    Value block;
    block.set("Type", string_value(resource.type));
    block.set("DeletionPolicy", string_value("Retain"));
    block.set("UpdateReplacePolicy", string_value("Retain"));
    block.set("Properties", resource.properties);
    resources_.set(logical, std::move(block));
    ordered_json identifier = ordered_json::object();
    for (const auto& [name, value] : resource.identifier) identifier[name] = value;
    imports_.push_back({{"ResourceType", resource.type},
                        {"LogicalResourceId", logical},
                        {"ResourceIdentifier", identifier}});
    iam_import_ = iam_import_ || resource.type.starts_with("AWS::IAM::");
    each_change(item, [&](const std::string& name, const Value& live) {
      add_drift(item, logical, name, "", plain_text(live), "", Drift::Answer::imported);
    });
  }

  // The properties that the run set; where it made the resource, that is one thing.
  static void each_change(const TemplateItem& item,
                          const std::function<void(const std::string&, const Value&)>& say) {
    const Value& properties = item.after.properties;
    if (item.before.type.empty()) return say("*", properties);
    for (std::size_t i = 0; i < properties.items.size(); ++i) {
      const Value* was = item.before.properties.member(properties.keys[i]);
      if (!was || !same(*was, properties.items[i]))
        say(properties.keys[i], worth_writing(was ? *was : Value{}, properties.items[i]));
    }
  }

  static std::string json_file(const ordered_json& json) {
    return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  }

  void finish() {
    if (!imports_.empty()) {
      Value root;
      root.set("AWSTemplateFormatVersion", string_value("2010-09-09"));
      root.set("Description", string_value("Imports what fargate-doctor changed"));
      root.set("Resources", resources_);
      const std::string text = yaml_text(root, 0) + "\n";
      codified_.files.push_back({"fargate-doctor-import.yaml", text});
      codified_.files.push_back({"fargate-doctor-resources-to-import.json", json_file(imports_)});
      ordered_json input = {{"StackName", "fargate-doctor"},
                            {"ChangeSetName", "fargate-doctor-import"},
                            {"ChangeSetType", "IMPORT"}};
      if (iam_import_) input["Capabilities"] = {"CAPABILITY_NAMED_IAM"};
      input["ResourcesToImport"] = imports_;
      add_body(input, text);
      codified_.files.push_back({"fargate-doctor-import-change-set.json", json_file(input)});
    }
    for (const auto& file : templates_) {
      if (!touched_.contains(&file)) continue;
      auto& edits = edits_[&file];
      std::string after = edited(file.text, edits);
      if (overlap(edits) || !parse_yaml(after, file.name)) {
        drop_patch(codified_, file.name);
        edits.clear();
        after = file.text;
      }
      if (!edits.empty())
        codified_.patches.push_back({file.name, file.text, after, unified_diff(file.name, file.text, edits)});
      if (!edits.empty() || parameters_.contains(&file)) write_update(file, after, edits.empty());
    }
  }

  void write_update(const Template& file, const std::string& after, bool unchanged) {
    const std::string stack = stack_.empty() ? "STACK" : stack_.front().stack;
    ordered_json input = {
        {"StackName", stack}, {"ChangeSetName", "fargate-doctor-update"}, {"ChangeSetType", "UPDATE"}};
    ordered_json parameters = ordered_json::array();
    if (const YamlNode* declared = file.root.member("Parameters")) {
      for (const auto& key : declared->keys) {
        const auto& given = parameters_[&file];
        const auto value = given.find(key.text);
        if (value == given.end()) {
          parameters.push_back({{"ParameterKey", key.text}, {"UsePreviousValue", true}});
        } else {
          parameters.push_back({{"ParameterKey", key.text}, {"ParameterValue", value->second}});
        }
      }
    }
    if (!parameters.empty()) input["Parameters"] = parameters;
    if (iam_.contains(&file)) input["Capabilities"] = {"CAPABILITY_NAMED_IAM"};
    if (unchanged) {
      input["UsePreviousTemplate"] = true;
    } else {
      add_body(input, after);
    }
    std::string name = file.name.substr(file.name.rfind('/') + 1);
    codified_.files.push_back({"fargate-doctor-update-" + name + ".json", json_file(input)});
    if (stack_.empty()) codified_.notes.push_back("the change set names the stack STACK: put its name there");
  }

  void add_body(ordered_json& input, const std::string& text) {
    if (text.size() <= kLargestBody) {
      input["TemplateBody"] = text;
      return;
    }
    input["TemplateURL"] = "https://BUCKET.s3.amazonaws.com/TEMPLATE";
    codified_.notes.push_back(
        "the template is larger than the 51,200 bytes that a change set takes: upload it to S3 and give its "
        "URL");
  }

  const std::vector<StackResource>& stack_;
  const std::vector<Template>& templates_;
  std::vector<TemplateItem> items_;
  std::map<const Template*, std::vector<TextEdit>> edits_;
  std::map<const Template*, std::map<std::string, std::string>> parameters_;
  std::set<const Template*> iam_, touched_;
  Value resources_;
  ordered_json imports_ = ordered_json::array();
  bool iam_import_ = false;
  std::string doubt_;
  Codified codified_;
};

}  // namespace

core::Result<Template> read_template(std::string name, std::string text) {
  auto root = parse_yaml(text, name);
  if (!root) return core::fail(root.error());
  const YamlNode* resources = root->member("Resources");
  if (!resources || resources->kind != YamlNode::Kind::map) {
    return core::fail(core::ErrorKind::bad_input,
                      name + " is not a CloudFormation template: it has no Resources");
  }
  return Template{std::move(name), std::move(text), std::move(*root)};
}

core::Result<std::vector<StackResource>> read_stack_resources(std::string_view text,
                                                              std::string_view origin) {
  auto document = core::JsonDocument::parse(text, origin);
  if (!document) return core::fail(document.error());
  const core::Json root = document->root();
  const core::Json list =
      root["StackResources"].present() ? root["StackResources"] : root["StackResourceSummaries"];
  if (!list.is_array()) {
    return core::fail(core::ErrorKind::bad_input, std::string(origin) + " has no StackResources",
                      "give what `aws cloudformation describe-stack-resources --stack-name …` prints");
  }
  std::vector<StackResource> stack;
  for (const core::Json entry : list.items()) {
    stack.push_back({std::string(entry["StackName"].string_or()),
                     std::string(entry["LogicalResourceId"].string_or()),
                     std::string(entry["PhysicalResourceId"].string_or()),
                     std::string(entry["ResourceType"].string_or())});
  }
  return stack;
}

core::Result<Codified> cloudformation_of(const std::vector<Change>& changes,
                                         const std::vector<StackResource>& stack,
                                         const std::vector<Template>& templates) {
  return TemplateWriter(changes, stack, templates).write();
}

}  // namespace doctor::iac
