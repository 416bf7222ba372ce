// SPDX-License-Identifier: GPL-3.0-or-later
// Weights that a page can fetch: a file behind a server of this machine, and a folder of its own for them.
#pragma once

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <memory>

#include "core/backbones/Catalogue.h"
#include "tests/support/LoopbackServer.h"
#include "tests/ui/support/PageFixture.h"

namespace graft::ui::testing {

class ServedWeights {
  public:
    static constexpr int kBytes = 200'000;

    ServedWeights() : m_file(m_home.filePath(QStringLiteral("served"))) {
        PageFixture::keepWeightsIn(m_home);
        QFile file(m_file);
        if (!file.open(QIODevice::WriteOnly) || file.write(QByteArray(kBytes, 'w')) != kBytes)
            qFatal("cannot write the weights");
        file.close();
        m_server = std::make_unique<test::LoopbackServer>(
            m_file.toStdString(), m_home.filePath(QStringLiteral("log")).toStdString());
    }

    // The smallest network's entry, with the SHA-256 of what the server serves.
    backbones::CatalogueEntry entry() const {
        backbones::CatalogueEntry entry = *backbones::findBackbone("squeezenet1_1");
        QProcess sum;
        sum.start(QStringLiteral("sha256sum"), {m_file});
        sum.waitForFinished();
        entry.sha256Prefix = sum.readAllStandardOutput().left(8).toStdString();
        return entry;
    }
    // How the server behaves from now on: see LoopbackServer.
    void behave(const char* how) { qputenv("GRAFT_WEIGHTS_MIRROR", m_server->url(how, "").c_str()); }
    test::LoopbackServer& server() { return *m_server; }

    QString folder() const { return m_home.filePath(QStringLiteral("graft/weights")); }
    QStringList filesThere() const { return QDir(folder()).entryList(QDir::Files, QDir::Name); }
    void removeAll() { QDir(folder()).removeRecursively(); }

  private:
    QTemporaryDir m_home;
    QString m_file;
    std::unique_ptr<test::LoopbackServer> m_server;
};

}  // namespace graft::ui::testing
