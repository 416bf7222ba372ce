// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/JpegEncoder.h"

#include <csetjmp>
#include <cstdio>  // jpeglib.h needs FILE
#include <cstdlib>
#include <memory>
#include <new>
// after <cstdio>
#include <jpeglib.h>

namespace graft::data {

namespace {

// Everything with a destructor lives here, outside the frame that longjmp leaves.
struct Encoding {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    std::jmp_buf jump{};
    unsigned char* bytes = nullptr;  // malloc's
    unsigned long count = 0;

    Encoding() {
        info.err = jpeg_std_error(&errors);
        info.client_data = this;
        errors.error_exit = [](j_common_ptr failed) {
            std::longjmp(static_cast<Encoding*>(failed->client_data)->jump, 1);
        };
        errors.output_message = [](j_common_ptr) {};
    }
    ~Encoding() {
        jpeg_destroy_compress(&info);
        std::free(bytes);
    }
    Encoding(const Encoding&) = delete;
    Encoding& operator=(const Encoding&) = delete;

    void write(const base::Image& image, int quality) {
        jpeg_create_compress(&info);
        jpeg_mem_dest(&info, &bytes, &count);
        info.image_width = static_cast<JDIMENSION>(image.width);
        info.image_height = static_cast<JDIMENSION>(image.height);
        info.input_components = 3;
        info.in_color_space = JCS_RGB;
        jpeg_set_defaults(&info);
        jpeg_set_quality(&info, quality, TRUE);
        jpeg_start_compress(&info, TRUE);
        for (int y = 0; y < image.height; ++y) {
            auto* row = const_cast<JSAMPROW>(image.row(y));  // libjpeg reads it only
            jpeg_write_scanlines(&info, &row, 1);
        }
        jpeg_finish_compress(&info);
    }
};

// False if libjpeg gave up. No object with a destructor may live in this frame.
bool written(Encoding& encoding, const base::Image& image, int quality) {
    if (setjmp(encoding.jump) != 0) return false;
    encoding.write(image, quality);
    return true;
}

}  // namespace

std::vector<std::uint8_t> encodeJpeg(const base::Image& image, int quality) {
    const auto encoding = std::make_unique<Encoding>();
    if (!written(*encoding, image, quality)) throw std::bad_alloc();
    return {encoding->bytes, encoding->bytes + encoding->count};
}

}  // namespace graft::data
