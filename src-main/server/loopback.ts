import { randomBytes } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import { doorPath } from "../../src-preload/contract/window.ts";
import { KilnError } from "../errors.ts";
import type { Log } from "../log/index.ts";
import { type ServedRouter, socketDoor } from "./door.ts";
import { admit, type Gate } from "./guard.ts";
import type { RequestHandler } from "./handler.ts";
import { fetchRequest, sendResponse } from "./node-http.ts";
import { securityHeaders } from "./security-headers.ts";

/** Always the address, never a name: a name can be made to point elsewhere, or be ::1. */
const host = "127.0.0.1";
const tokenBytes = 32;

/** Bounds on strangers: each of them may hold a connection, and none for long without saying something. */
const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  // A dropped file takes as long as it takes; a connection without a byte for `idleMs` ends.
  requestTimeout: 0,
};
const idleMs = 5 * 60_000;
const mostConnections = 256;

export interface LoopbackOptions {
  readonly handler: RequestHandler;
  readonly router: ServedRouter;
  readonly log: Log;
  /** 0: any free one. */
  readonly port: number;
  /** For tests. */
  readonly token?: string;
}

export interface Loopback {
  /** `http://127.0.0.1:<port>/<token>/`: whoever has it has Kiln. */
  readonly url: string;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

/**
 * Serves the page, its media and the door to a browser on this machine, and to nobody else: on 127.0.0.1 alone, behind
 * a token in the path and the checks of `admit`. No cookie, no redirect, no CORS.
 *
 * @throws KilnError `port-taken`
 */
export async function startLoopback(options: LoopbackOptions): Promise<Loopback> {
  const { handler, log, token = randomBytes(tokenBytes).toString("base64url") } = options;
  const server = createServer(limits);
  server.timeout = idleMs;
  server.maxConnections = mostConnections;
  const port = await listen(server, options.port);
  const gate: Gate = { authority: `${host}:${port}`, token };
  const door = socketDoor(options.router, log);

  server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const reads = incoming.method === "GET" || incoming.method === "HEAD";
    const passage = admit(incoming, gate, reads ? "open" : "own page");
    if ("refusal" in passage) {
      refuseRequest(outgoing, passage.refusal);
      return;
    }
    const request = fetchRequest(incoming, outgoing, `http://${gate.authority}${passage.target}`);
    handler(request)
      .then((response) => sendResponse(response, outgoing))
      .catch((error: unknown) => {
        if (!request.signal.aborted) log.warn("An answer broke off.", { error });
        outgoing.destroy();
      });
  });
  server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const passage = admit(incoming, gate, "own page");
    if ("refusal" in passage) refuseUpgrade(socket, passage.refusal);
    else if (passage.target !== `/${doorPath}`) refuseUpgrade(socket, 404);
    else door.upgrade(incoming, socket, head);
  });

  return {
    url: `http://${gate.authority}/${token}/`,
    close() {
      door.close();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(cause.code === "EADDRINUSE" ? portTaken(port, cause) : cause);
    });
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      if (address === null || typeof address === "string") {
        reject(new Error("A TCP server has no port."));
      } else resolve(address.port);
    });
  });
}

/** Says no, tells nothing, and ends the connection: what a stranger has sent on it is not read. */
function refuseRequest(outgoing: ServerResponse, status: number): void {
  const text = STATUS_CODES[status] ?? "";
  outgoing.writeHead(status, {
    ...Object.fromEntries(securityHeaders),
    "cache-control": "no-store",
    connection: "close",
    "content-length": text.length,
    "content-type": "text/plain; charset=utf-8",
    ...(status === 405 ? { allow: "GET, HEAD, PUT" } : {}),
  });
  outgoing.end(text);
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.once("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
  );
}

function portTaken(port: number, cause: unknown): KilnError {
  return new KilnError(
    "port-taken",
    {
      en: `Port ${port} is used by another program.`,
      ko: `다른 프로그램이 ${port}번 포트를 사용하고 있습니다.`,
    },
    {
      en: "Choose another port, or 0 for any that is free.",
      ko: "다른 포트를 쓰거나, 0을 지정해 빈 포트를 쓰세요.",
    },
    { cause },
  );
}
