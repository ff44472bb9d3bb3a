import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { legalName, legalStem, legalTail } from "./file-name.ts";
import {
  patternBraces,
  patternEmpty,
  patternLeaves,
  patternUnknownField,
  patternWithFolder,
} from "./pattern-problems.ts";

/** What a pattern can say of a photo. */
export interface NameFields {
  /** File name of the photo's main file without its extension. */
  readonly name: string;
  /** Place in the plan, from 1. */
  readonly seq: number;
  /** Wall clock of the capture, YYYY-MM-DDTHH:mm:ss with or without a fraction; null when EXIF has none. */
  readonly capturedLocal: string | null;
  readonly camera: string | null;
  /** Number of its burst in the folder, from 1; null for none. */
  readonly burst: number | null;
  /** Place in its burst by best cut, from 1; null until measured. */
  readonly rank: number | null;
  readonly stars: number;
  readonly label: PhotoRow["label"];
}

/** What one field in braces becomes. */
export type FieldText<Fields> = (fields: Fields) => string;

/** A name of files, or one level of the folders that they go to. */
export interface NamePattern<Fields = NameFields> {
  /** The text for one photo, not yet made legal: that depends on what will follow it (see `legalStem`). */
  expand(fields: Fields): string;
}

const unknown = "unknown";

/**
 * Parses the pattern of a file's name without its extension. Fields: {name}, {seq} and {seq:1…9} (that many digits at
 * least), {date} and {date:YYYY-MM-DD} (from YYYY YY MM DD HH mm ss), {time} (HHmmss), {camera}, {burst}, {rank},
 * {stars}, {label}. What a photo doesn't know is "unknown", a number that it has not is 0.
 *
 * @throws KilnError `pattern-empty`, `pattern-unknown-field` (with the field), `pattern-braces`, `pattern-with-folder`
 */
export function parseNamePattern(pattern: string): NamePattern {
  return parseName(pattern, partFor);
}

/**
 * Parses the pattern of a file's name with fields of one's own.
 *
 * @param textOf what a field ("name", "date:YYYY") becomes; throws KilnError for one that there isn't
 * @throws KilnError `pattern-empty`, `pattern-braces`, `pattern-with-folder`, and what `textOf` throws
 */
export function parseName<Fields>(
  pattern: string,
  textOf: (field: string) => FieldText<Fields>,
): NamePattern<Fields> {
  if (pattern.trim() === "") throw patternEmpty();
  if (/[/\\]/u.test(pattern)) throw patternWithFolder();
  return parse(pattern, textOf);
}

/**
 * Parses folders below the destination: the same fields, '/' (or '\') between levels, none for an empty text.
 *
 * @throws KilnError as `parseNamePattern`, and `pattern-leaves` for '..', '.' and absolute paths
 */
export function parseFolderPattern(pattern: string): NamePattern[] {
  const text = pattern.trim();
  if (text === "") return [];
  if (/^[/\\]/u.test(text) || /^[a-z]:/iu.test(text)) throw patternLeaves();
  const levels = text
    .split(/[/\\]+/u)
    .map((level) => level.trim())
    .filter((level) => level !== "");
  if (levels.some((level) => /^\.+$/u.test(level))) throw patternLeaves();
  return levels.map((level) => parse(level, partFor));
}

/** Names of the folders below the destination for one photo. */
export function folderNames(levels: readonly NamePattern[], fields: NameFields): string[] {
  return levels.map((level) => legalName(level.expand(fields)));
}

/**
 * What a pattern makes of one photo, for the live example: "2026/11/IMG_0001.jpg".
 *
 * @throws KilnError as the parsers
 */
export function exampleName(
  pattern: string,
  subfolders: string,
  fields: NameFields,
  extension: string,
): string {
  const name = parseNamePattern(pattern).expand(fields);
  const folders = folderNames(parseFolderPattern(subfolders), fields);
  const tail = legalTail(extension);
  return [...folders, legalStem(name, [tail]) + tail].join("/");
}

function parse<Fields>(
  pattern: string,
  textOf: (field: string) => FieldText<Fields>,
): NamePattern<Fields> {
  const parts: (string | FieldText<Fields>)[] = [];
  let rest = pattern;
  while (rest !== "") {
    const open = rest.search(/[{}]/u);
    if (open === -1) {
      parts.push(rest);
      break;
    }
    const close = rest.indexOf("}", open);
    const field = rest.slice(open + 1, close);
    if (rest[open] === "}" || close === -1 || field.includes("{")) throw patternBraces();
    parts.push(rest.slice(0, open), textOf(field));
    rest = rest.slice(close + 1);
  }
  return {
    expand: (fields) =>
      parts.map((part) => (typeof part === "string" ? part : part(fields))).join(""),
  };
}

function partFor(field: string): FieldText<NameFields> {
  const colon = field.indexOf(":");
  const name = colon === -1 ? field : field.slice(0, colon);
  const format = colon === -1 ? null : field.slice(colon + 1);
  if (name === "date") return datePart(format ?? "YYYY-MM-DD", field);
  if (name === "seq" && format !== null) {
    if (!/^[1-9]$/u.test(format)) throw patternUnknownField(field);
    return ({ seq }) => String(seq).padStart(Number(format), "0");
  }
  if (format !== null) throw patternUnknownField(field);
  const known = simpleFields.get(name);
  if (known === undefined) throw patternUnknownField(field);
  return known;
}

const simpleFields: ReadonlyMap<string, FieldText<NameFields>> = new Map<
  string,
  FieldText<NameFields>
>([
  ["name", (fields) => fields.name],
  ["seq", (fields) => String(fields.seq)],
  ["time", datePart("HHmmss", "time")],
  ["camera", (fields) => fields.camera ?? unknown],
  ["burst", (fields) => String(fields.burst ?? 0)],
  ["rank", (fields) => String(fields.rank ?? 0)],
  ["stars", (fields) => String(fields.stars)],
  ["label", (fields) => fields.label],
]);

/**
 * The capture time in this format; "unknown" where there is none.
 *
 * @throws KilnError `pattern-unknown-field` when the format has letters that are no part of a date
 */
export function datePart(
  format: string,
  field: string,
): FieldText<Pick<NameFields, "capturedLocal">> {
  const pieces = /YYYY|YY|MM|DD|HH|mm|ss/gu;
  const plain = format.replace(pieces, "");
  if (plain === format || /\p{L}/u.test(plain)) throw patternUnknownField(field);
  return ({ capturedLocal }) => {
    const time = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/u.exec(capturedLocal ?? "");
    if (time === null) return unknown;
    const [, year = "", month = "", day = "", hour = "", minute = "", second = ""] = time;
    const values = new Map([
      ["YYYY", year],
      ["YY", year.slice(2)],
      ["MM", month],
      ["DD", day],
      ["HH", hour],
      ["mm", minute],
      ["ss", second],
    ]);
    return format.replace(pieces, (piece) => values.get(piece) ?? piece);
  };
}
