// SPDX-License-Identifier: GPL-3.0-or-later
// distill: trains a network of the catalogue from random weights on what teach stored: to answer as the
// teacher does, to have its features, and to know the labels. Two or more replicas of the network, one a
// thread, each work on a part of the batch and average their gradients: on few cores that is faster than
// sharing every convolution among the threads, and bears other load on the machine.
//
// The learning rate follows the process's own CPU time, so that a run ends annealed after the time that it
// was given, however busy the machine is. A second call goes on from the last checkpoint.
#include <torch/torch.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <numeric>
#include <thread>

#include "bench/pretrain/Store.h"
#include "core/backbones/torch/Network.h"
#include "core/base/Seed.h"
#include "core/runtime/ThreadBudget.h"
#include "core/runtime/torch/Autocast.h"
#include "core/settings/Schedule.h"
#include "core/training/torch/Hook.h"
#include "core/training/torch/Optimizers.h"
#include "core/training/torch/Precisions.h"
#include "core/weights/WeightFile.h"
#include "core/weights/torch/TensorBridge.h"

namespace {

using namespace graft;
using pretrain::Store;

struct Options {
    std::string student = "shufflenet_v2_x1_0", teacher = "mobilenet_v2", teacherWeights, run;
    std::vector<std::string> stores;          // FOLDER:SHARE:SIDE,SIDE..
    std::vector<std::string> finalStores;     // the same, for the last part of the training
    double cpuMinutes = 60, finalPart = 0.2;  // the last fifth of the time
    double learningRate = 0.003, weightDecay = 0.03, average = 0.998;
    double featureWeight = 1, answerWeight = 1, labelWeight = 0.5, temperature = 2;
    int batch = 128, threads = 0;
    std::string lastNorm;  // "conv5.1": see equalise()
    std::uint64_t seed = 1;
};

constexpr int kAverageEvery = 4;  // steps: as often as is cheap
constexpr int kWarmUp = 3;        // hundredths of the time
constexpr int kSmallestPart = 8;  // of a batch, that a batch norm can still learn from
// The teacher's is 0.64; at half of it learning rates of 0.01 neither crawl nor overshoot.
constexpr double kFeatureDeviation = 0.35;
constexpr std::int64_t kHeldOut = 40;  // one image in so many is for the figures only

// A store, how much of the batches comes from it, and the sizes in pixels that the student sees of it.
struct Source {
    Store store;
    double share = 1;
    std::vector<std::int64_t> sides;
};

Result<std::vector<Source>> openSources(const std::vector<std::string>& texts) {
    std::vector<Source> sources;
    double total = 0;
    for (const std::string& text : texts) {
        const auto second = text.rfind(':');
        const auto first = text.rfind(':', second - 1);
        if (second == std::string::npos || first == std::string::npos)
            return fail(ErrorCode::InvalidArgument, "A store is given as FOLDER:SHARE:SIDE,SIDE..", text);
        auto store = Store::open(text.substr(0, first));
        if (!store) return fail(store.error());
        Source source{std::move(*store), std::atof(text.c_str() + first + 1), {}};
        std::istringstream sides(text.substr(second + 1));
        for (std::string side; std::getline(sides, side, ',');)
            source.sides.push_back(std::atol(side.c_str()));
        const bool sensible =
            !source.sides.empty() && std::ranges::min(source.sides) >= 32 && source.share > 0;
        if (!sensible) {
            return fail(
                ErrorCode::InvalidArgument,
                "A store needs a share above 0 and sides of at least 32 pixels, as in FOLDER:0.5:96,128.",
                text);
        }
        if (source.store.done() < kHeldOut)
            return fail(ErrorCode::NotFound, "The store has hardly any pictures yet; run teach first.", text);
        total += source.share;
        sources.push_back(std::move(source));
    }
    for (Source& source : sources)
        source.share /= total;
    return sources;
}

struct Rows {
    at::Tensor images;  // N x 3 x side x side, normalised, channels-last
    at::Tensor cells;   // N x 5 x channels, the teacher's features
    at::Tensor labels;  // N, -1: unknown
};

Rows gather(const Source& source, const std::vector<std::int64_t>& rows, const std::vector<bool>& mirrored,
            std::int64_t side) {
    static const at::Tensor kMean = torch::tensor({0.485F, 0.456F, 0.406F}).view({1, 3, 1, 1});
    static const at::Tensor kDeviation = torch::tensor({0.229F, 0.224F, 0.225F}).view({1, 3, 1, 1});
    const Store& store = source.store;
    const at::Tensor index = torch::tensor(rows, torch::kLong);
    at::Tensor images = store.pixels.index_select(0, index).permute({0, 3, 1, 2}).to(torch::kFloat) / 255;
    at::Tensor cells = store.answers.index_select(0, index).to(torch::kFloat);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!mirrored[i]) continue;
        const auto row = static_cast<std::int64_t>(i);
        images[row].copy_(images[row].flip(2).clone());
        cells[row].copy_(cells[row].index_select(0, torch::tensor({0, 2, 1, 4, 3}, torch::kLong)));
    }
    if (side != source.store.sizes.side) images = at::_upsample_bilinear2d_aa(images, {side, side}, false);
    images = ((images - kMean) / kDeviation).contiguous(at::MemoryFormat::ChannelsLast);
    return {images, cells, store.labels.index_select(0, index).select(1, 0).to(torch::kLong)};
}

