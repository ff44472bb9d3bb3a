import { KilnError } from "../errors.ts";

export const outputFormats = ["jpeg", "png", "webp", "avif", "tiff"] as const;
export type OutputFormat = (typeof outputFormats)[number];

interface Limit {
  readonly name: string;
  /** Longest edge in pixels that the format, or its one encoder here, can say. */
  readonly edge: number;
  /** Largest picture whose encoder, which holds all of it, stays within a gigabyte and a half. */
  readonly megapixels: number;
}

const limits: Readonly<Record<OutputFormat, Limit>> = {
  // Sixteen bits for each edge, all ones taken by a few readers.
  jpeg: { name: "JPEG", edge: 65_535, megapixels: Number.POSITIVE_INFINITY },
  // 31 bits for each edge; libvips counts with as many.
  png: { name: "PNG", edge: 2 ** 31 - 1, megapixels: Number.POSITIVE_INFINITY },
  tiff: { name: "TIFF", edge: 2 ** 31 - 1, megapixels: Number.POSITIVE_INFINITY },
  // Fourteen bits for each edge.
  webp: { name: "WebP", edge: 16_383, megapixels: 80 },
  // What libheif's encoders are given at most.
  avif: { name: "AVIF", edge: 16_384, megapixels: 30 },
};

/**
 * Why a picture of this size can't be written in this format: to be asked before any work starts.
 *
 * @returns KilnError `output-too-large`, which says which format would do; null where it can be written.
 */
export function outputLimit(format: OutputFormat, width: number, height: number): KilnError | null {
  if (holds(format, width, height)) return null;
  const { name, edge, megapixels } = limits[format];
  const size = `${width.toLocaleString("en")} × ${height.toLocaleString("en")}`;
  const others = outputFormats
    .filter((other) => other !== format && holds(other, width, height))
    .map((other) => limits[other].name);
  const [en, ko] =
    Math.max(width, height) > edge
      ? [
          `no edge may be longer than ${edge.toLocaleString("en")} pixels`,
          `한 변이 ${edge.toLocaleString("en")}픽셀을 넘을 수 없습니다`,
        ]
      : [
          `Kiln writes up to ${megapixels} megapixels of it, which it has to hold in memory`,
          `전체를 메모리에 올려야 해서 ${megapixels}메가픽셀까지만 저장합니다`,
        ];
  return new KilnError(
    "output-too-large",
    {
      en: `${size} pixels are too many for ${name}: ${en}.`,
      ko: `${size}픽셀은 ${name}로 저장하기에 너무 큽니다. ${ko}.`,
    },
    {
      en: `Choose ${either(others, "or")}, or a smaller size.`,
      ko: `${others.join(", ")} 가운데 하나를 고르거나 크기를 줄이세요.`,
    },
  );
}

function holds(format: OutputFormat, width: number, height: number): boolean {
  const { edge, megapixels } = limits[format];
  return Math.max(width, height) <= edge && width * height <= megapixels * 1e6;
}

/** "PNG, TIFF or JPEG". There always is one: PNG takes everything. */
function either(names: readonly string[], word: string): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} ${word} ${last}`;
}
