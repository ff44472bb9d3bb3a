import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What a host on loopback knows about itself. */
export interface Gate {
  /** `127.0.0.1:<port>`: the one Host header that is answered, so that a rebound name is not. */
  readonly authority: string;
  /** First part of every path; 256 random bits. */
  readonly token: string;
}

/** Path and query below the token, beginning with '/', or the status that refuses the request. */
export type Passage = { readonly target: string } | { readonly refusal: number };

/** `open`: anything that reads. `own page`: what changes things must come from our own page, and say so. */
export type Demand = "open" | "own page";

const methods = ["GET", "HEAD", "PUT"];

/**
 * Decides whether a request may go on. In this order: the Host that it names (421), the page that it comes from (403),
 * its method (405), the token (404, as for any address that does not exist). A browser can forge none of the first
 * two; the token keeps out the other programs and people of this machine.
 */
export function admit(request: IncomingMessage, gate: Gate, demand: Demand): Passage {
  const { headersDistinct, method = "", url = "" } = request;
  const origin = `http://${gate.authority}`;
  if (!isExactly(headersDistinct.host, gate.authority)) return { refusal: 421 };
  const origins = headersDistinct.origin;
  if (origins === undefined ? demand === "own page" : !isExactly(origins, origin)) {
    return { refusal: 403 };
  }
  // 'same-site' is another port of this machine. Only browsers send the header; all of today's do.
  const site = headersDistinct["sec-fetch-site"];
  if (site !== undefined && !isExactly(site, "same-origin") && !isExactly(site, "none")) {
    return { refusal: 403 };
  }
  if (!methods.includes(method)) return { refusal: 405 };
  if (method !== "PUT" && hasBody(request)) return { refusal: 400 };
  const target = belowToken(url, gate.token);
  // Only addresses as a browser writes them: nothing in them is resolved, folded or guessed.
  if (target === null || !isNormal(origin, target)) return { refusal: 404 };
  return { target };
}

function isExactly(values: readonly string[] | undefined, expected: string): boolean {
  return values?.length === 1 && values[0] === expected;
}

/** `/<token>/rest` → `/rest`. Compared in constant time; the digests make the lengths equal. */
function belowToken(url: string, token: string): string | null {
  const end = url.indexOf("/", 1);
  if (!url.startsWith("/") || end === -1) return null;
  return timingSafeEqual(digest(url.slice(1, end)), digest(token)) ? url.slice(end) : null;
}

/** A body where none is meant is at best a mistake, at worst a second request in disguise. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function isNormal(origin: string, target: string): boolean {
  const resolved = URL.parse(origin + target);
  return resolved !== null && resolved.href === origin + target && resolved.hash === "";
}
