// SPDX-License-Identifier: GPL-3.0-or-later
// What graft-cli cost says of ten plans of seven families, and what graft-cli train then takes: a line each,
// with estimate / actual. Both are processes of their own, as a person starts them, with an empty cache.
//     estimates FOLDER [--only PLAN] [--rough]
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

struct Plan {
    const char* name;
    const char* backbone;
    const char* trainFrom;  // "none": everything
    int epochs;
};

constexpr Plan kPlans[] = {
    {"resnet18, head", "resnet18", "head", 4},
    {"resnet18, layer4", "resnet18", "layer4", 4},
    {"resnet18, everything", "resnet18", "", 3},
    {"mobilenet_v2, head", "mobilenet_v2", "head", 4},
    {"mobilenet_v2, everything", "mobilenet_v2", "", 3},
    {"efficientnet_b0, from features.6", "efficientnet_b0", "features.6", 4},
    {"densenet121, denseblock4", "densenet121", "features.denseblock4", 4},
    {"convnext_tiny, head", "convnext_tiny", "head", 3},
    {"vit_b_16, last two blocks", "vit_b_16", "encoder.layers.encoder_layer_10", 3},
    {"squeezenet1_1, everything", "squeezenet1_1", "", 4},
};

struct Ended {
    std::string output;
    double megabytes = 0;  // resident, at most
};

Ended run(std::vector<std::string> arguments, const std::string& cache) {
    int ends[2];
    if (pipe(ends) != 0) std::exit(1);
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        setenv("XDG_CACHE_HOME", cache.c_str(), 1);
        std::vector<char*> raw;
        for (std::string& argument : arguments)
            raw.push_back(argument.data());
        raw.push_back(nullptr);
        execv(raw.front(), raw.data());
        _exit(127);
    }
    close(ends[1]);
    Ended ended;
    char buffer[65536];
    for (ssize_t got; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
        ended.output.append(buffer, static_cast<std::size_t>(got));
    close(ends[0]);
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    ended.megabytes = static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        std::fprintf(stderr, "%s\n", ended.output.c_str());
        std::exit(1);
    }
    return ended;
}

double medianOf(std::vector<double> values) {
    if (values.empty()) return NAN;
    std::ranges::sort(values);
    return values[values.size() / 2];
}

struct Ratios {
    std::vector<double> first, later, whole, memory;
};

void row(const Plan& plan, const Json& cost, const Json& trained, double megabytes, Ratios& ratios) {
    const Json& phase = cost.at("phases").at(0);
    const int filling = phase.at("filling_epochs");
    std::vector<double> later;
    for (const Json& epoch : trained.at("epochs")) {
        if (epoch.at("epoch").get<int>() > std::max(1, filling)) later.push_back(epoch.at("seconds"));
    }
    const double actual[] = {trained.at("epochs").at(0).at("seconds"), medianOf(later), trained.at("seconds"),
                             megabytes};
    const double said[] = {cost.at("first_epoch_seconds"), cost.at("later_epoch_seconds"), cost.at("seconds"),
                           cost.at("peak_memory_bytes").get<double>() / 1e6};
    std::printf("| %s |", plan.name);
    std::vector<double>* all[] = {&ratios.first, &ratios.later, &ratios.whole, &ratios.memory};
    for (int i = 0; i < 4; ++i) {
        const double ratio = said[i] / actual[i];
        all[i]->push_back(ratio);
        std::printf(i == 3 ? " %.0f / %.0f = %.2f |" : " %.3g / %.3g = %.2f |", said[i], actual[i], ratio);
    }
    std::printf("\n");
    std::fflush(stdout);
}

void summary(const char* name, const std::vector<double>& ratios) {
    const auto near = std::ranges::count_if(ratios, [](double r) { return r >= 0.75 && r <= 1.25; });
    std::printf("%s: %td of %zu within 25 %%, median %.2f, from %.2f to %.2f\n", name, near, ratios.size(),
                medianOf(ratios), *std::ranges::min_element(ratios), *std::ranges::max_element(ratios));
}

}  // namespace

int main(int argc, char** argv) {
    std::string folder, only;
    bool isRough = false;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--only" && i + 1 < argc) {
            only = argv[++i];
        } else if (word == "--rough") {
            isRough = true;
        } else {
            folder = word;
        }
    }
    if (folder.empty()) {
        std::fprintf(stderr, "estimates FOLDER [--only PLAN] [--rough]\n");
        return 2;
    }
    const std::string program = (fs::read_symlink("/proc/self/exe").parent_path() / "graft-cli").string();
    char scratchName[] = "/tmp/graft-estimates-XXXXXX";
    const std::string scratch = mkdtemp(scratchName);
    std::printf(
        "| plan | first epoch, s | each later | whole run | memory, MB |\n| --- | --- | --- | --- | --- |\n");
    Ratios ratios;
    for (const Plan& plan : kPlans) {
        if (!only.empty() && std::string(plan.name).find(only) == std::string::npos) continue;
        std::vector<std::string> options{folder,
                                         "--backbone",
                                         plan.backbone,
                                         "--weights",
                                         "none",
                                         "--epochs",
                                         std::to_string(plan.epochs),
                                         "--cache-variants",
                                         "2",
                                         "--json"};
        if (std::string(plan.trainFrom).empty()) {
            options.insert(options.end(), {"--freeze", "none"});
            std::erase(options, "--cache-variants");
            std::erase(options, "2");
        } else {
            options.insert(options.end(), {"--train-from", plan.trainFrom});
        }
        const std::string cache = scratch + "/cache";
        fs::remove_all(cache);
        run({program, "scan", folder, "--json"}, cache);  // hashes are known by the time one starts a run
        std::vector<std::string> costs{program, "cost"};
        costs.insert(costs.end(), options.begin(), options.end());
        if (isRough) costs.emplace_back("--rough");
        const Json cost = Json::parse(run(costs, cache).output);
        std::vector<std::string> train{program, "train"};
        train.insert(train.end(), options.begin(), options.end());
        const std::string to = scratch + "/run";
        fs::remove_all(to);
        train.insert(train.end(), {"--run", to});
        const Ended trained = run(train, cache);
        row(plan, cost, Json::parse(trained.output), trained.megabytes, ratios);
    }
    fs::remove_all(scratch);
    if (ratios.first.empty()) return 1;
    summary("first epoch", ratios.first);
    summary("each later epoch", ratios.later);
    summary("whole run", ratios.whole);
    summary("memory", ratios.memory);
    return 0;
}
