// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints as training programs write them: under whatever key the weights lie, they are found, or the
// keys that are there are named.
#include <cstring>

#include "core/backbones/WeightStore.h"
#include "core/weights/WeightFile.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

// Python's own files. Every state dict is squeezenet1_1's; `a` and `b` differ in classifier.1.bias, which
// says which was taken.
const std::string& folder() {
    static const TemporaryFolder made;
    static const std::string path = made.path();
    static const ProcessResult done = runProcess({GRAFT_PYTHON, "-c", R"(
import sys, warnings, torch, torchvision
warnings.simplefilter("ignore")
torch.manual_seed(1)
model = torchvision.models.squeezenet1_1(weights=None)
plain = model.state_dict()
def marked(value):
    return {k: torch.full_like(v, value) if k == "classifier.1.bias" else v for k, v in plain.items()}
a, b = marked(1.0), marked(2.0)
def under(prefix, d):
    return {prefix + k: v for k, v in d.items()}
def save(name, content):
    torch.save(content, sys.argv[1] + "/" + name + ".pth")
for key in ("state_dict", "model", "model_state_dict", "model_state", "net", "network", "weights", "params",
            "module", "backbone", "student", "whatever_it_was_called"):
    save("key_" + key, {key: a, "epoch": 5, "acc": 93.2, "best": torch.tensor(71.3),
                        "optimizer": torch.optim.Adam(model.parameters()).state_dict()})
model.load_state_dict(a)
averaged = torch.optim.swa_utils.AveragedModel(model)
save("swa", averaged.state_dict())
save("timm", {"epoch": 1, "arch": "x", "state_dict": b, "state_dict_ema": a, "metric": 71.2})
save("reference", {"model": b, "model_ema": averaged.state_dict(), "epoch": 1})
save("yolo", {"model": b, "ema": {"module": a, "updates": 7}, "epoch": 1})
save("basicsr", {"params": b, "params_ema": a})
save("lightning", {"state_dict": under("net.", a) | {"criterion.weight": torch.ones(2)},
                   "hyper_parameters": {"lr": .1}, "pytorch-lightning_version": "2.0"})
save("wrapped_backbone", under("backbone.", a))
save("wrapped_deep", under("module.model.encoder.", a) | {"module.head.weight": torch.ones(2)})
save("distilled", under("student.backbone.", a) | under("teacher.backbone.", b))
save("two", {"generator": a, "discriminator": b, "epoch": 3})
save("nothing", {"epoch": 3, "acc": 93.2, "history": [1.0, 2.0]})
save("list", list(plain.values()))
)",
                                                  path});
    EXPECT_EQ(done.status, 0) << done.errors;
    return path;
}

std::string file(const std::string& name) {
    return folder() + "/" + name + ".pth";
}

// The number that stands in the classifier's bias of what was taken; 0 if it was refused.
float takenFrom(const std::string& name) {
    const auto dict = weights::readWeights(file(name));
    EXPECT_TRUE(dict) << dict.error().sentence();
    if (!dict) return 0;
    for (const auto& [tensorName, data] : dict->tensors) {
        if (!tensorName.ends_with("classifier.1.bias")) continue;
        float value = 0;
        std::memcpy(&value, data.bytes->data(), sizeof(value));
        return value;
    }
    return 0;
}

void expectFits(const std::string& name, const std::vector<std::string>& words = {}) {
    const auto fit = backbones::checkWeights(file(name), "squeezenet1_1");
    ASSERT_TRUE(fit) << fit.error().sentence();
    EXPECT_TRUE(fit->fits()) << fit->sentence().english();
    std::string notes;
    for (const Message& note : fit->notes)
        notes += note.english() + "\n";
    for (const std::string& word : words)
        EXPECT_NE(notes.find(word), std::string::npos) << word << ": " << notes;
    EXPECT_EQ(notes.empty(), words.empty()) << notes;
}

std::string refusalOf(const std::string& name) {
    const auto dict = weights::readWeights(file(name));
    EXPECT_FALSE(dict);
    return dict ? "" : dict.error().message.english();
}

}  // namespace

TEST(CheckpointKeysTest, UnderAnyKey) {
    for (const std::string key : {"state_dict", "model", "model_state_dict", "model_state", "net", "network",
                                  "weights", "params", "module", "backbone", "student"}) {
        SCOPED_TRACE(key);
        EXPECT_EQ(takenFrom("key_" + key), 1);
    }
    expectFits("key_net");
    expectFits("key_whatever_it_was_called", {"\"whatever_it_was_called\" was taken"});
}

// As timm loads them; torchvision's published weights are averaged ones too.
TEST(CheckpointKeysTest, TheAveragedCopyIsTakenAndTheChoiceSaid) {
    for (const std::string name : {"timm", "reference", "yolo", "basicsr", "swa"}) {
        SCOPED_TRACE(name);
        EXPECT_EQ(takenFrom(name), 1);
    }
    expectFits("timm", {"\"state_dict_ema\" and state_dict", "the averaged copy"});
    expectFits("reference",
               {"\"model_ema\" and model", "under \"module.\"", "one tensor beside them is not used"});
    expectFits("yolo", {"\"ema.module\" and model"});
    expectFits("swa", {"under \"module.\""});
}

TEST(CheckpointKeysTest, WhatStandsBeforeEveryNameIsTakenOff) {
    expectFits("lightning", {"under \"net.\"", "one tensor beside them is not used"});
    expectFits("wrapped_backbone", {"under \"backbone.\""});
    // module. stands before all of them and goes first.
    expectFits("wrapped_deep", {"under \"model.encoder.\"", "one tensor beside them is not used"});
    const auto two = backbones::checkWeights(file("distilled"), "squeezenet1_1");
    ASSERT_TRUE(two);
    EXPECT_FALSE(two->fits());
    const std::string sentence = two->sentence().english();
    EXPECT_NE(sentence.find("\"student.backbone.\", \"teacher.backbone.\""), std::string::npos) << sentence;
}

TEST(CheckpointKeysTest, WhatCannotBeChosenIsNamed) {
    const std::string two = refusalOf("two");
    EXPECT_NE(two.find("generator, discriminator"), std::string::npos) << two;
    EXPECT_NE(two.find("only one can be meant"), std::string::npos) << two;
    const std::string nothing = refusalOf("nothing");
    EXPECT_NE(nothing.find("no tensors by name, only these keys: epoch, acc, history"), std::string::npos)
        << nothing;
    const std::string list = refusalOf("list");
    EXPECT_NE(list.find("it is a list"), std::string::npos) << list;
}

}  // namespace graft::test
