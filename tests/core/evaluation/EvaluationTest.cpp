// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <clocale>
#include <cmath>
#include <limits>
#include <sstream>

#include "core/base/Seed.h"
#include "core/evaluation/Evaluation.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

using evaluation::Evaluation;
using evaluation::Prediction;

using Names = std::vector<std::string>;

Prediction prediction(int truth, int predicted, std::size_t classes, const std::string& path = "x.png") {
    Prediction result{path, truth, predicted, std::vector<float>(classes, 0.0F)};
    result.probabilities[static_cast<std::size_t>(predicted)] = 1.0F;
    return result;
}

// Random predictions whose probabilities are all different; right in about half of the cases.
std::vector<Prediction> randomPredictions(std::size_t images, int classes, std::uint64_t seed,
                                          int neverPredicted, int withoutSupport) {
    base::RandomStream random(seed);
    std::vector<Prediction> predictions;
    while (predictions.size() < images) {
        Prediction next;
        next.path = std::to_string(predictions.size()) + ".png";
        next.truth = static_cast<int>(random.below(static_cast<std::uint64_t>(classes)));
        if (next.truth == withoutSupport) continue;
        double sum = 0;
        std::vector<double> scores;
        for (int c = 0; c < classes; ++c) {
            scores.push_back(random.uniform() + (c == next.truth ? 0.4 : 0.0));
            if (c == neverPredicted) scores.back() = random.uniform() * 0.01;
            sum += scores.back();
        }
        for (const double score : scores)
            next.probabilities.push_back(static_cast<float>(score / sum));
        next.predicted =
            static_cast<int>(std::ranges::max_element(next.probabilities) - next.probabilities.begin());
        predictions.push_back(std::move(next));
    }
    return predictions;
}

Names letters(int count) {
    Names names;
    for (int i = 0; i < count; ++i)
        names.push_back(std::string(1, static_cast<char>('a' + i)));
    return names;
}

void expectSame(const Evaluation& found, const Evaluation& expected) {
    EXPECT_EQ(found.images, expected.images);
    EXPECT_EQ(found.accuracy, expected.accuracy);
    EXPECT_EQ(found.loss, expected.loss);
    EXPECT_EQ(found.top5, expected.top5);
    EXPECT_EQ(found.confusion, expected.confusion);
    EXPECT_EQ(found.macro.f1, expected.macro.f1);
    EXPECT_EQ(found.weighted.f1, expected.weighted.f1);
    ASSERT_EQ(found.classes.size(), expected.classes.size());
    for (std::size_t i = 0; i < expected.classes.size(); ++i) {
        EXPECT_EQ(found.classes[i].name, expected.classes[i].name);
        EXPECT_EQ(found.classes[i].support, expected.classes[i].support);
        EXPECT_EQ(found.classes[i].f1, expected.classes[i].f1);
    }
    ASSERT_EQ(found.predictions.size(), expected.predictions.size());
    for (std::size_t i = 0; i < expected.predictions.size(); ++i) {
        EXPECT_EQ(found.predictions[i].path, expected.predictions[i].path);
        EXPECT_EQ(found.predictions[i].truth, expected.predictions[i].truth);
        EXPECT_EQ(found.predictions[i].predicted, expected.predictions[i].predicted);
        EXPECT_EQ(found.predictions[i].probabilities, expected.predictions[i].probabilities);
    }
}

// The value that Python reads at "KEY" or "KEY" INDEX of the JSON text.
std::string jsonValue(const std::string& file, const std::string& expression) {
    const ProcessResult result =
        runProcess({GRAFT_PYTHON, "-c",
                    "import json,sys; j=json.load(open(sys.argv[1])); print(" + expression + ")", file});
    EXPECT_EQ(result.status, 0) << result.errors;
    return result.output.substr(0, result.output.find_last_not_of('\n') + 1);
}

std::vector<double> numbersOf(const std::string& text) {
    std::istringstream words(text);
    std::vector<double> numbers;
    for (double value = 0; words >> value;)
        numbers.push_back(value);
    return numbers;
}

}  // namespace

