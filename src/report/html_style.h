// The style sheet and the script of the HTML report, and the policy that lets a browser run these two and
// nothing else: whatever a hostile name might smuggle into the page, it is neither fetched nor executed.
#pragma once

#include <string>
#include <string_view>

namespace doctor::report {

std::string_view style_sheet();
std::string_view script();

// Content-Security-Policy for a <meta> tag: only the two above, by their SHA-256 ("Content Security Policy
// Level 3", W3C). No network, no frame, no form, no plug-in.
std::string content_security_policy();
// The same for a page with this style sheet instead.
std::string content_security_policy(std::string_view style);
// For a page that runs no script at all.
std::string scriptless_security_policy(std::string_view style);

}  // namespace doctor::report
