/** Bytes of one level of a path. Most file systems take 255; the rest is left for what others add. */
export const longestName = 200;

/**
 * Characters that no name gets: what Windows forbids, control characters, marks that turn the direction of text (they
 * disguise extensions), and code points that stand for nothing, which APFS refuses.
 */
const forbidden =
  /[<>:"/\\|?*\p{Cc}\p{Cn}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu;
/** Names that Windows gives to devices, with any extension. */
const device = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(?=\.|\s*$|\s+\.)/i;

/**
 * Makes any text one level of a path that is legal on Windows, macOS and Linux: NFC, nothing forbidden, no device
 * name, no dot at the start (hidden) and no dot or space at the end (Windows drops them), within 200 bytes of UTF-8,
 * cut between code points. Korean, emoji and everything else stays.
 */
export function legalName(text: string): string {
  return legalStem(text, [""]);
}

/**
 * Makes `text` a base name that is legal with each of the tails (see `legalTail`) after it; it alone is cut, so that
 * base name and tail together keep within 200 bytes.
 */
export function legalStem(text: string, tails: readonly string[]): string {
  const room = longestName - Math.max(...tails.map((tail) => Buffer.byteLength(tail)));
  let stem = clean(text)
    .trimStart()
    .replace(/^\.+/u, (dots) => "_".repeat(dots.length));
  // One byte is kept free for the underscore that a device name gets.
  stem = cut(stem, room - 1).replace(/[. ]+$/u, "");
  if (stem === "") stem = "_";
  return tails.some((tail) => device.test(stem + tail)) ? `_${stem}` : stem;
}

/** Makes the end of a name legal (an extension with its dot) and cuts it to 64 bytes. */
export function legalTail(text: string): string {
  return cut(clean(text), 64).replace(/[. ]+$/u, "");
}

function clean(text: string): string {
  return text.toWellFormed().normalize("NFC").replace(forbidden, "_");
}

/** The longest start of `text` that takes at most `bytes` bytes and ends between two code points. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += Buffer.byteLength(character);
    if (used > bytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}
