// Whether out/ still is what the sources say. Read by the starters on any Node, written by the build.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Folders and files whose content decides what a build makes. Tests are left out: they are never bundled. */
export const buildInputs = [
  "package.json",
  "package-lock.json",
  "tsconfig.base.json",
  "vite.config.ts",
  "scripts/build.ts",
  "scripts/entries.ts",
  "resources",
  "src-main",
  "src-preload",
  "src-renderer",
];

/**
 * @param {string} folder
 * @param {string} name relative to it, with '/'
 * @returns {string[]} the files at and below it, relative to `folder`
 */
function filesBelow(folder, name) {
  const entry = statSync(path.join(folder, name), { throwIfNoEntry: false });
  if (!entry) return [];
  if (!entry.isDirectory()) return /\.test\.tsx?$/.test(name) ? [] : [name];
  return readdirSync(path.join(folder, name)).flatMap((child) =>
    filesBelow(folder, `${name}/${child}`),
  );
}

/**
 * A digest of names and contents. Contents, not times: a checkout gives every file a new time.
 * @param {string} folder the working copy
 * @param {readonly string[]} [inputs]
 */
export function sourceDigest(folder, inputs = buildInputs) {
  const digest = createHash("sha256");
  for (const name of inputs.flatMap((input) => filesBelow(folder, input)).sort()) {
    const content = readFileSync(path.join(folder, name));
    digest.update(`${name}\0${content.length}\0`).update(content);
  }
  return digest.digest("hex");
}

/** @param {string} folder */
const stampFile = (folder) => path.join(folder, "out", "stamp.json");

/**
 * @param {string} folder the working copy
 * @returns {boolean} whether out/ was built from exactly these sources and is whole
 */
export function isBuilt(folder) {
  /** @type {{ sources: string, outputs: Record<string, number> }} */
  let stamp;
  try {
    stamp = JSON.parse(readFileSync(stampFile(folder), "utf8"));
  } catch {
    return false; // never built, or a build that was cut short
  }
  const whole = Object.entries(stamp.outputs).every(
    ([name, size]) =>
      statSync(path.join(folder, "out", name), { throwIfNoEntry: false })?.size === size,
  );
  return whole && stamp.sources === sourceDigest(folder);
}

/** @param {string} folder the working copy; its out/ counts as not built from now on */
export function forgetBuild(folder) {
  rmSync(stampFile(folder), { force: true });
}

/**
 * @param {string} folder the working copy
 * @param {string} sources the digest taken before the build began: a file that changed meanwhile means another build
 */
export function rememberBuild(folder, sources) {
  const out = path.join(folder, "out");
  mkdirSync(out, { recursive: true });
  const names = readdirSync(out)
    .filter((name) => name !== "stamp.json")
    .flatMap((name) => filesBelow(out, name));
  const outputs = Object.fromEntries(
    names.map((name) => [name, statSync(path.join(out, name)).size]),
  );
  writeFileSync(stampFile(folder), JSON.stringify({ sources, outputs }));
}
