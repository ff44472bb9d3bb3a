import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "./setup/project.mjs";

const read = (name: string) => readFileSync(path.join(root, name), "utf8");

/** The names that NOTICE credits; one may end in `*`. */
const credited = (read("NOTICE").match(/(?:@[\w.-]+\/)?[a-z][\w.-]*(?:\*|\b)/g) ?? []).map(
  (name) => (name.endsWith("*") ? { start: name.slice(0, -1) } : { name }),
);

function isCredited(wanted: string): boolean {
  return credited.some((credit) =>
    "start" in credit ? wanted.startsWith(credit.start) : credit.name === wanted,
  );
}

test("every package that ships beside the app is credited", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { dev?: boolean }>;
  };
  const shipped = Object.entries(packages)
    .filter(([place, { dev }]) => place !== "" && !dev)
    .map(([place]) => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length));
  expect(shipped).toEqual(expect.arrayContaining(["sharp", "better-sqlite3", "libheif-js"]));
  expect(shipped.filter((name) => !isCredited(name))).toEqual([]);
});

/** Names of the packages that a source imports. */
function importsOf(source: string): string[] {
  // A specifier has no blanks and no commas: texts for people may end in "from", too.
  return [...source.matchAll(/\bfrom "([^".\s,][^"\s,]*)"/g)].flatMap(([, specifier = ""]) => {
    if (isBuiltin(specifier)) return [];
    return [
      specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/"),
    ];
  });
}

test("every package that the product's sources import is credited", () => {
  const sources = ["src-main", "src-preload", "src-renderer"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name) && !/(\.test|fixture)\.tsx?$/.test(name))
      .map((name) => path.join(folder, name)),
  );
  const imported = [...new Set(sources.flatMap((name) => importsOf(read(name))))];
  expect(imported).toEqual(expect.arrayContaining(["zod", "sharp"]));
  expect(imported.filter((name) => !isCredited(name))).toEqual([]);
});
