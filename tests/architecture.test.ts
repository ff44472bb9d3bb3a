import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const folders = ["src-main", "src-preload", "src-renderer"];

interface Source {
  /** Relative to the repository, with '/'. */
  readonly path: string;
  readonly text: string;
  /** Modules that it imports, relative ones resolved like `path`. */
  readonly imports: readonly string[];
}

const sources: readonly Source[] = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"))
    .map((name) => read(join(root, folder, name))),
);

function read(file: string): Source {
  const text = readFileSync(file, "utf8");
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map(
    ([, name = ""]) =>
      name.startsWith(".") ? slashed(relative(root, resolve(dirname(file), name))) : name,
  );
  return { path: slashed(relative(root, file)), text, imports };
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}

/** 'src-main/photos/worker/decode.ts' → 'photos'; null for what lies beside the rooms. */
function roomOf(path: string): string | null {
  const [, room, file] = /^src-main\/([^/]+)\/(.+)$/.exec(path) ?? [];
  return room === undefined || file === undefined ? null : room;
}

const isTest = (path: string): boolean =>
  /\.(test|fixture)\.tsx?$/.test(path) || path.includes("fixture");

test("only Electron's rim and the preload import electron", () => {
  const offenders = sources
    .filter(({ imports }) => imports.some((name) => /^electron(-store|\/.*)?$/.test(name)))
    .map(({ path }) => path)
    .filter((path) => !path.startsWith("src-main/electron/") && path !== "src-preload/preload.ts");
  expect(offenders).toEqual([]);
});

test("renderer and main share the contract and nothing else", () => {
  const offenders = sources.flatMap(({ path, imports }) => {
    const side = path.split("/")[0] ?? "";
    return imports
      .filter((name) => folders.some((folder) => name.startsWith(`${folder}/`)))
      .filter((name) => !name.startsWith(`${side}/`) && !name.startsWith("src-preload/contract/"))
      .map((name) => `${path} → ${name}`);
  });
  expect(offenders).toEqual([]);
});

test("a room is entered by its index", () => {
  const entries = /^src-main\/(main|services|router)\.ts$/;
  const offenders = sources.flatMap(({ path, imports }) => {
    if (isTest(path) || entries.test(path)) return [];
    const own = roomOf(path);
    return imports
      .filter((name) => {
        const other = roomOf(name);
        return other !== null && other !== own && !name.endsWith("/index.ts");
      })
      .map((name) => `${path} → ${name}`);
  });
  expect(offenders).toEqual([]);
});

test("SQL stays in the library", () => {
  const sql = /\b(SELECT\s+.+\s+FROM|INSERT INTO|DELETE FROM|UPDATE \w+ SET)\b/;
  const offenders = sources
    .filter(({ path }) => !path.startsWith("src-main/library/") && !isTest(path))
    .filter(({ text }) => sql.test(text))
    .map(({ path }) => path);
  expect(offenders).toEqual([]);
});

test("no drawers for odds and ends", () => {
  const offenders = sources
    .map(({ path }) => path)
    .filter((path) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.tsx?$)/.test(path));
  expect(offenders).toEqual([]);
});

test("a file over 400 lines says at its top why", () => {
  const offenders = sources
    .filter(({ text }) => text.trimEnd().split("\n").length > 400)
    .filter(({ text }) => !text.startsWith("/**"))
    .map(({ path, text }) => `${path}: ${text.split("\n").length}`);
  expect(offenders).toEqual([]);
});
