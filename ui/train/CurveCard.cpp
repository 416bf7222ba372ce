// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/CurveCard.h"

#include <QActionGroup>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenu>
#include <QPointer>
#include <QSettings>
#include <QStandardPaths>
#include <QToolButton>
#include <utility>

#include "ui/plots/CurveLegend.h"
#include "ui/prompts/UserPrompts.h"
#include "ui/session/ErrorText.h"
#include "ui/session/FileSaves.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

namespace {

constexpr auto kFolderKey = "plots/folder";
constexpr double kWeights[] = {0.0, 0.3, 0.6, 0.9};

QString lastFolder() {
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    return QSettings().value(QLatin1String(kFolderKey), documents).toString();
}

}  // namespace

CurveCard::CurveCard(const About& about, FileSaves& saves, UserPrompts& prompts, QWidget* parent)
    : Card(about.title, parent),
      m_saves(saves),
      m_prompts(prompts),
      m_title(about.title),
      m_fileName(about.fileName) {
    m_plot = new CurvePlot(about.kind, this);
    m_plot->setObjectName(QString::fromLatin1(about.plotName));
    m_plot->setAccessibleName(tr("%1 by epoch").arg(about.title));
    m_legend = new CurveLegend(about.hasManyCurves ? Qt::Vertical : Qt::Horizontal, this);
    m_menu = new QMenu(this);
    auto* button = new QToolButton(this);
    button->setObjectName(QStringLiteral("plotMenu"));
    button->setText(QStringLiteral("\u2026"));
    button->setToolTip(tr("Smoothing, scale, saving, and which plots are shown"));
    button->setAccessibleName(tr("%1: what can be done with the plot").arg(about.title));
    button->setPopupMode(QToolButton::InstantPopup);
    button->setMenu(m_menu);

    if (!about.hasManyCurves) header()->addWidget(m_legend);
    header()->addStretch(1);
    header()->addWidget(button);
    m_error = new InlineError(this);
    body()->addWidget(m_error);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_plot, 1);
    if (about.hasManyCurves) row->addWidget(m_legend);
    body()->addLayout(row, 1);
    buildMenu(m_plot->canBeLogarithmic());
    connect(&m_saves, &FileSaves::changed, this, [this](const QString& place) {
        if (place == m_fileName) showSaving();
    });
    showSaving();
    refresh();
}

void CurveCard::buildMenu(bool canBeLogarithmic) {
    QAction* everything = m_menu->addAction(tr("Show everything"), m_plot, &CurvePlot::showEverything);
    everything->setObjectName(QStringLiteral("showEverything"));
    connect(m_menu, &QMenu::aboutToShow, this,
            [this, everything] { everything->setEnabled(m_plot->isZoomed()); });
    if (canBeLogarithmic) {
        QAction* logarithmic = m_menu->addAction(tr("Logarithmic scale"));
        logarithmic->setObjectName(QStringLiteral("logarithmic"));
        logarithmic->setCheckable(true);
        connect(logarithmic, &QAction::toggled, m_plot, &CurvePlot::setLogarithmic);
    }
    addSmoothing();
    addSaving();
}

void CurveCard::addSmoothing() {
    QMenu* smoothing = m_menu->addMenu(tr("Smoothing"));
    auto* choice = new QActionGroup(smoothing);
    for (const double weight : kWeights) {
        QAction* action = smoothing->addAction(weight == 0.0 ? tr("Off") : QString::number(weight));
        action->setObjectName(QStringLiteral("smoothing%1").arg(weight * 10));
        action->setCheckable(true);
        action->setChecked(weight == 0.0);
        choice->addAction(action);
        connect(action, &QAction::triggered, m_plot, [this, weight] { m_plot->setSmoothing(weight); });
    }
}

void CurveCard::addSaving() {
    m_saving = m_menu->addMenu(QString());
    m_saving->setObjectName(QStringLiteral("saveMenu"));
    const auto add = [this](const char* name, const QString& text, FileKind kind) {
        QAction* action = m_saving->addAction(text, this, [this, kind] { askWhere(kind); });
        action->setObjectName(QString::fromLatin1(name));
    };
    add("savePng", tr("PNG picture…"), FileKind::Png);
    add("savePdf", tr("PDF document…"), FileKind::Pdf);
    add("saveSvg", tr("SVG drawing…"), FileKind::Svg);
    add("saveCsv", tr("CSV table…"), FileKind::Csv);
}

void CurveCard::refresh() {
    m_plot->refresh();
    m_legend->setNames(m_plot->names());
}

void CurveCard::askWhere(FileKind kind) {
    const auto [ending, filter] = [kind]() -> std::pair<QString, QString> {
        switch (kind) {
            case FileKind::Png:
                return {QStringLiteral("png"), tr("PNG pictures (*.png)")};
            case FileKind::Pdf:
                return {QStringLiteral("pdf"), tr("PDF documents (*.pdf)")};
            case FileKind::Svg:
                return {QStringLiteral("svg"), tr("SVG drawings (*.svg)")};
            case FileKind::Csv:
                break;
        }
        return {QStringLiteral("csv"), tr("CSV tables (*.csv)")};
    }();
    const QString start = QDir(lastFolder()).filePath(m_fileName + QLatin1Char('.') + ending);
    m_prompts.chooseSaveFile(this, tr("Save the plot \"%1\"").arg(m_title), start, filter,
                             [guard = QPointer<CurveCard>(this), kind](const QString& path) {
                                 if (guard) guard->save(kind, path);
                             });
}

void CurveCard::save(FileKind kind, const QString& path) {
    QSettings().setValue(QLatin1String(kFolderKey), QFileInfo(path).absolutePath());
    m_saves.save(m_fileName, path, fileOf(kind));
}

void CurveCard::showSaving() {
    const QStringList paths = m_saves.onTheirWay(m_fileName);
    // Of a menu's title an "&" would be a key.
    const QString name =
        paths.isEmpty() ? QString()
                        : QFileInfo(paths.last()).fileName().replace(QLatin1Char('&'), QLatin1String("&&"));
    m_saving->setTitle(paths.isEmpty() ? tr("Save as") : tr("Saving %1…").arg(name));
    m_saving->setEnabled(paths.isEmpty());
    const auto failure = m_saves.failure(m_fileName);
    m_error->showError(failure ? ErrorText::describe(*failure) : QString());
}

FileMaker CurveCard::fileOf(FileKind kind) {
    switch (kind) {
        case FileKind::Png:
            return m_plot->picture(PictureFormat::Png, m_title);
        case FileKind::Pdf:
            return m_plot->picture(PictureFormat::Pdf, m_title);
        case FileKind::Svg:
            return m_plot->picture(PictureFormat::Svg, m_title);
        case FileKind::Csv:
            break;
    }
    return [curves = m_table ? m_table() : m_plot->curves()] {
        return QByteArray::fromStdString(toCsv(curves));
    };
}

}  // namespace graft::ui
