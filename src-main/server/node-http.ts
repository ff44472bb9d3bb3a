import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** What the request handler reads; nothing else of a stranger's headers goes further. */
const passedHeaders = ["content-length", "if-none-match", "if-range", "range"];

/** Node's request as the fetch standard has it. Its signal is aborted when the client leaves before the answer's end. */
export function fetchRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  url: string,
): Request {
  const abort = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) abort.abort();
  });
  const headers = new Headers();
  for (const name of passedHeaders) {
    const values = incoming.headersDistinct[name];
    if (values !== undefined) headers.set(name, values.join(", "));
  }
  const { method = "GET" } = incoming;
  if (method === "GET" || method === "HEAD") {
    return new Request(url, { method, headers, signal: abort.signal });
  }
  const body = Readable.toWeb(incoming);
  return new Request(url, { method, headers, signal: abort.signal, body, duplex: "half" });
}

/** Sends an answer at the client's pace; a client that leaves ends the answer's source. */
export async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) {
    // The client left while its answer was made: what the answer holds open is let go.
    await response.body?.cancel();
    return;
  }
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(response.body), outgoing);
}
