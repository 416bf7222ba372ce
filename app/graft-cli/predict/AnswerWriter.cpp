// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/predict/AnswerWriter.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <utility>

#include "app/graft-cli/Output.h"
#include "app/graft-cli/Places.h"
#include "app/graft-cli/predict/WholeLines.h"
#include "core/base/Csv.h"

namespace graft::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* kHeader = "path,class,probability\n";

std::string dump(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

constexpr const char* kPathBytes = "path_bytes";

std::string hexOf(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes)
        text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return text;
}

std::optional<std::string> bytesOf(const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        unsigned char byte = 0;
        const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
        if (error != std::errc() || end != hex.data() + i + 2) return std::nullopt;
        bytes += static_cast<char>(byte);
    }
    return hex.size() % 2 == 0 ? std::optional(bytes) : std::nullopt;
}

// JSON is UTF-8: a name that is none stands there as it can be shown, by which the file is not found, and by
// its bytes.
Json entryOf(const std::string& path) {
    Json entry{{"path", path}};
    const bool isUtf8 = Json::parse(dump(entry["path"], -1)).get<std::string>() == path;
    if (!isUtf8) entry[kPathBytes] = hexOf(path);
    return entry;
}

// Nothing where the line is none of predict's.
std::optional<std::string> pathOf(const Json& entry) {
    const bool isEntry = entry.is_object() && entry.contains("path") && entry["path"].is_string();
    if (!isEntry) return std::nullopt;
    const auto bytes = entry.find(kPathBytes);
    if (bytes == entry.end()) return entry["path"].get<std::string>();
    return bytes->is_string() ? bytesOf(bytes->get<std::string>()) : std::nullopt;
}

// From its beginning, as far as it could be read.
std::string contentOf(std::FILE* file) {
    std::string content;
    std::array<char, 65536> part{};
    std::rewind(file);
    while (const std::size_t count = std::fread(part.data(), 1, part.size(), file))
        content.append(part.data(), count);
    return content;
}

tl::unexpected<Error> unwritable(const std::error_code& why, const std::string& file) {
    return fail(ErrorCode::Unwritable, {GRAFT_TEXT("The file cannot be written: {1}."), why.message()}, file);
}

// Makes the file where there is none. It is locked until it is closed; a file system without locks has none
// to give.
Result<std::FILE*> openLocked(const std::string& file) {
    const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    std::FILE* const out = descriptor < 0 ? nullptr : fdopen(descriptor, "r+b");
    if (out == nullptr) return unwritable(lastError(), file);
    const bool isTaken = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    // Who held the lock may have removed the file that it had made.
    struct stat mine {};
    struct stat there {};
    const bool isStillThere = fstat(descriptor, &mine) == 0 && stat(file.c_str(), &there) == 0 &&
                              mine.st_dev == there.st_dev && mine.st_ino == there.st_ino;
    if (!isTaken && isStillThere) return out;
    std::fclose(out);
    return fail(
        ErrorCode::Unwritable,
        GRAFT_TEXT("Another Graft is writing into this file; wait until it ends or stop it, or choose "
                   "another name."),
        file);
}

}  // namespace

Result<AnswerFormat> parseAnswerFormat(const std::string& name) {
    if (name == "csv") return AnswerFormat::Csv;
    if (name == "json") return AnswerFormat::Document;
    if (name == "jsonl") return AnswerFormat::Lines;
    return fail(ErrorCode::InvalidArgument,
                {GRAFT_TEXT("Unknown format \"{1}\": it is csv, json or jsonl."), name});
}

Result<std::unique_ptr<AnswerWriter>> AnswerWriter::open(const AnswerOptions& options) {
    if (options.goOn && options.file.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("--continue goes on with the file of --output; name it."));
    }
    if (options.goOn && options.format == AnswerFormat::Document) {
        return fail(
            ErrorCode::InvalidArgument,
            GRAFT_TEXT("A JSON document cannot be continued; use --format jsonl or csv with --continue."));
    }
    std::unique_ptr<AnswerWriter> writer(new AnswerWriter(options));
    if (!options.file.empty()) {
        if (const auto opened = writer->openFile(); !opened) return fail(opened.error());
    }
    const bool begins = options.format == AnswerFormat::Csv && writer->m_answered.empty();
    if (begins) {
        if (const auto written = writer->write(kHeader); !written) return fail(written.error());
    }
    return writer;
}

Result<void> AnswerWriter::openDocument() {
    std::error_code error;
    if (fs::exists(fs::symlink_status(m_options.file, error))) {
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("This file is there already; choose another name."), m_options.file);
    }
    m_document.emplace(m_options.file);
    const int descriptor = m_document->error() ? -1 : dup(m_document->descriptor());
    m_out = descriptor < 0 ? nullptr : fdopen(descriptor, "wb");
    if (m_out != nullptr) return {};
    const std::error_code why = m_document->error() ? m_document->error() : lastError();
    return unwritable(why, m_options.file);
}

