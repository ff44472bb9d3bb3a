/**
 * Item ids of a HEIF's embedded thumbnails: what its item references (ISO/IEC 14496-12 8.11.12, `iref`) call
 * 'thmb'. Empty when there are none or the boxes are broken.
 */
export function heifThumbnailIds(file: Buffer): number[] {
  try {
    const meta = findBox(file, "meta");
    // 'meta' and 'iref' are full boxes: a version and flags come first.
    const references = meta && findBox(meta.subarray(4), "iref");
    if (!references) return [];
    const wide = references.readUInt8(0) > 0;
    return [...boxes(references.subarray(4))]
      .filter(({ type }) => type === "thmb")
      .map(({ body }) => (wide ? body.readUInt32BE(0) : body.readUInt16BE(0)));
  } catch (error) {
    // A length that leads out of the file.
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function findBox(bytes: Buffer, type: string): Buffer | null {
  for (const box of boxes(bytes)) if (box.type === type) return box.body;
  return null;
}

function* boxes(bytes: Buffer): Generator<{ type: string; body: Buffer }> {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    // Sizes 0 and 1 (to the end, 64-bit) are for media data, which comes after what is read here.
    if (size < 8) return;
    yield {
      type: bytes.toString("latin1", at + 4, at + 8),
      body: bytes.subarray(at + 8, at + size),
    };
    at += size;
  }
}