// The teacher's last layer, and the mean and deviation of its features, by which the student's are compared.
struct Teacher {
    at::Tensor weight, bias, mean, deviation;

    static Result<Teacher> load(const Options& options, const Source& source) {
        auto network = backbones::Network::create(options.teacher, 1000, {});
        if (!network) return fail(network.error());
        const auto file = weights::readWeights(options.teacherWeights);
        if (!file) return fail(file.error());
        if (const auto loaded = network->load(*file, true, options.teacherWeights); !loaded)
            return fail(loaded.error());
        const auto parameters = network->head().parameters();
        const auto rows = std::min<std::int64_t>(source.store.done(), 2000);
        const at::Tensor sample =
            source.store.answers.narrow(0, 0, rows).slice(1, 1).to(torch::kFloat).flatten(0, 1);
        return Teacher{parameters[0].detach().clone(), parameters[1].detach().clone(), sample.mean(0),
                       sample.std(0) + 0.05};
    }
    at::Tensor answers(const at::Tensor& cells) const { return at::linear(cells.select(1, 0), weight, bias); }
    at::Tensor standardised(const at::Tensor& cells) const { return (cells - mean) / deviation; }
};

struct Figures {
    double loss = 0, features = 0, answers = 0, label = 0;  // the parts of the loss
    double images = 0, correct = 0, labelled = 0, agrees = 0;

    Figures& operator+=(const Figures& other) {
        loss += other.loss, features += other.features, answers += other.answers, label += other.label;
        images += other.images, correct += other.correct, labelled += other.labelled, agrees += other.agrees;
        return *this;
    }
    std::string text() const {
        char line[200];
        std::snprintf(
            line, sizeof(line),
            "loss %.4f (features %.4f, answers %.4f, label %.4f), top-1 %.1f %%, as teacher %.1f %%",
            loss / images, features / images, answers / images, label / images,
            100 * correct / std::max(1.0, labelled), 100 * agrees / images);
        return line;
    }
};

// A student, and the linear map from its features to the teacher's, which is thrown away in the end.
std::optional<c10::ScalarType> reducedType() {
    static const bool isFast = training::hasFastBFloat16(torch::kCPU);
    return isFast ? std::optional(at::kBFloat16) : std::nullopt;
}

class Replica {
  public:
    Replica(const Options& options, std::int64_t teacherChannels)
        : m_options(&options), network(backbones::Network::create(options.student, 1000, {}).value()) {
        network.freeze({});
        network.to(torch::kCPU);
        const at::Tensor probe = maps(torch::zeros({2, 3, 64, 64})).first;
        const std::int64_t channels = probe.size(1);
        projection = torch::randn({teacherChannels, channels}) / std::sqrt(static_cast<double>(channels));
        projection.set_requires_grad(true);
    }

