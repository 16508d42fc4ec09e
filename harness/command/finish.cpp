#include "harness/command/finish.h"

#include <chrono>

#include "hosts/base/files.h"
#include "reports/html/html.h"
#include "reports/record/reader.h"
#include "reports/record/writer.h"

namespace harness::command {

hosts::base::Result<void> FinishRecord(const std::filesystem::path& path,
                                       const reports::record::Record& measured,
                                       const std::string& verdict,
                                       int exit_code) {
  auto writer = reports::record::RecordWriter::Open(path, reports::record::OpenMode::Append);
  if (!writer) return writer.error();
  reports::record::Footer footer;
  footer.finished_at =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  footer.seconds = footer.finished_at - measured.header.started_at;
  footer.verdict = verdict;
  footer.exit_code = exit_code;
  return writer->Write(footer);
}

hosts::base::Result<void> WriteHtmlReport(const std::filesystem::path& folder) {
  const auto record = reports::record::ReadRecord(folder / "record.jsonl");
  if (!record) return record.error();
  const auto page = reports::html::RenderHtml(*record);
  if (!page) return page.error();
  return hosts::base::WriteFile(folder / "report.html", *page);
}

}  // namespace harness::command
