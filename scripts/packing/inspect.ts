/** What is in a packed app, and what must not be. */
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import path from "node:path";
import { getRawHeader, listPackage } from "@electron/asar";

/** The system that a native binary is for, by its first bytes; null for what is none. */
export function binaryPlatform(head: Uint8Array): NodeJS.Platform | null {
  const magic = Buffer.from(head.subarray(0, 4)).toString("hex");
  if (magic === "7f454c46") return "linux";
  if (magic.startsWith("4d5a")) return "win32";
  if (["cffaedfe", "feedfacf", "cafebabe", "cefaedfe"].includes(magic)) return "darwin";
  return null;
}

export interface Contents {
  readonly files: number;
  readonly bytes: number;
  /** Native binaries, relative to the app's folder, with the system that each is for. */
  readonly binaries: readonly { readonly file: string; readonly platform: NodeJS.Platform }[];
  /** Names of the packages inside, scope included. */
  readonly packages: readonly string[];
}

/** Looks through an unpacked app. @param folder where electron-builder put it */
export function inspect(folder: string, asar: string): Contents {
  let bytes = 0;
  const binaries: { file: string; platform: NodeJS.Platform }[] = [];
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const entry of files) {
    const file = path.join(entry.parentPath, entry.name);
    bytes += statSync(file).size;
    const platform = binaryPlatform(headOf(file));
    if (platform !== null) binaries.push({ file: path.relative(folder, file), platform });
  }
  // Reading the header proves that the archive is whole.
  getRawHeader(asar);
  const packages = new Set<string>();
  for (const file of listPackage(asar, { isPack: false })) {
    const name = /node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(file)?.[1];
    if (name !== undefined && !name.startsWith(".") && name !== "@img")
      packages.add(name.replaceAll("\\", "/"));
  }
  return { files: files.length, bytes, binaries, packages: [...packages].sort() };
}

function headOf(file: string): Uint8Array {
  const head = Buffer.alloc(4);
  const handle = openSync(file, "r");
  try {
    readSync(handle, head, 0, 4, 0);
    return head;
  } finally {
    closeSync(handle);
  }
}
