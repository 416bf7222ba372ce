// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's functions as the programs see them: each loads the module, the first time, and calls into it.
#include <dlfcn.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <utility>

#include "core/engine/EngineFunctions.h"

namespace graft {

namespace {

using engine::EngineFunctions;

// What the program does on signals is as before when this ends. A library of LibTorch's (UCX, on Debian 13)
// takes SIGHUP and the signals of crashes for itself as soon as it is loaded.
class KeptSignals {
  public:
    KeptSignals() {
        for (int signal = 1; signal < NSIG; ++signal)
            m_known[signal] = sigaction(signal, nullptr, &m_before[signal]) == 0;
    }
    ~KeptSignals() {
        for (int signal = 1; signal < NSIG; ++signal) {
            if (m_known[signal]) sigaction(signal, &m_before[signal], nullptr);
        }
    }
    KeptSignals(const KeptSignals&) = delete;
    KeptSignals& operator=(const KeptSignals&) = delete;

  private:
    struct sigaction m_before[NSIG] = {};
    bool m_known[NSIG] = {};
};

Result<const EngineFunctions*> load() {
    std::error_code error;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) {
        return fail(
            ErrorCode::Internal,
            "Graft cannot find its engine, since it cannot tell where it is itself: " + error.message() + ".",
            "/proc/self/exe");
    }
    const std::string file = (program.parent_path().parent_path() / "lib/graft/graft-engine.so").string();
    const KeptSignals kept;
    void* module = dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (module == nullptr) {
        const char* why = dlerror();
        return fail(ErrorCode::Internal,
                    std::string("Graft's engine cannot be loaded; install Graft again. The system says: ") +
                        (why != nullptr ? why : "nothing"),
                    file);
    }
    auto* entry = reinterpret_cast<engine::EntryPoint*>(dlsym(module, engine::kEntryPoint));
    const EngineFunctions* functions = entry != nullptr ? entry(GRAFT_VERSION) : nullptr;
    if (functions == nullptr) {
        return fail(ErrorCode::Internal, "Graft's engine is of another version; install Graft again.", file);
    }
    return functions;
}

// Thread-safe; a second thread waits for the first one's load.
const Result<const EngineFunctions*>& functions() {
    static const Result<const EngineFunctions*> loaded = load();
    return loaded;
}

template <class R, class... Parameters, class... Arguments>
R call(engine::Entry<R(Parameters...)> EngineFunctions::*function, Arguments&&... arguments) {
    const auto& loaded = functions();
    if (!loaded) return fail(loaded.error());
    return ((*loaded)->*function)(std::forward<Arguments>(arguments)...);
}

}  // namespace

std::vector<runtime::Device> runtime::availableDevices() {
    return functions() ? (*functions())->availableDevices() : std::vector<Device>();
}
Result<runtime::Device> runtime::chooseDevice(const std::string& request) {
    return call(&EngineFunctions::chooseDevice, request);
}
int runtime::setComputeThreads(int threads) {
    return functions() ? (*functions())->setComputeThreads(threads) : 0;
}
Result<backbones::ModelSummary> backbones::summarize(const std::string& backbone, int inputSize,
                                                     int classes) {
    return call(&EngineFunctions::summarize, backbone, inputSize, classes);
}
Result<std::vector<backbones::UnitSummary>> backbones::listUnits(const std::string& backbone) {
    return call(&EngineFunctions::listUnits, backbone);
}
Result<weights::WeightFit> weights::checkWeights(const std::string& file, const std::string& backbone) {
    return call(&EngineFunctions::checkWeights, file, backbone);
}
Result<weights::AddedWeights> weights::addWeights(const std::string& name, const std::string& file,
                                                  const std::string& tag) {
    return call(&EngineFunctions::addWeights, name, file, tag);
}
Result<training::TrainConfig> training::defaultConfig(const std::string& backbone,
                                                      const std::string& weightsFile) {
    return call(&EngineFunctions::defaultConfig, backbone, weightsFile);
}
Result<training::TrainReport> training::train(const TrainConfig& config, const TrainObserver& observer,
                                              runtime::RunControl& control) {
    return call(&EngineFunctions::trainFolder, config, observer, control);
}
Result<training::TrainReport> training::train(const TrainConfig& config, const data::DatasetIndex& dataset,
                                              const TrainObserver& observer, runtime::RunControl& control) {
    return call(&EngineFunctions::trainDataset, config, dataset, observer, control);
}
Result<training::TrainReport> training::resumeRun(const std::string& runFolder, const TrainObserver& observer,
                                                  runtime::RunControl& control,
                                                  const ResumeOptions& options) {
    return call(&EngineFunctions::resumeRun, runFolder, observer, control, options);
}
Result<void> training::checkResumable(const RunSummary& run) {
    return call(&EngineFunctions::checkResumable, run);
}
Result<evaluation::Evaluation> evaluation::evaluateFolder(const std::string& model, const std::string& folder,
                                                          const EvaluateOptions& options,
                                                          const Progress& progress,
                                                          runtime::RunControl& control) {
    return call(&EngineFunctions::evaluateFolder, model, folder, options, progress, control);
}
Result<exporting::ExportReport> exporting::exportRun(const std::string& runFolder, Format format,
                                                     const std::string& file, bool verify,
                                                     const Progress& progress, runtime::RunControl& control) {
    return call(&EngineFunctions::exportRun, runFolder, format, file, verify, progress, control);
}
Result<inference::Predictor> inference::Predictor::open(const std::string& model, const std::string& device) {
    return call(&EngineFunctions::openPredictor, model, device);
}

}  // namespace graft
