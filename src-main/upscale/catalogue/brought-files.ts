import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import type { KilnError } from "../../errors.ts";
import { largestModelBytes } from "./fetch-source.ts";
import {
  modelFileUnreadable,
  modelFormatUnknown,
  modelPartnerMissing,
  modelTooLarge,
} from "./problems.ts";

/** A file of a model that somebody brought. */
export interface BroughtFile {
  readonly role: "weights" | "param" | "onnx";
  /** Without its folder. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

const roles = { ".pth": "weights", ".safetensors": "weights", ".onnx": "onnx" } as const;

/**
 * Sorts paths into models: each file alone, ncnn's .param with its .bin, of which one may lie unnamed beside the other.
 * A folder stands for the files in it that can be models.
 *
 * @returns the paths of each model, or of what is none, with why
 */
export async function sortIntoModels(
  paths: readonly string[],
): Promise<
  ({ readonly paths: readonly string[] } | { readonly problem: KilnError; file: string })[]
> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  const seen = new Set<string>();
  const models = [];
  for (const path of files) {
    if (seen.has(path)) continue;
    seen.add(path);
    const ending = extname(path).toLowerCase();
    if (Object.hasOwn(roles, ending)) {
      models.push({ paths: [path] });
      continue;
    }
    const file = basename(path);
    if (ending !== ".param" && ending !== ".bin") {
      models.push({ file, problem: modelFormatUnknown(file) });
      continue;
    }
    const partner = await partnerOf(path, files);
    if (partner === null) {
      const stem = basename(path, extname(path));
      const missing = stem + (ending === ".param" ? ".bin" : ".param");
      models.push({ file, problem: modelPartnerMissing(file, missing) });
      continue;
    }
    seen.add(partner);
    models.push({ paths: ending === ".bin" ? [path, partner] : [partner, path] });
  }
  return models;
}

/**
 * Reads through the files of one model, so that it is known by its bytes.
 * @throws KilnError `model-unreadable`, `model-too-large`
 */
export async function knowFiles(paths: readonly string[]): Promise<BroughtFile[]> {
  const files: BroughtFile[] = [];
  for (const path of paths) {
    const name = basename(path);
    const ending = extname(path).toLowerCase();
    const role = ending === ".param" ? "param" : ending === ".onnx" ? "onnx" : "weights";
    const hash = createHash("sha256");
    let bytes = 0;
    try {
      // Asked before it is opened: opening a pipe would wait for somebody to write.
      if (!(await stat(path)).isFile()) throw new Error("Not a file");
      for await (const chunk of createReadStream(path)) {
        hash.update(chunk);
        bytes += chunk.length;
        if (bytes > largestModelBytes) break;
      }
    } catch (error) {
      throw modelFileUnreadable(name, error);
    }
    if (bytes > largestModelBytes) throw modelTooLarge(name, largestModelBytes);
    files.push({ role, name, path, bytes, sha256: hash.digest("hex") });
  }
  return files;
}

/** Files directly in a folder that can be models, or halves of one, by name. */
export async function modelFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /\.(pth|safetensors|onnx|param|bin)$/i.test(name))
    .toSorted()
    .map((name) => join(folder, name));
}

async function filesAt(path: string): Promise<string[]> {
  const info = await stat(path).catch(() => null);
  return info?.isDirectory() === true ? modelFilesIn(path) : [path];
}

/** The other half of an ncnn model: among the named files first, else beside it. */
async function partnerOf(path: string, named: readonly string[]): Promise<string | null> {
  const ending = extname(path).toLowerCase() === ".param" ? ".bin" : ".param";
  const name = (basename(path, extname(path)) + ending).toLowerCase();
  const fits = (other: string): boolean => basename(other).toLowerCase() === name;
  const folder = dirname(path);
  const beside = await readdir(folder).catch(() => []);
  return (
    named.find((other) => fits(other) && dirname(other) === folder) ??
    named.find(fits) ??
    beside.map((other) => join(folder, other)).find(fits) ??
    null
  );
}

/** An id from a file's name that nothing else has: "4x-UltraSharp.pth" → "4x-ultrasharp". */
export function freshId(fileName: string, taken: ReadonlySet<string>): string {
  const plain = basename(fileName, extname(fileName))
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^[-.]+/, "")
    .slice(0, 48)
    .replace(/[-.]+$/, "");
  // Windows takes these names for devices, whatever follows a dot.
  const isDevice = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/.test(plain);
  const id = plain === "" ? "model" : isDevice ? `model-${plain}` : plain;
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? id : `${id}-${n}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** A file's name as a model's: without its ending, in one line. */
export function nameOfFile(file: string): string {
  const name = file
    .replace(/\.[^.]+$/, "")
    .replace(/\p{C}+/gu, " ")
    .trim()
    .slice(0, 80);
  return name === "" ? "Model" : name;
}

/** Whether a model is made of exactly these bytes. */
export function areSame(
  known: readonly { readonly role: string; readonly sha256: string | null }[],
  files: readonly BroughtFile[],
): boolean {
  return (
    known.length === files.length &&
    files.every(({ role, sha256 }) =>
      known.some((file) => file.role === role && file.sha256 === sha256),
    )
  );
}
