/** What a file's name tells of its place in a row. */
export interface NamePlace {
  /** With its last separator; empty for none. */
  readonly folder: string;
  /** The name without what counts it, in lower case: `img_#`, `wedding (#)`. */
  readonly series: string;
  /** Its number in the series; null for a name without digits. */
  readonly number: number | null;
}

/** What programs and systems append to the name of a copy, in English and Korean; `(2)` and `-2` count copies, too. */
const COPY_MARK =
  /^(?<original>.+?)(?:[ _-]+(?:copy|copie|kopie|edit|edited|복사본|사본|수정됨|편집)(?:[ _-]*\(?\d+\)?)?| ?\(\d+\)|-\d{1,2})$/iu;
const COPY_FIRST = /^(?:copy of|사본 -) ?(?<original>.+)$/iu;

/** `a/IMG_0012.JPG` is number 12 of `img_#` in `a/`; `x (3).jpg` is number 3 of `x (#)`. */
export function placeOf(name: string): NamePlace {
  const { folder, stem } = splitName(name);
  const parts = /^(.*?)(\d+)(\D*)$/u.exec(stem);
  const [, before = stem, digits, after = ""] = parts ?? [];
  return {
    folder,
    series: `${before}${digits === undefined ? "" : "#"}${after}`.toLowerCase(),
    number: digits === undefined ? null : Number(digits),
  };
}

/** Folder and stem in lower case: the same for all files of one photo. */
export function stemOf(name: string): string {
  const { folder, stem } = splitName(name);
  return folder + stem.toLowerCase();
}

/** The {@link stemOf} of the photo of which this name says that it is a copy (`IMG_1 copy.jpg` of `img_1`), or null. */
export function originalStemOf(name: string): string | null {
  const { folder, stem } = splitName(name);
  const found = COPY_MARK.exec(stem) ?? COPY_FIRST.exec(stem);
  const original = found?.groups?.original;
  return original === undefined ? null : folder + original.toLowerCase();
}

/** A key by which names sort as people count: IMG_2 before IMG_10. */
export function sortKey(name: string): string {
  return name.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, "0"));
}

function splitName(name: string): { folder: string; stem: string } {
  const end = Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1;
  const file = name.slice(end);
  const dot = file.lastIndexOf(".");
  return { folder: name.slice(0, end), stem: dot > 0 ? file.slice(0, dot) : file };
}