// Truth a: a a a b, truth b: b c, truth c: a, truth d: none; d is never predicted.
TEST(EvaluationTest, ByHand) {
    std::vector<Prediction> predictions;
    for (const auto& [truth, predicted] :
         std::vector<std::pair<int, int>>{{0, 0}, {0, 0}, {0, 0}, {0, 1}, {1, 1}, {1, 2}, {2, 0}})
        predictions.push_back(prediction(truth, predicted, 4));
    const Evaluation e = evaluation::scorePredictions(predictions, letters(4), 0.75);
    EXPECT_EQ(e.images, 7U);
    EXPECT_DOUBLE_EQ(e.accuracy, 4.0 / 7);
    EXPECT_EQ(e.loss, 0.75);
    EXPECT_FALSE(e.top5);
    const std::vector<std::vector<std::size_t>> confusion{
        {3, 1, 0, 0}, {0, 1, 1, 0}, {1, 0, 0, 0}, {0, 0, 0, 0}};
    EXPECT_EQ(e.confusion, confusion);

    ASSERT_EQ(e.classes.size(), 4U);
    EXPECT_EQ(e.classes[0].name, "a");
    EXPECT_EQ(e.classes[0].support, 4U);
    EXPECT_EQ(e.classes[0].predicted, 4U);
    EXPECT_DOUBLE_EQ(e.classes[0].precision, 0.75);
    EXPECT_DOUBLE_EQ(e.classes[0].recall, 0.75);
    EXPECT_DOUBLE_EQ(e.classes[0].f1, 0.75);
    EXPECT_EQ(e.classes[1].support, 2U);
    EXPECT_EQ(e.classes[1].predicted, 2U);
    EXPECT_DOUBLE_EQ(e.classes[1].f1, 0.5);
    EXPECT_EQ(e.classes[2].support, 1U);  // never right
    EXPECT_EQ(e.classes[2].predicted, 1U);
    EXPECT_EQ(e.classes[2].precision, 0.0);
    EXPECT_EQ(e.classes[2].recall, 0.0);
    EXPECT_EQ(e.classes[2].f1, 0.0);
    EXPECT_EQ(e.classes[3].support, 0U);  // neither there nor predicted
    EXPECT_EQ(e.classes[3].predicted, 0U);
    EXPECT_EQ(e.classes[3].precision, 0.0);
    EXPECT_EQ(e.classes[3].f1, 0.0);
    // over a, b and c: d does not occur
    EXPECT_DOUBLE_EQ(e.macro.precision, (0.75 + 0.5) / 3);
    EXPECT_DOUBLE_EQ(e.macro.f1, (0.75 + 0.5) / 3);
    EXPECT_DOUBLE_EQ(e.weighted.recall, (4 * 0.75 + 2 * 0.5) / 7);
    EXPECT_DOUBLE_EQ(e.weighted.f1, (4 * 0.75 + 2 * 0.5) / 7);
}

// Precision and recall that differ: truth a: a b b, truth b: b.
TEST(EvaluationTest, PrecisionIsNotRecall) {
    const Evaluation e = evaluation::scorePredictions(
        {prediction(0, 0, 2), prediction(0, 1, 2), prediction(0, 1, 2), prediction(1, 1, 2)}, letters(2), 0);
    EXPECT_DOUBLE_EQ(e.classes[0].precision, 1.0);
    EXPECT_DOUBLE_EQ(e.classes[0].recall, 1.0 / 3);
    EXPECT_DOUBLE_EQ(e.classes[0].f1, 0.5);
    EXPECT_DOUBLE_EQ(e.classes[1].precision, 1.0 / 3);
    EXPECT_DOUBLE_EQ(e.classes[1].recall, 1.0);
    EXPECT_EQ(e.confusion[0][1], 2U);  // [truth][predicted]
    EXPECT_EQ(e.confusion[1][0], 0U);
    EXPECT_DOUBLE_EQ(e.weighted.recall, 0.5);
    EXPECT_DOUBLE_EQ(e.macro.recall, 2.0 / 3);
}

TEST(EvaluationTest, Top5NeedsMoreThanFiveClasses) {
    // The truth is the n-th most probable class.
    const auto rank = [](std::size_t n) {
        Prediction result{"x", static_cast<int>(n - 1), 0, {0.3F, 0.2F, 0.15F, 0.12F, 0.1F, 0.08F, 0.05F}};
        return result;
    };
    std::vector<Prediction> predictions;
    for (std::size_t n = 1; n <= 7; ++n)
        predictions.push_back(rank(n));
    const Evaluation e = evaluation::scorePredictions(predictions, letters(7), 0);
    ASSERT_TRUE(e.top5);
    EXPECT_DOUBLE_EQ(*e.top5, 5.0 / 7);
    EXPECT_DOUBLE_EQ(e.accuracy, 1.0 / 7);
    EXPECT_FALSE(evaluation::scorePredictions({prediction(0, 0, 5)}, letters(5), 0).top5);
    EXPECT_TRUE(evaluation::scorePredictions({prediction(0, 0, 6)}, letters(6), 0).top5);
}

