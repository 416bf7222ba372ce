// SPDX-License-Identifier: GPL-3.0-or-later
// The border of the engine: no exception passes it. Here LibTorch's can be told from others; in the programs,
// which link no LibTorch, they would end the process.
#pragma once

#include <exception>
#include <type_traits>
#include <utility>

#include "core/base/torch/TorchErrors.h"
#include "core/engine/EngineFunctions.h"

namespace graft::engine {

template <class Signature, Signature* function>
struct Guard;

template <class R, class... Parameters, R (*function)(Parameters...)>
struct Guard<R(Parameters...), function> {
    // What is thrown becomes the function's Error; where it has none to give, an empty answer.
    static R call(Parameters... parameters) {
        const auto work = [&]() -> R { return function(std::forward<Parameters>(parameters)...); };
        if constexpr (std::is_constructible_v<R, tl::unexpected<Error>>) {
            return base::guardTorch(work);
        } else {
            try {
                return work();
            } catch (const std::exception&) {
                return R();
            }
        }
    }
    operator Entry<R(Parameters...)>() const { return Entry<R(Parameters...)>(&call); }  // NOLINT: meant to
};

// {guarded<decltype(f), f>, ...}
template <class Signature, Signature* function>
constexpr Guard<Signature, function> guarded;

}  // namespace graft::engine
