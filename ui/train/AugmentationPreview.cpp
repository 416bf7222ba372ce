// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/AugmentationPreview.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/data/AugmentPreview.h"
#include "core/data/ImageDecoder.h"
#include "core/settings/Mixing.h"
#include "core/settings/Settings.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/Project.h"
#include "ui/style/Theme.h"
#include "ui/train/PictureGrid.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/FoldHeader.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

namespace {

constexpr const char* kOpenKey = "train/preview";
constexpr std::uint64_t kSeed = 1;  // the same draws whatever is set, so that one sees what a setting does

// Which of `count` images is looked at as the number-th: each once, with steps that lead to other classes.
std::size_t placeOf(int number, std::size_t count) {
    auto step = static_cast<std::size_t>(static_cast<double>(count) * 0.618) + 1;
    while (std::gcd(step, count) != 1)
        ++step;
    return static_cast<std::size_t>(number) % count * step % count;
}

// No larger than side x side.
QImage scaled(const base::Image& image, int side) {
    if (image.empty()) return {};
    return QImage(image.pixels.data(), image.width, image.height, static_cast<qsizetype>(image.stride()),
                  QImage::Format_RGB888)
        .scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation)
        .convertToFormat(QImage::Format_RGB32);
}

// What is wrong with these settings by themselves.
Result<void> checked(const data::PreprocessOptions& preprocess, const data::AugmentOptions& augment) {
    settings::TrainConfig config;
    config.preprocess = preprocess;
    config.augment = augment;
    return settings::validate(config);
}

}  // namespace

AugmentationPreview::AugmentationPreview(Project& project, QWidget* parent)
    : QWidget(parent),
      m_project(project),
      m_header(new FoldHeader(tr("Preview"), this)),
      m_body(new QWidget(this)),
      m_name(new ElidedLabel({}, m_body)),
      m_another(new QPushButton(tr("Another image"), m_body)),
      m_grid(new PictureGrid(m_body)),
      m_note(new QLabel(m_body)),
      m_error(new InlineError(m_body)) {
    setObjectName(QStringLiteral("augmentationPreview"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 8, 0);
    column->setSpacing(4);
    column->addWidget(m_header);
    column->addWidget(m_body, 1);
    auto* layout = new QVBoxLayout(m_body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto* line = new QHBoxLayout;
    m_name->setMuted(true);
    m_name->setElideMode(Qt::ElideLeft);
    line->addWidget(m_name, 1);
    m_another->setProperty("link", true);
    m_another->setObjectName(QStringLiteral("anotherImage"));
    line->addWidget(m_another);
    layout->addLayout(line);
    layout->addWidget(m_grid, 1);
    m_note->setObjectName(QStringLiteral("muted"));
    m_note->setFont(Theme::smallFont());
    m_note->setWordWrap(true);
    layout->addWidget(m_note);
    layout->addWidget(m_error);

    m_header->setObjectName(QStringLiteral("foldPreview"));
    m_header->setChecked(QSettings().value(QLatin1String(kOpenKey), true).toBool());
    m_body->setVisible(m_header->isChecked());
    connect(m_header, &FoldHeader::toggled, this, [this](bool open) {
        m_body->setVisible(open);
        QSettings().setValue(QLatin1String(kOpenKey), open);
        follow();
    });
    connect(m_another, &QPushButton::clicked, this, [this] {
        ++m_number;
        follow();
    });
    connect(&m_project, &Project::configChanged, this, &AugmentationPreview::follow);
    connect(&m_project, &Project::datasetChanged, this, &AugmentationPreview::follow);
    say();
}

AugmentationPreview::~AugmentationPreview() = default;

void AugmentationPreview::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    follow();
}

AugmentationPreview::Request AugmentationPreview::wanted() const {
    const settings::TrainConfig& config = m_project.config();
    return {m_project.dataset(), config.preprocess, config.augment, m_number, m_grid->pictureSide()};
}

void AugmentationPreview::follow() {
    if (m_drawnFor.dataset != m_project.dataset()) {
        m_pictures.clear();
        m_problem.clear();
        m_drawnFor = {};
    }
    m_outdated = m_project.dataset() != nullptr && wanted() != m_drawnFor;
    // What nobody sees is drawn when it is looked at.
    if (m_outdated && !m_drawing && isVisible() && m_header->isChecked()) startDrawing();
    say();
}

void AugmentationPreview::startDrawing() {
    m_drawing = true;
    m_outdated = false;
    m_drawnFor = wanted();
    runInBackground(
        this, [request = m_drawnFor] { return draw(request); },
        [this](const Result<Drawn>& drawn) { take(drawn); });
}

Result<AugmentationPreview::Drawn> AugmentationPreview::draw(const Request& request) {
    if (const auto good = checked(request.preprocess, request.augment); !good) return fail(good.error());
    const std::vector<std::size_t> training = request.dataset->indicesOf(data::Split::Train);
    if (training.empty())
        return fail(ErrorCode::NotFound, GRAFT_TEXT("The folder has no training images to show; add some."));
    const data::Sample& sample = request.dataset->samples[training[placeOf(request.number, training.size())]];
    const std::string path = request.dataset->absolutePath(sample);
    const auto whole = data::decodeThumbnail(path, 2 * request.side);
    if (!whole) return fail(whole.error());
    const auto variants =
        data::augmentedVariants(path, request.preprocess, request.augment, kSeed, kVariants);
    if (!variants) return fail(variants.error());
    Drawn drawn{QString::fromStdString(sample.path), {scaled(*whole, request.side)}};
    for (const base::Image& variant : *variants)
        drawn.pictures.push_back(scaled(variant, request.side));
    return drawn;
}

void AugmentationPreview::take(const Result<Drawn>& drawn) {
    m_drawing = false;
    const bool isWanted = m_drawnFor.dataset && m_drawnFor.dataset == m_project.dataset();
    if (isWanted) {  // not of a data set that was looked at before
        m_problem = drawn ? QString() : ErrorText::describe(drawn.error());
        if (drawn) {
            m_pictures = drawn->pictures;
            m_name->setText(drawn->name);
        }
    }
    follow();
}

void AugmentationPreview::say() {
    const bool hasData = m_project.dataset() != nullptr;
    QString note;
    if (!hasData) {
        note = m_project.folder().isEmpty()
                   ? tr("Choose a folder of images on the Data page to see some here.")
                   : tr("The images are being read\u2026");
    } else if (settings::mixesImages(m_project.config())) {
        note = tr("Mixup and CutMix put two such images together; that is not shown.");
    }
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    m_error->showError(hasData ? m_problem : QString());
    m_another->setEnabled(hasData);
    m_name->setVisible(!m_pictures.empty());
    m_grid->setVisible(!m_pictures.empty());
    m_grid->setPictures(m_pictures, tr("The image %1, then eight variants of it").arg(m_name->text()));
}

QString AugmentationPreview::sentence() const {
    return m_error->text().isEmpty() ? m_note->text() : m_error->text();
}

}  // namespace graft::ui
