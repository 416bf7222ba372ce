// SPDX-License-Identifier: GPL-3.0-or-later
// Names as they stand in other libraries' files, and torchvision's own, which must not be taken for theirs.
#include "core/weights/detail/ForeignNames.h"

#include "core/backbones/WeightStore.h"
#include "core/weights/WeightFile.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using Names = std::vector<std::string>;

std::string libraryOf(const Names& names) {
    return std::string(weights::libraryOfNames(names).value_or("none"));
}

std::string fitOf(const Names& names, const std::string& backbone) {
    const TemporaryFolder folder;
    weights::StateDict dict;
    for (const std::string& name : names) {
        weights::TensorData tensor{weights::DType::Float32, {1}, std::make_shared<std::vector<std::byte>>(4)};
        dict.tensors.emplace_back(name, tensor);
    }
    const std::string path = folder.path("w.safetensors");
    EXPECT_TRUE(weights::writeSafetensors(path, dict));
    const auto fit = backbones::checkWeights(path, backbone);
    EXPECT_TRUE(fit) << fit.error().message.english();
    return fit ? fit->sentence().english() : "";
}

}  // namespace

TEST(ForeignNamesTest, Timm) {
    for (const Names& names : {
             Names{"conv_stem.weight", "bn1.weight", "blocks.0.0.conv_dw.weight", "classifier.weight"},
             Names{"cls_token", "pos_embed", "patch_embed.proj.weight", "blocks.0.attn.qkv.weight",
                   "head.bias"},
             Names{"patch_embed.proj.weight", "layers.0.blocks.0.attn.qkv.weight", "head.fc.weight"},
             Names{"stem.0.weight", "stages.0.blocks.0.conv_dw.weight", "head.fc.weight"},
             Names{"stem.conv1.weight", "stages.0.0.conv1.weight"},
             Names{"stem.conv.weight", "s1.b1.conv1.conv.weight", "head.fc.bias"},
             Names{"conv1.0.weight", "conv1.1.weight", "layer1.0.conv1.weight", "fc.weight"},
         })
        EXPECT_EQ(libraryOf(names), "timm") << names.front();
}

TEST(ForeignNamesTest, HuggingFace) {
    for (const Names& names : {
             Names{"vit.embeddings.cls_token", "vit.encoder.layer.0.attention.attention.query.weight"},
             Names{"resnet.embedder.embedder.convolution.weight", "classifier.1.weight"},
             Names{"convnextv2.embeddings.patch_embeddings.weight", "convnextv2.layernorm.weight"},
             Names{"embeddings.patch_embeddings.projection.weight",
                   "encoder.layer.0.layernorm_before.weight"},
             Names{"mobilenet_v2.conv_stem.first_conv.convolution.weight"},
             Names{"swin.embeddings.patch_embeddings.projection.weight"},
         })
        EXPECT_EQ(libraryOf(names), "Hugging Face's transformers") << names.front();
}

TEST(ForeignNamesTest, OtherLibraries) {
    EXPECT_EQ(libraryOf({"conv1/kernel:0", "bn/gamma:0"}), "Keras or TensorFlow");
    EXPECT_EQ(libraryOf({"block1_conv1_W_1:0", "block1_conv1_b_1:0"}), "Keras or TensorFlow");
    EXPECT_EQ(libraryOf({"conv1_conv/kernel", "conv1_bn/moving_mean"}), "Keras or TensorFlow");
    EXPECT_EQ(libraryOf({"params.conv_init.kernel"}), "Flax (JAX)");
    EXPECT_EQ(libraryOf({"backbone.conv1.weight", "backbone.layer1.0.conv1.weight", "head.fc.weight"}),
              "MMPretrain (OpenMMLab)");
    EXPECT_EQ(libraryOf({"backbone.body.conv1.weight", "rpn.head.conv.0.0.weight"}),
              "torchvision's detection or segmentation models");
    EXPECT_EQ(libraryOf({"0.0.weight", "0.4.0.conv1.weight", "1.8.weight"}), "fastai");
    EXPECT_EQ(libraryOf({"0.conv.weight", "0.bn.weight", "2.cv1.conv.weight"}), "Ultralytics' YOLO");
    EXPECT_EQ(libraryOf({"visual.conv1.weight", "visual.transformer.resblocks.0.ln_1.weight"}),
              "CLIP (OpenAI's or OpenCLIP's)");
    EXPECT_EQ(libraryOf({"downsample_layers.0.0.weight", "stages.0.0.dwconv.weight"}),
              "the authors of ConvNeXt");
    EXPECT_EQ(libraryOf({"_conv_stem.weight", "_blocks.0._depthwise_conv.weight"}),
              "EfficientNet-PyTorch (lukemelas)");
    EXPECT_EQ(libraryOf({"weight", "bias"}), "none");
    EXPECT_EQ(libraryOf({}), "none");
}

