// SPDX-License-Identifier: GPL-3.0-or-later
// Recipes on any backbone, as files, and beside options that a person gives.
#include "core/settings/Recipes.h"

#include <nlohmann/json.hpp>

#include "core/settings/Settings.h"
#include "tests/support/SampleFolder.h"

namespace graft::test {

namespace {

using settings::Recipe;
using settings::TrainConfig;

TrainConfig defaultsOf(const std::string& backbone) {
    TrainConfig config;
    config.backbone = backbone;
    config.freeze = backbones::freezeAll(backbones::listUnits(backbone).value());
    return config;
}

Recipe named(const std::string& name) {
    return settings::findRecipe(name).value();
}

std::vector<std::string> thawed(const TrainConfig& config) {
    std::vector<std::string> names;
    const auto units = backbones::listUnits(config.backbone);
    for (const auto& unit : units.value()) {
        if (!config.freeze.isFrozen(unit.name)) names.push_back(unit.name);
    }
    return names;
}

TEST(RecipesTest, EachGoesWithAnyBackbone) {
    for (const char* backbone :
         {"vgg16", "resnet18", "squeezenet1_1", "mobilenet_v2", "vit_b_32", "swin_t"}) {
        for (const Recipe& recipe : settings::builtinRecipes()) {
            SCOPED_TRACE(recipe.name + " on " + backbone);
            const auto config = settings::withRecipe(defaultsOf(backbone), recipe);
            ASSERT_TRUE(config) << config.error().sentence();
            EXPECT_EQ(config->backbone, backbone);
            const auto valid = settings::validate(*config);
            EXPECT_TRUE(valid) << valid.error().sentence();
            for (const auto& [key, value] : recipe.settings) {
                const settings::Setting* setting = settings::find(key);
                ASSERT_NE(setting, nullptr) << key;
                EXPECT_EQ(settings::text(setting->field.get(*config)), settings::text(value)) << key;
                EXPECT_TRUE(settings::applies(*setting, *config)) << key << " changes nothing";
            }
        }
    }
}

// From the articles and torchvision's names.
TEST(RecipesTest, WhatIsTrainedIsSaidInStages) {
    using Names = std::vector<std::string>;
    const auto of = [](const std::string& recipe, const std::string& backbone) {
        return thawed(settings::withRecipe(defaultsOf(backbone), named(recipe)).value());
    };
    EXPECT_EQ(of("average-dense", "vgg16"), Names());
    EXPECT_EQ(of("last-block", "vgg16"), (Names{"features.24", "features.26", "features.28"}));
    EXPECT_EQ(of("last-block", "resnet18"), (Names{"layer4.0", "layer4.1"}));
    EXPECT_EQ(of("head-then-top", "vgg16"), (Names{"features.17", "features.19", "features.21", "features.24",
                                                   "features.26", "features.28"}));
    EXPECT_EQ(of("head-then-top", "resnet18"), (Names{"layer3.0", "layer3.1", "layer4.0", "layer4.1"}));
    // A norm behind the last blocks is no stage of its own.
    EXPECT_EQ(of("last-block", "swin_t"), (Names{"features.6", "features.7.0", "features.7.1", "norm"}));
}

TEST(RecipesTest, TheTermsForWhatIsTrained) {
    const auto units = backbones::listUnits("vgg16").value();
    const auto frozen = [&](const std::string& trained, const std::string& head) {
        return settings::freezeFor(trained, {head, 256, 0.5}, units).value().frozenUnits.size();
    };
    // 13 convolutions, and two large layers, which a head on the last map leaves out.
    EXPECT_EQ(frozen("everything", "flatten"), 0U);
    EXPECT_EQ(frozen("head", "flatten"), 15U);
    EXPECT_EQ(frozen("last stage", "flatten"), 12U);
    EXPECT_EQ(frozen("last stage", "linear"), 13U);
    EXPECT_EQ(frozen("last 3 stages", "flatten"), 6U);
    EXPECT_EQ(frozen("last 99 stages", "linear"), 0U);
    for (const char* wrong : {"", "all", "last 0 stages", "last stages", "last -1 stages", "last 2 stage"})
        EXPECT_FALSE(settings::freezeFor(wrong, {}, units)) << wrong;
}

TEST(RecipesTest, OwnOnesGoThroughAFile) {
    const TemporaryFolder folder;
    const auto units = backbones::listUnits("vgg16").value();
    const TrainConfig defaults = defaultsOf("vgg16");
    TrainConfig config = settings::withRecipe(defaults, named("two-classes"), units).value();
    config.seed = 99;
    config.threads = 3;
    config.datasetFolder = "/somewhere";
    config.epochs = 7;
    config.freeze = settings::freezeFor("last 2 stages", config.head, units).value();
    const std::string file = folder.path("new/mine.json");
    const auto saved = settings::saveRecipe(config, defaults, "Mine", file, units);
    ASSERT_TRUE(saved) << saved.error().sentence();

    const auto json = nlohmann::json::parse(readText(file));
    EXPECT_EQ(json["trained"].get<std::string>(), "last 2 stages");
    EXPECT_EQ(json["settings"]["epochs"].get<int>(), 7);
    EXPECT_FALSE(json["settings"].contains("seed"));
    EXPECT_FALSE(json["settings"].contains("threads"));
    EXPECT_FALSE(json["settings"].contains("batch_size")) << "as in the defaults";
    EXPECT_EQ(readText(file).find("somewhere"), std::string::npos);

    const auto read = settings::readRecipe(file);
    ASSERT_TRUE(read) << read.error().sentence();
    EXPECT_EQ(read->name, "mine");
    EXPECT_EQ(read->label, "Mine");
    EXPECT_EQ(read->backbone, "vgg16");
    EXPECT_EQ(read->file, file);
    TrainConfig again = settings::withRecipe(defaults, *read, units).value();
    again.seed = config.seed;
    again.threads = config.threads;
    again.datasetFolder = config.datasetFolder;
    EXPECT_EQ(settings::toJson(again), settings::toJson(config));

    const auto elsewhere = settings::withRecipe(defaultsOf("resnet18"), *read);
    ASSERT_TRUE(elsewhere) << elsewhere.error().sentence();
    EXPECT_EQ(thawed(*elsewhere).size(), 4U);
}

// The defaults of a run's model have its head; those of another backbone do not.
TEST(RecipesTest, TheHeadOfARunsModelIsSavedToo) {
    const TemporaryFolder folder;
    TrainConfig config = defaultsOf("resnet18");
    config.head = {"mlp", 32, 0.5};
    const auto saved = settings::saveRecipe(config, config, "Mine", folder.path("mine.json"));
    ASSERT_TRUE(saved) << saved.error().sentence();
    const Recipe recipe = settings::readRecipe(folder.path("mine.json")).value();
    EXPECT_EQ(recipe.settings.size(), 2U) << "the dropout is as everywhere";
    const TrainConfig other = settings::withRecipe(defaultsOf("squeezenet1_1"), recipe).value();
    EXPECT_EQ(other.head.kind, "mlp");
    EXPECT_EQ(other.head.hiddenUnits, 32);
}

TEST(RecipesTest, SingleBlocksGoWithTheirBackboneOnly) {
    const TemporaryFolder folder;
    const auto units = backbones::listUnits("resnet18").value();
    TrainConfig config = defaultsOf("resnet18");
    config.freeze.frozenUnits = {"conv1", "layer3.1"};
    const auto saved =
        settings::saveRecipe(config, defaultsOf("resnet18"), "Odd", folder.path("odd.json"), units);
    ASSERT_TRUE(saved) << saved.error().sentence();
    const Recipe recipe = settings::readRecipe(folder.path("odd.json")).value();
    EXPECT_EQ(settings::withRecipe(defaultsOf("resnet18"), recipe).value().freeze, config.freeze);
    const auto other = settings::withRecipe(defaultsOf("resnet50"), recipe);
    ASSERT_FALSE(other);
    EXPECT_NE(other.error().sentence().find("resnet18"), std::string::npos) << other.error().sentence();
}

TEST(RecipesTest, WhatIsNotKnownIsNamed) {
    const TemporaryFolder folder;
    const auto problem = [&](const std::string& content) {
        writeText(folder.path("r.json"), content);
        const auto recipe = settings::readRecipe(folder.path("r.json"));
        EXPECT_FALSE(recipe) << content;
        return recipe ? std::string() : recipe.error().sentence();
    };
    const auto has = [](const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos ? testing::AssertionSuccess()
                                                    : testing::AssertionFailure() << text;
    };
    EXPECT_TRUE(has(problem(R"({"graft_recipe": 1, "label": "x", "settings": {"optimizer.nu": 1}})"),
                    "optimizer.nu"));
    EXPECT_TRUE(has(problem(R"({"graft_recipe": 1, "label": "x", "colour": 1, "settings": {}})"), "colour"));
    EXPECT_TRUE(has(problem(R"({"graft_recipe": 2, "label": "x", "settings": {}})"), "newer"));
    EXPECT_TRUE(has(problem(R"({"graft_recipe": 1, "label": "x", "settings": {"epochs": 0}})"), "Epochs"));
    EXPECT_TRUE(has(problem(R"({"graft_recipe": 1, "label": "x", "settings": {"epochs": "7"}})"), "epochs"));
    EXPECT_TRUE(
        has(problem(R"({"graft_recipe": 1, "label": "x", "trained": "top", "settings": {}})"), "top"));
    EXPECT_TRUE(has(problem(R"({"epochs": 7})"), "no recipe"));
    EXPECT_TRUE(has(problem("[]"), "no recipe"));
    EXPECT_TRUE(has(problem("{"), "JSON"));
    EXPECT_TRUE(has(problem(""), "empty"));
    EXPECT_EQ(settings::readRecipe(folder.path("none.json")).error().code, ErrorCode::NotFound);
    const auto none = settings::findRecipe("nonsense");
    ASSERT_FALSE(none);
    EXPECT_TRUE(has(none.error().sentence(), "last-block"));
}

class RecipeFolderTest : public testing::Test {
  protected:
    void SetUp() override { setenv("XDG_CONFIG_HOME", m_folder.path("config").c_str(), 1); }
    void TearDown() override { unsetenv("XDG_CONFIG_HOME"); }
    TemporaryFolder m_folder;
};

TEST_F(RecipeFolderTest, IsListedAndPassesOverWhatCannotBeRead) {
    EXPECT_EQ(settings::recipeFolder(), m_folder.path("config/graft/recipes"));
    EXPECT_TRUE(settings::ownRecipes().empty());
    writeText(settings::recipeFolder() + "/b.json",
              R"({"graft_recipe": 1, "label": "B", "settings": {"epochs": 3}})");
    writeText(settings::recipeFolder() + "/a.json", R"({"graft_recipe": 1, "label": "A", "settings": {}})");
    writeText(settings::recipeFolder() + "/damaged.json", "{");
    writeText(settings::recipeFolder() + "/notes.txt", "not a recipe");
    std::vector<Error> passedOver;
    const auto own = settings::ownRecipes(&passedOver);
    ASSERT_EQ(own.size(), 2U);
    EXPECT_EQ(own[0].label, "A");
    EXPECT_EQ(own[1].name, "b");
    ASSERT_EQ(passedOver.size(), 1U);
    EXPECT_EQ(passedOver[0].path, settings::recipeFolder() + "/damaged.json");
    EXPECT_EQ(std::get<std::int64_t>(settings::findRecipe("b").value().settings.at("epochs")), 3);
    EXPECT_EQ(settings::findRecipe("damaged").error().code, ErrorCode::BadFormat);

    const auto listed = runCli({"recipes"});
    EXPECT_EQ(listed.status, 0);
    EXPECT_NE(listed.output.find("last-block"), std::string::npos);
    EXPECT_NE(listed.output.find("\nb\n"), std::string::npos) << listed.output;
    EXPECT_NE(listed.errors.find("damaged.json"), std::string::npos) << listed.errors;
    const auto one = runCli({"recipes", "show", "two-classes", "--json"});
    EXPECT_EQ(one.status, 0) << one.errors;
    const auto json = nlohmann::json::parse(one.output);
    EXPECT_EQ(json["settings"]["loss.kind"].get<std::string>(), "binary_cross_entropy");
}

TEST_F(RecipeFolderTest, OptionsBesideARecipeWin) {
    makeSampleFolder(m_folder.path("images"), 6, 3);
    const auto trained = runCli({"train",          m_folder.path("images"),
                                 "--run",          m_folder.path("run"),
                                 "--recipe",       "hidden-layer",
                                 "--backbone",     "squeezenet1_1",
                                 "--weights",      "none",
                                 "--resize",       "32",
                                 "--crop",         "32",
                                 "--epochs",       "1",
                                 "--hidden-units", "7",
                                 "--train-from",   "stage3",
                                 "--save-recipe",  "mine"});
    ASSERT_EQ(trained.status, 0) << trained.errors;
    const auto config = nlohmann::json::parse(readText(m_folder.path("run/config.json")));
    EXPECT_EQ(config["backbone"].get<std::string>(), "squeezenet1_1");
    EXPECT_EQ(config["epochs"].get<int>(), 1);
    EXPECT_EQ(config["head"]["kind"].get<std::string>(), "mlp");
    EXPECT_EQ(config["head"]["hidden_units"].get<int>(), 7);
    EXPECT_EQ(config["head"]["dropout"].get<double>(), 0.0);
    EXPECT_EQ(config["optimizer"]["learning_rate"].get<double>(), 1e-3);
    EXPECT_FALSE(config["augment"]["horizontal_flip"].get<bool>());
    EXPECT_FALSE(config["frozen_units"].empty());

    const Recipe mine = settings::findRecipe("mine").value();
    EXPECT_EQ(std::get<std::int64_t>(mine.settings.at("head.hidden_units")), 7);
    EXPECT_EQ(std::get<double>(mine.settings.at("optimizer.learning_rate")), 1e-3);
    EXPECT_EQ(mine.trained, "last stage");
}

// Under such a name nobody would find it again.
TEST_F(RecipeFolderTest, TheNamesOfBuiltInOnesAreNotTaken) {
    makeSampleFolder(m_folder.path("images"), 6, 3);
    const auto trained =
        runCli({"train", m_folder.path("images"), "--run", m_folder.path("run"), "--backbone",
                "squeezenet1_1", "--weights", "none", "--save-recipe", "last-block"});
    EXPECT_EQ(trained.status, 2) << trained.errors;
    EXPECT_NE(trained.errors.find("last-block comes with Graft"), std::string::npos) << trained.errors;
    EXPECT_FALSE(fs::exists(settings::recipeFolder() + "/last-block.json"));
    EXPECT_FALSE(fs::exists(m_folder.path("run")));
    // A file that was put there is listed as what has to be given for it.
    const std::string file = settings::recipeFolder() + "/last-block.json";
    writeText(file, R"({"graft_recipe": 1, "label": "Own", "settings": {}})");
    EXPECT_NE(runCli({"recipes"}).output.find("\n" + file + "\n    Own\n"), std::string::npos);
}

TEST_F(RecipeFolderTest, ItsBackboneIsTakenWhereNoneIsGiven) {
    makeSampleFolder(m_folder.path("images"), 6, 3);
    const auto trained =
        runCli({"train", m_folder.path("images"), "--run", m_folder.path("run"), "--recipe", "hidden-layer",
                "--weights", "none", "--resize", "32", "--crop", "32", "--epochs", "1"});
    ASSERT_EQ(trained.status, 0) << trained.errors;
    const auto config = nlohmann::json::parse(readText(m_folder.path("run/config.json")));
    EXPECT_EQ(config["backbone"].get<std::string>(), "resnet18");
    EXPECT_EQ(config["head"]["hidden_units"].get<int>(), 100);
}

}  // namespace

}  // namespace graft::test
