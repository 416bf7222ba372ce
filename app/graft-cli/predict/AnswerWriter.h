// SPDX-License-Identifier: GPL-3.0-or-later
// predict's answers as CSV, JSON or JSON lines, on standard output or in a file. One of lines can be
// continued: while it grows it is locked (flock), and FILE.unfinished beside it says what it is made with and
// of which pictures. A JSON document is there once it is whole.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/graft-cli/predict/NewFile.h"
#include "app/graft-cli/predict/Unfinished.h"
#include "core/base/Result.h"
#include "core/inference/Predictor.h"

namespace graft::cli {

enum class AnswerFormat { Csv, Document, Lines };                 // Lines: a JSON object a line
Result<AnswerFormat> parseAnswerFormat(const std::string& name);  // "csv", "json", "jsonl"

struct AnswerOptions {
    AnswerFormat format = AnswerFormat::Csv;
    std::string file;      // empty: standard output
    bool goOn = false;     // with a file that is there already
    std::string madeWith;  // model and settings: a file is only continued with the same
    double threshold = 0;  // a class less probable is called "uncertain"
};

constexpr const char* kUncertain = "uncertain";

class AnswerWriter {
  public:
    // Errors: InvalidArgument (the file is there, is a device or pipe, or was made with something else),
    // Unwritable (also: another process writes into it).
    static Result<std::unique_ptr<AnswerWriter>> open(const AnswerOptions& options);
    ~AnswerWriter();
    AnswerWriter(const AnswerWriter&) = delete;
    AnswerWriter& operator=(const AnswerWriter&) = delete;

    // Whether an earlier, unfinished call has answered the picture already. An answer counts once.
    bool takeAnswered(const std::string& path);
    // Those that takeAnswered() has taken although they have changed since: of another size or time.
    const std::vector<std::string>& changed() const { return m_changed; }
    // The file was there without its .unfinished, as after an earlier call that came to its end.
    bool isOfUnknownModel() const { return m_isOfUnknownModel; }

    // Each is on its way to the disk when this returns. ranked: the most probable class first. Errors:
    // Unwritable.
    Result<void> add(const std::string& path, const std::vector<inference::ClassProbability>& ranked);
    // A picture without an answer; in CSV it has no line. A JSON document begins with the first answer.
    Result<void> addError(const std::string& path, const Error& error);
    // Whether anything is in the file or on standard output yet.
    bool isEmpty() const { return !m_any; }
    // No more answers. Nothing was ever added: JSON gets an empty list.
    Result<void> finish();

  private:
    using Counts = std::unordered_map<std::string, std::size_t>;

    explicit AnswerWriter(const AnswerOptions& options) : m_options(options) {}
    Result<void> openFile();
    Result<void> openDocument();
    std::error_code giveName();
    // Gives the bytes that are whole lines. begun: by an earlier call, as its .unfinished says.
    Result<std::size_t> readAnswered(bool begun);
    static bool takeOne(Counts& counts, const std::string& path);
    Result<void> write(const std::string& text);
    Result<void> writeEntry(const std::string& json);
    tl::unexpected<Error> notWritten(const std::error_code& why) const;
    int indent() const { return m_options.format == AnswerFormat::Document ? 2 : -1; }

    AnswerOptions m_options;
    std::FILE* m_out = stdout;
    std::optional<NewFile> m_document;       // a JSON document that is to be a file
    std::optional<Unfinished> m_unfinished;  // lines that go into a file
    bool m_any = false;
    bool m_isOfUnknownModel = false;
    std::string m_held;  // JSON: entries without an answer, before the first that has one
    Counts m_answered;   // by path
    Counts m_failed;     // lines with an error: tried again, and not said twice
    std::vector<std::string> m_changed;
};

}  // namespace graft::cli
