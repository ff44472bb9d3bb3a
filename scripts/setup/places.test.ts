import { expect, test } from "vitest";
import { browserPlaces, windowArguments } from "./browser.mjs";
import { electronIn, electronSource, stillFails } from "./electron.mjs";
import { node24 } from "./project.mjs";
import { exitCodeOf } from "./run.mjs";
import { needsSetuidSandbox } from "./sandbox.mjs";
import { languageOf } from "./words.mjs";

test("browsers are looked for where each system keeps them", () => {
  const windows = browserPlaces("win32", {
    PROGRAMFILES: "C:\\Program Files",
    "PROGRAMFILES(X86)": "C:\\Program Files (x86)",
    LOCALAPPDATA: "C:\\Users\\ann\\AppData\\Local",
  });
  expect(windows).toContain("C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe");
  expect(windows[0]).toBe("C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe");
  expect(browserPlaces("darwin", { HOME: "/Users/ann" })).toContain(
    "/Users/ann/Applications/Chromium.app/Contents/MacOS/Chromium",
  );
  const linux = browserPlaces("linux", { PATH: "/opt/bin:/usr/bin" });
  expect(linux.slice(0, 3)).toEqual([
    "/opt/bin/chromium",
    "/usr/bin/chromium",
    "/snap/bin/chromium",
  ]);
});

test("the window has a profile of its own, and its sandbox wherever it can be had", () => {
  const args = windowArguments("http://127.0.0.1:1/t/", "/p", true);
  expect(args).toEqual(
    expect.arrayContaining(["--app=http://127.0.0.1:1/t/", "--user-data-dir=/p"]),
  );
  expect(args).not.toContain("--no-sandbox");
  expect(windowArguments("x", "/p", false)).toContain("--no-sandbox");
});

test("executables inside their folders", () => {
  expect(electronIn("/e", "linux")).toBe("/e/electron");
  expect(electronIn("/e", "darwin")).toBe("/e/Electron.app/Contents/MacOS/Electron");
  expect(electronIn("C:\\e", "win32")).toBe("C:\\e\\electron.exe");
  expect(node24("/k", "linux")).toBe("/k/node_modules/node/bin/node");
  expect(node24("/k", "win32")).toMatch(/node\.exe$/);
});

test("a failed fetch holds for hours, for the same version from the same source", () => {
  const now = 1_800_000_000_000;
  const wanted = { version: "45.4.1", source: electronSource({}) };
  const memory = { ...wanted, at: now - 3_600_000 };
  expect(stillFails(memory, wanted, now)).toBe(true);
  expect(stillFails(memory, wanted, now + 6 * 3_600_000)).toBe(false);
  expect(stillFails(memory, { ...wanted, version: "46.0.0" }, now)).toBe(false);
  const mirror = electronSource({ ELECTRON_MIRROR: "https://mirror.example/" });
  expect(stillFails(memory, { ...wanted, source: mirror }, now)).toBe(false);
  expect(stillFails({ ...memory, at: now + 1 }, wanted, now)).toBe(false); // the clock was set back
  expect(stillFails(undefined, wanted, now)).toBe(false);
});

test("the setuid sandbox is for kernels that restrict user namespaces", () => {
  const kernel = (values: Record<string, string>) => (name: string) => values[name];
  expect(needsSetuidSandbox(kernel({}))).toBe(false);
  expect(needsSetuidSandbox(kernel({ apparmor_restrict_unprivileged_userns: "1\n" }))).toBe(true);
  expect(needsSetuidSandbox(kernel({ unprivileged_userns_clone: "0\n" }))).toBe(true);
  expect(needsSetuidSandbox(kernel({ unprivileged_userns_clone: "1\n" }))).toBe(false);
});

test("exit codes are a child's own, or 128 and its signal", () => {
  expect(exitCodeOf(2, null)).toBe(2);
  expect(exitCodeOf(null, "SIGINT")).toBe(130);
  expect(exitCodeOf(null, "SIGTERM")).toBe(143);
});

test("Korean is spoken where the system is Korean", () => {
  expect(languageOf({ LANG: "ko_KR.UTF-8" }, "en-US")).toBe("ko");
  expect(languageOf({ LC_ALL: "en_US.UTF-8", LANG: "ko_KR.UTF-8" }, "ko-KR")).toBe("en");
  expect(languageOf({}, "ko-KR")).toBe("ko");
  expect(languageOf({ LANG: "C.UTF-8" }, "ko-KR")).toBe("en");
});
