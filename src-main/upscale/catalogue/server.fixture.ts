import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** How a path is answered; `nth` counts its requests from 1. */
export type Answer = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

export interface ModelServer {
  /** "http://127.0.0.1:PORT" */
  readonly origin: string;
  /** "/path", or "/path bytes=100-" where a part was asked for, in order. */
  readonly requests: readonly string[];
  answer(path: string, answer: Answer): void;
}

/** A real server on loopback that does what a test says. */
export async function startServer(): Promise<ModelServer> {
  const answers = new Map<string, Answer>();
  const counts = new Map<string, number>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const { range } = request.headers;
    requests.push(range === undefined ? path : `${path} ${range}`);
    const nth = (counts.get(path) ?? 0) + 1;
    counts.set(path, nth);
    const answer = answers.get(path);
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response, nth);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    answer: (path, answer) => void answers.set(path, answer),
  };
}

/** Serves bytes as they should be, parts too. */
export function whole(content: Uint8Array, etag = '"one"'): Answer {
  return (request, response) => {
    const { range } = request.headers;
    const isSame =
      request.headers["if-range"] === undefined || request.headers["if-range"] === etag;
    const from = isSame ? Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0) : 0;
    const part = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      etag,
      "content-length": part.length,
      ...(from > 0 && {
        "content-range": `bytes ${from}-${content.length - 1}/${content.length}`,
      }),
    });
    response.end(part);
  };
}

/** Promises all and sends `bytes` of it, then cuts the connection. */
export function cutAfter(bytes: number, content: Uint8Array, etag = '"one"'): Answer {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      etag,
      "content-length": content.length - from,
      ...(from > 0 && {
        "content-range": `bytes ${from}-${content.length - 1}/${content.length}`,
      }),
    });
    response.write(content.subarray(from, from + bytes), () => response.destroy());
  };
}
