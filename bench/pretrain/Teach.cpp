// SPDX-License-Identifier: GPL-3.0-or-later
// teach: cuts augmented pictures out of folders of images and asks a teacher about each of them, once.
// distill trains on the answers for many epochs. A second call goes on where the first one stopped.
#include <torch/script.h>
#include <torch/torch.h>

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <numbers>
#include <thread>

#include "bench/pretrain/Store.h"
#include "core/backbones/torch/Trace.h"
#include "core/base/Seed.h"
#include "core/data/ImageDecoder.h"
#include "core/data/Preprocess.h"
#include "core/runtime/ThreadBudget.h"
#include "core/training/torch/Precisions.h"
#include "core/weights/WeightFile.h"

namespace {

using namespace graft;
namespace fs = std::filesystem;

struct Options {
    std::string teacher = "mobilenet_v2", weights, classes, store;
    std::vector<std::string> images;  // FOLDER or FOLDER:REPEATS
    std::vector<float> mean{0.5F, 0.5F, 0.5F}, deviation{0.5F, 0.5F, 0.5F};
    int side = 128, teacherSide = 160, rounds = 2, threads = 0;
    double minimumArea = 0.3;
    std::uint64_t seed = 1;
};

struct Picture {
    std::string path;
    int label = -1;
    int file = 0;
    std::uint64_t seed = 0;
};

constexpr int kChunk = 64;  // pictures that a thread asks about at once

// The rows in order: in each round every image stands as often as its folder's REPEATS, shuffled.
Result<std::vector<Picture>> listPictures(const Options& options) {
    std::map<std::string, int> classes;
    std::ifstream names(options.classes);
    for (std::string name; std::getline(names, name);)
        classes.emplace(name, static_cast<int>(classes.size()));
    if (classes.empty())
        return fail(ErrorCode::NotFound, "Names the teacher's classes, one a line.", options.classes);

    std::vector<Picture> once;
    int file = 0;
    for (const std::string& images : options.images) {
        const auto colon = images.rfind(':');
        const std::string folder = images.substr(0, colon);
        const int repeats = colon == std::string::npos ? 1 : std::atoi(images.c_str() + colon + 1);
        std::vector<std::string> paths;
        std::error_code error;
        for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
            if (entry.is_regular_file() && data::hasImageExtension(entry.path()))
                paths.push_back(entry.path());
        }
        if (paths.empty()) return fail(ErrorCode::NotFound, "There are no images here.", folder);
        std::ranges::sort(paths);
        for (const std::string& path : paths) {
            const auto known = classes.find(fs::path(path).parent_path().filename());
            const int label = known == classes.end() ? -1 : known->second;
            for (int i = 0; i < repeats; ++i)
                once.push_back({path, label, file, 0});
            ++file;
        }
    }
    std::vector<Picture> all;
    for (int round = 0; round < options.rounds; ++round) {
        const auto number = static_cast<std::uint64_t>(round);
        for (std::size_t i = 0; i < once.size(); ++i)
            once[i].seed = base::deriveSeed(options.seed, 1, number, i);
        std::vector<Picture> shuffled = once;
        base::RandomStream random(base::deriveSeed(options.seed, 2, number));
        for (std::size_t i = shuffled.size(); i > 1; --i)
            std::swap(shuffled[i - 1], shuffled[random.below(i)]);
        all.insert(all.end(), shuffled.begin(), shuffled.end());
    }
    return all;
}

// Brightness, contrast, saturation and hue as one 3 x 3 matrix and an offset for each picture. A tenth loses
// its colour and a few are inverted: much that a backbone is used on is no colour photo.
at::Tensor recolour(const at::Tensor& images, std::vector<base::RandomStream>& random) {
    const std::int64_t count = images.size(0);
    at::Tensor matrices = torch::empty({count, 3, 3});
    at::Tensor contrast = torch::empty({count, 1, 1});
    at::Tensor offset = torch::zeros({count, 1, 1});
    for (std::int64_t i = 0; i < count; ++i) {
        base::RandomStream& r = random[static_cast<std::size_t>(i)];
        const bool plain = r.uniform() < 0.2;
        const double brightness = plain ? 1 : r.uniform(0.6, 1.4);
        double saturation = plain ? 1 : r.uniform(0.4, 1.6);
        if (r.uniform() < 0.1) saturation = 0;
        const double hue = plain ? 0 : r.uniform(-0.2, 0.2) * std::numbers::pi;
        const double sign = r.uniform() < 0.03 ? -1 : 1;
        contrast[i] = sign * (plain ? 1 : r.uniform(0.6, 1.4));
        // Turned about the grey axis (Rodrigues' formula), then scaled away from the luma.
        const double c = std::cos(hue), s = std::sin(hue) / std::sqrt(3.0), t = (1 - c) / 3;
        const double turn[3][3] = {{c + t, t - s, t + s}, {t + s, c + t, t - s}, {t - s, t + s, c + t}};
        const double luma[3] = {0.299, 0.587, 0.114};
        auto out = matrices.accessor<float, 3>();
        for (int column = 0; column < 3; ++column) {
            double grey = 0;
            for (int k = 0; k < 3; ++k)
                grey += luma[k] * turn[k][column];
            for (int row = 0; row < 3; ++row) {
                out[i][row][column] = static_cast<float>(
                    brightness * (saturation * turn[row][column] + (1 - saturation) * grey));
            }
        }
    }
    at::Tensor values = at::bmm(matrices, images.flatten(2));
    const at::Tensor mean = values.mean({1, 2}, true);
    return ((values - mean) * contrast + mean).clamp(0, 1).view_as(images);
}

