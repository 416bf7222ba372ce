// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/HeifDecoder.h"

#ifdef GRAFT_HEIF

#include <libheif/heif.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/HeifItems.h"
#include "core/data/detail/ImageLimits.h"

namespace graft::data {

namespace {

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

bool canRead(heif_compression_format format) {
#if LIBHEIF_NUMERIC_VERSION >= 0x010D0000
    static const bool ready = heif_init(nullptr).code == heif_error_Ok;  // finds the plug-ins
    if (!ready) return false;
#endif
    return heif_have_decoder_for_format(format) != 0;
}

// Rather than dav1d, which writes on standard error. libheif 1.19 refuses an id that it does not know.
constexpr const char* kSilentAv1Decoder = "aom";

bool hasSilentAv1Decoder() {
    static const bool has = canReadAvif() && [] {
        std::array<const heif_decoder_descriptor*, 16> found{};
        const int count = heif_get_decoder_descriptors(heif_compression_AV1, found.data(), 16);
        return std::any_of(found.begin(), found.begin() + count, [](const heif_decoder_descriptor* one) {
            return std::string_view(heif_decoder_descriptor_get_id_name(one)) == kSilentAv1Decoder;
        });
    }();
    return has;
}

// The brands in its head may say anything.
bool isAvif(std::span<const std::uint8_t> bytes) {
    const std::string coding = heifItems(bytes).coding;
    if (!coding.empty()) return coding == "av01";
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()).find("av01") !=
           std::string_view::npos;
}

bool canDecode(std::string_view coding) {
    if (coding == "hvc1") return canReadHeic();
    if (coding == "av01") return canReadAvif();
    if (coding == "avc1") return canRead(heif_compression_AVC);
#if LIBHEIF_NUMERIC_VERSION >= 0x010F0000
    if (coding == "j2k1") return canRead(heif_compression_JPEG2000);
#endif
    return coding == "jpeg" && canRead(heif_compression_JPEG);
}

// Why libheif gave up: its own words differ from one version to the next.
tl::unexpected<Error> refused(std::span<const std::uint8_t> bytes, const std::string& name) {
    const HeifItems items = heifItems(bytes);
    if (items.isMovie) {
        return fail(
            ErrorCode::BadFormat,
            GRAFT_TEXT("This is a film or a series of pictures; save the frames that you want as pictures."),
            name);
    }
    if (!items.coding.empty() && !canDecode(items.coding)) {
        return fail(ErrorCode::BadFormat,
                    {GRAFT_TEXT("The picture cannot be read: it is stored with {1}, for which the libheif on "
                                "this machine has no decoder; save it as JPEG or PNG."),
                     codingName(items.coding)},
                    name);
    }
    return fail(ErrorCode::BadFormat,
                GRAFT_TEXT("The picture cannot be read: the HEIC or AVIF is damaged or ends too early."),
                name);
}

}  // namespace

bool canReadHeic() {
    static const bool can = canRead(heif_compression_HEVC);
    return can;
}

bool canReadAvif() {
    static const bool can = canRead(heif_compression_AV1);
    return can;
}

Result<base::Image> decodeHeif(std::span<const std::uint8_t> bytes, const std::string& name) {
    const auto damaged = [&bytes](const std::string& file) { return refused(bytes, file); };
    const Owned<heif_context> context(heif_context_alloc(), heif_context_free);
    if (!context) return damaged(name);
    heif_context_set_max_decoding_threads(context.get(), 0);  // the caller has threads of its own
    const auto isBad = [](const heif_error& error) { return error.code != heif_error_Ok; };
    if (isBad(heif_context_read_from_memory_without_copy(context.get(), bytes.data(), bytes.size(), nullptr)))
        return damaged(name);
    heif_image_handle* rawHandle = nullptr;
    if (isBad(heif_context_get_primary_image_handle(context.get(), &rawHandle)) || rawHandle == nullptr)
        return damaged(name);
    const Owned<heif_image_handle> handle(rawHandle,
                                          [](heif_image_handle* h) { heif_image_handle_release(h); });
    const int width = heif_image_handle_get_width(handle.get());
    const int height = heif_image_handle_get_height(handle.get());
    if (width <= 0 || height <= 0) return damaged(name);
    if (isTooLarge(width, height)) return tooLarge(name);

    // The decoder's planes, the interleaved picture and ours.
    DecodeScope::reserve(std::size_t{9} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    const Owned<heif_decoding_options> options(heif_decoding_options_alloc(), heif_decoding_options_free);
    if (!options) return damaged(name);
    options->convert_hdr_to_8bit = 1;
    if (isAvif(bytes) && hasSilentAv1Decoder()) options->decoder_id = kSilentAv1Decoder;
    heif_image* rawImage = nullptr;
    if (isBad(heif_decode_image(handle.get(), &rawImage, heif_colorspace_RGB, heif_chroma_interleaved_RGB,
                                options.get())) ||
        rawImage == nullptr)
        return damaged(name);
    const Owned<heif_image> decoded(rawImage, [](heif_image* i) { heif_image_release(i); });
    int stride = 0;
    const std::uint8_t* rows =
        heif_image_get_plane_readonly(decoded.get(), heif_channel_interleaved, &stride);
    const int decodedWidth = heif_image_get_width(decoded.get(), heif_channel_interleaved);
    const int decodedHeight = heif_image_get_height(decoded.get(), heif_channel_interleaved);
    if (rows == nullptr || decodedWidth <= 0 || decodedHeight <= 0 ||
        isTooLarge(decodedWidth, decodedHeight) || stride < 3 * decodedWidth)
        return damaged(name);
    base::Image image(decodedWidth, decodedHeight);
    for (int y = 0; y < image.height; ++y)
        std::copy_n(rows + static_cast<std::ptrdiff_t>(stride) * y, image.stride(), image.row(y));
    return image;
}

}  // namespace graft::data

#else

namespace graft::data {

bool canReadHeic() {
    return false;
}

bool canReadAvif() {
    return false;
}

Result<base::Image> decodeHeif(std::span<const std::uint8_t>, const std::string& name) {
    return fail(ErrorCode::BadFormat,
                GRAFT_TEXT("This Graft was built without libheif; save the picture as JPEG or PNG."), name);
}

}  // namespace graft::data

#endif