TEST(EvaluationTest, TheFiguresNeedNoProbabilitiesKept) {
    using evaluation::Scorer;
    for (const std::size_t classes : {std::size_t{4}, std::size_t{7}}) {
        Scorer everything(letters(static_cast<int>(classes)));
        Scorer figures(letters(static_cast<int>(classes)), {}, Scorer::Keep::Figures);
        std::vector<float> logits(classes);
        for (std::size_t c = 0; c < classes; ++c)
            logits[c] = -static_cast<float>(c);  // the first class is the most probable, the last the least
        for (std::size_t truth = 0; truth < classes; ++truth) {
            for (Scorer* scorer : {&everything, &figures})
                scorer->add(std::to_string(truth) + ".png", static_cast<int>(truth), logits);
        }
        const Evaluation expected = everything.finish();
        const Evaluation found = figures.finish();
        EXPECT_EQ(evaluation::toJson(found), evaluation::toJson(expected));
        EXPECT_DOUBLE_EQ(found.accuracy, 1.0 / static_cast<double>(classes));
        EXPECT_EQ(found.top5, classes > 5 ? std::optional(5.0 / 7) : std::nullopt);
        ASSERT_EQ(found.predictions.size(), classes);
        for (std::size_t i = 0; i < classes; ++i) {
            EXPECT_EQ(found.predictions[i].truth, static_cast<int>(i));
            EXPECT_EQ(found.predictions[i].predicted, 0);
            EXPECT_EQ(found.predictions[i].probabilities.capacity(), 0U);
            EXPECT_EQ(expected.predictions[i].probabilities.size(), classes);
        }
    }
}

TEST(EvaluationTest, NoImagesGiveZeros) {
    const Evaluation e = evaluation::scorePredictions({}, letters(3), 0);
    EXPECT_EQ(e.images, 0U);
    EXPECT_EQ(e.accuracy, 0.0);
    EXPECT_EQ(e.macro.f1, 0.0);
    EXPECT_EQ(e.weighted.f1, 0.0);
    EXPECT_EQ(e.classes.size(), 3U);
    EXPECT_EQ(*evaluation::scorePredictions({}, letters(6), 0).top5, 0.0);
}

TEST(EvaluationTest, AsScikitLearn) {
    const TemporaryFolder folder;
    struct Case {
        int classes;
        int neverPredicted;
        int withoutSupport;
    };
    for (const auto& [classes, neverPredicted, withoutSupport] :
         {Case{2, -1, -1}, Case{8, 3, 5}, Case{12, 0, 0}}) {
        SCOPED_TRACE(std::to_string(classes) + " classes");
        const auto predictions = randomPredictions(300, classes, static_cast<std::uint64_t>(classes),
                                                   neverPredicted, withoutSupport);
        std::ostringstream rows;
        rows.precision(9);
        for (const Prediction& p : predictions) {
            rows << p.truth << ' ' << p.predicted;
            for (const float probability : p.probabilities)
                rows << ' ' << probability;
            rows << '\n';
        }
        writeText(folder.path("rows"), rows.str());
        writeText(folder.path("figures.json"), runPython("sklearn_reference.py", {folder.path("rows")}));
        const auto figures = [&](const std::string& expression) {
            return numbersOf(jsonValue(folder.path("figures.json"), expression));
        };
        const auto flat = figures(
            "*j['precision'], *j['recall'], *j['f1'], *j['support'], *j['macro'], *j['weighted'], "
            "j['accuracy'], "
            "-1 if j['top5'] is None else j['top5'], *(v for r in j['confusion'] for v in r)");

        const Evaluation e = evaluation::scorePredictions(predictions, letters(classes), 1.0);
        std::vector<double> found;
        for (const auto& score : e.classes)
            found.push_back(score.precision);
        for (const auto& score : e.classes)
            found.push_back(score.recall);
        for (const auto& score : e.classes)
            found.push_back(score.f1);
        for (const auto& score : e.classes)
            found.push_back(static_cast<double>(score.support));
        found.insert(found.end(), {e.macro.precision, e.macro.recall, e.macro.f1});
        found.insert(found.end(), {e.weighted.precision, e.weighted.recall, e.weighted.f1});
        found.insert(found.end(), {e.accuracy, e.top5.value_or(-1)});
        for (const auto& row : e.confusion)
            found.insert(found.end(), row.begin(), row.end());
        ASSERT_EQ(found.size(), flat.size());
        for (std::size_t i = 0; i < found.size(); ++i)
            EXPECT_NEAR(found[i], flat[i], 1e-12) << "figure " << i;
        EXPECT_GT(e.accuracy, 0.2);
        EXPECT_LT(e.accuracy, 0.95);
    }
}

