// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <memory>

#include "core/base/Seed.h"
#include "core/weights/WeightFile.h"
#include "tests/support/TestFiles.h"
#include "tests/support/Weights.h"

namespace graft::test {

namespace {

using weights::DType;
using weights::StateDict;
using weights::TensorData;

constexpr DType kEveryType[] = {DType::Float64, DType::Float32,    DType::Float16,   DType::BFloat16,
                                DType::Int64,   DType::Int32,      DType::Int16,     DType::Int8,
                                DType::UInt8,   DType::Bool,       DType::UInt64,    DType::UInt32,
                                DType::UInt16,  DType::Float8E4M3, DType::Float8E5M2};

TensorData noise(DType dtype, const std::vector<std::int64_t>& shape, std::uint64_t seed) {
    TensorData tensor{dtype, shape, nullptr};
    const auto count = static_cast<std::size_t>(tensor.elementCount()) * weights::bytesPerElement(dtype);
    tensor.bytes = std::make_shared<std::vector<std::byte>>(count);
    base::RandomStream random(seed);
    for (std::byte& byte : *tensor.bytes)
        byte = static_cast<std::byte>(random.below(256));
    return tensor;
}

StateDict everyType() {
    StateDict dict;
    std::uint64_t seed = 0;
    for (const DType dtype : kEveryType) {
        const std::string name(weights::dtypeName(dtype));
        dict.tensors.emplace_back("z." + name, noise(dtype, {3, 5}, ++seed));
        dict.tensors.emplace_back("a." + name, noise(dtype, {}, ++seed));  // a single number
        dict.tensors.emplace_back("empty." + name, noise(dtype, {0, 7}, ++seed));
    }
    dict.tensors.emplace_back("odd \"name\"\n\t\\ äß 名", noise(DType::UInt8, {1, 1, 3}, ++seed));
    dict.metadata = {{"format", "pt"}, {"classes", "[\"a\", \"ü\"]"}};
    return dict;
}

void expectEqual(const StateDict& found, const StateDict& expected) {
    EXPECT_EQ(found.metadata, expected.metadata);
    ASSERT_EQ(found.tensors.size(), expected.tensors.size());
    for (std::size_t i = 0; i < expected.tensors.size(); ++i) {
        EXPECT_EQ(found.tensors[i].first, expected.tensors[i].first);
        EXPECT_EQ(found.tensors[i].second.dtype, expected.tensors[i].second.dtype);
        EXPECT_EQ(found.tensors[i].second.shape, expected.tensors[i].second.shape);
        EXPECT_EQ(*found.tensors[i].second.bytes, *expected.tensors[i].second.bytes);
    }
}

long filesIn(const std::string& folder) {
    return std::ranges::count_if(fs::directory_iterator(folder),
                                 [](const auto& entry) { return entry.is_regular_file(); });
}

std::string lengthBytes(std::uint64_t length) {
    std::string text(8, '\0');
    for (std::size_t i = 0; i < 8; ++i)
        text[i] = static_cast<char>(length >> (8 * i));
    return text;
}

std::string withHeader(const std::string& header, std::size_t dataBytes) {
    return lengthBytes(header.size()) + header + std::string(dataBytes, '\1');
}

std::string entry(const std::string& name, const std::string& shape, const std::string& offsets,
                  const std::string& dtype = "F32") {
    return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape +
           ",\"data_offsets\":" + offsets + "}";
}

std::string repeated(const std::string& text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i)
        result += text;
    return result;
}

class SafetensorsTest : public testing::Test {
  protected:
    std::string path(const std::string& name) const { return m_folder.path(name); }

