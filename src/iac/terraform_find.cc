#include "iac/terraform_find.h"

#include <algorithm>

#include "core/arn.h"
#include "core/glob.h"

namespace doctor::iac {
namespace {

// A written argument as a glob: every ${…} may be anything. What is computed may be anything altogether.
std::string glob_of(const HclExpression& expression) {
  if (expression.kind == HclExpression::Kind::string || expression.kind == HclExpression::Kind::literal) {
    return expression.text;
  }
  if (expression.kind != HclExpression::Kind::template_text) return "*";
  std::string glob;
  for (std::size_t i = 0, depth = 0; i < expression.text.size(); ++i) {
    const char c = expression.text[i];
    if ((c == '$' || c == '%') && i + 1 < expression.text.size() && expression.text[i + 1] == '{' &&
        depth == 0) {
      glob += '*';
      ++depth;
      ++i;
    } else if (depth) {
      depth += c == '{' ? 1 : 0;
      depth -= c == '}' ? 1 : 0;
    } else {
      glob += c;
    }
  }
  return glob;
}

// 2: says so literally; 1: may mean it; 0: means something else.
int fit(const HclBlock& block, const TerraformResource& resource) {
  int best = 2;
  for (const auto& [name, value] : resource.identity) {
    const auto* attribute = block.body.attribute(name);
    if (!attribute) {
      best = 1;
      continue;
    }
    const std::string glob = glob_of(attribute->value);
    if (glob == value || core::short_name(glob) == value) continue;
    if (glob.find('*') == std::string::npos || !core::glob_matches(glob, value)) return 0;
    best = 1;
  }
  return resource.identity.empty() ? 0 : best;
}

bool in_folder_of(const HclFile& file, const std::string& module) {
  if (module.empty()) return true;
  const std::string name = module.substr(module.rfind('.') + 1);
  const std::string folder = "/" + name.substr(0, name.find('[')) + "/";
  return ("/" + file.name).find(folder) != std::string::npos;
}

}  // namespace

Found find_block(const std::string& type, const std::string& name, const std::string& module,
                 const std::vector<HclFile>& files) {
  std::vector<Found> all;
  for (const auto& file : files) {
    for (const auto& block : file.body.blocks) {
      if (block.type == "resource" && block.labels == std::vector<std::string>{type, name}) {
        all.push_back({nullptr, &file, &block, {}, {}, {}});
      }
    }
  }
  if (all.size() < 2) return all.empty() ? Found{} : all.front();
  std::vector<Found> own;
  std::copy_if(all.begin(), all.end(), std::back_inserter(own),
               [&](const Found& found) { return !module.empty() && in_folder_of(*found.file, module); });
  if (own.size() == 1) return own.front();
  Found none;
  none.doubt = "several of the files have " + type + "." + name + ": " + all[0].file->name + " and " +
               all[1].file->name;
  return none;
}

Found find_code(const TerraformResource& resource, const TerraformState* state,
                const std::vector<HclFile>& files) {
  Found found;
  const TerraformInstance* instance = state ? state->find(resource.type, resource.ids) : nullptr;
  if (instance) {
    found = find_block(resource.type, instance->name, instance->module, files);
    found.instance = instance;
    if (found.block || !found.doubt.empty()) {
      // An index without count and for_each: Terraform itself moves [0], and a key needs a moved block.
      const bool repeated =
          found.block && (found.block->body.attribute("count") || found.block->body.attribute("for_each"));
      if (found.block && !repeated && instance->index.starts_with("[\"")) {
        found.moved_from = instance->address();
        found.moved_to = instance->block_address();
      }
      return found;
    }
  }
  int best = 0, equals = 0;
  for (const auto& file : files) {
    for (const auto& block : file.body.blocks) {
      if (block.type != "resource" || block.labels.size() != 2 || block.labels[0] != resource.type) continue;
      const int now = fit(block, resource);
      if (now == 0 || now < best) continue;
      equals = now == best ? equals + 1 : 1;
      best = now;
      found.file = &file;
      found.block = &block;
    }
  }
  if (equals > 1) {
    found.doubt =
        "more than one " + resource.type + " block could be it; give Terraform's state with --state";
    found.file = nullptr;
    found.block = nullptr;
  } else if (found.block && instance) {
    found.moved_from = instance->address();
    found.moved_to = (instance->module.empty() ? "" : instance->module + ".") + resource.type + "." +
                     found.block->labels[1];
  }
  return found;
}

}  // namespace doctor::iac