class EvaluationFilesTest : public testing::Test {
  protected:
    std::string path(const std::string& name) const { return m_folder.path(name); }
    void write(const Evaluation& e) const {
        writeText(path("evaluation.json"), evaluation::toJson(e));
        writeText(path("predictions.csv"), evaluation::toCsv(e));
    }
    Result<Evaluation> read() const {
        return evaluation::evaluationFromFiles(path("evaluation.json"), path("predictions.csv"));
    }

    TemporaryFolder m_folder;
};

TEST_F(EvaluationFilesTest, EverythingComesBack) {
    const Evaluation e =
        evaluation::scorePredictions(randomPredictions(100, 7, 3, 1, 2), letters(7), 1.2345678901234567);
    write(e);
    const auto found = read();
    ASSERT_TRUE(found) << found.error().sentence();
    expectSame(*found, e);
}

TEST_F(EvaluationFilesTest, SentencesOnWhatIsNotScoredAreWrittenInEnglish) {
    Evaluation e = evaluation::scorePredictions({prediction(0, 0, 2), prediction(1, 1, 2)}, letters(2), 0.5);
    e.unscored.push_back({"a", "other_split", {"Only the {1} images are scored.", "test"}, 3});
    write(e);
    EXPECT_EQ(jsonValue(path("evaluation.json"), "j['unscored'][0]['message']"),
              "Only the test images are scored.");
    const auto found = read();
    ASSERT_TRUE(found) << found.error().sentence();
    ASSERT_EQ(found->unscored.size(), 1U);
    EXPECT_EQ(found->unscored[0].message.english(), "Only the test images are scored.");
}

TEST(EvaluationTest, WhatWasTrainedOnIsSaid) {
    Evaluation e;
    e.images = 20;
    EXPECT_TRUE(evaluation::learntSentence(e).empty());
    e.trainedOn = 3;
    EXPECT_EQ(evaluation::learntSentence(e).english(),
              "3 of these 20 images were trained on: the figures are better than they will be on new ones.");
    e.trainedOn.reset();
    EXPECT_EQ(
        evaluation::learntSentence(e).english(),
        "Nothing says which images the model was trained on: where they are among these, the figures are "
        "too good. (A run's folder says it.)");
    e.trainedOnUnknown = {"old.pt"};
    EXPECT_EQ(
        evaluation::learntSentence(e).english(),
        "Nothing says which images old.pt was trained on: where they are among these, the figures are too "
        "good. (A run's folder says it.)");
}

TEST_F(EvaluationFilesTest, OddNamesComeBack) {
    const Names classes{
        "a,b", "say \"hello\"", "two\nlines", "carriage\r\nreturn", " spaces ", "Käfer", "\"", ",", "p:x"};
    std::vector<Prediction> predictions;
    for (int i = 0; i < static_cast<int>(classes.size()); ++i) {
        predictions.push_back(
            prediction(i, (i + 1) % 9, 9, classes[static_cast<std::size_t>(i)] + "/1, \"2\"\n3.png"));
        predictions.push_back(prediction(i, i, 9, "plain.png"));
    }
    const Evaluation e = evaluation::scorePredictions(predictions, classes, 0.5);
    write(e);
    const auto found = read();
    ASSERT_TRUE(found) << found.error().sentence();
    expectSame(*found, e);

    // Python's csv reads the same.
    const ProcessResult python = runProcess({GRAFT_PYTHON, "-c",
                                             "import csv,sys\n"
                                             "rows = list(csv.reader(open(sys.argv[1], newline='')))\n"
                                             "print(len(rows), {len(r) for r in rows}, rows[0][:4], "
                                             "rows[1][0] == 'a,b/1, \"2\"\\n3.png', rows[7][1] == "
                                             "'carriage\\r\\nreturn')",
                                             path("predictions.csv")});
    EXPECT_EQ(python.output, "19 {13} ['file', 'truth', 'prediction', 'probability'] True True\n")
        << python.errors;
    EXPECT_EQ(jsonValue(path("evaluation.json"),
                        "[c['name'] for c in j['classes']] == ['a,b', 'say \"hello\"', "
                        "'two\\nlines', 'carriage\\r\\nreturn', ' spaces ', 'Käfer', '\"', "
                        "',', 'p:x']"),
              "True");
}

