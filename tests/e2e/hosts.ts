import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

/** Chromium without its calls home; WebGL in software, since test machines have no GPU. */
export const browserFlags = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
] as const;

export const electronFlags = [
  "--disable-gpu",
  // A root user (CI) can't have Chromium's sandbox; ordinary users test with it.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
] as const;

export function chromiumPath(): string {
  const places = [process.env.KILN_TEST_CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"];
  const found = places.find((place) => place !== undefined && existsSync(place));
  if (found === undefined) throw new Error("No Chromium: set KILN_TEST_CHROMIUM to its path.");
  return found;
}

/** The Electron binary that `npm test` prepared. */
export function electronPath(): string {
  return required("KILN_TEST_ELECTRON_PATH");
}

/** The twin of the packed app, whose inspect fuse is on: Playwright can't attach to the other. */
export function packedPath(): string {
  return required("KILN_TEST_PACKED_PATH");
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this by npm test.`);
  return join(value);
}
