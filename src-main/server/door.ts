import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { AnyContractRouter } from "@orpc/contract";
import type { Router } from "@orpc/server";
import { StandardRPCHandler } from "@orpc/server/standard";
import { createServerPeerHandleRequestFn } from "@orpc/server/standard-peer";
import { type EncodedMessage, ServerPeer } from "@orpc/standard-server-peer";
import { type WebSocket, WebSocketServer } from "ws";
import type { Log } from "../log/index.ts";
import { answerWithProblems } from "./problems.ts";

/** The largest message that a socket takes in. Ids of a million photos fit. */
const longestMessageBytes = 16 * 1024 * 1024;

/** A bound contract: any of ours, needing nothing from the transport. */
export type ServedRouter = Router<AnyContractRouter, Record<never, never>>;

interface PortMessage {
  readonly data: unknown;
}

/** Electron's MessagePortMain, the DOM's MessagePort and the one of node:worker_threads. */
export type DoorPort = {
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
} & (
  | {
      addEventListener(type: "message", listener: (event: PortMessage) => void): void;
      addEventListener(type: "close", listener: () => void): void;
    }
  | {
      on(type: "message", listener: (event: PortMessage) => void): unknown;
      on(type: "close", listener: () => void): unknown;
    }
);

/**
 * Serves a router to whoever holds the other end of `port`, until either end is closed. That aborts the calls that
 * are running (a window's `events.next` above all); jobs are no calls and go on.
 */
export function serveMessagePort(router: ServedRouter, port: DoorPort, log: Log): void {
  const wire = new Wire(router, log, {
    send: (message) => port.postMessage(message),
    close: () => port.close(),
  });
  const onMessage = (event: PortMessage): void => wire.receive(event.data);
  const onClose = (): void => wire.closed();
  if ("addEventListener" in port) {
    port.addEventListener("message", onMessage);
    port.addEventListener("close", onClose);
  } else {
    port.on("message", onMessage);
    port.on("close", onClose);
  }
  port.start();
}

/** WebSockets that serve a router. Who may open one is decided before a request comes here. */
export interface SocketDoor {
  /** Takes over an upgrade request of an HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Drops all sockets at once. */
  close(): void;
}

/** The router over WebSockets, with the same life as over a port. */
export function socketDoor(router: ServedRouter, log: Log): SocketDoor {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessageBytes,
    perMessageDeflate: false,
  });
  const serve = (socket: WebSocket): void => {
    const wire = new Wire(router, log, {
      send: (message) => socket.send(message),
      close: () => socket.terminate(),
    });
    socket.on("message", (data, isBinary) => {
      wire.receive(isBinary ? data : String(data));
    });
    socket.on("close", () => wire.closed());
    // A message that is too long, or no WebSocket frame at all; the socket is closed already.
    socket.on("error", (error) => log.warn("A window's socket failed.", { error }));
  };
  return {
    upgrade: (request, socket, head) => server.handleUpgrade(request, socket, head, serve),
    close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}

interface Transport {
  send(message: EncodedMessage): void;
  close(): void;
}

/** One client: turns its messages into calls of the router, and the answers into messages. */
class Wire {
  readonly #peer: ServerPeer;
  readonly #handle: ReturnType<typeof createServerPeerHandleRequestFn>;
  readonly #transport: Transport;
  readonly #log: Log;

  constructor(router: ServedRouter, log: Log, transport: Transport) {
    this.#log = log;
    this.#transport = transport;
    this.#peer = new ServerPeer((message) => transport.send(message));
    const handler = new StandardRPCHandler(router, answerWithProblems(log));
    this.#handle = createServerPeerHandleRequestFn(handler, {});
  }

  receive(data: unknown): void {
    const message =
      typeof data === "string" || data instanceof Uint8Array || data instanceof ArrayBuffer
        ? data
        : null;
    if (message === null) {
      this.#drop(new TypeError("Neither text nor bytes."));
      return;
    }
    this.#peer.message(message, this.#handle).catch((error: unknown) => this.#drop(error));
  }

  /** The other end has gone: its calls stop. */
  closed(): void {
    this.#peer.close();
  }

  /** Procedures answer their own failures. This is a client that doesn't speak the door's language, or is leaving. */
  #drop(error: unknown): void {
    this.#log.warn("The door closed on a client.", { error });
    this.#transport.close();
    this.closed();
  }
}