    // The last map, N x C x H x W, and the features before the classifier, N x D.
    std::pair<at::Tensor, at::Tensor> maps(const at::Tensor& images) const {
        at::Tensor x = images, map;
        for (const backbones::Unit& unit : network.units()) {
            x = unit.forward(x);
            if (x.dim() == 4) map = x;
        }
        map = map.to(torch::kFloat);
        return {map, x.dim() == 4 ? map.mean({2, 3}) : x.to(torch::kFloat)};
    }

    at::Tensor loss(const Rows& rows, const Teacher& teacher, Figures& figures) const {
        at::Tensor projected, logits;
        {
            const runtime::Autocast autocast(torch::kCPU, reducedType());
            const auto [map, features] = maps(rows.images);
            const at::Tensor cells =
                at::cat({map.mean({2, 3}).unsqueeze(1),
                         at::adaptive_avg_pool2d(map, {2, 2}).flatten(2).transpose(1, 2)},
                        1);
            projected = at::linear(cells, projection).to(torch::kFloat);
            logits = network.head().steps.back()->forward(features).to(torch::kFloat);
        }
        const Options& o = *m_options;
        const at::Tensor wanted = teacher.standardised(rows.cells);
        const at::Tensor featureLoss = 1 - at::cosine_similarity(projected, wanted, 2).mean();
        const at::Tensor answers = teacher.answers(rows.cells);
        const at::Tensor answerLoss =
            at::kl_div(at::log_softmax(logits / o.temperature, 1), at::softmax(answers / o.temperature, 1),
                       at::Reduction::Sum) *
            (o.temperature * o.temperature / static_cast<double>(logits.size(0)));
        const at::Tensor known = rows.labels.ge(0);
        const auto labelled = known.sum().item<double>();
        const at::Tensor labelLoss =
            labelled > 0 ? at::cross_entropy_loss(logits, rows.labels, {}, at::Reduction::Mean, -1, 0.1)
                         : at::zeros({});
        const at::Tensor total =
            o.featureWeight * featureLoss + o.answerWeight * answerLoss + o.labelWeight * labelLoss;

        const auto n = static_cast<double>(logits.size(0));
        const at::Tensor best = logits.argmax(1);
        figures += {n * total.item<double>(),
                    n * featureLoss.item<double>(),
                    n * answerLoss.item<double>(),
                    n * labelLoss.item<double>(),
                    n,
                    best.eq(rows.labels).sum().item<double>(),
                    labelled,
                    best.eq(answers.argmax(1)).sum().item<double>()};
        return total;
    }

    std::vector<std::pair<std::string, at::Tensor>> namedParameters() const {
        auto all = network.trainableParameters();
        all.emplace_back("projection", projection);
        return all;
    }
    std::vector<at::Tensor> parameters() const {
        std::vector<at::Tensor> all;
        for (const auto& [name, parameter] : namedParameters())
            all.push_back(parameter);
        return all;
    }
    // Everything that is stored.
    std::vector<std::pair<std::string, at::Tensor>> tensors() const {
        auto all = network.namedTensors();
        all.emplace_back("projection", projection);
        return all;
    }

  private:
    const Options* m_options;

  public:
    backbones::Network network;
    at::Tensor projection;
};

double cpuSeconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

class Distillation {
  public:
    Distillation(const Options& options, std::vector<Source> sources, std::vector<Source> finalSources,
                 Teacher teacher)
        : m_options(options),
          m_sources(std::move(sources)),
          m_finalSources(std::move(finalSources)),
          m_teacher(std::move(teacher)),
          m_threads(std::clamp(options.threads > 0 ? options.threads : runtime::availableProcessors(), 1,
                               std::max(1, options.batch / kSmallestPart))),
          m_figures(static_cast<std::size_t>(m_threads)),
          m_gradients(static_cast<std::size_t>(m_threads)) {
        torch::manual_seed(options.seed);
        for (int i = 0; i < m_threads; ++i)
            m_replicas.push_back(
                std::make_unique<Replica>(m_options, m_sources.front().store.sizes.channels));
        copyToReplicas();
        m_parameters = m_replicas.front()->parameters();
        settings::TrainConfig config;
        config.optimizer.kind = "adamw";
        config.optimizer.weightDecay = options.weightDecay;
        m_optimizer = training::makeOptimizer(
            {training::ParameterGroup{.parameters = m_replicas.front()->namedParameters()}}, config);
    }