TEST_F(EvaluationFilesTest, NamesThatAreNoUtf8ComeBackAsTheyCan) {
    const Names classes{"plain", "latin\xE4"};  // a folder's name may be any bytes
    const Evaluation e =
        evaluation::scorePredictions({prediction(0, 1, 2), prediction(1, 1, 2)}, classes, 0.5);
    write(e);
    const auto found = read();
    ASSERT_TRUE(found) << found.error().sentence();
    EXPECT_EQ(found->confusion, e.confusion);
}

TEST_F(EvaluationFilesTest, ProbabilitiesAreReadWithAnyDecimalPoint) {
    const Evaluation e = evaluation::scorePredictions({{"a.png", 0, 0, {0.625F, 0.375F}}}, letters(2), 0.5);
    EXPECT_EQ(evaluation::toCsv(e),
              "file,truth,prediction,probability,p:a,p:b\na.png,a,a,0.625,0.625,0.375\n");
    write(e);
    // A window sets the language's locale, in which a number may have a comma.
    for (const char* locale : {"de_DE.UTF-8", "fr_FR.UTF-8", "C"}) {
        if (std::setlocale(LC_ALL, locale) == nullptr) continue;
        const auto found = read();
        std::setlocale(LC_ALL, "C");
        ASSERT_TRUE(found) << locale;
        EXPECT_EQ(found->predictions[0].probabilities, (std::vector<float>{0.625F, 0.375F})) << locale;
        EXPECT_EQ(found->loss, 0.5) << locale;
    }
}

TEST_F(EvaluationFilesTest, TinyProbabilitiesComeBack) {
    Prediction p{
        "a.png", 0, 0, {std::nextafter(1.0F, 0.0F), 1e-30F, std::numeric_limits<float>::denorm_min()}};
    write(evaluation::scorePredictions({p}, letters(3), 0));
    const auto found = read();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->predictions[0].probabilities, p.probabilities);
}

TEST_F(EvaluationFilesTest, MissingAndDamagedFiles) {
    const auto codeOf = [&] {
        const auto found = read();
        EXPECT_FALSE(found);
        if (found) return ErrorCode::Internal;
        EXPECT_TRUE(found.error().message.english().ends_with(".")) << found.error().message.english();
        return found.error().code;
    };
    EXPECT_EQ(codeOf(), ErrorCode::NotFound);
    const Evaluation e = evaluation::scorePredictions(randomPredictions(5, 3, 1, -1, -1), letters(3), 1);
    write(e);
    const std::string json = readText(path("evaluation.json"));
    const std::string csv = readText(path("predictions.csv"));
    fs::remove(path("predictions.csv"));
    EXPECT_EQ(codeOf(), ErrorCode::NotFound);
    const std::string head = csv.substr(0, csv.find('\n') + 1);
    for (const std::string row :
         {"x.png", "x.png,a,b,0.5,0.1,0.2", "x.png,a,b,0.5,0.1,0.2,0.3,0.4", "x.png,nobody,b,0.5,0.1,0.2,0.3",
          "x.png,a,nobody,0.5,0.1,0.2,0.3", "x.png,a,b,0.5,0.1,many,0.3", "x.png,a,b,0.5,0.1,,0.3"}) {
        writeText(path("predictions.csv"), head + row + "\n");
        EXPECT_EQ(codeOf(), ErrorCode::BadFormat) << row;
    }
    writeText(path("predictions.csv"), csv.substr(0, csv.rfind('\n', csv.size() - 2) + 1));  // a line less
    EXPECT_EQ(codeOf(), ErrorCode::BadFormat);
    writeText(path("predictions.csv"), csv);
    EXPECT_TRUE(read());
    for (const std::string& text :
         {std::string(), std::string("{}"), std::string("[]"), std::string("{\"classes\":[1]}"),
          std::string("{\"classes\":[{\"name\":\"a\"}]}"), json.substr(0, json.size() / 2)}) {
        writeText(path("evaluation.json"), text);
        EXPECT_EQ(codeOf(), ErrorCode::BadFormat) << text;
    }
}

class EvaluateFolderTest : public TrainingFixture {
  protected:
    void trainOneEpoch() {
        auto c = config("run");
        c.epochs = 1;
        trainOrFail(c);
    }
    Result<Evaluation> evaluate(const std::string& folder) const {
        runtime::RunControl control;
        return evaluation::evaluateFolder(path("run"), path(folder), {"cpu", false}, {}, control);
    }
};