    // Refused with these words, by readSafetensors and, where the start looks like it, by readWeights.
    void expectRefused(const std::string& what, const std::string& bytes, const std::string& words) const {
        SCOPED_TRACE(what);
        writeText(path("hostile.safetensors"), bytes);
        const auto dict = weights::readSafetensors(path("hostile.safetensors"));
        ASSERT_FALSE(dict);
        EXPECT_EQ(dict.error().code, ErrorCode::BadFormat) << dict.error().message.english();
        EXPECT_NE(dict.error().message.english().find(words), std::string::npos)
            << dict.error().message.english();
        EXPECT_TRUE(dict.error().message.english().ends_with("put it back or start the run anew."))
            << dict.error().message.english();
        EXPECT_LT(dict.error().message.english().size(), 500U);
        EXPECT_EQ(dict.error().path, path("hostile.safetensors"));
        const auto any = weights::readWeights(path("hostile.safetensors"));
        ASSERT_FALSE(any);
        EXPECT_EQ(any.error().code, ErrorCode::BadFormat);
    }

    TemporaryFolder m_folder;
};

}  // namespace

TEST_F(SafetensorsTest, EveryTypeComesBackBitForBit) {
    const StateDict written = everyType();
    ASSERT_TRUE(weights::writeSafetensors(path("a.safetensors"), written));
    const auto direct = weights::readSafetensors(path("a.safetensors"));
    ASSERT_TRUE(direct) << direct.error().sentence();
    expectEqual(*direct, written);
    const auto byContent = weights::readWeights(path("a.safetensors"));
    ASSERT_TRUE(byContent);
    expectEqual(*byContent, written);

    // Written again, it is the same file; and nothing is left aside.
    ASSERT_TRUE(weights::writeSafetensors(path("b.safetensors"), *direct));
    EXPECT_EQ(readText(path("a.safetensors")), readText(path("b.safetensors")));
    EXPECT_FALSE(fs::exists(path("a.safetensors.partial")));
}

TEST_F(SafetensorsTest, TheLayoutIsTheFormats) {
    StateDict dict;
    dict.tensors.emplace_back("w", noise(DType::Float32, {2, 3}, 1));
    dict.tensors.emplace_back("b", noise(DType::Int64, {1}, 2));
    ASSERT_TRUE(weights::writeSafetensors(path("a"), dict));
    const std::string file = readText(path("a"));
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), sizeof(length));
    EXPECT_EQ(length % 8, 0U);  // the data is aligned
    ASSERT_EQ(file.size(), 8 + length + 24 + 8);
    std::string header = file.substr(8, length);
    header.erase(header.find_last_not_of(' ') + 1);
    EXPECT_EQ(header, "{" + entry("w", "[2,3]", "[0,24]") + "," + entry("b", "[1]", "[24,32]", "I64") + "}");
}

TEST_F(SafetensorsTest, AFileWrittenByPythonIsReadEqual) {
    runPython("make_weights.py", {"safetensors", m_folder.path()});
    for (const std::string name : {"python.safetensors", "other_types.safetensors"})
        expectTensors(path(name), readExpected(path(name + ".expected")));
    const auto dict = weights::readSafetensors(path("python.safetensors"));
    ASSERT_TRUE(dict);
    EXPECT_EQ(dict->metadata,
              (std::vector<std::pair<std::string, std::string>>{{"format", "pt"}, {"note", "ä \"quoted\""}}));
}

TEST_F(SafetensorsTest, NothingButMetadataOrNothingAtAll) {
    ASSERT_TRUE(weights::writeSafetensors(path("empty"), {}));
    const auto dict = weights::readSafetensors(path("empty"));
    ASSERT_TRUE(dict) << dict.error().sentence();
    EXPECT_TRUE(dict->tensors.empty());
}

TEST_F(SafetensorsTest, TheDataMayLieInAnotherOrder) {
    writeText(path("a"),
              withHeader("{" + entry("late", "[2]", "[8,16]") + "," + entry("early", "[2]", "[0,8]") + "," +
                             entry("none", "[0]", "[8,8]") + "}",
                         16));
    const auto dict = weights::readWeights(path("a"));
    ASSERT_TRUE(dict) << dict.error().sentence();
    ASSERT_EQ(dict->tensors.size(), 3U);
    EXPECT_EQ(dict->tensors[0].first, "late");
}

