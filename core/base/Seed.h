// SPDX-License-Identifier: GPL-3.0-or-later
// Random numbers that depend only on what they are for, never on how many threads draw them:
// each use derives a stream from the run's seed and a few indices (epoch, image, purpose).
#pragma once

#include <cstdint>

namespace graft::base {

// SplitMix64's output function (Steele, Lea, Flood 2014): one well-mixed 64-bit value per input.
constexpr std::uint64_t mix(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15ULL;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31);
}

constexpr std::uint64_t deriveSeed(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0,
                                   std::uint64_t c = 0) {
    return mix(mix(mix(mix(seed) ^ a) ^ b) ^ c);
}

// A small generator; satisfies UniformRandomBitGenerator. The helpers below are used instead of
// <random>'s distributions, whose results differ between standard libraries.
class RandomStream {
  public:
    using result_type = std::uint64_t;
    explicit constexpr RandomStream(std::uint64_t seed) : m_state(seed) {}

    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return ~result_type{0}; }
    constexpr result_type operator()() {
        m_state += 0x9E3779B97F4A7C15ULL;
        return mix(m_state);
    }

    // Uniform in [0, 1).
    constexpr double uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }
    constexpr double uniform(double low, double high) { return low + (high - low) * uniform(); }
    // Uniform in [0, bound); bound > 0. The bias of the modulo is below 2^-32 for bounds under 2^32.
    constexpr std::uint64_t below(std::uint64_t bound) { return (*this)() % bound; }

  private:
    std::uint64_t m_state;
};

}  // namespace graft::base
