import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { npmCommand, npmFailure, outdatedPackages } from "./packages.mjs";
import { root } from "./project.mjs";

const linux = { os: "linux", cpu: "x64", libc: "glibc" } as const;
const plain = { version: "1.0.0", integrity: "sha512-a" };
const native = { ...plain, optional: true, os: ["linux"], cpu: ["x64"] };

test("packages that are absent, older or of other content are outdated; the project itself is none", () => {
  const locked = {
    "": {},
    "node_modules/a": plain,
    "node_modules/b": plain,
    "node_modules/c": plain,
  };
  const installed = {
    "node_modules/a": plain,
    "node_modules/b": { ...plain, version: "0.9.0" },
    "node_modules/c": { ...plain, integrity: "sha512-b" },
    "node_modules/extra": plain,
  };
  expect(outdatedPackages(locked, installed, linux)).toEqual(["node_modules/b", "node_modules/c"]);
  expect(outdatedPackages(locked, {}, linux)).toHaveLength(3);
});

test("a native binary must be there on the machine that it names, and nowhere else", () => {
  const locked = {
    here: native,
    musl: { ...native, libc: ["musl"] },
    mac: { ...native, os: ["darwin"] },
    arm: { ...native, cpu: ["arm64"] },
    notWindows: { ...native, os: ["!win32"] },
    // Belongs to some other system's binary; npm leaves it out with that.
    shared: { ...plain, optional: true },
  };
  expect(outdatedPackages(locked, {}, linux)).toEqual(["here", "notWindows"]);
  expect(outdatedPackages(locked, {}, { ...linux, libc: "musl" })).toEqual([
    "here",
    "musl",
    "notWindows",
  ]);
});

test("npm's own script is run by the Node that runs npm, without a shell", () => {
  const env = {
    npm_execpath: "C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js",
    npm_node_execpath: "C:\\Program Files\\nodejs\\node.exe",
  };
  expect(npmCommand(env, "win32")).toEqual({
    command: env.npm_node_execpath,
    args: [env.npm_execpath],
    shell: false,
  });
});

test("without npm's hand, or under another package manager, npm is started by name", () => {
  expect(npmCommand({}, "linux")).toEqual({ command: "npm", args: [], shell: false });
  expect(npmCommand({}, "win32")).toEqual({ command: "npm.cmd", args: [], shell: true });
  expect(npmCommand({ npm_execpath: "/usr/lib/yarn.js" }, "darwin").command).toBe("npm");
});

test("npm's failures become sentences", () => {
  const offline = npmFailure("npm error code ENOTFOUND\nnpm error syscall getaddrinfo\n");
  expect(offline.en).toContain("registry can't be reached");
  expect(npmFailure("npm error code ENOSPC\nnpm error write").en).toContain("disk is full");
  expect(npmFailure("npm error code EACCES\nnpm error syscall mkdir").en).toContain(
    "may not write",
  );
  const other = npmFailure(
    "npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install…",
  );
  expect(other.en).toBe(
    "npm could not install Kiln's packages: EUSAGE: `npm ci` can only install…",
  );
  expect(npmFailure("").en).toContain("?");
});

test("the lockfile names every optional binary that its packages ask for, on every system", () => {
  const { packages } = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  /** Node's way up through node_modules folders. */
  const finds = (from: string, name: string): boolean => {
    if (`${from}${from && "/"}node_modules/${name}` in packages) return true;
    const up = from.lastIndexOf("/node_modules/");
    return from !== "" && finds(up < 0 ? "" : from.slice(0, up), name);
  };
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !finds(place, name))
      .map((name) => `${place}: ${name}`),
  );
  expect(missing).toEqual([]);
});
