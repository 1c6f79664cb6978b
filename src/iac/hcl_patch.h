// Changes one resource block of a user's .tf file from what AWS had before to what it has now, where the code
// says so literally; refuses, with the place and what to change instead, where it is computed.
//
// Only what differs between `before` and `after` is touched. Repeated blocks and members of lists are told
// apart by what names them (capacity_provider, name, Sid, …), not by their place.
//
//   PatchRequest request{.before = …, .after = …};
//   auto patch = patch_hcl(file, block, request);
//   edited(file.text, patch.edits)
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "iac/hcl_syntax.h"
#include "iac/hcl_writer.h"
#include "iac/text_edit.h"

namespace doctor::iac {

struct HclFile {
  std::string name, text;
  HclBody body;
};
// Error: bad_input, with line and column.
core::Result<HclFile> read_hcl_file(std::string name, std::string text);

// What could not be changed, and where the change belongs.
struct Refusal {
  std::string place;      // "main.tf:12:20"
  std::string attribute;  // "capacity_provider_strategy[FARGATE].base"
  std::string code;       // as the file has it: "var.on_demand_base"
  std::string why;        // one sentence
  std::string instead;    // "set the default of variable \"on_demand_base\" (variables.tf:3:13) to 2"
  std::string live;       // what it should come out as
};

struct PatchedAttribute {
  std::string attribute, code, live;  // code: as the file had it, "" where it had none
  std::string place;
};

struct HclPatch {
  std::vector<TextEdit> edits;
  std::vector<Refusal> refusals;
  std::vector<PatchedAttribute> changed;
  std::vector<std::string> ignored;  // attributes that lifecycle.ignore_changes leaves to AWS
};

struct PatchRequest {
  CodeBlock before, after;
  const std::vector<HclFile>* files = nullptr;  // where variables, locals and data may be defined
  // What the code may say instead of an id ("aws_subnet.b.id"); "" where nothing.
  std::function<std::string(const std::string& id)> reference = nullptr;
  // Whether a name ("aws_ecs_task_definition.web.arn") is that of a resource that is patched as well.
  std::function<bool(const std::string& name)> follows = nullptr;
};

HclPatch patch_hcl(const HclFile& file, const HclBlock& block, const PatchRequest& request);

}  // namespace doctor::iac