TEST_F(SafetensorsTest, HostileLengths) {
    expectRefused("empty", "", "short");
    expectRefused("seven bytes", "1234567", "short");
    for (const std::uint64_t length : {std::uint64_t{1} << 60, ~std::uint64_t{0}, std::uint64_t{1} << 63,
                                       std::uint64_t{100} << 20, std::uint64_t{3}})
        expectRefused(std::to_string(length), lengthBytes(length) + "{}", "does not have");
    expectRefused("no header", lengthBytes(0), "no JSON object");
    const std::string good = withHeader("{" + entry("w", "[2]", "[0,8]") + "}", 8);
    for (std::size_t size = 0; size < good.size(); ++size)
        expectRefused("cut to " + std::to_string(size), good.substr(0, size), "");
}

TEST_F(SafetensorsTest, HostileOffsets) {
    const auto one = [&](const std::string& what, const std::string& shape, const std::string& offsets,
                         const std::string& words) {
        expectRefused(what, withHeader("{" + entry("w", shape, offsets) + "}", 8), words);
    };
    one("beyond the file", "[3]", "[0,12]", "outside the file");
    one("far beyond", "[2]", "[4611686018427387904,4611686018427387912]", "outside the file");
    one("wrapping", "[2]", "[18446744073709551608,0]", "outside the file");
    one("backwards", "[2]", "[8,0]", "outside the file");
    one("negative", "[2]", "[-8,0]", "outside the file");
    one("fractions", "[2]", "[0.0,8.0]", "outside the file");
    one("too large for 64 bits", "[2]", "[0,99999999999999999999999]", "outside the file");
    one("texts", "[2]", "[\"0\",\"8\"]", "outside the file");
    one("no pair", "[2]", "[0,8,8]", "no pair");
    one("no list", "[2]", "8", "no pair");
    one("smaller than its shape", "[2]", "[0,4]", "does not agree");
    one("larger than its shape", "[1]", "[0,8]", "does not agree");
    one("a hole before", "[1]", "[4,8]", "hole");
    one("bytes behind", "[1]", "[0,4]", "belong to no tensor");
    const auto two = [&](const std::string& what, const std::string& first, const std::string& second,
                         const std::string& words) {
        expectRefused(what,
                      withHeader("{" + entry("a", "[2]", first) + "," + entry("b", "[2]", second) + "}", 16),
                      words);
    };
    two("the same bytes", "[0,8]", "[0,8]", "overlaps");
    two("overlap", "[4,12]", "[0,8]", "overlaps");
    two("hole between", "[0,8]", "[9,17]", "outside the file");
    expectRefused("hole",
                  withHeader("{" + entry("a", "[1]", "[0,4]") + "," + entry("b", "[1]", "[8,12]") + "}", 12),
                  "hole");
    expectRefused("trailing bytes", withHeader("{" + entry("w", "[2]", "[0,8]") + "}", 9),
                  "belong to no tensor");
    expectRefused("only bytes", withHeader("{}", 1), "belong to no tensor");
}

TEST_F(SafetensorsTest, HostileShapesAndTypes) {
    const auto one = [&](const std::string& shape, const std::string& words,
                         const std::string& dtype = "F32") {
        expectRefused(shape + " " + dtype, withHeader("{" + entry("w", shape, "[0,8]", dtype) + "}", 8),
                      words);
    };
    one("[-2]", "wrong number");
    one("[-1,-2]", "wrong number");
    one("[2.0]", "wrong number");
    one("[\"2\"]", "wrong number");
    one("[null]", "wrong number");
    one("[9223372036854775807]", "wrong number");
    one("[18446744073709551615]", "wrong number");
    one("[65536,65536,65536,65536,2]", "does not agree");  // wraps to nothing in 64 bits
    one("[281474976710656,281474976710656,281474976710656]", "does not agree");
    one("[281474976710656,32768,0]", "does not agree", "U8");  // in 63 bits too much before it is nothing
    one("[4]", "does not agree");
    one("[]", "does not agree");
    one("2", "no short list");
    one("{}", "no short list");
    one("[" + repeated("1,", 40) + "2]", "no short list");
    one("[1]", "not supported", "C64");
    one("[2]", "not supported", "f32");
    one("[2]", "not supported", std::string(3000, 'x'));
}

