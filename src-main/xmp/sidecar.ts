import { decodeXml, encodeXml, type XmlEncoding } from "./encoding.ts";
import { sidecarLimitBytes, sidecarTooLarge, sidecarUnusual } from "./problems.ts";
import {
  type ElementProperty,
  isNamed,
  namespaces,
  type OpeningTag,
  type Property,
  type ScannedXmp,
  type Span,
  scanXmp,
} from "./scan.ts";

/** What a sidecar says of a photo. Null: it says nothing. */
export interface Sidecar {
  /** 1..5 stars, 0 none, -1 rejected. */
  readonly rating: number | null;
  /** What stands where a rating should and is none (“99”), its first characters. */
  readonly oddRating: string | null;
  /** As it is written; where there is none, darktable's own colour by its English name. */
  readonly label: string | null;
  /** The flag of Lightroom and Bridge (`xmpDM:pick`). Kiln reads it, and leaves it alone. */
  readonly pick: "pick" | "none" | "reject" | null;
  /** When a program last changed it by its own account, milliseconds since the epoch. */
  readonly metadataDate: number | null;
  /** It holds something besides the three fields that Kiln writes. */
  readonly foreign: boolean;
}

/** What is to be written; what is left out stays as it is. */
export interface SidecarValues {
  /** -1 rejected, 0 none (takes the field away), 1..5 stars. */
  readonly rating?: number | undefined;
  /** Null or '' takes the field away. Characters that XML can't hold are left out. */
  readonly label?: string | null | undefined;
}

type Field = "Rating" | "Label" | "MetadataDate";

/**
 * Reads a sidecar.
 *
 * @param name of the file, for the sentences of problems
 * @throws KilnError `sidecar-too-large`, `sidecar-broken`, `sidecar-not-xmp`
 */
export function readSidecar(bytes: Uint8Array, name: string): Sidecar {
  const { text } = decode(bytes, name);
  return interpret(text, scanXmp(text, name));
}

/**
 * Changes the rating and the label in a sidecar, and notes when. Everything else keeps its bytes: the text is edited
 * where these fields stand, in the form in which they stand there. With nothing to change, the answer is `existing`.
 *
 * @param existing null makes a new sidecar
 * @param name of the file, for the sentences of problems
 * @throws RangeError for a rating that is no integer of -1..5
 * @throws KilnError `sidecar-too-large`, `sidecar-broken`, `sidecar-not-xmp`, `sidecar-unusual`
 */
export function updateSidecar(
  existing: Uint8Array | null,
  values: SidecarValues,
  name: string,
  now: Date = new Date(),
): Uint8Array {
  const { rating = 0 } = values;
  if (!Number.isInteger(rating) || rating < -1 || rating > 5) {
    throw new RangeError(`A rating is -1..5, not ${rating}.`);
  }
  const file = existing === null ? freshSidecar : decode(existing, name);
  const scanned = scanXmp(file.text, name);
  const before = interpret(file.text, scanned);
  const fields = new Map<Field, string>();
  if (values.rating !== undefined && (before.rating ?? 0) !== rating) {
    fields.set("Rating", rating === 0 ? "" : String(rating));
  }
  const label = values.label === undefined ? undefined : writable(values.label ?? "");
  if (label !== undefined && (ownLabel(file.text, scanned) ?? "") !== label) {
    fields.set("Label", label);
  }
  if (fields.size === 0) return existing ?? encodeXml(file.text, file);
  fields.set("MetadataDate", now.toISOString());
  const text = edited(file.text, new Edits(file.text, scanned, file.encoding, name).write(fields));
  return encodeXml(text, file);
}

/** Whether a sidecar is, to the byte, one that Kiln made, and says nothing any more but when it changed. */
export function isEmptyOfKiln(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString("utf8");
  return text.replace(/\s+xmp:MetadataDate="[\dTZ:.-]*"/, "") === freshSidecar.text;
}

const freshSidecar = {
  text: `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Kiln">
 <rdf:RDF xmlns:rdf="${namespaces.rdf}">
  <rdf:Description rdf:about=""
    xmlns:xmp="${namespaces.xmp}"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
`,
  encoding: "utf-8",
  hasMark: false,
} as const;

function decode(bytes: Uint8Array, name: string) {
  if (bytes.length > sidecarLimitBytes) throw sidecarTooLarge(name);
  return decodeXml(bytes, name);
}