TEST(ForeignNamesTest, TorchvisionIsNoOtherLibrary) {
    const TemporaryFolder folder;
    runPython("make_weights.py", {"names", folder.path()});
    int architectures = 0;
    for (const auto& file : fs::directory_iterator(folder.path())) {
        Names names;
        std::istringstream lines(readText(file.path().string()));
        for (std::string line; std::getline(lines, line);)
            names.push_back(line);
        EXPECT_GT(names.size(), 10U);
        EXPECT_EQ(libraryOf(names), "none") << file.path().filename();
        ++architectures;
    }
    EXPECT_GE(architectures, 20);
}

TEST(ForeignNamesTest, ThePrefixBeforeEveryName) {
    EXPECT_EQ(weights::prefixesBefore({"a.b", "c"}, {"net.c", "net.a.b", "x"}), Names{"net."});
    EXPECT_EQ(weights::prefixesBefore({"c"}, {"a.b.c"}), Names{"a.b."});
    EXPECT_EQ(weights::prefixesBefore({"a", "b"}, {"s.a", "s.b", "t.a", "t.b", "u.a"}), (Names{"s.", "t."}));
    EXPECT_TRUE(weights::prefixesBefore({"a.b", "c"}, {"net.c", "a.b"}).empty());
    EXPECT_TRUE(weights::prefixesBefore({"c"}, {"cc"}).empty());
    EXPECT_TRUE(weights::prefixesBefore({}, {"a"}).empty());
}

TEST(ForeignNamesTest, TheSentenceSaysSo) {
    const std::string timm = fitOf({"conv_stem.weight", "blocks.0.0.conv_dw.weight"}, "mobilenet_v2");
    EXPECT_NE(timm.find("their names are those of timm"), std::string::npos) << timm;
    EXPECT_NE(timm.find("torchvision's file"), std::string::npos) << timm;
    const std::string keras = fitOf({"conv1/kernel:0"}, "resnet18");
    EXPECT_NE(keras.find("Keras"), std::string::npos) << keras;
    // Another of torchvision's: no library is blamed.
    const std::string other = fitOf({"features.0.weight", "classifier.1.weight"}, "resnet18");
    EXPECT_EQ(other.find("their names"), std::string::npos) << other;
    EXPECT_NE(other.find("Choose the backbone they were made for."), std::string::npos) << other;
}

// DINOv2's authors and timm name most tensors alike: that a file bears such names says nothing.
TEST(ForeignNamesTest, TheFamilysOwnNamesBlameNobody) {
    const std::string own = fitOf({"cls_token", "blocks.0.norm1.weight", "blocks.0.more"}, "dinov2_vits14");
    EXPECT_EQ(own.find("their names"), std::string::npos) << own;
    EXPECT_NE(own.find("Choose the backbone they were made for."), std::string::npos) << own;
    const std::string keras = fitOf({"conv1/kernel:0"}, "dinov2_vits14");
    EXPECT_NE(keras.find("their names are those of Keras"), std::string::npos) << keras;
    EXPECT_EQ(keras.find("torchvision"), std::string::npos) << keras;
    EXPECT_NE(keras.find("its authors' file"), std::string::npos) << keras;
}

}  // namespace graft::test
