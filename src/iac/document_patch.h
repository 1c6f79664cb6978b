// Changes the values of a YAML or JSON text by place: comments, order, intrinsic functions and everything
// that is not named stay byte for byte. What CloudFormation computes is not touched but refused, with what to
// change instead.
//
//   auto patch = patch_document(text, "template.yaml", before, after, "Resources/Web/Properties");
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "iac/text_edit.h"
#include "iac/value.h"

namespace doctor::iac {

struct DocumentRefusal {
  std::size_t offset = 0;
  std::string path, code, why, instead;
  std::string parameter, value;  // where it is a !Ref of a parameter and nothing else: what that must be
};
struct DocumentChange {
  std::size_t offset = 0;
  std::string path, code, live;
};
struct DocumentPatch {
  std::vector<TextEdit> edits;
  std::vector<DocumentRefusal> refusals;
  std::vector<DocumentChange> changed;
};

// Only what differs between `before` and `after` is changed, in what stands at `at` ("": the whole text). A
// map that is missing on the way there is made.
// Error: bad_input, where the text does not parse; not_found, where `at` cannot be.
core::Result<DocumentPatch> patch_document(std::string_view text, std::string_view origin,
                                           const Value& before, const Value& after, std::string_view at);

// A value as block YAML, its lines indented by `indent`; a scalar is one line without a newline.
std::string yaml_text(const Value& value, std::size_t indent);

}  // namespace doctor::iac
