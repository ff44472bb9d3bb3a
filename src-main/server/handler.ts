import { thumbnailEdges } from "../../src-preload/contract/media.ts";
import { KilnError } from "../errors.ts";
import { problemOf } from "../jobs/index.ts";
import type { Log } from "../log/index.ts";
import { fileResponse, type ServedFile } from "./file-response.ts";
import { pathSegments } from "./path-segments.ts";
import type {
  MediaFile,
  MediaKind,
  MediaSource,
  ResultSource,
  ThumbnailEdge,
  Uploads,
} from "./ports.ts";
import { methodRefused, notFound, photoNotFound, problemResponse } from "./problem-response.ts";
import { readRendererFiles, rendererResponse } from "./renderer-files.ts";
import { securityHeaders } from "./security-headers.ts";
import { limitBytes } from "./upload-limit.ts";

/** Host of the page's address in Electron: app://kiln/ */
const appHost = "kiln";
/** Nobody is there to read it; the code that web servers log for that. */
const clientGone = 499;

export interface RequestHandlerPorts {
  /** The built page (out/renderer). */
  readonly rendererDirectory: string;
  readonly media: MediaSource;
  readonly results: ResultSource;
  /** Only where a page has no paths of its own: the browser host. */
  readonly uploads?: Uploads;
  readonly log: Log;
}

export type RequestHandler = (request: Request) => Promise<Response>;

/**
 * Answers every request of the page, under app:// in Electron and over loopback HTTP: its own files, media by id,
 * and (browser host) the bytes of dropped files. It never throws. Who may ask is the host's business.
 */
export function createRequestHandler(ports: RequestHandlerPorts): RequestHandler {
  const rendererFiles = readRendererFiles(ports.rendererDirectory);
  // Whoever asks first is told; until then it is nobody's failure.
  rendererFiles.catch(() => undefined);

  const answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    if (url.protocol === "app:" && url.host !== appHost) return problemResponse(404, notFound);
    const segments = pathSegments(url.pathname);
    if (segments === null) return problemResponse(404, notFound);
    const [place, ...rest] = segments;
    if (place === "upload" && ports.uploads !== undefined) {
      return receive(request, rest, ports.uploads);
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return problemResponse(405, methodRefused, { allow: "GET, HEAD" });
    }
    if (place === "media") return showMedia(request, url, rest, ports);
    return (
      rendererResponse(await rendererFiles, request, segments) ?? problemResponse(404, notFound)
    );
  };

  return async (request) => {
    const response = await answer(request).catch((error: unknown) =>
      failure(error, request, ports.log),
    );
    for (const [name, value] of securityHeaders) response.headers.set(name, value);
    return response;
  };
}

interface MediaAddress {
  readonly kind: MediaKind;
  readonly photoId: number;
  readonly edge: ThumbnailEdge;
}

/** Reads `thumbnail/:id/:edge`, `preview/:id` or `photo/:id`. */
function mediaAddress(parts: readonly string[]): MediaAddress | null {
  const [kind, id = "", edgeText] = parts;
  const photoId = /^[1-9]\d{0,14}$/.test(id) ? Number(id) : null;
  if (photoId === null) return null;
  if (kind === "thumbnail") {
    const edge = thumbnailEdges.find((known) => String(known) === edgeText);
    return edge === undefined || parts.length !== 3 ? null : { kind, photoId, edge };
  }
  if ((kind !== "preview" && kind !== "photo") || parts.length !== 2) return null;
  return { kind, photoId, edge: thumbnailEdges[0] };
}

/** A row's id, a level, a column or a row: what a path may say in digits. */
const wholeNumber = /^(?:0|[1-9]\d{0,14})$/;

/** How to get the file that an address means; null for what is no address. */
function fileAt(
  parts: readonly string[],
  { media, results }: Pick<RequestHandlerPorts, "media" | "results">,
  signal: AbortSignal,
): (() => Promise<MediaFile | null>) | null {
  const [kind, ...rest] = parts;
  if (kind === "upscale") {
    if (rest.length !== 4 || !rest.every((part) => wholeNumber.test(part))) return null;
    const [id = 0, level = 0, x = 0, y = 0] = rest.map(Number);
    return () => results.tile(id, level, x, y);
  }
  if (kind === "upscale-crop") {
    const [key = "", side, ...surplus] = rest;
    const isSide = side === "before" || side === "after";
    if (surplus.length > 0 || !isSide || !/^[0-9a-f]{32}$/.test(key)) return null;
    return () => results.crop(key, side);
  }
  const address = mediaAddress(parts);
  if (address === null) return null;
  return () => media.open(address.kind, address.photoId, address.edge, signal);
}

async function showMedia(
  request: Request,
  url: URL,
  parts: readonly string[],
  ports: Pick<RequestHandlerPorts, "media" | "results">,
): Promise<Response> {
  const find = fileAt(parts, ports, request.signal);
  if (find === null) return problemResponse(404, notFound);
  try {
    const file = await find();
    if (file !== null) return await fileResponse(request, served(file, url));
  } catch (error) {
    // The photo's file left between being looked up and being opened.
    if (!isMissing(error)) throw error;
  }
  return problemResponse(404, photoNotFound);
}

function served(file: MediaFile, url: URL): ServedFile {
  const version = url.searchParams.get("v");
  const isVersion = file.etag === version || file.etag.startsWith(`${version}-`);
  return {
    path: file.path,
    contentType: file.contentType,
    etag: `"${file.etag}"`,
    // An address that names the version it shows never shows anything else.
    cacheControl: isVersion ? "private, max-age=31536000, immutable" : "private, no-cache",
  };
}

async function receive(
  request: Request,
  parts: readonly string[],
  uploads: Uploads,
): Promise<Response> {
  if (request.method !== "PUT") return problemResponse(405, methodRefused, { allow: "PUT" });
  const [token, ...segments] = parts;
  if (token === undefined || segments.length === 0) return problemResponse(404, notFound);
  const body = limitBytes(request.body, request.headers.get("content-length"));
  await uploads.write(token, segments, body, request.signal);
  return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
}

function failure(error: unknown, request: Request, log: Log): Response {
  if (request.signal.aborted) return new Response(null, { status: clientGone });
  if (error instanceof KilnError) {
    return problemResponse(error.code === "upload-too-large" ? 413 : 422, problemOf(error));
  }
  log.error("A request could not be answered.", {
    method: request.method,
    path: new URL(request.url).pathname,
    error,
  });
  return problemResponse(500, problemOf(error));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
