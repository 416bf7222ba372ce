// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's functions as the programs see them: each loads the module, the first time, and calls into it.
#include <dlfcn.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <type_traits>
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
            {GRAFT_TEXT("Graft cannot find its engine, since it cannot tell where it is itself: {1}."),
             error.message()},
            "/proc/self/exe");
    }
    const std::string file = (program.parent_path().parent_path() / "lib/graft/graft-engine.so").string();
    const KeptSignals kept;
    void* module = dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (module == nullptr) {
        const char* why = dlerror();
        return fail(ErrorCode::Internal,
                    {GRAFT_TEXT("Graft's engine cannot be loaded; install Graft again. The system says: {1}"),
                     why != nullptr ? Message::words(why) : GRAFT_TEXT("nothing")},
                    file);
    }
    auto* entry = reinterpret_cast<engine::EntryPoint*>(dlsym(module, engine::kEntryPoint));
    const EngineFunctions* functions = entry != nullptr ? entry(GRAFT_VERSION) : nullptr;
    if (functions == nullptr) {
        return fail(ErrorCode::Internal,
                    GRAFT_TEXT("Graft's engine is of another version; install Graft again."), file);
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
    if (loaded) return ((*loaded)->*function)(std::forward<Arguments>(arguments)...);
    if constexpr (std::is_constructible_v<R, tl::unexpected<Error>>) {
        return fail(loaded.error());
    } else {
        return R();  // as the engine itself where it has nothing to give
    }
}

}  // namespace

#define GRAFT_ARGUMENTS(...) __VA_OPT__(, ) __VA_ARGS__
#define GRAFT_ENGINE(name, result, function, parameters, arguments)    \
    result function parameters {                                       \
        return call(&EngineFunctions::name GRAFT_ARGUMENTS arguments); \
    }
#include "core/engine/EngineFunctions.inc"
#undef GRAFT_ENGINE
#undef GRAFT_ARGUMENTS

}  // namespace graft