function interpret(text: string, scanned: ScannedXmp): Sidecar {
  const properties = scanned.descriptions.flatMap((each) => each.properties);
  const value = (namespace: string, local: string): string | null => {
    const found = properties.find((each) => isNamed(each, namespace, local));
    return found === undefined ? null : writtenIn(text, found);
  };
  const metadataDate = Date.parse(value(namespaces.xmp, "MetadataDate") ?? "");
  const written = value(namespaces.xmp, "Rating")?.trim() ?? "";
  const rating = ratingOf(written);
  return {
    rating,
    oddRating: rating === null && written !== "" ? written.slice(0, 20) : null,
    label: ownLabel(text, scanned) ?? darktableLabel(text, properties),
    pick: picks.get(value(namespaces.dynamicMedia, "pick")?.trim() ?? "") ?? null,
    metadataDate: Number.isNaN(metadataDate) ? null : metadataDate,
    foreign: scanned.hasNotes || properties.some((each) => !isOurs(each)),
  };
}

const picks: ReadonlyMap<string, Sidecar["pick"]> = new Map([
  ["1", "pick"],
  ["0", "none"],
  ["-1", "reject"],
]);

/** The first label of the document; '' counts as none. */
function ownLabel(text: string, scanned: ScannedXmp): string | null {
  const found = scanned.descriptions
    .flatMap((each) => each.properties)
    .find((each) => isNamed(each, namespaces.xmp, "Label"));
  return (found === undefined ? null : writtenIn(text, found)) || null;
}

/** darktable numbers its colours and keeps them in a list of its own. */
const darktableColours = ["Red", "Yellow", "Green", "Blue", "Purple"];

function darktableLabel(text: string, properties: readonly Property[]): string | null {
  const list = properties.find((each) => isNamed(each, namespaces.darktable, "colorlabels"));
  if (list === undefined) return null;
  const [first] = list.form === "element" ? list.items : [list.attribute.value];
  const number = first === undefined ? "" : text.slice(first.start, first.end).trim();
  return /^\d$/.test(number) ? (darktableColours[Number(number)] ?? null) : null;
}

/** Some programs write '3.0'. What is no rating is none. */
function ratingOf(written: string): number | null {
  if (!/^[+-]?\d+(\.\d+)?$/.test(written)) return null;
  const rating = Math.round(Number(written));
  return rating >= -1 && rating <= 5 ? rating + 0 : null;
}

function isOurs(property: Property): boolean {
  if (isField(property)) return true;
  if (property.form !== "attribute") return false;
  const { name } = property.attribute;
  const isDeclaration = name === "xmlns" || name.startsWith("xmlns:");
  return isDeclaration || isNamed(property, namespaces.rdf, "about");
}

function isField(property: Property): boolean {
  const { namespace, local } = property;
  return namespace === namespaces.xmp && ["Rating", "Label", "MetadataDate"].includes(local);
}

function writtenIn(text: string, property: Property): string {
  if (property.form === "attribute") {
    const { start, end } = property.attribute.value;
    // XML reads every line end and tab inside of an attribute as a space.
    return unescaped(text.slice(start, end).replace(/\r\n|[\r\n\t]/g, " "));
  }
  return property.texts
    .map(({ start, end }) => {
      const piece = text.slice(start, end);
      return piece.startsWith("<![CDATA[")
        ? piece.slice("<![CDATA[".length, -"]]>".length)
        : unescaped(piece.replace(/\r\n?/g, "\n"));
    })
    .join("");
}

const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);
const entityNames = new Map([...entities].map(([name, character]) => [character, name]));

/** Entities that XML doesn't know by itself stay as they are written. */
function unescaped(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w+));/g,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return entities.get(name) ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

function escaped(text: string, encoding: XmlEncoding): string {
  return text.replace(/[&<>"'\t\n\r]|[^\0-\xff]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code > 0xff) return encoding === "latin-1" ? `&#${code};` : character;
    const name = entityNames.get(character);
    return name === undefined ? `&#${code};` : `&${name};`;
  });
}

/** Without the characters that XML 1.0 can't hold, escaped or not. */
function writable(text: string): string {
  return text.toWellFormed().replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "");
}

interface Edit extends Span {
  readonly text: string;
}

function edited(text: string, edits: readonly Edit[]): string {
  let at = 0;
  const pieces: string[] = [];
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    pieces.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return pieces.join("") + text.slice(at);
}

/** Works out where a text is to be changed for fields to have new values. */
class Edits {
  readonly #text: string;
  readonly #scanned: ScannedXmp;
  readonly #encoding: XmlEncoding;
  readonly #name: string;

  constructor(text: string, scanned: ScannedXmp, encoding: XmlEncoding, name: string) {
    this.#text = text;
    this.#scanned = scanned;
    this.#encoding = encoding;
    this.#name = name;
  }

