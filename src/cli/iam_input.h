// What `iam explain` and `iam minimum` are given: a pasted text, or a CloudTrail event from a file.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "iam/api_call.h"

namespace CLI {
class App;
}

namespace doctor::cli {

struct IamInput {
  std::vector<std::string> words;
  std::string event, history;
};

// The group `iam`, which several commands share.
CLI::App& iam_group(CLI::App& app);

// The words of the command line, or standard input for "-".
std::string text_of_words(const std::vector<std::string>& words);

// A file's text; "-" is standard input. Error: bad_input, naming the file.
core::Result<std::string> text_of_file(const std::string& path);

// The refusals of the text, or of the refused calls in the event file. Error: usage, where neither or both
// are given; bad_input, where they hold no refusal.
core::Result<std::vector<iam::Denial>> denials_of(const IamInput& input);

}  // namespace doctor::cli