// 640 is 80 02 in the file, which is how a pickle starts; 19280 is "PK".
TEST_F(SafetensorsTest, AHeadersLengthMayLookLikeAnotherFormat) {
    for (const std::size_t length : {0x280U, 0x380U, 0x4b50U, 0x8b1fU, 0x1208U}) {
        std::string header = "{" + entry("w", "[2]", "[0,8]") + "}";
        header.resize(length, ' ');
        writeText(path("a.safetensors"), withHeader(header, 8));
        const auto dict = weights::readWeights(path("a.safetensors"));
        ASSERT_TRUE(dict) << length << ": " << dict.error().message.english();
        EXPECT_EQ(dict->tensors.size(), 1U);
    }
}

TEST_F(SafetensorsTest, ManyTensorsKeepTheirOrder) {
    std::string header = "{";
    for (int i = 0; i < 30000; ++i)
        header += (i > 0 ? "," : "") + entry(std::to_string(30000 - i), "[0]", "[0,0]");
    writeText(path("many.safetensors"), withHeader(header + "}", 0));
    const auto dict = weights::readWeights(path("many.safetensors"));
    ASSERT_TRUE(dict) << dict.error().message.english();
    ASSERT_EQ(dict->tensors.size(), 30000U);
    EXPECT_EQ(dict->tensors[0].first, "30000");
    EXPECT_EQ(dict->tensors[29999].first, "1");
}

TEST_F(SafetensorsTest, HostileJson) {
    const auto header = [&](const std::string& what, const std::string& text, const std::string& words) {
        expectRefused(what, withHeader(text, 8), words);
    };
    const std::string good = entry("w", "[2]", "[0,8]");
    header("no JSON", "{this is none}", "no JSON object");
    header("list", "[" + repeated("1,", 5) + "1]", "no JSON object");
    header("cut", "{" + good, "no JSON object");
    header("twice over", "{" + good + "}{}", "no JSON object");
    header("bad UTF-8", "{\"\xff\xfe\":1," + good + "}", "no JSON object");
    header("zero byte", std::string("{\0}", 3), "no JSON object");
    header("duplicate names", "{" + good + "," + good + "}", "twice");
    header("duplicate in other letters", "{" + good + "," + entry("\\u0077", "[0]", "[0,0]") + "}", "twice");
    header("a key twice",
           "{\"w\":{\"dtype\":\"F32\",\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "twice");
    header("metadata twice", "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}," + good + "}", "twice");
    header("long shape", "{\"w\":{\"dtype\":\"F32\",\"shape\":[" + repeated("1,", 100000) + "1]}}",
           "unreasonably large");
    header("name that steers", "{\"\\u001b[2J\":1}", "\"?[2J\"");
    header("entry is a number", "{\"w\":1}", "incomplete");
    header("no dtype", "{\"w\":{\"shape\":[2],\"data_offsets\":[0,8]}}", "incomplete");
    header("no shape", "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", "incomplete");
    header("no offsets", "{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}", "incomplete");
    header("dtype is a number", "{\"w\":{\"dtype\":1,\"shape\":[2],\"data_offsets\":[0,8]}}", "no text");
    header("metadata is a list", "{\"__metadata__\":[]," + good + "}", "metadata");
    header("metadata of numbers", "{\"__metadata__\":{\"a\":1}," + good + "}", "metadata");
    header("deep lists", "{\"w\":" + repeated("[", 200000) + repeated("]", 200000) + "}",
           "unreasonably large");
    header("deep lists without end", "{\"w\":" + repeated("[", 500000), "unreasonably large");
    header("deep objects", "{\"w\":" + repeated("{\"a\":", 100000) + "1" + repeated("}", 100000) + "}",
           "unreasonably large");
    header("long name", "{\"" + std::string(100000, 'n') + "\":1}", "incomplete");

    std::string many = "{\"__metadata__\":{";
    for (int i = 0; i < 20000; ++i)
        many += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":\"\"";
    header("much metadata", many + "}," + good + "}", "unreasonably large");
}

TEST_F(SafetensorsTest, DamagedFilesNeverCrash) {
    ASSERT_TRUE(weights::writeSafetensors(path("good"), everyType()));
    const std::string whole = readText(path("good"));
    base::RandomStream random(11);
    int refused = 0;
    for (int round = 0; round < 500; ++round) {
        std::string bytes = whole;
        for (std::uint64_t i = 0; i <= random.below(3); ++i)
            bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
        fs::remove(path("damaged"));  // overwriting would wait for the disk on some file systems
        writeText(path("damaged"), bytes);
        const auto dict = weights::readSafetensors(path("damaged"));
        if (dict) continue;
        ++refused;
        ASSERT_EQ(dict.error().code, ErrorCode::BadFormat) << dict.error().message.english();
    }
    EXPECT_GT(refused, 100);
}

TEST_F(SafetensorsTest, AFailedWriteLeavesTheOldFile) {
    fs::create_directories(path("target/inside"));
    const auto directory = weights::writeSafetensors(path("target"), everyType());
    ASSERT_FALSE(directory);
    EXPECT_EQ(directory.error().code, ErrorCode::Unwritable);
    EXPECT_TRUE(fs::is_directory(path("target/inside")));
    EXPECT_EQ(filesIn(path("")), 0);  // no leftover beside it

    const auto nowhere = weights::writeSafetensors(path("missing/a.safetensors"), everyType());
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().code, ErrorCode::Unwritable);
}

