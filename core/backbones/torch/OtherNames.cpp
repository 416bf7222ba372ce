// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/OtherNames.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace graft::backbones {

namespace {

using Bytes = std::vector<std::byte>;
using weights::TensorData;

TensorData* find(weights::StateDict& dict, std::string_view name) {
    const auto found = std::ranges::find(dict.tensors, name,
                                         [](const auto& entry) { return std::string_view(entry.first); });
    return found == dict.tensors.end() ? nullptr : &found->second;
}

// Of the same type, and alike in all sides but the first.
bool goTogether(const std::vector<const TensorData*>& parts) {
    return std::ranges::all_of(parts, [&](const TensorData* part) {
        return part != nullptr && !part->shape.empty() && part->dtype == parts.front()->dtype &&
               std::equal(part->shape.begin() + 1, part->shape.end(), parts.front()->shape.begin() + 1,
                          parts.front()->shape.end());
    });
}

TensorData joined(const std::vector<const TensorData*>& parts) {
    TensorData whole{parts.front()->dtype, parts.front()->shape, std::make_shared<Bytes>()};
    whole.shape.front() = 0;
    for (const TensorData* part : parts) {
        whole.shape.front() += part->shape.front();
        whole.bytes->insert(whole.bytes->end(), part->bytes->begin(), part->bytes->end());
    }
    return whole;
}

}  // namespace

void rename(weights::StateDict& dict, const std::vector<Rename>& renames) {
    for (auto& entry : dict.tensors) {
        std::string& name = entry.first;
        for (const auto& [from, to] : renames) {
            const bool atStart = from.starts_with('^');
            const std::string_view part = atStart ? from.substr(1) : from;
            const std::size_t at = atStart ? (name.starts_with(part) ? 0 : name.npos) : name.find(part);
            if (at != name.npos) name.replace(at, part.size(), to);
        }
    }
}

void joinRows(weights::StateDict& dict, const std::vector<std::string_view>& parts, std::string_view whole) {
    const std::string_view first = parts.front();
    std::vector<std::string> gone;
    for (auto& [name, data] : dict.tensors) {
        const std::size_t at = name.find(first);
        if (at == name.npos) continue;
        const auto with = [&](std::string_view part) {
            return std::string(name).replace(at, first.size(), part);
        };
        std::vector<const TensorData*> found;
        for (const std::string_view part : parts)
            found.push_back(dict.find(with(part)));
        if (!goTogether(found)) continue;
        for (auto part = parts.begin() + 1; part != parts.end(); ++part)
            gone.push_back(with(*part));
        data = joined(found);
        name = with(whole);
    }
    std::erase_if(dict.tensors,
                  [&](const auto& entry) { return std::ranges::find(gone, entry.first) != gone.end(); });
}

void splitRows(weights::StateDict& dict, std::string_view name, std::int64_t first, const std::string& head,
               const std::string& tail) {
    TensorData* data = find(dict, name);
    if (data == nullptr || data->shape.empty() || data->shape.front() <= first) return;
    const auto rowBytes = static_cast<std::ptrdiff_t>(data->bytes->size()) / data->shape.front();
    const auto cut = data->bytes->begin() + first * rowBytes;
    TensorData top{data->dtype, data->shape, std::make_shared<Bytes>(data->bytes->begin(), cut)};
    TensorData rest{data->dtype, data->shape, std::make_shared<Bytes>(cut, data->bytes->end())};
    top.shape.front() = first;
    rest.shape.front() -= first;
    std::erase_if(dict.tensors, [&](const auto& entry) { return entry.first == name; });
    dict.tensors.emplace_back(head, std::move(top));
    dict.tensors.emplace_back(tail, std::move(rest));
}

void addBatchSide(weights::StateDict& dict, std::string_view name) {
    if (TensorData* data = find(dict, name)) data->shape.insert(data->shape.begin(), 1);
}

void dropBatchSide(weights::StateDict& dict, std::string_view name) {
    TensorData* data = find(dict, name);
    if (data != nullptr && data->shape.size() > 1 && data->shape.front() == 1)
        data->shape.erase(data->shape.begin());
}

void addEmptyToken(weights::StateDict& dict, std::string_view name) {
    TensorData* data = find(dict, name);
    if (data == nullptr || data->shape.size() != 3 || data->shape.front() != 1 || data->bytes->empty())
        return;
    TensorData longer{data->dtype, data->shape, nullptr};
    const std::size_t token = data->bytes->size() / static_cast<std::size_t>(data->shape[1]);
    longer.bytes = std::make_shared<Bytes>(token);
    longer.bytes->insert(longer.bytes->end(), data->bytes->begin(), data->bytes->end());
    ++longer.shape[1];
    *data = std::move(longer);
}

}  // namespace graft::backbones
