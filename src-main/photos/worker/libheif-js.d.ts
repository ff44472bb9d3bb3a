/** What is used of libheif-js (LGPL-3.0, WebAssembly); the types that it brings are no module. */
declare module "libheif-js/wasm-bundle.js" {
  export interface LibHeif {
    readonly heif_error_code: { readonly heif_error_Ok: unknown };
    readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown };
    readonly heif_chroma: {
      readonly heif_chroma_interleaved_RGB: unknown;
      readonly heif_chroma_interleaved_RGBA: unknown;
    };
    heif_context_alloc(): object;
    heif_context_free(context: object): void;
    heif_context_read_from_memory(context: object, bytes: Uint8Array): HeifError;
    heif_js_context_get_primary_image_handle(context: object): object;
    heif_js_context_get_image_handle(context: object, id: number): object;
    heif_image_handle_get_width(handle: object): number;
    heif_image_handle_get_height(handle: object): number;
    heif_image_handle_has_alpha_channel(handle: object): number;
    heif_image_handle_release(handle: object): void;
    heif_js_decode_image2(handle: object, space: unknown, chroma: unknown): HeifRaster | HeifError;
    heif_image_release(image: object): void;
  }

  export interface HeifError {
    readonly code: unknown;
    readonly message: string;
  }

  export interface HeifRaster {
    readonly image: object;
    /** One for interleaved pixels. `data` looks into the decoder's memory; rows are `stride` bytes apart. */
    readonly channels: readonly [
      { readonly width: number; readonly height: number; stride: number; data: Uint8Array },
    ];
  }

  const libheif: LibHeif;
  export default libheif;
}
