// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/detail/StrictJson.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <sstream>

namespace graft::test {

namespace {

// The value of "x" as a T, or the sentence.
template <class T>
std::string asked(const std::string& value) {
    const base::JsonSource source{"The file", "f.json", "Write it anew."};
    const auto read =
        base::readJson("{\"x\":" + value + "}", source,
                       [](const base::StrictJson& json) -> Result<T> { return json.at("x").as<T>(); });
    if (!read) return read.error().message.english();
    std::ostringstream text;
    text << *read;
    return text.str();
}

TEST(StrictJsonTest, NoNumberBecomesAnother) {
    EXPECT_EQ(asked<int>("12"), "12");
    EXPECT_EQ(asked<int>("2147483647"), "2147483647");
    EXPECT_EQ(asked<std::uint64_t>("18446744073709551615"), "18446744073709551615");
    EXPECT_EQ(asked<int>("1.0"), "The file is damaged: \"x\" is no whole number. Write it anew.");
    EXPECT_EQ(asked<int>("2147483648"), "The file is damaged: \"x\" is too large a number. Write it anew.");
    EXPECT_EQ(asked<int>("-2147483649"), "The file is damaged: \"x\" is too small a number. Write it anew.");
    EXPECT_EQ(asked<std::uint64_t>("-1"), "The file is damaged: \"x\" is too small a number. Write it anew.");
    EXPECT_EQ(asked<int>("1e30"), "The file is damaged: \"x\" is no whole number. Write it anew.");
    EXPECT_EQ(asked<int>("true"), "The file is damaged: \"x\" is no whole number. Write it anew.");
    EXPECT_EQ(asked<double>("1"), "1");
    EXPECT_EQ(asked<double>("null"), "The file is damaged: \"x\" is no finite number. Write it anew.");
    EXPECT_EQ(asked<double>("1e400"),
              "The file is damaged: it holds a number that is too large. Write it anew.");
    EXPECT_EQ(asked<float>("1e39"), "The file is damaged: \"x\" is too large a number. Write it anew.");
    EXPECT_EQ(asked<bool>("1"), "The file is damaged: \"x\" is neither true nor false. Write it anew.");
    EXPECT_EQ(asked<std::string>("1"), "The file is damaged: \"x\" is no text. Write it anew.");
}

TEST(StrictJsonTest, TheSentenceSaysWhere) {
    const auto sentence = [](const std::string& text) {
        const auto read =
            base::readJson(text, {"The file", "f.json"}, [](const base::StrictJson& json) -> Result<int> {
                return json.at("a").items().at(1).at("b").as<int>();
            });
        return read ? std::to_string(*read) : read.error().sentence();
    };
    EXPECT_EQ(sentence(R"({"a": [0, {"b": 5}]})"), "5");
    EXPECT_EQ(sentence(R"({"a": [0, {"b": "5"}]})"),
              "f.json: The file is damaged: \"a[1].b\" is no whole number.");
    EXPECT_EQ(sentence(R"({"a": [0, {}]})"), "f.json: The file is damaged: \"a[1].b\" is missing.");
    EXPECT_EQ(sentence(R"({"a": [0, 1]})"), "f.json: The file is damaged: \"a[1]\" is no object.");
    EXPECT_EQ(sentence(R"({"a": 1})"), "f.json: The file is damaged: \"a\" is no list.");
    EXPECT_EQ(sentence("[]"), "f.json: The file is damaged: the whole is no object.");
    EXPECT_EQ(sentence(""), "f.json: The file is damaged: it is empty.");
    EXPECT_EQ(sentence("{\"a\":"), "f.json: The file is damaged: it is no JSON from byte 6 on.");
}

// Nobody's own files look like this, but a reader must come to its end.
TEST(StrictJsonTest, VeryManyKeysAndVeryDeepListsAreRead) {
    std::string keys = "{\"x\":1";
    for (int i = 0; i < 400'000; ++i)
        keys += ",\"k" + std::to_string(i) + "\":" + std::to_string(i);
    const auto last = base::readJson(
        keys + "}", {"The file", "f.json"},
        [](const base::StrictJson& json) -> Result<int> { return json.at("k399999").as<int>(); });
    ASSERT_TRUE(last) << last.error().sentence();
    EXPECT_EQ(*last, 399'999);

    constexpr std::size_t kDepth = 1'000'000;
    const std::string open(kDepth, '[');
    EXPECT_EQ(asked<int>(open + std::string(kDepth, ']')),
              "The file is damaged: \"x\" is no whole number. Write it anew.");
    EXPECT_EQ(asked<int>(open), "The file is damaged: it is no JSON from byte 1000006 on. Write it anew.");
}

TEST(StrictJsonTest, OfAKeyThatStandsTwiceTheLastCounts) {
    EXPECT_EQ(asked<int>("1,\"x\":2"), "2");
    EXPECT_EQ(asked<int>("[1],\"y\":0,\"x\":2"), "2");
}

}  // namespace

}  // namespace graft::test
