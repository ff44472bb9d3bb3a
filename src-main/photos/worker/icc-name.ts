/** Bytes of an ICC profile's header; a table of tags follows. */
const HEADER = 128;

/** The description inside an ICC profile ("Display P3"); null when there is none or the profile is broken. */
export function iccName(profile: Buffer | undefined): string | null {
  if (profile === undefined || profile.length < HEADER + 4) return null;
  try {
    for (let i = 0; i < Math.min(100, profile.readUInt32BE(HEADER)); i += 1) {
      const entry = HEADER + 4 + 12 * i;
      if (profile.toString("latin1", entry, entry + 4) !== "desc") continue;
      const at = profile.readUInt32BE(entry + 4);
      return readDescription(profile.subarray(at, at + profile.readUInt32BE(entry + 8)));
    }
  } catch (error) {
    // Offsets that lead out of a broken profile.
    if (!(error instanceof RangeError)) throw error;
  }
  return null;
}

/** ICC.1:2022 10.15 (version 4: many languages, in UTF-16) and ICC.1:2001 6.5.17 (version 2: ASCII). */
function readDescription(tag: Buffer): string | null {
  const type = tag.toString("latin1", 0, 4);
  if (type === "desc") return tidy(tag.toString("latin1", 12, 12 + tag.readUInt32BE(8)));
  if (type !== "mluc" || tag.readUInt32BE(8) === 0) return null;
  const length = tag.readUInt32BE(20);
  const start = tag.readUInt32BE(24);
  const text = Buffer.from(tag.subarray(start, start + length - (length % 2)));
  return tidy(text.swap16().toString("utf16le"));
}

function tidy(name: string): string | null {
  const cleaned = name.replaceAll("\0", "").trim();
  return cleaned === "" ? null : cleaned.slice(0, 200);
}
