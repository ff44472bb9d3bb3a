/** An XMP packet as text: only what an upscaled picture makes untrue is changed, wherever it stands. */

const namespaces = {
  tiff: "http://ns.adobe.com/tiff/1.0/",
  exif: "http://ns.adobe.com/exif/1.0/",
  xmp: "http://ns.adobe.com/xap/1.0/",
  xmpNote: "http://ns.adobe.com/xmp/note/",
};

export interface XmpChange {
  /** In pixels, upright. */
  readonly width: number;
  readonly height: number;
  /** Whether the place where it was taken stays. */
  readonly keepGps: boolean;
}

/**
 * The packet with orientation 1 and the new size where it says some, without thumbnails, and without the digest of a
 * second packet that does not come along (XMP specification, part 3: extended XMP).
 *
 * @returns null for what is no UTF-8, as every packet inside a photo is.
 */
export function changeXmp(packet: Buffer, { width, height, keepGps }: XmpChange): string | null {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(packet).replaceAll("\0", "");
  } catch {
    return null;
  }
  const prefixOf = (name: keyof typeof namespaces): string => {
    const uri = namespaces[name].replaceAll(".", "\\.");
    return new RegExp(`xmlns:([\\w.-]+)\\s*=\\s*["']${uri}["']`).exec(text)?.[1] ?? name;
  };
  const tiff = prefixOf("tiff");
  const exif = prefixOf("exif");
  const set = (name: string, value: number): void => {
    const attribute = new RegExp(`(\\s${name}\\s*=\\s*)(?:"[^"]*"|'[^']*')`, "g");
    const element = new RegExp(`(<${name}(?:\\s[^>]*)?>)[^<]*(</${name}\\s*>)`, "g");
    text = text.replace(attribute, `$1"${value}"`).replace(element, `$1${value}$2`);
  };
  const remove = (name: string): void => {
    const attribute = new RegExp(`\\s${name}\\s*=\\s*(?:"[^"]*"|'[^']*')`, "g");
    const element = new RegExp(`<(${name})(?:\\s[^>]*)?(?:/>|>[\\s\\S]*?</\\1\\s*>)`, "g");
    text = text.replace(attribute, "").replace(element, "");
  };
  set(`${tiff}:Orientation`, 1);
  set(`${tiff}:ImageWidth`, width);
  set(`${tiff}:ImageLength`, height);
  set(`${exif}:PixelXDimension`, width);
  set(`${exif}:PixelYDimension`, height);
  remove(`${prefixOf("xmp")}:Thumbnails`);
  remove(`${prefixOf("xmpNote")}:HasExtendedXMP`);
  if (!keepGps) remove(`${exif}:GPS\\w+`);
  // Room for editing in place, mostly two kilobytes of blanks: writers add their own.
  return text.replace(/\s+(<\?xpacket end=)/, "\n$1").trim();
}