// Some pictures are turned, and some stand smaller on a plain ground.
at::Tensor transform(const at::Tensor& images, std::vector<base::RandomStream>& random) {
    at::Tensor result = images;
    for (std::int64_t i = 0; i < images.size(0); ++i) {
        base::RandomStream& r = random[static_cast<std::size_t>(i)];
        const double choice = r.uniform();
        const bool turned = choice<0.2, smaller = choice> 0.85;
        if (!turned && !smaller) continue;
        const double angle =
            turned ? (r.uniform() < 0.2 ? r.uniform(-1, 1) * std::numbers::pi : r.uniform(-0.5, 0.5)) : 0;
        const double scale = turned ? 1 : r.uniform(1.1, 2.0);
        const double shift = smaller ? scale - 1 : 0;
        const double x = r.uniform(-shift, shift), y = r.uniform(-shift, shift);
        const at::Tensor map = torch::tensor({scale * std::cos(angle), -scale * std::sin(angle), x,
                                              scale * std::sin(angle), scale * std::cos(angle), y},
                                             torch::kFloat)
                                   .view({1, 2, 3});
        const at::Tensor one = images.narrow(0, i, 1);
        const at::Tensor grid = at::affine_grid_generator(map, one.sizes(), false);
        const double ground = r.uniform() < 0.5 ? (r.uniform() < 0.5 ? 0 : 1) : r.uniform();
        // 0: bilinear; padding by 0 or by reflection
        result.narrow(0, i, 1).copy_(turned ? at::grid_sampler(one, grid, 0, 2, false)
                                            : at::grid_sampler(one - ground, grid, 0, 0, false) + ground);
    }
    return result;
}

class Teacher {
  public:
    static Result<Teacher> load(const Options& options) {
        auto network = backbones::Network::create(options.teacher, 1000, {});
        if (!network) return fail(network.error());
        const auto weights = weights::readWeights(options.weights);
        if (!weights) return fail(weights.error());
        if (const auto loaded = network->load(*weights, true, options.weights); !loaded)
            return fail(loaded.error());
        network->train(false);
        const at::ScalarType type = training::hasFastBFloat16(torch::kCPU) ? torch::kBFloat16 : torch::kFloat;
        network->root().to(type);
        network->to(torch::kCPU);
        Teacher teacher;
        teacher.channels = network->featureChannels();
        const backbones::Network& net = *network;
        const auto features = [&](const at::Tensor& images) {
            at::Tensor x = images.to(type);
            for (const backbones::Unit& unit : net.units())
                x = unit.forward(x);
            const at::Tensor map = x.to(torch::kFloat);
            return at::cat({at::adaptive_avg_pool2d(map, {1, 1}).flatten(2),
                            at::adaptive_avg_pool2d(map, {2, 2}).flatten(2)},
                           2);
        };
        torch::jit::Module traced = backbones::trace(net, options.teacherSide, torch::kCPU,
                                                     backbones::TraceFor::ThisProcess, features);
        traced.eval();
        teacher.m_module = torch::jit::freeze(traced);
        teacher.m_side = options.teacherSide;
        teacher.m_mean = torch::tensor(options.mean).view({1, 3, 1, 1});
        teacher.m_deviation = torch::tensor(options.deviation).view({1, 3, 1, 1});
        return teacher;
    }

    // N x 3 x H x W, 0..1, to N x 5 x channels.
    at::Tensor operator()(const at::Tensor& images) {
        const at::Tensor large = at::upsample_bicubic2d(images, {m_side, m_side}, false).clamp(0, 1);
        const at::Tensor input = ((large - m_mean) / m_deviation).contiguous(at::MemoryFormat::ChannelsLast);
        return m_module.forward({input}).toTensor().transpose(1, 2);
    }

    std::int64_t channels = 0;

  private:
    torch::jit::Module m_module;
    std::int64_t m_side = 0;
    at::Tensor m_mean, m_deviation;
};

