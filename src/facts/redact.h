// Taking secrets out of what AWS says, before anything is shown, recorded or weighed.
//
// Two doors: whole answers (JSON text to JSON text) and single lines (logs, reasons, commands). What may be a
// secret is replaced by kRedacted; access key ids keep their first four letters. Names, ARNs, sizes and times
// stay, so that the diagnosis sees what it needs. Redacting twice changes nothing.
//
//   redact_line("login password=hunter2 ok")            == "login password=*** ok"
//   redact_line("postgres://app:s3cret@db:5432/orders")  == "postgres://app:***@db:5432/orders"
//
// Taken out: environment values, secret values (not the ARNs that name them), passwords, tokens, private
// keys, AWS secret access keys, registry and other credentials, values of tags and options with a secret's
// name, password-like flags of commands, user data, credentials inside URLs, JWTs and PEM blocks.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace doctor::facts {

inline constexpr std::string_view kRedacted = "***";

// Whether a value under this name is a secret: "DB_PASSWORD", "secretString", "api-key"; not "nextToken".
bool is_secret_name(std::string_view name);

std::string redact_line(std::string_view line);

// A command as a list of words: "--password", "hunter2" loses the second.
std::vector<std::string> redact_command(const std::vector<std::string>& words);

// One JSON document. Text that is no JSON comes back as a redacted line.
std::string redact_json(std::string_view json);

// Account ids for stable fake ones ("000000000001", in the order of their first appearance), and back again:
// whoever goes on asking AWS needs the true ones.
class AccountMask {
 public:
  std::string hide(std::string_view text);
  std::string reveal(std::string_view text) const;

 private:
  std::map<std::string, std::string, std::less<>> fake_of_, true_of_;
};

}  // namespace doctor::facts