// A number for each image and class is much where there are many of both, and nobody asks for it.
TEST_F(EvaluateFolderTest, KeepsWhatTheFiguresNeedAndNoMore) {
    trainOneEpoch();
    const auto evaluation = evaluate("images/val");
    ASSERT_TRUE(evaluation) << evaluation.error().sentence();
    ASSERT_EQ(evaluation->predictions.size(), 18U);
    for (const Prediction& p : evaluation->predictions)
        EXPECT_EQ(p.probabilities.capacity(), 0U);
    expectItsFiguresAreItsModels(path("run"));
}

TEST_F(EvaluateFolderTest, AClassThatLooksLikeOneOfTheModelsIsNamedWithTheDifference) {
    std::string longName;
    std::string another;
    for (int i = 0; i < 80; ++i) {
        longName += "ä";
        another += "ö";
    }
    for (const std::string split : {"train/", "val/"}) {
        for (const auto& [label, name] :
             {std::pair<std::string, std::string>{"0", "Caf\u00e9"}, {"1", longName}, {"2", another}})
            fs::rename(path("images/" + split + label), path("images/" + split + name));
    }
    trainOneEpoch();
    const auto sentence = [&](const std::string& name) {
        fs::remove_all(path("new"));
        makeClasses(path("new"), 1, 3, 99);
        fs::rename(path("new/0"), path("new/" + name));
        const auto found = evaluate("new");
        EXPECT_FALSE(found) << name;
        return found ? "" : found.error().message.english();
    };
    for (const auto& [name, difference] :
         {std::pair<std::string, std::string>{"Cafe\u0301", "how Unicode writes the same letters"},
          {"caf\u00e9", "upper and lower case"},
          {"Caf\u00e9 ", "white space"},
          {"\u0421af\u00e9", "letters that look the same"}}) {  // Cyrillic
        EXPECT_EQ(sentence(name), "The model does not know the class \"" + name +
                                      "\"; its class \"Caf\u00e9\" differs from it in " + difference +
                                      ". Give the folder that name, or take it out. The model's other "
                                      "classes are " +
                                      longName + " and 1 more.");
    }
    EXPECT_EQ(sentence("dog"), "The model does not know the class \"dog\"; its classes are Caf\u00e9, " +
                                   longName + " and 1 more. Rename the folder, or take it out.");
}

// Whatever the scan made of them: a training folder beside no validation folder is split, but lies in one.
TEST_F(EvaluateFolderTest, ImagesOfOtherSplitsAreNamedByFoldersThatAreThere) {
    trainOneEpoch();
    using Folders = std::vector<std::pair<std::string, std::size_t>>;
    const auto others = [&](const std::string& folder) {
        Folders found;
        const auto evaluation = evaluate(folder);
        EXPECT_TRUE(evaluation) << evaluation.error().sentence();
        if (!evaluation) return found;
        EXPECT_EQ(evaluation->scored, "test");
        EXPECT_EQ(evaluation->images, 6U);
        for (const auto& unscored : evaluation->unscored) {
            EXPECT_EQ(unscored.reason, "other_split") << unscored.message.english();
            EXPECT_TRUE(fs::is_directory(path(folder + "/" + unscored.path))) << unscored.path;
            found.emplace_back(unscored.path, unscored.files);
        }
        return found;
    };
    makeClasses(path("two/Training"), 3, 8, 11);
    makeClasses(path("two/test"), 3, 2, 12);
    EXPECT_EQ(others("two"), (Folders{{"Training", 24}}));

    makeClasses(path("three/train"), 3, 8, 13);
    makeClasses(path("three/valid"), 3, 3, 14);
    makeClasses(path("three/test"), 3, 2, 15);
    EXPECT_EQ(others("three"), (Folders{{"train", 24}, {"valid", 9}}));

    fs::create_directories(path("deeper"));
    fs::rename(path("two"), path("deeper/data"));
    EXPECT_EQ(others("deeper"), (Folders{{"data/Training", 24}}));

    for (const std::string label : {"0", "1", "2"}) {
        fs::create_directories(path("inside/" + label));
        for (const std::string split : {"train", "test"})
            fs::rename(path("three/" + split + "/" + label), path("inside/" + label + "/" + split));
    }
    EXPECT_EQ(others("inside"), (Folders{{"0/train", 8}, {"1/train", 8}, {"2/train", 8}}));
}

}  // namespace graft::test
