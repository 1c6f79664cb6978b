#include "cli/runbook_place.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "aws/transport.h"
#include "cli/program.h"
#include "report/runbook.h"

namespace doctor::cli {
namespace {

using core::ErrorKind;
using core::fail;
using core::Result;

Result<void> write_file(const std::string& path, const report::Document& runbook) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << report::to_markdown(runbook);
  out.close();
  if (!out)
    return fail(ErrorKind::bad_input, path + ": " + std::strerror(errno), "name another place with --to");
  return {};
}

// git's last line says what is wrong.
std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  const auto at = text.rfind('\n');
  return at == std::string::npos ? text : text.substr(at + 1);
}

Result<bool> is_working_copy(const std::string& folder) {
  const auto asked = run_program({"git", "-C", folder, "rev-parse", "--is-inside-work-tree"});
  return asked && asked->code == 0 && asked->output.starts_with("true");
}

Result<std::string> commit(const std::string& folder, const std::string& name,
                           const report::Document& runbook) {
  const std::string by_hand = "the file is written; by hand: git -C " + folder + " add -- " + name +
                              " && git -C " + folder + " commit -m 'Runbook' -- " + name;
  const std::string message = "Runbook: " + runbook.title;
  const auto added = run_program({"git", "-C", folder, "add", "--", name});
  if (!added || added->code != 0)
    return fail(ErrorKind::usage, "git add: " + (added ? last_line(added->output) : added.error().sentence),
                by_hand);
  const auto changed = run_program({"git", "-C", folder, "diff", "--cached", "--quiet", "--", name});
  if (changed && changed->code == 0) return std::string{"it is there already, as it is"};
  const auto made = run_program({"git", "-C", folder, "commit", "-q", "-m", message, "--", name});
  if (!made || made->code != 0)
    return fail(ErrorKind::usage, "git commit: " + (made ? last_line(made->output) : made.error().sentence),
                by_hand);
  const auto head = run_program({"git", "-C", folder, "rev-parse", "--short", "HEAD"});
  return "committed as " + (head && head->code == 0 ? last_line(head->output) : std::string{"HEAD"});
}

Result<aws::HttpResponse> send(aws::Transport& transport, aws::HttpRequest request,
                               const std::atomic<bool>* cancelled) {
  auto outcome = transport.fetch(std::move(request), cancelled);
  if (outcome.failure) return fail(ErrorKind::unreachable, "Confluence: " + outcome.failure->sentence);
  return std::move(outcome.response);
}

struct Written {
  std::string address;
  bool created = false;
};

Result<Written> write_once(aws::Transport& transport, const report::Confluence& confluence,
                           const std::string& space_id, const report::Document& runbook,
                           const std::atomic<bool>* cancelled) {
  const auto found = send(transport, report::find_page(confluence, space_id, runbook.title), cancelled);
  if (!found) return fail(found.error());
  const auto page = report::page_of(*found);
  if (!page) return fail(page.error());
  const auto answer = send(transport, report::write_page(confluence, space_id, runbook, *page), cancelled);
  if (!answer) return fail(answer.error());
  auto address = report::written(*answer, confluence);
  if (!address) return fail(address.error());
  return Written{std::move(*address), !page->has_value()};
}

}  // namespace

Result<std::string> put_into_file(const std::string& path, const report::Document& runbook) {
  if (auto done = write_file(path, runbook); !done) return fail(done.error());
  return "wrote " + path;
}

Result<std::string> put_into_folder(const std::string& folder, const report::Document& runbook,
                                    bool with_commit) {
  const std::string name = report::file_name_of(runbook);
  const std::string path = (std::filesystem::path(folder) / name).string();
  if (auto done = write_file(path, runbook); !done) return fail(done.error());
  std::string said = "wrote " + path;
  const auto is_git = is_working_copy(folder);
  if (!with_commit || !is_git || !*is_git) return said;
  const auto committed = commit(folder, name, runbook);
  if (!committed) return fail(committed.error());
  return said + "; " + *committed;
}

Result<std::string> put_into_confluence(const report::Confluence& confluence, const report::Document& runbook,
                                        const std::atomic<bool>* cancelled) {
  if (auto ok = report::check_confluence(confluence); !ok) return fail(ok.error());
  auto transport = aws::Transport::make({});
  if (!transport) return fail(transport.error());
  std::string space_id;
  if (report::is_cloud(confluence)) {
    const auto spaces = send(**transport, report::find_space(confluence), cancelled);
    if (!spaces) return fail(spaces.error());
    const auto id = report::space_id_of(*spaces, confluence);
    if (!id) return fail(id.error());
    space_id = *id;
  }
  auto written = write_once(**transport, confluence, space_id, runbook, cancelled);
  if (!written && written.error().code == "409")
    written = write_once(**transport, confluence, space_id, runbook, cancelled);
  if (!written) return fail(written.error());
  return (written->created ? "created " : "updated ") + written->address;
}

}  // namespace doctor::cli