Result<void> AnswerWriter::openFile() {
    std::error_code error;
    const std::string& file = m_options.file;
    if (const auto isFile = checkNamesFile(file); !isFile) return isFile;
    if (m_options.format == AnswerFormat::Document) return openDocument();
    Unfinished& unfinished = m_unfinished.emplace(file + ".unfinished");
    if (unfinished.isThere() && !unfinished.read()) {
        return fail(
            ErrorCode::InvalidArgument,
            GRAFT_TEXT("Graft keeps what an unfinished file is made with here, and a file of another kind is "
                       "there already; choose another name for the answers."),
            unfinished.path());
    }
    const auto isThere = [&] {
        return fail(
            ErrorCode::InvalidArgument,
            GRAFT_TEXT("This file is there already; --continue goes on with it, or choose another name."),
            file);
    };
    const bool wasThere = fs::exists(file, error);
    if (wasThere && !m_options.goOn) return isThere();
    const auto opened = openLocked(file);
    if (!opened) return fail(opened.error());
    m_out = *opened;
    // From here on nobody else changes it or its .unfinished.
    const bool begun = unfinished.isThere();
    unfinished.read();
    std::size_t whole = 0;
    if (fs::file_size(file, error) > 0) {
        if (!m_options.goOn) return isThere();  // made by another call a moment ago
        if (begun && unfinished.madeWith() != m_options.madeWith) {
            return fail(
                ErrorCode::InvalidArgument,
                GRAFT_TEXT("This file was begun with another model or other settings; choose another name."),
                file);
        }
        const auto bytes = readAnswered(begun);
        if (!bytes) return fail(bytes.error());
        whole = *bytes;
        m_isOfUnknownModel = !begun && whole > 0;
    }
    // What the file is made with is there before an answer is, and is not emptied while there is one.
    if (const std::error_code why = unfinished.open(m_options.madeWith); why) {
        if (!begun) unfinished.remove();
        if (!wasThere) fs::remove(file, error);
        return unwritable(why, file);
    }
    // A line that a kill cut off goes.
    if (ftruncate(fileno(m_out), static_cast<off_t>(whole)) != 0 || std::fseek(m_out, 0, SEEK_END) != 0)
        return unwritable(lastError(), file);
    return {};
}

Result<std::size_t> AnswerWriter::readAnswered(bool begun) {
    // Through the lock's own descriptor: a network's file system may let no other one read.
    const std::string content = contentOf(m_out);
    struct stat status {};
    if (std::ferror(m_out) != 0 || fstat(fileno(m_out), &status) != 0 ||
        content.size() != static_cast<std::size_t>(status.st_size)) {
        return fail(ErrorCode::Unreadable,
                    GRAFT_TEXT("The answers that the file holds cannot be read to their end."),
                    m_options.file);
    }
    const auto damaged = [&] {
        return fail(
            ErrorCode::BadFormat,
            GRAFT_TEXT("This file does not hold predictions of this format, so it cannot be continued."),
            m_options.file);
    };
    const bool isCsv = m_options.format == AnswerFormat::Csv;
    const std::size_t whole = wholeLines(content, isCsv);
    // Nothing in it is an answer: then it is the beginning of the header, or not for answers at all.
    if (whole == 0 && !begun && !std::string_view(isCsv ? kHeader : "").starts_with(content))
        return damaged();
    std::istringstream lines(content.substr(0, whole));
    if (!isCsv) {
        for (std::string line; std::getline(lines, line);) {
            const Json json = Json::parse(line, nullptr, false);
            const auto path = pathOf(json);
            if (!path) return damaged();
            ++(json.contains("error") ? m_failed : m_answered)[*path];
        }
        return whole;
    }
    if (whole == 0) return whole;
    std::vector<std::string> fields;
    if (!content.starts_with(kHeader)) return damaged();
    base::readCsvLine(lines, fields);
    while (base::readCsvLine(lines, fields)) {
        if (fields.size() != 3) return damaged();
        ++m_answered[fields.front()];
    }
    return m_answered.empty() ? 0 : whole;
}

bool AnswerWriter::takeOne(Counts& counts, const std::string& path) {
    const auto found = counts.find(path);
    if (found == counts.end()) return false;
    if (--found->second == 0) counts.erase(found);
    return true;
}

bool AnswerWriter::takeAnswered(const std::string& path) {
    if (!takeOne(m_answered, path)) return false;
    if (m_unfinished->hasChanged(path)) m_changed.push_back(path);
    return true;
}

