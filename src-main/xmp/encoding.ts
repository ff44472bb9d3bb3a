import { sidecarBroken } from "./problems.ts";

/** Text of an XML file and the way it was written, so that it can be written the same way again. */
export interface DecodedXml {
  /** Without the byte order mark. */
  readonly text: string;
  readonly encoding: XmlEncoding;
  readonly hasMark: boolean;
}

export type XmlEncoding = "utf-8" | "utf-16le" | "utf-16be" | "latin-1";

/** The encodings that each declared name may stand for here; XMP itself asks for UTF-8 or UTF-16. */
const declaredEncodings: ReadonlyMap<string, XmlEncoding> = new Map([
  ["utf-8", "utf-8"],
  ["utf8", "utf-8"],
  ["us-ascii", "utf-8"],
  ["ascii", "utf-8"],
  ["iso-8859-1", "latin-1"],
]);

/**
 * Decodes an XML file by its byte order mark, else by its first bytes (XML 1.0, appendix F), else by its declaration.
 *
 * @param name of the file, for the sentence of the problem
 * @throws KilnError `sidecar-broken` for bytes that are not text of that encoding, or an encoding that is not known
 */
export function decodeXml(bytes: Uint8Array, name: string): DecodedXml {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf)
    return decoded(bytes.subarray(3), "utf-8", true, name);
  if (a === 0xff && b === 0xfe) return decoded(bytes.subarray(2), "utf-16le", true, name);
  if (a === 0xfe && b === 0xff) return decoded(bytes.subarray(2), "utf-16be", true, name);
  if (a === 0x3c && b === 0) return decoded(bytes, "utf-16le", false, name);
  if (a === 0 && b === 0x3c) return decoded(bytes, "utf-16be", false, name);
  const head = Buffer.from(bytes.subarray(0, 200)).toString("latin1");
  const declared = /^<\?xml\s[^>]*?encoding\s*=\s*["']([^"']+)["']/.exec(head)?.[1];
  const encoding = declared === undefined ? "utf-8" : declaredEncodings.get(declared.toLowerCase());
  if (encoding === undefined) throw sidecarBroken(name);
  return decoded(bytes, encoding, false, name);
}

/** The bytes of a text, written as `like` was: decoding and encoding give back the very same bytes. */
export function encodeXml(text: string, like: Omit<DecodedXml, "text">): Uint8Array {
  const whole = like.hasMark ? `\ufeff${text}` : text;
  if (like.encoding === "utf-8") return Buffer.from(whole, "utf8");
  if (like.encoding === "latin-1") return Buffer.from(whole, "latin1");
  const units = Buffer.from(whole, "utf16le");
  return like.encoding === "utf-16be" ? units.swap16() : units;
}

function decoded(
  bytes: Uint8Array,
  encoding: XmlEncoding,
  hasMark: boolean,
  name: string,
): DecodedXml {
  // Not TextDecoder's latin1: that one is Windows-1252 by its standard, which has no way back for some bytes.
  if (encoding === "latin-1") {
    return { text: Buffer.from(bytes).toString("latin1"), encoding, hasMark };
  }
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, encoding, hasMark };
  } catch (cause) {
    throw sidecarBroken(name, cause);
  }
}
