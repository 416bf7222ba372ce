// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/EpochOrder.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/Seed.h"
#include "core/training/detail/Seeds.h"

namespace graft::training {

namespace {

// Fisher and Yates.
template <class T>
void shuffle(std::vector<T>& items, base::RandomStream& random) {
    for (std::size_t i = items.size(); i > 1; --i)
        std::swap(items[i - 1], items[random.below(i)]);
}

// The whole class again and again, each time in another order.
void draw(std::vector<std::size_t> ofClass, std::size_t count, base::RandomStream& random,
          std::vector<Drawn>& order) {
    for (std::size_t repeat = 0; count > 0; ++repeat) {
        shuffle(ofClass, random);
        const std::size_t now = std::min(count, ofClass.size());
        for (std::size_t i = 0; i < now; ++i)
            order.push_back({ofClass[i], repeat});
        count -= now;
    }
}

}  // namespace

std::vector<Drawn> epochOrder(const std::vector<std::size_t>& images, std::uint64_t seed,
                              std::uint64_t epoch) {
    std::vector<Drawn> order;
    for (const std::size_t image : images)
        order.push_back({image});
    base::RandomStream random(base::deriveSeed(seed, kShuffle, epoch));
    shuffle(order, random);
    return order;
}

std::vector<Drawn> balancedOrder(const std::vector<std::size_t>& images, const std::vector<int>& classes,
                                 std::uint64_t seed, std::uint64_t epoch) {
    std::map<int, std::vector<std::size_t>> byClass;
    for (std::size_t i = 0; i < images.size(); ++i)
        byClass[classes[i]].push_back(images[i]);
    base::RandomStream random(base::deriveSeed(seed, kShuffle, epoch));
    std::vector<int> lots;
    for (const auto& [name, ofClass] : byClass)
        lots.push_back(name);
    shuffle(lots, random);
    std::vector<Drawn> order;
    for (std::size_t i = 0; i < lots.size(); ++i) {
        const bool hasOneMore = i < images.size() % lots.size();
        draw(byClass[lots[i]], images.size() / lots.size() + (hasOneMore ? 1 : 0), random, order);
    }
    shuffle(order, random);
    return order;
}

}  // namespace graft::training
