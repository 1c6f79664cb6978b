// What codify answers: files to add, patches of files that are there, what no patch could do, and the drift.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doctor::iac {

struct GeneratedFile {
  std::string name, text;
};

struct FilePatch {
  std::string name, before, after, diff;
};

// An attribute that AWS has otherwise than the code.
struct Drift {
  enum class Answer {
    patched,   // a patch sets it
    imported,  // a generated block has it
    refused,   // see the refusal: it is to be changed by hand
    ignored,   // the code leaves it to AWS (lifecycle.ignore_changes)
    by_hand,   // the code has it, and its file was not given; or it is gone from AWS
  };
  std::string resource;   // in AWS: ARN or id
  std::string address;    // "module.shop.aws_ecs_service.web[0]", "Web" in a template
  std::string attribute;  // "capacity_provider_strategy[FARGATE].base"
  std::string code;       // what the code says; "" where it says nothing
  std::string live;       // what AWS has; "" where it has nothing
  std::string place;      // "main.tf:12:3"; "" where it is in no file given
  Answer answer = Answer::patched;
  std::string detail;  // of refused: why; of by_hand: what to do
};

std::string_view drift_word(Drift::Answer answer);  // "patched", "imported", …

struct Codified {
  std::vector<GeneratedFile> files;
  std::vector<FilePatch> patches;
  std::vector<Drift> drift;
  std::vector<std::string> notes;  // what the reader must know before applying
};

// Where a patch would not leave the file readable, it is dropped, and what it would have set is refused.
void drop_patch(Codified& codified, const std::string& file);

// The drift as JSON ("schema": "fargate-doctor/drift/1") and as text for people; each ends in a newline.
std::string drift_json(const Codified& codified, const std::string& run);
std::string drift_text(const Codified& codified);
// The answer in one line: "Run r-1 changed 3 resources: 2 imported, 1 by hand"; a resource counts by what
// asks most of its reader.
std::string drift_headline(const Codified& codified, const std::string& run);

}  // namespace doctor::iac
