// SPDX-License-Identifier: GPL-3.0-or-later
// A disk that fails, or a power cut, at the n-th change of a folder: stands before the C library's calls that
// write, sync, rename, make and remove. Linked into a test program, or loaded before any program with
// LD_PRELOAD (then the environment says what to do: GRAFT_DEVICE_FOLDER, GRAFT_DEVICE_AT, GRAFT_DEVICE_DO =
// fail, full or kill, and GRAFT_DEVICE_COUNT, a file for the number of changes). The idea is KeePassXC's
// FailDevice.
#pragma once

#include <string>

namespace graft::test {

enum class DeviceDoes {
    Nothing,  // it only counts
    Fail,     // the n-th change fails with "no space left on device", and no other
    Full,     // from the n-th on nothing that needs space succeeds; the first write leaves half of its bytes
    Kill,     // SIGKILL before the n-th change; a write leaves half of its bytes before
};

// Changes below folder are counted from 1. Before any thread is started that writes there.
void setDevice(const std::string& folder, DeviceDoes what, long at);
long deviceChanges();  // since then

}  // namespace graft::test
