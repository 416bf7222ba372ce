// SPDX-License-Identifier: GPL-3.0-or-later
// Sentences are data: what core and graft-cli say of an error is marked with GRAFT_TEXT, so that the tools
// which collect what is to be translated find it, and has gaps instead of glue.
#include <algorithm>
#include <cctype>
#include <regex>

#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

bool isWordLetter(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

// The end of the literal that opens with the quote at `open`; past the end where it does not close.
std::size_t endOfLiteral(const std::string& source, std::size_t open) {
    if (source[open] == '"' && open > 0 && source[open - 1] == 'R') {
        const std::size_t bracket = source.find('(', open);
        const std::string close = ")" + source.substr(open + 1, bracket - open - 1) + "\"";
        const std::size_t end = source.find(close, bracket);
        return end == std::string::npos ? source.size() : end + close.size();
    }
    std::size_t at = open + 1;
    while (at < source.size() && source[at] != source[open])
        at += source[at] == '\\' ? 2 : 1;
    return at + 1;
}

// Without comments, and every literal empty: what is left can be taken apart at brackets and commas. Lines
// stay.
std::string bare(const std::string& source) {
    std::string text;
    std::size_t at = 0;
    while (at < source.size()) {
        std::size_t end = at + 1;
        const bool isSeparator = source[at] == '\'' && at > 0 && isWordLetter(source[at - 1]);  // 1'000
        if (source.compare(at, 2, "//") == 0) {
            end = std::min(source.find('\n', at), source.size());
        } else if (source.compare(at, 2, "/*") == 0) {
            end = std::min(source.find("*/", at), source.size() - 2) + 2;
        } else if (source[at] == '"' || (source[at] == '\'' && !isSeparator)) {
            end = std::min(endOfLiteral(source, at), source.size());
            text += source[at] == '"' ? "\"\"" : "''";
        } else {
            text += source[at];
        }
        if (end > at + 1)
            text.append(std::count(source.begin() + static_cast<std::ptrdiff_t>(at),
                                   source.begin() + static_cast<std::ptrdiff_t>(end), '\n'),
                        '\n');
        at = end;
    }
    return text;
}

// Up to the comma or the bracket that ends the argument.
std::string argumentAt(const std::string& text, std::size_t begin) {
    int depth = 0;
    std::size_t at = begin;
    for (; at < text.size(); ++at) {
        const char letter = text[at];
        if (depth == 0 && (letter == ',' || letter == ')' || letter == '}' || letter == ';')) break;
        if (letter == '(' || letter == '{' || letter == '[') ++depth;
        if (letter == ')' || letter == '}' || letter == ']') --depth;
    }
    return text.substr(begin, at - begin);
}

std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t\n");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

// Whether a Message is made of words that nobody can translate. argument: of a bare() text.
bool isUnmarked(const std::string& argument) {
    static const std::regex kMarked(R"(GRAFT_TEXT\(\s*(""\s*)+\))");
    static const std::regex kMessage(R"(^(base::)?Message\s*[({])");
    static const std::regex kWords(R"(""|std::string\s*[({]|fmt::format|to_string|\bwhat\(\)|strerror\()");
    std::string id = std::regex_replace(trimmed(argument), kMarked, "TEXT");
    if (id.starts_with("Message::words") || id.starts_with("base::Message::words")) return false;
    std::smatch match;
    if (std::regex_search(id, match, kMessage)) id = "{" + match.suffix().str();
    if (id.starts_with('{')) id = argumentAt(id, 1);  // what follows it are the arguments of its gaps
    return std::regex_search(id, kWords);
}

// Lines, counted from 1, where an error's sentence is none that can be translated.
std::vector<std::size_t> unmarkedLines(const std::string& source) {
    // fail(code, SENTENCE, ..), and every {ErrorCode::X, SENTENCE, ..}.
    static const std::regex kCall(R"(\bfail\s*\(|\bErrorCode::\w+\s*,)");
    const std::string text = bare(source);
    std::vector<std::size_t> lines;
    for (std::sregex_iterator it(text.begin(), text.end(), kCall), end; it != end; ++it) {
        auto begin = static_cast<std::size_t>(it->position() + it->length());
        if (text[begin - 1] == '(') {
            begin += argumentAt(text, begin).size();
            if (begin >= text.size() || text[begin] != ',') continue;  // fail(error)
            ++begin;
        }
        if (!isUnmarked(argumentAt(text, begin))) continue;
        const auto line = static_cast<std::size_t>(
            std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n') + 1);
        if (lines.empty() || lines.back() != line) lines.push_back(line);
    }
    return lines;
}

using Lines = std::vector<std::size_t>;

}  // namespace

TEST(SentencesTest, WhatIsNotMarkedIsFound) {
    for (const std::string bad : {
             R"(return fail(ErrorCode::NotFound, "There is no such file.", path);)",
             R"(return fail(ErrorCode::NotFound, "There is " + name + ".");)",
             R"(return fail(code, std::string("There is ") + name);)",
             R"(return fail(error.code, fmt::format("There are {}.", 5), path);)",
             R"(return fail(ErrorCode::Internal, error.what());)",
             R"(return fail(ErrorCode::Internal, std::strerror(errno), path);)",
             R"(return fail(ErrorCode::NotFound, isOne ? GRAFT_TEXT("One.") : "Two.", path);)",
             R"(return fail(ErrorCode::NotFound, GRAFT_TEXT("One") + " two.", path);)",
             R"(return fail(ErrorCode::NotFound, {"There is {1}.", name}, path);)",
             R"(return fail(ErrorCode::NotFound, Message("There is {1}.", name), path);)",
             R"(return Error{ErrorCode::NotFound, "There is (no) such file.", path};)",
             R"(return {ErrorCode::NotFound, "There is no such file.", path};)",
         }) {
        EXPECT_EQ(unmarkedLines(bad), Lines{1}) << bad;
    }
    EXPECT_EQ(unmarkedLines("// \"quoted\n"
                            "const char quote = '\"';\n"
                            "const int many = 1'000'000; /* \" */ call(\",)\\\"\");\n"
                            "const char* raw = R\"x(\" fail(a, \"b\") )x\";\n"
                            "return fail(ErrorCode::NotFound,  // why, (\n"
                            "            \"There is \"\n"
                            "            \"no such file.\",\n"
                            "            path);\n"),
              Lines{5});
}

TEST(SentencesTest, WhatIsMarkedIsLeftInPeace) {
    for (const std::string good : {
             R"(return fail(error);)",
             R"(return fail(read(path, "x").error());)",
             R"(return fail(error.code, error.message, path + "/x");)",
             R"(return fail(ErrorCode::NotFound, GRAFT_TEXT("There is (no) such, file."), path + "/x");)",
             R"(return fail(ErrorCode::NotFound, {GRAFT_TEXT("There is {1}."), "a" + name}, path);)",
             R"(return fail(ErrorCode::NotFound, Message(GRAFT_TEXT("There is {1}."), "a"), path);)",
             R"(return fail(ErrorCode::NotFound, isOne ? GRAFT_TEXT("One.") : GRAFT_TEXT("Two."), path);)",
             R"(return fail(ErrorCode::NotFound, Message::words(error.what()), path);)",
             R"(return {ErrorCode::NotFound, {sentence, why, std::to_string(5)}, path};)",
             R"(if (error.code == ErrorCode::NotFound) say("There is nothing.");)",
             R"(// fail(ErrorCode::NotFound, "There is no such file."))",
         }) {
        EXPECT_EQ(unmarkedLines(good), Lines{}) << good;
    }
    EXPECT_EQ(
        unmarkedLines("fail(ErrorCode::NotFound,\n     GRAFT_TEXT(\"There is \"\n  \"none.\"),\n path);\n"),
        Lines{});
}

TEST(SentencesTest, EveryErrorsSentenceIsMarked) {
    std::size_t files = 0;
    for (const char* folder : {"core", "app/graft-cli"}) {
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(GRAFT_SOURCE_DIR) / folder)) {
            const std::string extension = entry.path().extension().string();
            if (extension != ".h" && extension != ".cpp") continue;
            ++files;
            for (const std::size_t line : unmarkedLines(readText(entry.path().string())))
                ADD_FAILURE() << entry.path().string() << ":" << line
                              << ": mark the sentence with GRAFT_TEXT";
        }
    }
    EXPECT_GT(files, 200U);
}

}  // namespace graft::test
