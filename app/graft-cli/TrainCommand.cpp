// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cmath>
#include <memory>
#include <optional>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/DatasetReport.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/SignalStop.h"
#include "core/backbones/Catalogue.h"
#include "core/data/FolderScanner.h"
#include "core/weights/WeightStore.h"

namespace graft::cli {

namespace {

using training::TrainConfig;

// What was given on the command line; the rest keeps the backbone's defaults.
struct Options {
    TrainConfig config;
    std::string weights;
    std::string freeze;
    std::string trainFrom;
    std::string optimizer = "sgd";
    std::string schedule = "constant";
    std::string head;  // empty: linear, or as the weights are
    std::string interpolation;
    std::string precision = "auto";
    std::string cachePrecision = "half";
    std::vector<float> mean;
    std::vector<float> deviation;
    int resize = 0;
    int crop = 0;
    bool noRandomCrop = false;
    bool noFlip = false;
};

Result<std::string> chooseWeights(const Options& options) {
    if (options.weights == "none") return std::string();
    if (!options.weights.empty()) return options.weights;
    const auto entry = backbones::findBackbone(options.config.backbone);
    if (!entry) return fail(entry.error());
    if (auto file = weights::locateAnyWeights(entry->name)) return *file;
    return fail(ErrorCode::NotFound,
                "There are no weights for " + entry->name +
                    " on this machine; get them with graft-cli weights fetch " + entry->name +
                    ", give --weights FILE, or --weights none to train from random weights.");
}

Result<void> applyFreeze(const Options& options, TrainConfig& config) {
    if (options.freeze.empty() && options.trainFrom.empty()) return {};
    const auto units = backbones::listUnits(config.backbone);
    if (!units) return fail(units.error());
    const auto plan = options.freeze.empty() ? backbones::trainFrom(options.trainFrom, *units)
                                             : backbones::parseFreezePlan(options.freeze, *units);
    if (!plan) return fail(plan.error());
    config.freeze = *plan;
    return {};
}

Result<void> applyPreprocess(const Options& options, TrainConfig& config) {
    data::PreprocessOptions& preprocess = config.preprocess;
    const double ratio = static_cast<double>(preprocess.resizeSize) / preprocess.cropSize;
    if (options.crop > 0) {
        preprocess.cropSize = options.crop;
        // As much of a picture stays as the weights were trained with.
        preprocess.resizeSize = static_cast<int>(std::lround(options.crop * ratio));
    }
    if (options.resize > 0) {
        preprocess.resizeSize = options.resize;
        if (options.crop == 0) preprocess.cropSize = std::min(preprocess.cropSize, options.resize);
    }
    if ((options.crop > 0) != (options.resize > 0)) {
        say("Pictures are resized to {} pixels (the shorter side) and cropped to {} ({} not given).\n",
            preprocess.resizeSize, preprocess.cropSize, options.crop > 0 ? "--resize" : "--crop");
    }
    if (!options.mean.empty()) std::ranges::copy(options.mean, preprocess.mean.begin());
    if (!options.deviation.empty()) std::ranges::copy(options.deviation, preprocess.deviation.begin());
    if (!options.interpolation.empty()) {
        const auto interpolation = data::parseInterpolation(options.interpolation);
        if (!interpolation) return fail(interpolation.error());
        preprocess.interpolation = *interpolation;
    }
    return {};
}

Result<TrainConfig> buildConfig(Options options) {
    if (options.config.backbone.empty() && options.weights != "none")
        options.config.backbone = training::backboneOf(options.weights);
    if (options.config.backbone.empty()) {
        const auto choice = weights::firstChoice();
        if (choice.name.empty()) {
            return fail(
                ErrorCode::NotFound,
                "There are no weights on this machine; choose a backbone with --backbone NAME (graft-cli "
                "backbones lists them).");
        }
        options.config.backbone = choice.name;
    }
    const auto weightsFile = chooseWeights(options);
    if (!weightsFile) return fail(weightsFile.error());
    const auto defaults = training::defaultConfig(options.config.backbone, *weightsFile);
    if (!defaults) return fail(defaults.error());
    TrainConfig config = options.config;
    config.weightsFile = defaults->weightsFile;
    config.preprocess = defaults->preprocess;
    config.freeze = defaults->freeze;
    const auto optimizer = training::parseOptimizer(options.optimizer);
    if (!optimizer) return fail(optimizer.error());
    config.optimizer.kind = *optimizer;
    const auto schedule = training::parseSchedule(options.schedule);
    if (!schedule) return fail(schedule.error());
    config.schedule.kind = *schedule;
    if (options.head.empty()) {
        config.head = defaults->head.kind == training::HeadKind::Mlp ? defaults->head : config.head;
    } else {
        const auto head = training::parseHead(options.head);
        if (!head) return fail(head.error());
        config.head.kind = *head;
    }
    const auto precision = training::parsePrecision(options.precision);
    if (!precision) return fail(precision.error());
    config.precision = *precision;
    if (options.cachePrecision != "half" && options.cachePrecision != "float32") {
        return fail(ErrorCode::InvalidArgument, "The cache's precision is \"" + options.cachePrecision +
                                                    "\"; it must be half or float32.");
    }
    config.cache.halfPrecision = options.cachePrecision == "half";
    config.augment.randomResizedCrop = !options.noRandomCrop;
    config.augment.horizontalFlip = !options.noFlip;
    if (const auto frozen = applyFreeze(options, config); !frozen) return fail(frozen.error());
    if (const auto applied = applyPreprocess(options, config); !applied) return fail(applied.error());
    return config;
}

// An option that would change nothing is refused: whoever gives it expects something of it.
Result<void> checkGiven(const CLI::App& command, const TrainConfig& config) {
    const bool isSgd = config.optimizer.kind == training::OptimizerKind::Sgd;
    const bool hasMomentum = isSgd || config.optimizer.kind == training::OptimizerKind::RmsProp;
    const bool isStep = config.schedule.kind == training::ScheduleKind::Step;
    const bool hasCache = config.cache.variants > 0 && !config.freeze.frozenUnits.empty();
    // Without --head a run's head is taken as it is.
    const bool isNewMlp = config.head.kind == training::HeadKind::Mlp && command.count("--head") > 0;
    struct Dependent {
        const char* option;
        bool isUsed;
        const char* goesWith;
    };
    const std::array dependents{
        Dependent{"--momentum", hasMomentum, "--optimizer sgd or rmsprop"},
        Dependent{"--step-epochs", isStep, "--schedule step"},
        Dependent{"--gamma", isStep, "--schedule step"},
        Dependent{"--hidden-units", isNewMlp, "--head mlp"},
        Dependent{"--dropout", isNewMlp, "--head mlp"},
        Dependent{"--cache-precision", hasCache, "frozen units and --cache-variants above 0"},
        Dependent{"--cache-gb", hasCache, "frozen units and --cache-variants above 0"},
    };
    for (const Dependent& dependent : dependents) {
        if (command.count(dependent.option) == 0 || dependent.isUsed) continue;
        return fail(ErrorCode::InvalidArgument,
                    fmt::format("{} changes nothing here: it goes with {}. Leave it out, or give that too.",
                                dependent.option, dependent.goesWith));
    }
    return {};
}

void addTrainingOptions(CLI::App& command, Options& o) {
    TrainConfig& c = o.config;
    command.add_option("--epochs", c.epochs, "Passes over the training images")->capture_default_str();
    command.add_option("--batch-size", c.batchSize, "Images per batch")->capture_default_str();
    command.add_option("--accumulate", c.accumulate, "Batches per step: their gradients are added up")
        ->capture_default_str();
    command
        .add_option(
            "--precision", o.precision,
            "auto, float32, bfloat16 or float16 (the last two: mixed; auto: bfloat16 for frozen layers, "
            "where it is faster and changes nothing)")
        ->capture_default_str();
    command.add_option("--optimizer", o.optimizer, "sgd, adam, adamw or rmsprop")->capture_default_str();
    command.add_option("--lr", c.optimizer.learningRate, "Learning rate")->capture_default_str();
    command.add_option("--momentum", c.optimizer.momentum, "Momentum of sgd and rmsprop")
        ->capture_default_str();
    command.add_flag("--nesterov", c.optimizer.nesterov, "Nesterov momentum (sgd)");
    command.add_option("--weight-decay", c.optimizer.weightDecay, "Weight decay")->capture_default_str();
    command.add_option("--schedule", o.schedule, "constant, step or cosine")->capture_default_str();
    command.add_option("--step-epochs", c.schedule.stepEpochs, "step: epochs between reductions")
        ->capture_default_str();
    command.add_option("--gamma", c.schedule.gamma, "step: factor of each reduction")->capture_default_str();
    command.add_option("--warmup-epochs", c.schedule.warmupEpochs, "Epochs of linear warm-up")
        ->capture_default_str();
    command
        .add_option("--early-stop", c.earlyStopEpochs,
                    "Stop after so many epochs without a better one (0: never)")
        ->capture_default_str();
    command.add_option("--head", o.head,
                       "linear or mlp (Dense, ReLU, Dropout, linear) (default: linear, or as in the run that "
                       "--weights names)");
    command.add_option("--hidden-units", c.head.hiddenUnits, "mlp: width of the dense layer")
        ->capture_default_str();
    command.add_option("--dropout", c.head.dropout, "mlp: dropout")->capture_default_str();
    command.add_option("--seed", c.seed, "The same seed gives the same weights on a CPU")
        ->capture_default_str();
    command.add_option("--threads", c.threads, "Compute threads (0: one per processor)")
        ->capture_default_str();
    command.add_option("--loader-threads", c.loaderThreads, "Decoding threads (0: one per processor)")
        ->capture_default_str();
    command
        .add_option("--cache-variants", c.cache.variants,
                    "Random variants of each image whose frozen features are kept (0: no cache)")
        ->capture_default_str();
    command.add_option("--cache-precision", o.cachePrecision, "half or float32")->capture_default_str();
    command
        .add_option("--cache-gb", c.cache.budgetGigabytes,
                    "Largest size of the feature cache (0: a tenth of the free disk, at most 20)")
        ->capture_default_str();
    command.add_option("--device", c.device, "auto, cpu, cuda or cuda:N")->capture_default_str();
}

void addDataOptions(CLI::App& command, Options& o) {
    command
        .add_option("--val-share", o.config.validationShare,
                    "Share kept for validation where the folder has no split")
        ->capture_default_str();
    command.add_option("--mean", o.mean, "Mean of R,G,B (default: the weights')")
        ->delimiter(',')
        ->expected(3);
    command.add_option("--std", o.deviation, "Standard deviation of R,G,B (default: the weights')")
        ->delimiter(',')
        ->expected(3);
    command
        .add_option("--resize", o.resize,
                    "Shorter side after resizing (default: the weights', or with --crop in their proportion)")
        ->check(CLI::Range(1, 8192));
    command.add_option("--crop", o.crop, "Side of the crop (default: the weights')")
        ->check(CLI::Range(1, 4096));
    command.add_option("--interpolation", o.interpolation, "bilinear or bicubic (default: the weights')");
    command.add_flag("--no-random-crop", o.noRandomCrop, "Train on centre crops");
    command.add_flag("--no-flip", o.noFlip, "Do not mirror training images");
}

// What scan says of the folder is said here too, before anything is trained.
int train(const TrainConfig& config, bool isShareGiven, runtime::RunControl& control, bool json) {
    if (const auto valid = training::validate(config); !valid) return reportError(valid.error(), json);
    const auto dataset =
        data::scanFolder(config.datasetFolder, {config.validationShare, config.seed, 0}, {}, &control);
    if (!dataset) return reportError(dataset.error(), json);
    if (isShareGiven && dataset->splitByFolders)
        say("The folder brings its own split; --val-share is not used.\n");
    printDatasetWarnings(stderr, *dataset, SingleFiles::Grouped);
    return printReport(training::train(config, *dataset, epochPrinter(), control), json);
}

}  // namespace

void addTrainCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand("train", "Train a classifier on a folder of images");
    const auto options = std::make_shared<Options>();
    command
        ->add_option("folder", options->config.datasetFolder,
                     "FOLDER/CLASS/* or FOLDER/{train,val[,test]}/CLASS/*")
        ->required();
    options->config.backbone.clear();
    command->add_option(
        "--backbone", options->config.backbone,
        "As in graft-cli backbones (default: the first whose weights are here, else the one that "
        "comes with Graft)");
    command->add_option(
        "--weights", options->weights,
        "A .safetensors or .pth file, a run to go on from its best model, or none for random weights "
        "(default: the ones found here)");
    CLI::Option* freeze =
        command->add_option("--freeze", options->freeze,
                            "all, none, or units and stages: conv1,layer1 (default: all with weights)");
    command->add_option("--train-from", options->trainFrom, "Freeze all before this unit or stage (or head)")
        ->excludes(freeze);
    command->add_option("--run", options->config.runFolder, "Folder of the run; must not hold one yet")
        ->required();
    addTrainingOptions(*command, *options);
    addDataOptions(*command, *options);
    command->callback([&invocation, options, command] {
        invocation.action = [&invocation, options, command] {
            SignalStop stop;
            const auto config = buildConfig(*options);
            if (!config) return reportError(config.error(), invocation.json);
            if (const auto used = checkGiven(*command, *config); !used)
                return reportError(used.error(), invocation.json);
            return train(*config, command->count("--val-share") > 0, stop.control(), invocation.json);
        };
    });
}

}  // namespace graft::cli
