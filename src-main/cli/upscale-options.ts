import {
  type Paper,
  paperSchema,
  papers,
  type UpscaleFormat,
  type UpscaleSettings,
  type UpscaleTarget,
  upscaleFormatSchema,
  upscaleFormats,
  upscalePlacementSchema,
} from "../../src-preload/contract/upscale.ts";
import { KilnError } from "../errors.ts";
import { parseResultName } from "../upscale/index.ts";
import { type parseCommand, UsageError } from "./arguments.ts";

/** The options of `kiln upscale`, beside those that every command takes. */
export const upscaleOptions = {
  out: { type: "string" },
  model: { type: "string", default: "general-x4v3" },
  scale: { type: "string" },
  width: { type: "string" },
  height: { type: "string" },
  print: { type: "string" },
  dpi: { type: "string" },
  format: { type: "string", default: "png" },
  quality: { type: "string", default: "92" },
  background: { type: "string" },
  denoise: { type: "string" },
  tile: { type: "string" },
  name: { type: "string", default: "{name}-{model}-{scale}x" },
  metadata: { type: "string", default: "all" },
  existing: { type: "string", default: "skip" },
  provider: { type: "string" },
} as const;

export type UpscaleValues = ReturnType<typeof parseCommand<typeof upscaleOptions>>["values"];

/** What was asked for on the command line. @throws UsageError */
export function parseUpscale(values: UpscaleValues): {
  readonly settings: UpscaleSettings;
  readonly placement: { readonly pattern: string; readonly existing: "skip" | "rename" };
} {
  const settings: UpscaleSettings = {
    model: values.model,
    denoise: values.denoise === undefined ? 1 : number(values.denoise, "denoise", 0, 1),
    target: targetOf(values),
    format: formatOf(values.format),
    quality: number(values.quality, "quality", 1, 100, true),
    metadata: oneOf(values.metadata, "metadata", ["all", "withoutPlace", "none"]),
    ...(values.background !== undefined && {
      background: oneOf(values.background, "background", ["white", "black"] as const),
    }),
    ...(values.tile !== undefined && { tile: number(values.tile, "tile", 0, 65_536, true) }),
  };
  const existing = oneOf(values.existing, "existing", ["skip", "rename"]);
  assertPattern(values.name, settings);
  return { settings, placement: { pattern: values.name, existing } };
}

/** @throws UsageError for a pattern that makes no names */
function assertPattern(pattern: string, { format }: UpscaleSettings): void {
  if (!upscalePlacementSchema.shape.pattern.safeParse(pattern).success) {
    throw new UsageError({
      en: "--name takes 200 characters at most.",
      ko: "--name에는 200자까지 쓸 수 있습니다.",
    });
  }
  try {
    parseResultName(pattern, format);
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    const { code, happened, todo } = error;
    const folders = {
      en: "Name the folder with --out.",
      ko: "폴더는 --out으로 지정하세요.",
    };
    const hint = code === "pattern-with-folder" ? folders : todo;
    throw new UsageError({
      en: `--name does not take “${pattern}”. ${happened.en} ${hint.en}`,
      ko: `--name에 “${pattern}”은(는) 쓸 수 없습니다. ${happened.ko} ${hint.ko}`,
    });
  }
}

function targetOf({ scale, width, height, print, dpi }: UpscaleValues): UpscaleTarget {
  const given = [scale, width, height, print].filter((value) => value !== undefined);
  if (given.length > 1) {
    throw new UsageError({
      en: "Only one of --scale, --width, --height and --print can be asked for.",
      ko: "--scale, --width, --height, --print 중 하나만 쓸 수 있습니다.",
    });
  }
  if (dpi !== undefined && print === undefined) {
    throw new UsageError({ en: "--dpi goes with --print.", ko: "--dpi는 --print와 함께 씁니다." });
  }
  if (width !== undefined) return { by: "width", pixels: pixels(width, "width") };
  if (height !== undefined) return { by: "height", pixels: pixels(height, "height") };
  if (print !== undefined) {
    return {
      by: "print",
      paper: paperOf(print),
      dpi: dpi === undefined ? 300 : number(dpi, "dpi", 36, 1200, true),
    };
  }
  return { by: "scale", scale: scale === undefined ? 4 : number(scale, "scale", 1, 16) };
}

function pixels(text: string, option: string): number {
  return number(text, option, 1, 200_000, true);
}

function formatOf(text: string): UpscaleFormat {
  const usual = { jpg: "jpeg", tif: "tiff" } as const;
  const name = Object.hasOwn(usual, text) ? usual[text as keyof typeof usual] : text;
  const format = upscaleFormatSchema.safeParse(name);
  if (format.success) return format.data;
  throw notOneOf(text, "format", upscaleFormats);
}

function paperOf(text: string): Paper {
  const paper = paperSchema.safeParse(text.toUpperCase());
  if (paper.success) return paper.data;
  throw notOneOf(text, "print", Object.keys(papers));
}

/** @throws UsageError for another value */
export function oneOf<Value extends string>(
  text: string,
  option: string,
  values: readonly Value[],
): Value {
  const value = values.find((each) => each === text);
  if (value === undefined) throw notOneOf(text, option, values);
  return value;
}

function notOneOf(text: string, option: string, values: readonly string[]): UsageError {
  const list = values.join(", ");
  return new UsageError({
    en: `--${option} takes one of ${list}, not “${text}”.`,
    ko: `--${option}에는 ${list} 중 하나를 적으세요. “${text}”은(는) 쓸 수 없습니다.`,
  });
}

function number(
  text: string,
  option: string,
  least: number,
  most: number,
  isWhole = false,
): number {
  const value = Number(text);
  if (
    text.trim() !== "" &&
    value >= least &&
    value <= most &&
    (!isWhole || Number.isInteger(value))
  ) {
    return value;
  }
  const kind = isWhole ? { en: "a whole number", ko: "정수" } : { en: "a number", ko: "수" };
  throw new UsageError({
    en: `--${option} takes ${kind.en} from ${least} to ${most}, not “${text}”.`,
    ko: `--${option}에는 ${least}부터 ${most}까지의 ${kind.ko}를 적으세요. “${text}”은(는) 쓸 수 없습니다.`,
  });
}
