/** What a screen's canvas can hold. */
export type CanvasSpace = "srgb" | "display-p3";

/**
 * The colours that a picture file says it is in, read from its first bytes; null when it says anything else, or nothing
 * that is understood here. A JPEG without a profile is sRGB.
 *
 * Chromium keeps a bitmap in the colours of its file and converts all of it whenever it meets a canvas of other colours:
 * a quarter of a second for 24 megapixels, on the thread of the page. So a picture in other colours is converted once,
 * when it is decoded.
 */
export function colourSpaceOf(head: Uint8Array<ArrayBuffer>): CanvasSpace | null {
  if (head[0] !== 0xff || head[1] !== 0xd8) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let at = 2;
  while (at + 4 <= head.length && head[at] === 0xff) {
    const marker = head[at + 1];
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // Start of scan: no profile came before the pixels.
    if (marker === 0xda) return "srgb";
    const length = view.getUint16(at + 2);
    if (marker === 0xe2 && textAt(head, at + 4, 11) === "ICC_PROFILE") {
      return spaceOfProfile(head.subarray(at + 18, at + 2 + length));
    }
    at += 2 + length;
  }
  return null;
}

/** The red primary of each space as an ICC profile writes it: X and Y, adapted to D50. */
const reds: Record<CanvasSpace, readonly [number, number]> = {
  srgb: [0.436, 0.2225],
  "display-p3": [0.5151, 0.2412],
};

/**
 * Profiles are told apart by their red primary, since their names vary. One with another tone curve would be taken for
 * the space whose primaries it has: its colours stay true, drawing it is only slower.
 */
function spaceOfProfile(profile: Uint8Array<ArrayBuffer>): CanvasSpace | null {
  const view = new DataView(profile.buffer, profile.byteOffset, profile.byteLength);
  if (view.byteLength < tagTable + 4) return null;
  const count = view.getUint32(tagTable);
  for (let entry = tagTable + 4; entry < tagTable + 4 + count * 12; entry += 12) {
    if (entry + 12 > view.byteLength) return null;
    if (textAt(profile, entry, 4) !== "rXYZ") continue;
    const at = view.getUint32(entry + 4) + 8;
    if (at + 8 > view.byteLength) return null;
    const x = view.getInt32(at) / 65_536;
    const y = view.getInt32(at + 4) / 65_536;
    const spaces: CanvasSpace[] = ["srgb", "display-p3"];
    return (
      spaces.find((space) => Math.hypot(x - reds[space][0], y - reds[space][1]) < 0.004) ?? null
    );
  }
  return null;
}

/** Where an ICC profile's list of tags begins. */
const tagTable = 128;

function textAt(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}
