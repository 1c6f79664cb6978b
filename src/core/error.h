// What went wrong, as a value.
//
// An Error says three things: its kind (which decides the exit code), one sentence about what happened, and
// what to do next. It prints itself in one line. Errors travel in Result<T> (core/result.h); nothing here
// throws.
//
//   return make_error(ErrorKind::bad_input, "ecs.describe-tasks.json:3:14: unexpected end of file",
//                     "save the file again with: aws ecs describe-tasks ... > ecs.describe-tasks.json");
#pragma once

#include <string>
#include <string_view>

namespace doctor::core {

enum class ErrorKind {
  usage,         // the command line is wrong                                        exit 2
  bad_input,     // a file, a field or an argument cannot be read as what it must be exit 2
  refused,       // AWS answered no: access denied, expired or missing credentials   exit 3
  unreachable,   // no answer, or not AWS's: DNS, connect, TLS, time-out, HTML       exit 3
  throttled,     // AWS still throttled after all retries                            exit 3
  not_found,     // AWS or the snapshot has no such resource                         exit 3
  invalid_call,  // AWS said that the request itself is wrong                        exit 3
  cancelled,     // the user pressed Ctrl-C                                          exit 3
  internal,      // a broken invariant: please report                                exit 3
};

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string sentence;  // what happened, with file:line:column or field where there is one
  std::string next;      // what to do about it; may be empty
  std::string code;      // AWS's own error code ("AccessDeniedException") where AWS gave one
};

Error make_error(ErrorKind kind, std::string sentence, std::string next = {}, std::string code = {});

// "sentence (next)" on one line; control characters are replaced, so that a hostile answer cannot draw on a
// terminal.
std::string to_line(const Error& error);

// The exit code that an error of this kind ends the program with (2 or 3).
int exit_code(ErrorKind kind);

// AWS's text may hold anything: every control character becomes a space.
std::string printable(std::string_view text);

}  // namespace doctor::core