    Result<void> run() {
        if (const auto resumed = resume(); !resumed) return resumed;
        m_log.open(m_options.run + "/log.txt", std::ios::app);
        m_cpuStart = cpuSeconds();
        m_lastCheckpoint = progressSeconds();
        std::barrier begin(m_threads), end(m_threads);
        std::atomic<bool> stop = false;
        std::vector<std::jthread> helpers;
        for (int i = 1; i < m_threads; ++i) {
            helpers.emplace_back([&, i] {
                at::set_num_threads(1);
                while (true) {
                    begin.arrive_and_wait();
                    if (stop) return;
                    workOrExit(i);
                    end.arrive_and_wait();
                }
            });
        }
        at::set_num_threads(1);
        Result<void> result;
        while (progress() < 1 && result) {
            chooseBatch();
            begin.arrive_and_wait();
            workOrExit(0);
            end.arrive_and_wait();
            update();
            if (m_step % 100 == 0) report();
            if (progressSeconds() - m_lastCheckpoint > 240) result = checkpoint();
        }
        stop = true;
        begin.arrive_and_wait();
        helpers.clear();
        if (result) result = checkpoint();
        return result;
    }

  private:
    double progressSeconds() const { return m_cpuBefore + cpuSeconds() - m_cpuStart; }
    double progress() const { return progressSeconds() / (60 * m_options.cpuMinutes); }

    void chooseBatch() {
        base::RandomStream random(base::deriveSeed(m_options.seed, 1, static_cast<std::uint64_t>(m_step)));
        const bool last = progress() > 1 - m_options.finalPart && !m_finalSources.empty();
        const auto& sources = last ? m_finalSources : m_sources;
        double left = random.uniform();
        m_source = &sources.back();
        for (const Source& source : sources) {
            if (left < source.share) {
                m_source = &source;
                break;
            }
            left -= source.share;
        }
        m_side = m_source->sides[random.below(m_source->sides.size())];
        m_available = static_cast<std::uint64_t>(m_source->store.done());
    }