  /** A field with the value '' goes. */
  write(fields: ReadonlyMap<Field, string>): Edit[] {
    const edits: Edit[] = [];
    const fresh: [Field, string][] = [];
    for (const [field, value] of fields) {
      const [first, ...others] = this.#scanned.descriptions
        .flatMap((each) => each.properties)
        .filter((each) => isNamed(each, namespaces.xmp, field));
      // A field said twice is read differently by every program: one stays.
      for (const other of others) edits.push(this.#removed(other));
      if (first === undefined) {
        if (value !== "") fresh.push([field, escaped(value, this.#encoding)]);
      } else {
        edits.push(
          ...(value === ""
            ? [this.#removed(first)]
            : this.#replaced(first, escaped(value, this.#encoding))),
        );
      }
    }
    if (fresh.length > 0) edits.push(this.#added(fresh));
    return edits;
  }

  #replaced(property: Property, value: string): Edit[] {
    if (property.form === "attribute") return [{ ...property.attribute.value, text: value }];
    this.#assertPlain(property);
    const { tag, texts } = property;
    if (tag.isSelfClosing) {
      return [{ start: tag.end - 2, end: tag.end, text: `>${value}</${tag.name}>` }];
    }
    const [first, ...others] = texts;
    if (first === undefined) return [{ start: tag.end, end: tag.end, text: value }];
    return [
      { start: first.start, end: first.end, text: value },
      ...others.map(({ start, end }) => ({ start, end, text: "" })),
    ];
  }

  #removed(property: Property): Edit {
    if (property.form === "attribute") {
      const { start, end } = property.attribute;
      return { start, end, text: "" };
    }
    this.#assertPlain(property);
    this.#assertNoNotes(property);
    // The line that it stood on goes, too.
    const gap = /\s*$/.exec(this.#text.slice(Math.max(0, property.start - 200), property.start));
    return { start: property.start - (gap?.[0].length ?? 0), end: property.end, text: "" };
  }

  /** Qualifiers and structures belong to somebody else; so do attributes, except for what names the value's kind. */
  #assertPlain({ hasElements, tag }: ElementProperty): void {
    const isQualified = tag.attributes.some((each) => each.namespace === namespaces.rdf);
    if (hasElements || isQualified) throw sidecarUnusual(this.#name);
  }

  #assertNoNotes({ tag, texts, end }: ElementProperty): void {
    if (tag.isSelfClosing) return;
    const content = this.#text.lastIndexOf("</", end - 1) - tag.end;
    const plain = texts.reduce((sum, text) => sum + text.end - text.start, 0);
    if (plain < content) throw sidecarUnusual(this.#name);
  }

  /** New fields are attributes of the first description, laid out as its last attribute is. */
  #added(fields: readonly [Field, string][]): Edit {
    const [description] = this.#scanned.descriptions;
    if (description === undefined) return this.#addedDescription(fields);
    const { attributes, nameEnd } = description.tag;
    const last = attributes.at(-1);
    const gap = last?.gap ?? " ";
    const { prefix, isDeclared } = this.#xmpPrefix();
    const declaration = isDeclared ? "" : `${gap}xmlns:${prefix}="${namespaces.xmp}"`;
    const text = fields.map(([field, value]) => `${gap}${prefix}:${field}="${value}"`).join("");
    const at = last?.end ?? nameEnd;
    return { start: at, end: at, text: declaration + text };
  }

  #addedDescription(fields: readonly [Field, string][]): Edit {
    const { rdf } = this.#scanned;
    const written = fields.map(([field, value]) => ` xmp:${field}="${value}"`).join("");
    const description =
      `<rdf:Description xmlns:rdf="${namespaces.rdf}" xmlns:xmp="${namespaces.xmp}" rdf:about=""` +
      `${written}/>`;
    return rdf.isSelfClosing ? this.#opened(rdf, description) : at(rdf.end, description);
  }

  #opened(tag: OpeningTag, content: string): Edit {
    return { start: tag.end - 2, end: tag.end, text: `>${content}</${tag.name}>` };
  }

  /** A prefix for the XMP namespace; where there is none, one that means nothing else here. */
  #xmpPrefix(): { prefix: string; isDeclared: boolean } {
    const { prefixes } = this.#scanned;
    for (const [prefix, meaning] of prefixes) {
      if (prefix !== "" && meaning === namespaces.xmp) return { prefix, isDeclared: true };
    }
    for (let n = 0; ; n += 1) {
      const prefix = n === 0 ? "xmp" : `xmp${n}`;
      if (!prefixes.has(prefix)) return { prefix, isDeclared: false };
    }
  }
}

function at(place: number, text: string): Edit {
  return { start: place, end: place, text };
}
