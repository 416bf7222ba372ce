// SPDX-License-Identifier: GPL-3.0-or-later
// What a network and its weights are called, everywhere in the window.
#pragma once

#include <QString>
#include <string>

namespace graft::ui {

// "ResNet-18" of "resnet18".
QString backboneTitle(const std::string& name);

// Whether it is called as every run's model is: then the run's name says more. By the path alone: the disk it
// lies on may be far away.
bool isModelOfRun(const QString& file);
// A file's name, of a run's model that of the run.
QString weightsName(const std::string& file);

}  // namespace graft::ui
