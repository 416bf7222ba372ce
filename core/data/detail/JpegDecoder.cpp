// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/JpegDecoder.h"

#include <libexif/exif-data.h>

#include <csetjmp>
#include <cstdio>  // jpeglib.h needs FILE
#include <memory>
#include <utility>
// after <cstdio>
#include <jerror.h>
#include <jpeglib.h>

#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/ImageLimits.h"
#include "core/data/detail/Orientation.h"

namespace graft::data {

namespace {

struct ErrorManager {
    jpeg_error_mgr base{};  // first member: libjpeg hands back a pointer to it
    std::jmp_buf jump{};
    bool endsEarly = false;
    bool damaged = false;
    int code = 0;  // of the message with which libjpeg gave up
};

ErrorManager& managerOf(j_common_ptr info) {
    return *reinterpret_cast<ErrorManager*>(info->err);
}

void onError(j_common_ptr info) {
    ErrorManager& manager = managerOf(info);
    manager.code = info->err->msg_code;
    std::longjmp(manager.jump, 1);
}

void onMessage(j_common_ptr info, int level) {
    if (level >= 0) return;  // trace messages
    ErrorManager& manager = managerOf(info);
    switch (info->err->msg_code) {
        case JWRN_JPEG_EOF:
            manager.endsEarly = true;
            break;
        case JWRN_HIT_MARKER:
        case JWRN_HUFF_BAD_CODE:
            manager.damaged = true;
            break;
        default:  // stray bytes and the like lose no pixel
            break;
    }
}

void onOutput(j_common_ptr) {}

int exifOrientation(jpeg_decompress_struct& info) {
    for (auto* marker = info.marker_list; marker != nullptr; marker = marker->next) {
        if (marker->marker != JPEG_APP0 + 1 || marker->data_length < 14) continue;
        ExifData* exif = exif_data_new_from_data(marker->data, marker->data_length);
        if (exif == nullptr) continue;
        int orientation = 1;
        if (ExifEntry* entry = exif_content_get_entry(exif->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
            entry != nullptr && entry->format == EXIF_FORMAT_SHORT && entry->components == 1 &&
            entry->size >= 2) {
            orientation = exif_get_short(entry->data, exif_data_get_byte_order(exif));
        }
        exif_data_unref(exif);
        if (orientation >= 2 && orientation <= 8) return orientation;
    }
    return 1;
}

// Adobe's writers store CMYK inverted and mark the file so.
void cmykRow(const JSAMPLE* source, std::uint8_t* target, int width, bool inverted) {
    for (int x = 0; x < width; ++x, source += 4, target += 3) {
        const int black = inverted ? source[3] : 255 - source[3];
        for (int c = 0; c < 3; ++c) {
            const int ink = inverted ? source[c] : 255 - source[c];
            target[c] = static_cast<std::uint8_t>((ink * black + 127) / 255);
        }
    }
}

// Everything with a destructor lives here, outside the frame that longjmp leaves.
struct Decoding {
    jpeg_decompress_struct info{};
    ErrorManager errors;
    base::Image image;
    std::vector<JSAMPLE> cmyk;
    int orientation = 1;
    bool isForged = false;
    bool endedBeforeLastRow = false;

    Decoding() {
        info.err = jpeg_std_error(&errors.base);
        errors.base.error_exit = onError;
        errors.base.emit_message = onMessage;
        errors.base.output_message = onOutput;
    }
    ~Decoding() { jpeg_destroy_decompress(&info); }
    Decoding(const Decoding&) = delete;
    Decoding& operator=(const Decoding&) = delete;

    void readHeader(std::span<const std::uint8_t> bytes) {
        jpeg_create_decompress(&info);
        jpeg_mem_src(&info, bytes.data(), static_cast<unsigned long>(bytes.size()));
        jpeg_save_markers(&info, JPEG_APP0 + 1, 0xFFFF);
        jpeg_read_header(&info, TRUE);
        isForged = isTooLarge(info.image_width, info.image_height);
    }

    // A progressive file's coefficients are all held, at full size.
    std::size_t coefficientBytes() {
        if (jpeg_has_multiple_scans(&info) == FALSE) return 0;
        return std::size_t{6} * info.image_width * info.image_height;
    }

    // A component's first scan gives it its table.
    bool hasScanOfEach() const {
        for (int component = 0; component < info.num_components; ++component) {
            if (info.comp_info[component].quant_table == nullptr) return false;
        }
        return true;
    }

    // A file of several scans that ends between two of them decodes, but not to the end.
    bool isComplete() const {
        if (info.arith_code != FALSE) return false;  // it decodes zeros to the last row
        if (info.coef_bits == nullptr) return hasScanOfEach();
        for (int component = 0; component < info.num_components; ++component) {
            for (int coefficient = 0; coefficient < DCTSIZE2; ++coefficient) {
                if (info.coef_bits[component][coefficient] != 0) return false;
            }
        }
        return true;
    }

    void readPixels(int eighths) {
        const bool isCmyk = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
        info.out_color_space = isCmyk ? JCS_CMYK : JCS_RGB;
        info.scale_num = static_cast<unsigned>(eighths);
        info.scale_denom = 8;
        orientation = exifOrientation(info);
        jpeg_calc_output_dimensions(&info);
        DecodeScope::reserve(std::size_t{3} * info.output_width * info.output_height + coefficientBytes());
        jpeg_start_decompress(&info);
        image = base::Image(static_cast<int>(info.output_width), static_cast<int>(info.output_height));
        if (isCmyk) cmyk.resize(static_cast<std::size_t>(info.output_width) * 4);
        while (info.output_scanline < info.output_height) {
            const int y = static_cast<int>(info.output_scanline);
            JSAMPROW row = isCmyk ? cmyk.data() : image.row(y);
            jpeg_read_scanlines(&info, &row, 1);
            if (isCmyk) cmykRow(cmyk.data(), image.row(y), image.width, info.saw_Adobe_marker != FALSE);
        }
        // What follows the last row of pixels may be missing: the mark of the end, a preview.
        endedBeforeLastRow = errors.endsEarly && !isComplete();
        jpeg_finish_decompress(&info);
    }
};

// Runs step; false if libjpeg gave up. No object with a destructor may live in this frame.
template <class Step>
bool guarded(Decoding& decoding, const Step& step) {
    if (setjmp(decoding.errors.jump) != 0) return false;
    step();
    return true;
}

tl::unexpected<Error> damagedFile(const Decoding& decoding, const std::string& name) {
    if (decoding.errors.endsEarly) {
        return fail(ErrorCode::BadFormat,
                    GRAFT_TEXT("The picture cannot be read: the file ends in the middle of it."), name);
    }
    switch (decoding.errors.code) {
        case JERR_IMAGE_TOO_BIG:
        case JERR_WIDTH_OVERFLOW:
            return tooLarge(name);
        case JERR_OUT_OF_MEMORY:
            return fail(ErrorCode::BadFormat,
                        GRAFT_TEXT("The picture cannot be read: there is not enough memory for it."), name);
        case JERR_ARITH_NOTIMPL:
        case JERR_BAD_PRECISION:
        case JERR_CCIR601_NOTIMPL:
        case JERR_COMPONENT_COUNT:
        case JERR_CONVERSION_NOTIMPL:
        case JERR_EMPTY_IMAGE:  // the height behind the pixels
        case JERR_FRACT_SAMPLE_NOTIMPL:
        case JERR_NOTIMPL:
        case JERR_NOT_COMPILED:
        case JERR_SOF_UNSUPPORTED:  // lossless, hierarchical
            return fail(
                ErrorCode::BadFormat,
                GRAFT_TEXT(
                    "The picture cannot be read: this kind of JPEG is unknown or damaged; save it as PNG."),
                name);
        default:
            return fail(ErrorCode::BadFormat, GRAFT_TEXT("The picture cannot be read: the JPEG is damaged."),
                        name);
    }
}

// Some tools leave an empty line in front.
std::span<const std::uint8_t> fromMark(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty() && (bytes.front() == '\n' || bytes.front() == '\r'))
        bytes = bytes.subspan(1);
    return bytes;
}

}  // namespace

Result<base::Image> decodeJpeg(std::span<const std::uint8_t> bytes, const std::string& name,
                               JpegScale scale) {
    const auto decoding = std::make_unique<Decoding>();
    if (!guarded(*decoding, [&] { decoding->readHeader(fromMark(bytes)); }))
        return damagedFile(*decoding, name);
    if (decoding->isForged) return tooLarge(name);
    const bool decoded = guarded(*decoding, [&] { decoding->readPixels(scale.eighths); });
    if (!decoded || decoding->endedBeforeLastRow || decoding->errors.damaged)
        return damagedFile(*decoding, name);
    return oriented(std::move(decoding->image), decoding->orientation);
}

Result<JpegSize> jpegSize(std::span<const std::uint8_t> bytes, const std::string& name) {
    const auto decoding = std::make_unique<Decoding>();
    if (!guarded(*decoding, [&] { decoding->readHeader(fromMark(bytes)); }))
        return damagedFile(*decoding, name);
    const auto width = static_cast<int>(decoding->info.image_width);
    const auto height = static_cast<int>(decoding->info.image_height);
    return exifOrientation(decoding->info) < 5 ? JpegSize{width, height} : JpegSize{height, width};
}

}  // namespace graft::data
