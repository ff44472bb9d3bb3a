import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { matchesEtag } from "./ranges.ts";

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".txt": "text/plain; charset=utf-8",
};

const pageName = "index.html";
/** Vite names built assets by their content: `assets/<name>-<hash>.<extension>`. */
const hashedName = /^assets\/.+-[\w-]{8}\.\w+$/;

interface RendererFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly etag: string;
  readonly cacheControl: string;
}

/** The built page, by name below its folder ('/' between parts). */
export type RendererFiles = ReadonlyMap<string, RendererFile>;

/**
 * Reads the built page (a few MB) once. What a request names is then looked up among these names, never on the disk:
 * no address can lead out of the folder, and a build that replaces it meanwhile does not mix two versions of the page.
 * Symbolic links are not followed.
 */
export async function readRendererFiles(directory: string): Promise<RendererFiles> {
  const files = new Map<string, RendererFile>();
  const read = async (folder: string, prefix: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = prefix + entry.name;
      if (entry.isDirectory()) await read(path, `${name}/`);
      if (entry.isFile()) files.set(name, rendererFile(name, await readFile(path)));
    }
  };
  await read(directory, "");
  return files;
}

function rendererFile(name: string, content: Buffer): RendererFile {
  return {
    bytes: new Uint8Array(content),
    contentType: contentTypes[extname(name).toLowerCase()] ?? "application/octet-stream",
    etag: `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`,
    cacheControl: cacheControl(name),
  };
}

function cacheControl(name: string): string {
  if (name === pageName) return "no-store";
  return hashedName.test(name) ? "private, max-age=31536000, immutable" : "private, no-cache";
}

/** Null when the page has no such file; no segments mean the page itself. */
export function rendererResponse(
  files: RendererFiles,
  request: Request,
  segments: readonly string[],
): Response | null {
  const file = files.get(segments.length === 0 ? pageName : segments.join("/"));
  if (file === undefined) return null;
  const headers = new Headers({ "cache-control": file.cacheControl, etag: file.etag });
  if (matchesEtag(request.headers.get("if-none-match"), file.etag)) {
    return new Response(null, { status: 304, headers });
  }
  headers.set("content-type", file.contentType);
  headers.set("content-length", String(file.bytes.byteLength));
  return new Response(request.method === "HEAD" ? null : file.bytes, { headers });
}
