// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/detail/StateDictChoice.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "core/base/detail/Quoted.h"

namespace graft::weights {

namespace {

using Kind = PickleValue::Kind;

// The averaged copies first.
constexpr std::array<std::string_view, 8> kAveraged{
    "state_dict_ema",       "model_ema",  "ema_state_dict",      "ema_model", "ema",
    "model_ema_state_dict", "params_ema", "ema_model_state_dict"};
constexpr std::array<std::string_view, 17> kPlain{
    "state_dict", "model_state_dict", "model_state", "model",    "model_dict", "net",
    "network",    "net_state_dict",   "netG",        "weights",  "params",     "module",
    "backbone",   "encoder",          "classifier",  "net_dict", "modelState"};

constexpr int kDepth = 3;
constexpr std::size_t kNamedKeys = 12;

struct Candidate {
    std::string path;                   // "ema.module"; empty for the file's own dictionary
    std::vector<std::string> segments;  // of the path
    const PickleValue* dict = nullptr;
    std::size_t tensors = 0;
};

std::size_t tensorCount(const PickleValue& dict) {
    return static_cast<std::size_t>(std::ranges::count_if(dict.entries, [](const auto& entry) {
        return entry.first->kind == Kind::String && entry.second->kind == Kind::Tensor;
    }));
}

// Each dictionary once: they may hold themselves, and a short file may name one again and again.
void collectCandidates(const PickleValue& value, const Candidate& above, int depth,
                       std::set<const PickleValue*>& seen, std::vector<Candidate>& found) {
    if (value.kind != Kind::Dict || !seen.insert(&value).second) return;
    Candidate here = above;
    here.dict = &value;
    here.tensors = tensorCount(value);
    if (here.tensors > 0) found.push_back(here);
    if (depth == kDepth) return;
    for (const auto& [key, inner] : value.entries) {
        if (key->kind != Kind::String || inner->kind != Kind::Dict) continue;
        Candidate below = above;
        below.path += (below.path.empty() ? "" : ".") + key->text;
        below.segments.push_back(key->text);
        collectCandidates(*inner, below, depth + 1, seen, found);
    }
}

// The lower, the sooner it is chosen; names that are not usual come last. An outer name counts more.
std::size_t rankOf(const Candidate& candidate) {
    constexpr std::size_t kUnknown = kAveraged.size() + kPlain.size();
    if (candidate.segments.empty()) return kUnknown;
    const std::string& name = candidate.segments.front();
    if (const auto* found = std::ranges::find(kAveraged, name); found != kAveraged.end())
        return static_cast<std::size_t>(found - kAveraged.begin());
    if (const auto* found = std::ranges::find(kPlain, name); found != kPlain.end())
        return kAveraged.size() + static_cast<std::size_t>(found - kPlain.begin());
    return kUnknown;
}

// names: at least one. unnamed: in place of an empty one.
Message listOf(const std::vector<std::string>& names, const Message& unnamed = {}) {
    const auto shown = [&](std::size_t i) {
        return names[i].empty() ? unnamed : Message::words(base::printable(names[i]));
    };
    Message text = shown(0);
    for (std::size_t i = 1; i < std::min(names.size(), kNamedKeys); ++i)
        text = Message(GRAFT_TEXT("{1}, {2}"), text, shown(i));
    if (names.size() <= kNamedKeys) return text;
    return {GRAFT_TEXT("{1} and {2} more"), text, names.size() - kNamedKeys};
}

tl::unexpected<Error> bad(const std::string& path, const Message& what) {
    return fail(ErrorCode::BadFormat,
                {GRAFT_TEXT("This is no PyTorch state dict that Graft can read: {1}"), what}, path);
}

std::vector<std::string> pathsOf(const std::vector<Candidate>& candidates) {
    std::vector<std::string> paths;
    for (const Candidate& one : candidates)
        paths.push_back(one.path);
    return paths;
}

Result<StateDictChoice> refuseWithoutTensors(const PickleValue& root, const std::string& path) {
    std::vector<std::string> keys;
    if (root.kind == Kind::Dict) {
        for (const auto& entry : root.entries) {
            if (entry.first->kind == Kind::String) keys.push_back(entry.first->text);
        }
    }
    if (!keys.empty()) {
        return bad(path, {GRAFT_TEXT("it holds no tensors by name, only these keys: {1}. Save the tensors: "
                                     "torch.save(model.state_dict(), FILE)."),
                          listOf(keys)});
    }
    if (root.kind == Kind::List || root.kind == Kind::Tuple) {
        return bad(path, GRAFT_TEXT("it holds no tensors by name; it is a list. Save the tensors: "
                                    "torch.save(model.state_dict(), FILE)."));
    }
    if (root.kind == Kind::Tensor) {
        return bad(path, GRAFT_TEXT("it holds no tensors by name; it is one tensor. Save the tensors: "
                                    "torch.save(model.state_dict(), FILE)."));
    }
    return bad(
        path,
        GRAFT_TEXT("it holds no tensors by name. Save the tensors: torch.save(model.state_dict(), FILE)."));
}

}  // namespace

Result<StateDictChoice> chooseStateDict(const PickleValue& root, const std::string& path) {
    std::vector<Candidate> all;
    std::set<const PickleValue*> seen;
    collectCandidates(root, {}, 0, seen, all);
    if (all.empty()) return refuseWithoutTensors(root, path);

    // Of each usual name its fullest dictionary; a checkpoint's own tensors (the state of a random number
    // generator) are no state dict where there is a usual name.
    std::ranges::stable_sort(all, [](const Candidate& a, const Candidate& b) {
        const std::size_t rankA = rankOf(a);
        const std::size_t rankB = rankOf(b);
        return rankA != rankB ? rankA < rankB : a.tensors > b.tensors;
    });
    constexpr std::size_t kUnknown = kAveraged.size() + kPlain.size();
    const Candidate first = all.front();
    StateDictChoice choice{first.dict, {}};
    if (rankOf(first) < kUnknown) {
        std::vector<std::string> others;
        for (const Candidate& one : all) {
            if (one.segments.empty() || one.segments.front() == first.segments.front()) continue;
            // What has far fewer tensors is something else: a scheduler, statistics.
            if (2 * one.tensors >= first.tensors) others.push_back(one.path);
        }
        if (!others.empty()) {
            const bool averaged = rankOf(first) < kAveraged.size();
            choice.notes.emplace_back(
                averaged ? GRAFT_TEXT("The checkpoint holds {1} and {2}; {1} was taken, the averaged copy.")
                         : GRAFT_TEXT("The checkpoint holds {1} and {2}; {1} was taken."),
                base::inQuotes(first.path), listOf(others));
        }
        return choice;
    }
    if (all.size() == 1) return choice;
    if (first.tensors < 2 * all[1].tensors) {
        return bad(path, {GRAFT_TEXT("several of its keys look like state dicts, and only one can be meant: "
                                     "{1}. Save the one that you want: torch.save(checkpoint[KEY], FILE)."),
                          listOf(pathsOf(all), GRAFT_TEXT("the file itself"))});
    }
    if (!first.path.empty())
        choice.notes.emplace_back(GRAFT_TEXT("Of the checkpoint's keys, {1} was taken."),
                                  base::inQuotes(first.path));
    return choice;
}

}  // namespace graft::weights
