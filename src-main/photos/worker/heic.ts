import { readFile } from "node:fs/promises";
import type { HeifError, LibHeif } from "libheif-js/wasm-bundle.js";
import { heifThumbnailIds } from "./heif-thumbnails.ts";
import { rasterTiff } from "./raster-tiff.ts";

let loading: Promise<LibHeif> | null = null;

/** Loaded with the first HEIC: it is 2 MB, and most folders have none. */
function libHeif(): Promise<LibHeif> {
  loading ??= import("libheif-js/wasm-bundle.js").then((module) => module.default);
  return loading;
}

/**
 * Decodes a HEIC, upright, to an uncompressed TIFF of 8-bit RGB or RGBA for sharp to read. sharp itself reads no
 * HEIC; a TIFF, other than raw pixels, can take the photo's ICC profile along.
 *
 * @throws Error with libheif's message when it can't be decoded.
 */
export async function decodeHeic(path: string, icc: Buffer | undefined): Promise<Buffer> {
  return withHeic(path, (lib, context) =>
    decode(lib, checked(lib.heif_js_context_get_primary_image_handle(context)), icc),
  );
}

/**
 * The same for the small picture that cameras put beside the large one: some ten times as fast.
 *
 * @param fits told the upright size of each; null when none does.
 */
export async function decodeHeicThumbnail(
  path: string,
  icc: Buffer | undefined,
  fits: (width: number, height: number) => boolean,
): Promise<Buffer | null> {
  return withHeic(path, (lib, context, bytes) => {
    for (const id of heifThumbnailIds(bytes)) {
      const handle = checked(lib.heif_js_context_get_image_handle(context, id));
      const width = lib.heif_image_handle_get_width(handle);
      if (fits(width, lib.heif_image_handle_get_height(handle))) return decode(lib, handle, icc);
      lib.heif_image_handle_release(handle);
    }
    return null;
  });
}

async function withHeic<T>(
  path: string,
  use: (lib: LibHeif, context: object, bytes: Buffer) => T,
): Promise<T> {
  const [lib, bytes] = await Promise.all([libHeif(), readFile(path)]);
  const context = lib.heif_context_alloc();
  try {
    const read = lib.heif_context_read_from_memory(context, bytes);
    if (read.code !== lib.heif_error_code.heif_error_Ok) throw new Error(read.message);
    return use(lib, context, bytes);
  } finally {
    lib.heif_context_free(context);
  }
}

/** Decodes and releases the handle. */
function decode(lib: LibHeif, handle: object, icc: Buffer | undefined): Buffer {
  try {
    const hasAlpha = lib.heif_image_handle_has_alpha_channel(handle) !== 0;
    const { heif_chroma_interleaved_RGB, heif_chroma_interleaved_RGBA } = lib.heif_chroma;
    const raster = lib.heif_js_decode_image2(
      handle,
      lib.heif_colorspace.heif_colorspace_RGB,
      hasAlpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB,
    );
    if (isError(raster)) throw new Error(raster.message);
    try {
      const [{ width, height, stride, data }] = raster.channels;
      const rowBytes = width * (hasAlpha ? 4 : 3);
      return rasterTiff({ width, height, channels: hasAlpha ? 4 : 3, icc }, (row, target) =>
        target.set(data.subarray(row * stride, row * stride + rowBytes)),
      );
    } finally {
      lib.heif_image_release(raster.image);
    }
  } finally {
    lib.heif_image_handle_release(handle);
  }
}

function checked(handle: object): object {
  if (isError(handle)) throw new Error(handle.message);
  return handle;
}

/** libheif-js returns its errors in place of what was asked for. */
function isError(result: object): result is HeifError {
  return "code" in result;
}
