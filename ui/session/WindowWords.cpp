// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/WindowWords.h"

#include <cstddef>
#include <unordered_map>

#include "core/base/Text.h"

namespace graft::ui {

namespace {

using Words = std::unordered_map<std::string, std::string>;

// Each key is core's sentence word for word: a test looks for those that are missing here.
const Words& ofRuns() {
    static const Words words{
        {"There is no run here (no config.json); give the folder of a run.",
         GRAFT_TEXT("There is no run in this folder (no config.json). One that was moved or renamed is found "
                    "again with All runs \u203a Open a run\u2026; one that was removed is gone.")},
        {"The run has stopped and nothing that it learnt is lost: put them back and continue it. If their "
         "folder has moved, choose it on the Data page first, or give it to graft-cli resume with --data "
         "FOLDER.",
         GRAFT_TEXT("The run has stopped and nothing that it learnt is lost: put them back and continue it. "
                    "If their folder has moved, \u201cLocate the images\u2026\u201d on the Train page asks "
                    "for its new place.")},
        {"The run's folder was moved, renamed or replaced while the run went on, or the .lock in it was "
         "removed. What the last checkpoint holds is where the folder is now; resume it there.",
         GRAFT_TEXT("The run's folder was moved, renamed or replaced while the run went on, or the .lock in "
                    "it was removed. What the last checkpoint holds is where the folder is now; open it "
                    "there with All runs \u203a Open a run\u2026 and continue it.")},
        {"it would go on with another data set. Where they were renamed or moved, graft-cli resume --data "
         "FOLDER finds each by its content; otherwise put them back, or start another run.",
         GRAFT_TEXT("it would go on with another data set. Put them back, or start another run.")},
        {"The run was begun on a GPU, and LibTorch sees none here; go on where there is one, or with "
         "graft-cli resume --device cpu, which gives other numbers.",
         GRAFT_TEXT("The run was begun on a GPU, and LibTorch sees none here; go on where there is one, or "
                    "start a new run on the CPU with its settings.")},
        {"The run has come to its end already, after {1} epoch; train it on with --epochs and a larger "
         "number.",
         GRAFT_TEXT("The run has come to its end already, after {1} epoch; start another one with more "
                    "epochs.")},
        {"The run has come to its end already, after {1} epochs; train it on with --epochs and a larger "
         "number.",
         GRAFT_TEXT("The run has come to its end already, after {1} epochs; start another one with more "
                    "epochs.")},
        {"The run has {1} epoch behind it; it goes on with --epochs and a larger number than that.",
         GRAFT_TEXT("The run has {1} epoch behind it; it goes on with a larger number than that.")},
        {"The run has {1} epochs behind it; it goes on with --epochs and a larger number than that.",
         GRAFT_TEXT("The run has {1} epochs behind it; it goes on with a larger number than that.")},
        {"The run's predictions are of {1} images and its evaluation of {2}: one of the files was changed. "
         "Put it back; graft-cli evaluate gives the figures anew.",
         GRAFT_TEXT("The run's predictions are of {1} images and its evaluation of {2}: one of the files was "
                    "changed. Put it back; otherwise a new run gives the figures anew.")},
        {"No validation image can be read any more, so the export cannot be verified. If the folder was "
         "moved, say so to the run (graft-cli resume RUN --data FOLDER), or export without verification.",
         GRAFT_TEXT(
             "No validation image can be read any more, so the export cannot be verified. If the "
             "folder was moved, choose the run again and press \u201cLocate the images\u2026\u201d, or "
             "tick \u201cExport without verification\u201d.")},
        {"The model was trained on every picture that would be scored; give it others, or score them all the "
         "same with --all.",
         GRAFT_TEXT("The model was trained on every picture that would be scored; give it others.")},
        {"An exported model does not say how its training images were varied; give the folder of its run, or "
         "leave --tta out.",
         GRAFT_TEXT("An exported model does not say how its training images were varied; take its run.")},
        {"The run was trained without augmentation, so all views of an image would be the same; leave --tta "
         "out, or train a run with augmentation (--augment).",
         GRAFT_TEXT("The run was trained without augmentation, so all views of an image would be the same; "
                    "train a run with augmentation.")},
    };
    return words;
}

const Words& ofNetworks() {
    static const Words words{
        {"There is no backbone \"{1}\"; did you mean {2}? graft-cli backbones lists all.",
         GRAFT_TEXT("There is no backbone \"{1}\"; did you mean {2}? The Network page lists all.")},
        {"The weights of {1} ({2}) are published nowhere that Graft knows; if you have a file, add it with: "
         "graft-cli weights add {1} FILE",
         GRAFT_TEXT("The weights of {1} ({2}) are published nowhere that Graft knows; if you have a file, "
                    "choose it with \u201cfrom a file\u2026\u201d on the Network page")},
        {"it is a TorchScript program; for its weights, torch.save(torch.jit.load(FILE).state_dict(), "
         "\"weights.pth\") in Python, or, of a run of Graft's, graft-cli export RUN --format safetensors "
         "--output FILE",
         GRAFT_TEXT("it is a TorchScript program; for its weights, "
                    "torch.save(torch.jit.load(FILE).state_dict(), \"weights.pth\") in Python, or, of a run "
                    "of Graft's, choose model.safetensors in the run's folder")},
        {"The classifier of {1} ends in a ReLU, behind which a single output cannot tell two classes apart; "
         "choose the head with a hidden layer (--head mlp), or the loss cross-entropy (--loss "
         "cross_entropy).",
         GRAFT_TEXT("The classifier of {1} ends in a ReLU, behind which a single output cannot tell two "
                    "classes apart; choose the head with a hidden layer, or the loss cross-entropy.")},
        {"This loss tells two classes apart, and the folder has {1}; choose another, such as cross-entropy "
         "(--loss cross_entropy).",
         GRAFT_TEXT("This loss tells two classes apart, and the folder has {1}; choose another, such as "
                    "cross-entropy.")},
    };
    return words;
}

const Words& ofSettings() {
    static const Words words{
        {"L-BFGS solves the head at once and needs no learning rate; there is none to find. Train as it is, "
         "or take another optimizer (--optimizer).",
         GRAFT_TEXT("L-BFGS solves the head at once and needs no learning rate; there is none to find. Train "
                    "as it is, or take another optimizer.")},
        {"A step takes {1} training images and there are {2}: too few to find a learning rate. Lower the "
         "batch size (--batch-size) or the batches for each step (--accumulate), or add images.",
         GRAFT_TEXT("A step takes {1} training images and there are {2}: too few to find a learning rate. "
                    "Lower the batch size or the batches for each step, or add images.")},
        {"The factor per layer, {1}, changes nothing here: no block is trained beside the head. Thaw some "
         "(--freeze none, or --train-from), or set it to 1 (--layer-decay 1).",
         GRAFT_TEXT("The factor per layer, {1}, changes nothing here: no block is trained beside the head. "
                    "Thaw some on the Network page, or set it to 1.")},
        {"Everything is frozen, so there is nothing to thaw after the head; thaw some blocks (--freeze none, "
         "or --train-from), or train in one phase.",
         GRAFT_TEXT("Everything is frozen, so there is nothing to thaw after the head; thaw some blocks on "
                    "the Network page, or train in one phase.")},
        {"freeze all blocks (--freeze all), or take another optimizer for these.",
         GRAFT_TEXT("freeze all blocks on the Network page, or take another optimizer for these.")},
        {"every --optimizer but lbfgs", GRAFT_TEXT("every optimizer but L-BFGS")},
        {"weights without weight decay (no --decay-norms)", GRAFT_TEXT("weights without weight decay")},
        {"random crops (no --no-random-crop)", GRAFT_TEXT("random crops")},
        {"frozen units and --cache-variants above 0, and without {1}",
         GRAFT_TEXT("frozen units and variants kept of each image, and without {1}")},
        {"every --schedule but one_cycle", GRAFT_TEXT("every schedule but one cycle")},
        {"--weight-decay above 0", GRAFT_TEXT("a weight decay above 0")},
        {"--early-stop above 0", GRAFT_TEXT("early stopping")},
        {"--keep best", GRAFT_TEXT("the best epoch as the one that is kept")},
        {"--schedule cosine and --restart-epochs above 0", GRAFT_TEXT("the cosine schedule with restarts")},
        {"an --optimizer that has a momentum or beta 1",
         GRAFT_TEXT("an optimizer that has a momentum or beta 1")},
    };
    return words;
}

const Words& ofComparing() {
    static const Words words{
        {"the time was over ({1}) before {2}; raise the budget (--budget).",
         GRAFT_TEXT("the time was over ({1}) before {2}; give it more minutes.")},
        {"its features would take some {1} more, and {2} of the budget of {3} are left; raise it (--budget).",
         GRAFT_TEXT("its features would take some {1} more, and {2} of {3} are left; give it more minutes.")},
        {"its weights are not on this machine; get them with graft-cli weights fetch {1}.",
         GRAFT_TEXT("its weights are not on this machine; get them on the Network page.")},
        {"There are no weights to compare on this machine; get some with graft-cli weights fetch {1}, for "
         "example.",
         GRAFT_TEXT("There are no weights to compare on this machine; get some on the Network page.")},
        {"There is no such weight file; --backbones takes NAME or NAME=FILE ({1}=...).",
         GRAFT_TEXT("There is no such weight file.")},
    };
    return words;
}

}  // namespace

const std::string& windowWords(const std::string& id) {
    for (const Words* words : {&ofRuns(), &ofNetworks(), &ofSettings(), &ofComparing()}) {
        const auto found = words->find(id);
        if (found != words->end()) return found->second;
    }
    return id;
}

std::string withWindowWords(std::string text) {
    for (const auto& [core, window] : ofRuns()) {
        if (core.find('{') != std::string::npos) continue;  // its gaps are filled
        const std::size_t place = text.find(core);
        if (place != std::string::npos) text.replace(place, core.size(), window);
    }
    return text;
}

}  // namespace graft::ui