AnswerWriter::~AnswerWriter() {
    m_unfinished.reset();  // while its file is locked
    if (m_out != stdout && m_out != nullptr) std::fclose(m_out);
}

Result<void> AnswerWriter::write(const std::string& text) {
    errno = 0;
    const bool isForPerson = m_out == stdout && isatty(STDOUT_FILENO) != 0;
    if (isForPerson) printText("{}", text);
    const bool isWritten = isForPerson ? std::ferror(m_out) == 0
                                       : std::fwrite(text.data(), 1, text.size(), m_out) == text.size();
    if (isWritten && std::fflush(m_out) == 0) return {};
    return notWritten(lastError());
}

tl::unexpected<Error> AnswerWriter::notWritten(const std::error_code& why) const {
    const char* sentence = GRAFT_TEXT("The answers cannot be written: {1}.");
    if (m_document) {
        sentence = GRAFT_TEXT(
            "The answers cannot be written: {1}. Make room and begin again; a JSON document is "
            "there once it is whole.");
    } else if (!m_options.file.empty()) {
        sentence = GRAFT_TEXT("The answers cannot be written: {1}. Make room and go on with --continue.");
    }
    return fail(ErrorCode::Unwritable, {sentence, why.message()}, m_options.file);
}

Result<void> AnswerWriter::writeEntry(const std::string& json) {
    if (m_options.format == AnswerFormat::Lines) return write(json + "\n");
    const std::string before = m_any ? ",\n" : "[\n" + std::exchange(m_held, {});
    m_any = true;
    return write(before + json);
}

Result<void> AnswerWriter::add(const std::string& path,
                               const std::vector<inference::ClassProbability>& ranked) {
    if (m_unfinished) {
        if (const std::error_code why = m_unfinished->add(path); why) return notWritten(why);
    }
    const bool uncertain = ranked.front().probability < m_options.threshold;
    const std::string& name = uncertain ? kUncertain : ranked.front().name;
    if (m_options.format == AnswerFormat::Csv) {
        return write(fmt::format("{},{},{:.6f}\n", base::csvField(path), base::csvField(name),
                                 ranked.front().probability));
    }
    Json entry = entryOf(path);
    if (m_options.threshold > 0) entry["uncertain"] = uncertain;
    entry["predictions"] = Json::array();
    for (const auto& one : ranked)
        entry["predictions"].push_back({{"class", one.name}, {"probability", one.probability}});
    return writeEntry(dump(entry, indent()));
}

Result<void> AnswerWriter::addError(const std::string& path, const Error& error) {
    if (m_options.format == AnswerFormat::Csv || takeOne(m_failed, path)) return {};
    Json entry = entryOf(path);
    entry["predictions"] = Json::array();
    entry["error"] = {{"code", base::codeName(error.code)}, {"message", error.message.english()}};
    if (m_options.format == AnswerFormat::Lines || m_any) return writeEntry(dump(entry, indent()));
    m_held += dump(entry, 2) + ",\n";
    return {};
}

// Where another call, or another program, has made a file of the name meanwhile, the answers are not lost.
std::error_code AnswerWriter::giveName() {
    const fs::path asked = m_options.file;
    std::error_code why = m_document->commit();
    for (int number = 2; why == std::errc::file_exists && number < 1000; ++number) {
        const fs::path other = asked.parent_path() / fmt::format("{}-{}{}", asked.stem().string(), number,
                                                                 asked.extension().string());
        why = m_document->commitAs(other.string());
        if (!why) {
            say("graft-cli: {}: A file of this name was made meanwhile; the answers are in {}.\n",
                m_options.file, other.string());
        }
    }
    return why;
}

Result<void> AnswerWriter::finish() {
    if (m_options.format == AnswerFormat::Document) {
        if (!m_held.empty()) m_held = "[\n" + m_held.substr(0, m_held.size() - 2);
        if (const auto written = write(m_held + (m_any || !m_held.empty() ? "\n]\n" : "[]\n")); !written)
            return written;
    }
    if (m_out == stdout) return {};
    std::error_code why = fsync(fileno(m_out)) == 0 ? std::error_code() : lastError();
    // While it is locked: the next call has a .unfinished of its own.
    if (!why && m_unfinished) m_unfinished->remove();
    if (std::fclose(std::exchange(m_out, nullptr)) != 0 && !why) why = lastError();
    if (!why && m_document) why = giveName();
    if (!why) return {};
    return fail(ErrorCode::Unwritable, {GRAFT_TEXT("The answers cannot be written: {1}."), why.message()},
                m_options.file);
}

}  // namespace graft::cli