TEST_F(SafetensorsTest, AReadOnlyFolderLeavesTheOldFile) {
    if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
    writeText(path("folder/old.safetensors"), "old");
    fs::permissions(path("folder"), fs::perms::owner_read | fs::perms::owner_exec);
    const auto written = weights::writeSafetensors(path("folder/old.safetensors"), everyType());
    fs::permissions(path("folder"), fs::perms::owner_all);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::Unwritable);
    EXPECT_EQ(readText(path("folder/old.safetensors")), "old");
    EXPECT_EQ(filesIn(path("folder")), 1);
}

TEST_F(SafetensorsTest, AFullDiskLeavesTheOldFile) {
    writeText(path("folder/old.safetensors"), "old");
    // A limit on the size of files fails like a full disk, in the middle of the data.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit tight{300, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    const auto written = weights::writeSafetensors(path("folder/old.safetensors"), everyType());
    setrlimit(RLIMIT_FSIZE, &before);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::Unwritable);
    EXPECT_EQ(written.error().path, path("folder/old.safetensors"));
    EXPECT_NE(written.error().message.english().find("too large"), std::string::npos)
        << written.error().message.english();
    EXPECT_EQ(readText(path("folder/old.safetensors")), "old");
    EXPECT_EQ(filesIn(path("folder")), 1);
}

TEST_F(SafetensorsTest, OtherFilesGetTheirOwnSentence) {
    writeText(path("keras.safetensors"), "\x89HDF\r\n\x1a\n and more");
    const auto keras = weights::readWeights(path("keras.safetensors"));
    ASSERT_FALSE(keras);
    EXPECT_NE(keras.error().message.english().find("Keras"), std::string::npos);
    writeText(path("text.safetensors"), "some text, no weights");
    const auto text = weights::readWeights(path("text.safetensors"));
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, ErrorCode::BadFormat);
    EXPECT_FALSE(weights::readSafetensors(path("missing")));
}

TEST(StateDictTest, ShapesInWords) {
    TensorData tensor{DType::Float32, {64, 3, 7, 7}, nullptr};
    EXPECT_EQ(tensor.shapeText().english(), "64 x 3 x 7 x 7");
    EXPECT_EQ(tensor.elementCount(), 64 * 3 * 49);
    tensor.shape = {};
    EXPECT_EQ(tensor.shapeText().english(), "a single number");
    EXPECT_EQ(tensor.elementCount(), 1);
}

}  // namespace graft::test
