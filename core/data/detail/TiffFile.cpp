// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/TiffFile.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "core/data/detail/ImageLimits.h"

namespace graft::data {

namespace {

tmsize_t readSource(thandle_t handle, void* target, tmsize_t count) {
    auto& source = *static_cast<TiffSource*>(handle);
    const std::uint64_t left =
        source.position < source.bytes.size() ? source.bytes.size() - source.position : 0;
    const std::uint64_t taken =
        std::min<std::uint64_t>(left, static_cast<std::uint64_t>(std::max<tmsize_t>(count, 0)));
    if (taken > 0) std::memcpy(target, source.bytes.data() + source.position, taken);
    source.position += taken;
    return static_cast<tmsize_t>(taken);
}

tmsize_t writeNothing(thandle_t, void*, tmsize_t) {
    return 0;
}

toff_t seekSource(thandle_t handle, toff_t offset, int whence) {
    auto& source = *static_cast<TiffSource*>(handle);
    if (whence == SEEK_CUR) offset += source.position;
    if (whence == SEEK_END) offset += source.bytes.size();
    source.position = offset;
    return offset;
}

int closeSource(thandle_t) {
    return 0;
}

toff_t sizeOfSource(thandle_t handle) {
    return static_cast<TiffSource*>(handle)->bytes.size();
}

int mapSource(thandle_t handle, void** base, toff_t* size) {
    auto& source = *static_cast<TiffSource*>(handle);
    *base = const_cast<std::uint8_t*>(source.bytes.data());
    *size = source.bytes.size();
    return 1;
}

void unmapSource(thandle_t, void*, toff_t) {}

int keepQuiet(TIFF*, void*, const char*, const char*, va_list) {
    return 1;
}

}  // namespace

Tiff openTiff(TiffSource& source) {
    const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(),
                                                                               TIFFOpenOptionsFree);
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keepQuiet, nullptr);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), keepQuiet, nullptr);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(kMostBytesAtOnce));
    return {TIFFClientOpenExt("picture", "r", &source, readSource, writeNothing, seekSource, closeSource,
                              sizeOfSource, mapSource, unmapSource, options.get()),
            TIFFClose};
}

TiffLayout layoutOf(TIFF* tiff) {
    TiffLayout layout;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &layout.width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &layout.height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout.bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout.samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &layout.format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &layout.planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &layout.compression);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &layout.orientation);
    if (TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout.photometric) == 0)
        layout.photometric = layout.samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
    layout.tiled = TIFFIsTiled(tiff) != 0;
    return layout;
}

}  // namespace graft::data
