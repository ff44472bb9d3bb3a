import { describe, expect, test } from "vitest";
import {
  decide,
  missingPackages,
  neededPackages,
  packsChromium,
  parseOsRelease,
  usesApt,
} from "./system.mjs";

const bookworm = parseOsRelease('ID=debian\nVERSION_CODENAME=bookworm\nVERSION_ID="12"\n');
const noble = parseOsRelease(
  "ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\nUBUNTU_CODENAME=noble\n",
);
const mint = parseOsRelease(
  'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n',
);
const fedora = parseOsRelease("ID=fedora\nVERSION_CODENAME=''\n");

test("distributions are known by themselves or by what they stand on", () => {
  expect([bookworm, noble, mint, fedora].map(usesApt)).toEqual([true, true, true, false]);
  expect(mint).toEqual({ id: "linuxmint", like: ["ubuntu", "debian"], codename: "noble" });
});

test("Ubuntu's chromium package is a snap's door, the others' is the browser", () => {
  expect([bookworm, noble, mint].map(packsChromium)).toEqual([true, false, true]);
});

describe("what a purpose needs", () => {
  const has = { browser: false, koreanFont: false };

  test("libraries have the names of the release", () => {
    expect(neededPackages("window", bookworm, has)).toContain("libgtk-3-0");
    expect(neededPackages("window", noble, has)).toContain("libgtk-3-0t64");
    expect(neededPackages("window", mint, has)).toContain("libasound2t64");
    expect(neededPackages("window", noble, has)).toContain("libgbm1");
  });

  test("a window needs neither Xvfb nor a browser; tests do, where there is none and apt has one", () => {
    expect(neededPackages("window", bookworm, has)).not.toContain("xvfb");
    expect(neededPackages("window", bookworm, has)).not.toContain("chromium");
    expect(neededPackages("tests", bookworm, has)).toEqual(
      expect.arrayContaining(["xvfb", "bubblewrap", "chromium", "libheif-examples"]),
    );
    expect(neededPackages("tests", noble, has)).not.toContain("chromium");
    expect(neededPackages("tests", bookworm, { ...has, browser: true })).not.toContain("chromium");
  });

  test("a Korean font of any origin will do", () => {
    expect(neededPackages("window", bookworm, has)).toContain("fonts-noto-cjk");
    const withFont = neededPackages("window", bookworm, { ...has, koreanFont: true });
    expect(withFont).not.toContain("fonts-noto-cjk");
  });
});

test("what was removed but left its settings is missing, too", () => {
  const listing = "ii \txvfb\nrc \tlibnss3\nun \tlibgbm1\n";
  expect(missingPackages(["xvfb", "libnss3", "libgbm1", "xauth"], listing)).toEqual([
    "libnss3",
    "libgbm1",
    "xauth",
  ]);
});

describe("an administrator's work", () => {
  const nobody = { root: false, sudo: "none", terminal: false, ci: false } as const;

  test("is asked for on a terminal", () => {
    expect(decide({ ...nobody, root: true, terminal: true })).toBe("ask");
    expect(decide({ ...nobody, sudo: "password", terminal: true })).toBe("ask");
    expect(decide({ ...nobody, sudo: "free", terminal: true })).toBe("ask");
  });

  test("is done unasked without a terminal, or in CI, if nothing asks for a password", () => {
    expect(decide({ ...nobody, root: true })).toBe("do");
    expect(decide({ ...nobody, sudo: "free" })).toBe("do");
    expect(decide({ ...nobody, sudo: "free", terminal: true, ci: true })).toBe("do");
  });

  test("is told in every other case", () => {
    expect(decide(nobody)).toBe("tell");
    expect(decide({ ...nobody, terminal: true })).toBe("tell");
    expect(decide({ ...nobody, sudo: "password" })).toBe("tell");
    expect(decide({ ...nobody, sudo: "password", terminal: true, ci: true })).toBe("tell");
  });
});
