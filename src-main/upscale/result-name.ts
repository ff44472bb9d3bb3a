import type { UpscaleFormat } from "../../src-preload/contract/upscale.ts";
import {
  datePart,
  type FieldText,
  legalStem,
  legalTail,
  parseName,
  patternUnknownField,
} from "../apply/index.ts";

/** What a pattern can say of a result. */
export interface ResultFields {
  /** Name of the original's file without its extension. */
  readonly name: string;
  /** Id of the model. */
  readonly model: string;
  /** Times the original's edges; written with two decimals at most. */
  readonly scale: number;
  readonly width: number;
  readonly height: number;
  /** Wall clock of the capture, YYYY-MM-DDTHH:mm:ss; null when EXIF has none. */
  readonly capturedLocal: string | null;
}

const allFields = "{name} {model} {scale} {width} {height} {date} {date:YYYYMMDD}";

const simple: ReadonlyMap<string, FieldText<ResultFields>> = new Map([
  ["name", ({ name }: ResultFields) => name],
  ["model", ({ model }: ResultFields) => model],
  ["scale", ({ scale }: ResultFields) => String(Math.round(scale * 100) / 100)],
  ["width", ({ width }: ResultFields) => String(width)],
  ["height", ({ height }: ResultFields) => String(height)],
]);

export const extensions: Readonly<Record<UpscaleFormat, string>> = {
  jpeg: ".jpg",
  png: ".png",
  webp: ".webp",
  avif: ".avif",
  tiff: ".tif",
};

/**
 * A naming pattern for results: legal base names, without extension.
 *
 * @throws KilnError `pattern-empty`, `pattern-unknown-field`, `pattern-braces`, `pattern-with-folder`
 */
export function parseResultName(
  pattern: string,
  format: UpscaleFormat,
): (fields: ResultFields) => string {
  const parsed = parseName(pattern, textOf);
  const tail = legalTail(extensions[format]);
  return (fields) => legalStem(parsed.expand(fields), [` (9999)${tail}`]);
}

function textOf(field: string): FieldText<ResultFields> {
  const [name = "", ...format] = field.split(":");
  if (name === "date") {
    try {
      return datePart(format.length === 0 ? "YYYY-MM-DD" : format.join(":"), field);
    } catch {
      throw patternUnknownField(field, allFields);
    }
  }
  const known = format.length === 0 ? simple.get(name) : undefined;
  if (known === undefined) throw patternUnknownField(field, allFields);
  return known;
}