    // The other threads wait for this one: an exception could not be told to them. The checkpoint stays.
    void workOrExit(int thread) {
        try {
            work(thread);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "distill: %s\n", error.what());
            std::_Exit(1);
        }
    }

    // One replica's part of the batch.
    void work(int thread) {
        const auto i = static_cast<std::size_t>(thread);
        base::RandomStream random(base::deriveSeed(m_options.seed, 2, static_cast<std::uint64_t>(m_step), i));
        std::vector<std::int64_t> rows;
        std::vector<bool> mirrored;
        while (static_cast<int>(rows.size()) < m_options.batch / m_threads) {
            const auto row = static_cast<std::int64_t>(random.below(m_available));
            if (m_source->store.labels[row][1].item<int>() % kHeldOut == 0) continue;
            rows.push_back(row);
            mirrored.push_back(random.uniform() < 0.5);
        }
        Replica& replica = *m_replicas[i];
        replica.network.train(true);
        const at::Tensor loss =
            replica.loss(gather(*m_source, rows, mirrored, m_side), m_teacher, m_figures[i]);
        m_gradients[i] = torch::autograd::grad({loss}, replica.parameters(), {}, false, false, true);
    }

    // A step of the schedule is a part of the CPU time.
    double learningRate() const {
        settings::TrainConfig config;
        config.optimizer.learningRate = m_options.learningRate;
        config.schedule.kind = "cosine";
        config.schedule.warmupEpochs = kWarmUp;
        constexpr std::int64_t kPerEpoch = 10000;
        constexpr std::int64_t kSteps = kPerEpoch * 100;
        const auto step =
            static_cast<std::int64_t>(std::min(1.0, progress()) * static_cast<double>(kSteps - 1));
        return settings::rateAt(config, {step, kSteps, kPerEpoch}).learningRate;
    }

    void update() {
        const torch::NoGradGuard noGradients;
        at::set_num_threads(m_threads);  // the helpers wait meanwhile
        for (std::size_t p = 0; p < m_parameters.size(); ++p) {
            at::Tensor sum = m_gradients[0][p];
            for (std::size_t i = 1; i < m_gradients.size() && sum.defined(); ++i)
                sum += m_gradients[i][p];
            if (sum.defined()) sum /= m_threads;
            m_parameters[p].mutable_grad() = sum;
        }
        m_optimizer->setRate(learningRate() + 1e-6);
        m_optimizer->step();
        ++m_step;
        copyToReplicas();
        average();
        at::set_num_threads(1);
    }

    // The trainer's average of weights, which begins with what is there by now: with the warm-up's end, since
    // random weights would only hold it back.
    void average() {
        if (m_average == nullptr) {
            if (100 * progress() >= kWarmUp) m_average = makeAverage();
        } else if (m_step % kAverageEvery == 0) {
            m_average->afterStep();
        }
    }

    // Null where none is asked for. Of the student: the projection is thrown away, and stays as it is
    // trained.
    std::unique_ptr<training::Hook> makeAverage() {
        settings::TrainConfig config;
        config.own["ema_decay"] = std::pow(m_options.average, kAverageEvery);
        auto hooks = training::makeHooks({m_replicas.front()->network, config});
        return hooks.empty() ? nullptr : std::move(hooks.front());
    }

    // The network that is kept: the average, where there is one by now.
    void takeAverage(Replica& averaged) const {
        const torch::NoGradGuard noGradients;
        const auto replacements =
            m_average != nullptr ? m_average->replacements() : std::vector<training::Hook::Replacement>();
        const auto now = m_replicas.front()->tensors();
        auto target = averaged.tensors();
        for (std::size_t i = 0; i < now.size(); ++i) {
            const auto other = std::ranges::find_if(
                replacements, [&](const auto& pair) { return pair.first.is_same(now[i].second); });
            target[i].second.copy_(other != replacements.end() ? other->second : now[i].second);
        }
    }

    // Parameters only: each replica has batch norm statistics of its own, and the first one's are kept.
    void copyToReplicas() {
        const torch::NoGradGuard noGradients;
        const auto from = m_replicas.front()->parameters();
        for (std::size_t i = 1; i < m_replicas.size(); ++i) {
            auto to = m_replicas[i]->parameters();
            for (std::size_t p = 0; p < from.size(); ++p)
                to[p].copy_(from[p]);
        }
    }

    void say(const std::string& line) {
        std::printf("%s\n", line.c_str());
        std::fflush(stdout);
        m_log << line << std::endl;
    }

    void report() {
        Figures sum;
        for (Figures& figures : m_figures)
            sum += std::exchange(figures, {});
        char line[120];
        std::snprintf(line, sizeof(line), "step %ld, %.1f of %.0f CPU minutes, %.0f images a CPU second; ",
                      static_cast<long>(m_step), progressSeconds() / 60, m_options.cpuMinutes,
                      sum.images / (progressSeconds() - m_lastReport));
        m_lastReport = progressSeconds();
        say(line + sum.text());
    }

    // The averaged network on images that it was not trained on.
    void evaluate(Replica& averaged) {
        const torch::NoGradGuard noGradients;
        averaged.network.train(false);
        for (const Source& source : m_sources) {
            std::vector<std::int64_t> rows;
            for (std::int64_t row = 0; row < source.store.done() && rows.size() < 768; ++row) {
                if (source.store.labels[row][1].item<int>() % kHeldOut == 0) rows.push_back(row);
            }
            Figures figures;
            for (std::size_t from = 0; from < rows.size(); from += 64) {
                const std::size_t end = std::min(from + 64, rows.size());
                const std::vector<std::int64_t> some(rows.begin() + static_cast<std::ptrdiff_t>(from),
                                                     rows.begin() + static_cast<std::ptrdiff_t>(end));
                (void)averaged.loss(gather(source, some, std::vector<bool>(some.size(), false),
                                           source.sides[source.sides.size() / 2]),
                                    m_teacher, figures);
            }
            say("held out, " + std::to_string(source.store.sizes.side) + " pixels: " + figures.text());
        }
    }

    // The losses leave open how large the features are, and they come out small, so that the learning rates
    // which suit published backbones hardly move a new head. The last batch norm is scaled, channel by
    // channel, and the classifier the other way: behind a ReLU that changes no answer.
    void equalise(Replica& averaged) {
        if (m_options.lastNorm.empty()) return;
        const torch::NoGradGuard noGradients;
        averaged.network.train(false);
        const Source& source = m_sources.back();
        std::vector<at::Tensor> features;
        for (std::int64_t from = 0; from + 64 <= std::min<std::int64_t>(512, source.store.done());
             from += 64) {
            std::vector<std::int64_t> rows(64);
            std::iota(rows.begin(), rows.end(), from);
            const Rows some =
                gather(source, rows, std::vector<bool>(rows.size(), false), source.store.sizes.side);
            features.push_back(averaged.maps(some.images).second);
        }
        at::Tensor scale = kFeatureDeviation / at::cat(features).std(0);
        const auto middle = scale.median().item<double>();
        scale = scale.clamp(middle / 4, middle * 4);  // a channel that hardly moves is mostly noise
        for (auto& [name, tensor] : averaged.network.namedTensors()) {
            if (name == m_options.lastNorm + ".weight" || name == m_options.lastNorm + ".bias")
                tensor.mul_(scale);
        }
        averaged.network.head().parameters().front().div_(scale);
    }

    // RUN/state.safetensors: everything; RUN/student.safetensors: the averaged network.
    Result<void> checkpoint() {
        Replica averaged(m_options, m_sources.front().store.sizes.channels);
        takeAverage(averaged);
        evaluate(averaged);
        weights::StateDict state;
        for (const auto& [name, tensor] : m_replicas.front()->tensors())
            state.tensors.emplace_back("now." + name, weights::fromTensor(tensor.detach()));
        if (m_average != nullptr) m_average->save(state);
        m_optimizer->save(state);
        state.metadata = {{"step", std::to_string(m_step)},
                          {"cpu_seconds", std::to_string(progressSeconds())}};
        m_lastCheckpoint = progressSeconds();
        if (const auto saved = weights::writeSafetensors(m_options.run + "/state.safetensors", state); !saved)
            return saved;
        equalise(averaged);
        weights::StateDict student;
        for (const auto& [name, tensor] : averaged.network.namedTensors()) {
            student.tensors.emplace_back(
                name, weights::fromTensor(tensor.is_floating_point() ? tensor.detach().to(torch::kHalf)
                                                                     : tensor.detach()));
        }
        student.metadata = {{"architecture", m_options.student},
                            {"licence", "GPL-3.0-or-later"},
                            {"recipe", "bench/pretrain of Graft"}};
        return weights::writeSafetensors(m_options.run + "/student.safetensors", student);
    }

    Result<void> resume() {
        const std::string path = m_options.run + "/state.safetensors";
        std::filesystem::create_directories(m_options.run);
        if (!std::filesystem::exists(path)) return {};
        const auto state = weights::readWeights(path);
        if (!state) return fail(state.error());
        const torch::NoGradGuard noGradients;
        const auto take = [&](const std::string& prefix, auto tensors) {
            for (auto& [name, tensor] : tensors) {
                const auto* data = state->find(prefix + name);
                if (data == nullptr || data->shape != tensor.sizes().vec()) return false;
                tensor.copy_(weights::toTensor(*data));
            }
            return true;
        };
        const auto isOthers = [&] {
            return fail(ErrorCode::BadFormat, "It is of another student; choose another folder.", path);
        };
        for (const auto& replica : m_replicas) {
            if (!take("now.", replica->tensors())) return isOthers();
        }
        const bool hasAverage = std::ranges::any_of(
            state->tensors, [](const auto& entry) { return entry.first.starts_with(training::kHookPrefix); });
        if (hasAverage) {  // else it was stopped while it warmed up
            m_average = makeAverage();
            if (m_average != nullptr && !m_average->load(*state)) return isOthers();
        }
        for (const auto& [key, value] : state->metadata) {
            if (key == "step") m_step = std::atol(value.c_str());
            if (key == "cpu_seconds") m_cpuBefore = m_lastReport = std::atof(value.c_str());
        }
        return m_optimizer->load(*state);
    }

    Options m_options;
    std::vector<Source> m_sources, m_finalSources;
    Teacher m_teacher;
    int m_threads;
    std::vector<std::unique_ptr<Replica>> m_replicas;
    std::vector<Figures> m_figures;
    std::vector<std::vector<at::Tensor>> m_gradients;
    std::vector<at::Tensor> m_parameters;
    std::unique_ptr<training::Optimizer> m_optimizer;
    std::unique_ptr<training::Hook> m_average;  // null: it has not begun
    std::ofstream m_log;
    std::int64_t m_step = 0;
    double m_cpuBefore = 0, m_cpuStart = 0, m_lastReport = 0, m_lastCheckpoint = 0;
    const Source* m_source = nullptr;  // of this batch
    std::int64_t m_side = 0;
    std::uint64_t m_available = 0;
};