// Rows [from, to) of the store. A file that cannot be read any more leaves a grey picture.
void teachChunk(const Options& options, const std::vector<Picture>& pictures, Teacher& teacher,
                const pretrain::Store& store, std::int64_t from, std::int64_t to) {
    const c10::InferenceMode inference;
    at::set_num_threads(1);
    data::PreprocessOptions crop;
    crop.resizeSize = crop.cropSize = options.side;
    crop.mean = {0, 0, 0};
    crop.deviation = {1, 1, 1};
    data::AugmentOptions augment;
    augment.minimumArea = options.minimumArea;
    at::Tensor images = torch::full({to - from, 3, options.side, options.side}, 0.5F);
    at::Tensor labels = torch::empty({to - from, 2}, torch::kInt);
    std::vector<base::RandomStream> random;
    for (std::int64_t row = from; row < to; ++row) {
        const Picture& picture = pictures[static_cast<std::size_t>(row)];
        random.emplace_back(base::deriveSeed(picture.seed, 3));
        labels[row - from][0] = picture.label;
        labels[row - from][1] = picture.file;
        const auto image = data::decodeImage(picture.path);
        if (!image) continue;
        const auto values = data::preprocessAugmented(*image, crop, augment, picture.seed);
        std::memcpy(images[row - from].data_ptr(), values.data(), values.size() * sizeof(float));
    }
    images = transform(recolour(images, random), random);
    const at::Tensor bytes = (images * 255).round().to(torch::kByte);
    const auto put = [&](const at::Tensor& target, const at::Tensor& rows) {
        target.narrow(0, from, to - from).copy_(rows);
    };
    put(store.pixels, bytes.permute({0, 2, 3, 1}));
    put(store.answers, teacher(bytes.to(torch::kFloat) / 255));
    put(store.labels, labels);
}

Result<void> teach(const Options& options) {
    auto teacher = Teacher::load(options);
    if (!teacher) return fail(teacher.error());
    const auto pictures = listPictures(options);
    if (!pictures) return fail(pictures.error());
    const auto rows = static_cast<std::int64_t>(pictures->size());
    const std::string settings =
        fmt::format("{} {} {} {} {} {} {} {}", options.teacher, fs::path(options.weights).filename().string(),
                    options.teacherSide, options.minimumArea, options.rounds, options.seed,
                    fmt::join(options.mean, ","), fmt::join(options.deviation, ","));
    const auto store =
        pretrain::Store::create(options.store, {options.side, teacher->channels, rows}, settings);
    if (!store) return fail(store.error());
    const int threads = options.threads > 0 ? options.threads : runtime::availableProcessors();
    const auto start = std::chrono::steady_clock::now();
    const std::int64_t first = store->done();
    std::int64_t next = first;
    for (int block = 1; next < rows; ++block) {
        std::vector<std::jthread> workers;
        for (int i = 0; i < threads && next < rows; ++i) {
            const std::int64_t from = next;
            next = std::min(rows, from + kChunk);
            workers.emplace_back(
                [&, from, to = next] { teachChunk(options, *pictures, *teacher, *store, from, to); });
        }
        workers.clear();  // joins
        store->setDone(next);
        if (block % 20 == 0 || next == rows) {
            const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
            std::printf("%s: %ld of %ld pictures, %.0f a second\n", options.store.c_str(), next, rows,
                        static_cast<double>(next - first) / seconds.count());
            std::fflush(stdout);
        }
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    runtime::tuneAllocator();
    Options options;
    CLI::App app("Cuts augmented pictures out of images and stores a teacher's answers to them.");
    app.add_option("--teacher", options.teacher, "Architecture")->capture_default_str();
    app.add_option("--weights", options.weights, "Its weights, with the classifier")->required();
    app.add_option("--mean", options.mean, "R G B")->expected(3);
    app.add_option("--std", options.deviation, "R G B")->expected(3);
    app.add_option("--classes", options.classes, "File with the teacher's classes in order")->required();
    app.add_option("--images", options.images, "Folders of FOLDER/CLASS/IMAGE, or FOLDER:REPEATS")
        ->required();
    app.add_option("--side", options.side, "Pixels of the stored pictures")->capture_default_str();
    app.add_option("--teacher-side", options.teacherSide, "Pixels that the teacher sees")
        ->capture_default_str();
    app.add_option("--minimum-area", options.minimumArea, "Of the random crop")->capture_default_str();
    app.add_option("--rounds", options.rounds, "Pictures of each image, times its REPEATS")
        ->capture_default_str();
    app.add_option("--seed", options.seed)->capture_default_str();
    app.add_option("--threads", options.threads, "0: one per processor");
    app.add_option("--store", options.store, "Folder that is written")->required();
    CLI11_PARSE(app, argc, argv);
    try {
        const auto done = teach(options);
        if (done) return 0;
        std::fprintf(stderr, "teach: %s\n", done.error().sentence().c_str());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "teach: %s\n", error.what());
    }
    return 1;
}