Result<void> distill(const Options& options) {
    auto sources = openSources(options.stores);
    if (!sources) return fail(sources.error());
    auto finalSources = openSources(options.finalStores);
    if (!finalSources) return fail(finalSources.error());
    auto teacher = Teacher::load(options, sources->back());
    if (!teacher) return fail(teacher.error());
    Distillation distillation(options, std::move(*sources), std::move(*finalSources), std::move(*teacher));
    return distillation.run();
}

}  // namespace

int main(int argc, char** argv) {
    runtime::tuneAllocator();
    Options options;
    CLI::App app("Trains a network on what teach stored.");
    app.add_option("--student", options.student, "Architecture")->capture_default_str();
    app.add_option("--teacher", options.teacher, "Architecture")->capture_default_str();
    app.add_option("--teacher-weights", options.teacherWeights, "As for teach")->required();
    app.add_option("--store", options.stores, "FOLDER:SHARE:SIDE,SIDE.. (pixels that the student sees)")
        ->required();
    app.add_option("--final-store", options.finalStores, "The same for the last part of the time");
    app.add_option("--final-part", options.finalPart)->capture_default_str();
    app.add_option("--cpu-minutes", options.cpuMinutes, "CPU time of the whole training")
        ->capture_default_str();
    app.add_option("--lr", options.learningRate)->capture_default_str();
    app.add_option("--weight-decay", options.weightDecay)->capture_default_str();
    app.add_option("--average", options.average, "Share of the averaged weights that a step keeps")
        ->capture_default_str();
    app.add_option("--feature-weight", options.featureWeight)->capture_default_str();
    app.add_option("--answer-weight", options.answerWeight)->capture_default_str();
    app.add_option("--label-weight", options.labelWeight)->capture_default_str();
    app.add_option("--last-norm", options.lastNorm,
                   "Batch norm before the last ReLU, whose channels are scaled to features of one size");
    app.add_option("--temperature", options.temperature)->capture_default_str();
    app.add_option("--batch-size", options.batch)->capture_default_str();
    app.add_option("--threads", options.threads, "0: one per processor");
    app.add_option("--seed", options.seed)->capture_default_str();
    app.add_option("--run", options.run, "Folder of the checkpoint, the student and the log")->required();
    CLI11_PARSE(app, argc, argv);
    try {
        const auto done = distill(options);
        if (done) return 0;
        std::fprintf(stderr, "distill: %s\n", done.error().sentence().c_str());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "distill: %s\n", error.what());
    }
    return 1;
}
