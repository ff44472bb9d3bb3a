import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { KilnError } from "../errors.ts";
import {
  exchange,
  mediaOf,
  noMedia,
  rawRequest,
  type TestHost,
  temporaryFolder,
  testHost,
  testLog,
  testProblem,
  testRouter,
} from "./fixture.ts";
import type { RequestHandler } from "./handler.ts";
import { startLoopback } from "./loopback.ts";

describe("bounds", () => {
  test("headers and addresses that are too long", async () => {
    const host = await testHost();
    const long = "x".repeat(20_000);
    const headers = rawRequest(host, `/${host.token}/`, [`X-Long: ${long}`]);
    expect((await exchange(host.port, headers)).status).toBe(431);
    const many = rawRequest(host, `/${host.token}/`, Array(3000).fill("X-Many: x"));
    expect((await exchange(host.port, many)).status).toBe(431);
    const address = rawRequest(host, `/${host.token}/${long}`);
    expect((await exchange(host.port, address)).status).toBe(431);
  });

  test("connections that say nothing, or a byte now and then, end", {
    timeout: 20_000,
  }, async () => {
    const host = await testHost();
    const mute = connect(host.port, "127.0.0.1");
    const slow = connect(host.port, "127.0.0.1");
    slow.write(`GET /${host.token}/ HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\n`);
    const drip = setInterval(() => slow.write("X-A: b\r\n"), 300);
    for (const socket of [mute, slow]) {
      socket.on("error", () => undefined);
      socket.resume();
    }
    // Not events.once(): it fails when the host resets a socket that is just being written to, which is an end, too.
    await Promise.all(
      [mute, slow].map((socket) => new Promise((resolve) => socket.once("close", resolve))),
    );
    clearInterval(drip);
  });

  test("a port that is taken is said so", async () => {
    const host = await testHost();
    const log = await testLog();
    const { router } = testRouter();
    const again = startLoopback({ handler: host.handler, router, log, port: host.port });
    await expect(again).rejects.toMatchObject({ code: "port-taken" });
  });
});

describe("streams", () => {
  const size = 32 * 1024 * 1024;

  async function bigPhoto(): Promise<TestHost> {
    const path = join(await temporaryFolder(), "big.jpg");
    await writeFile(path, Buffer.alloc(size, 7));
    return testHost({ media: mediaOf({ 1: { path, contentType: "image/jpeg", etag: "v" } }) });
  }

  test("arrive whole, in parts, and conditionally", async () => {
    const host = await bigPhoto();
    const url = `${host.url}media/photo/1?v=v`;
    const whole = await fetch(url);
    expect(whole.headers.get("content-length")).toBe(String(size));
    expect((await whole.arrayBuffer()).byteLength).toBe(size);
    const part = await fetch(url, { headers: { range: `bytes=${size - 10}-` } });
    expect(part.status).toBe(206);
    expect((await part.arrayBuffer()).byteLength).toBe(10);
    const same = await fetch(url, { headers: { "if-none-match": '"v"' } });
    expect(same.status).toBe(304);
    const head = await fetch(url, { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe(String(size));
    expect(await head.text()).toBe("");
  });

  test("wait for a slow reader, and end when it leaves", async () => {
    const chunk = new Uint8Array(64 * 1024);
    let pulled = 0;
    const cancelled = Promise.withResolvers<void>();
    const { router } = testRouter();
    const log = await testLog();
    const endless: RequestHandler = async (request) => {
      if (request.url.endsWith("/count")) return Response.json(pulled);
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled += 1;
          controller.enqueue(chunk);
        },
        cancel: () => cancelled.resolve(),
      });
      return new Response(body);
    };
    const host = await startLoopback({ handler: endless, router, log, port: 0 });
    onTestFinished(() => host.close());
    const url = new URL(host.url);
    const reader = connect(Number(url.port), "127.0.0.1");
    reader.write(`GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
    // It reads nothing: the host comes to a stop when the system's buffers between them are full.
    let counts = [0, 0];
    while (counts[0] === 0 || counts[0] !== counts[1]) {
      counts = [pulled, Number(await (await fetch(`${host.url}count`)).text())];
    }
    expect(pulled * chunk.length).toBeLessThan(64 * 1024 * 1024);
    reader.destroy();
    await cancelled.promise;
  });

  test("a client that leaves stops the work that was done for it", async () => {
    const opened = Promise.withResolvers<AbortSignal>();
    const host = await testHost({
      media: {
        async open(_kind, _photoId, _edge, signal) {
          opened.resolve(signal);
          await once(signal, "abort");
          throw signal.reason;
        },
      },
    });
    const socket = connect(host.port, "127.0.0.1");
    socket.write(rawRequest(host, `/${host.token}/media/preview/1`));
    const signal = await opened.promise;
    const left = performance.now();
    socket.destroy();
    await once(signal, "abort");
    expect(performance.now() - left).toBeLessThan(250);
  });
});

describe("uploads", () => {
  async function receiving() {
    const received: string[] = [];
    const host = await testHost({
      media: noMedia,
      uploads: {
        async write(_token, segments, body) {
          received.push(`${segments.join("/")}: ${await new Response(body).text()}`);
        },
      },
    });
    return { host, received };
  }

  test("come from our own page only", async () => {
    const { host, received } = await receiving();
    const url = `${host.url}upload/token/a.jpg`;
    const strangers: Record<string, string>[] = [
      {},
      { origin: "null" },
      { origin: "http://evil.example" },
    ];
    for (const headers of strangers) {
      expect((await fetch(url, { method: "PUT", body: "x", headers })).status).toBe(403);
    }
    expect(received).toEqual([]);
    const own = { origin: host.origin };
    expect((await fetch(url, { method: "PUT", body: "bytes", headers: own })).status).toBe(204);
    expect(received).toEqual(["a.jpg: bytes"]);
  });

  test("that fail half-way are answered all the same", async () => {
    const host = await testHost({
      uploads: {
        async write(_token, _segments, body) {
          for await (const _chunk of body) {
            throw new KilnError(testProblem.code, testProblem.happened, testProblem.todo);
          }
        },
      },
    });
    for (const size of [10, 20_000_000]) {
      const response = await fetch(`${host.url}upload/token/a.jpg`, {
        method: "PUT",
        body: new Uint8Array(size),
        headers: { origin: host.origin },
      });
      expect([response.status, await response.json()]).toEqual([422, testProblem]);
    }
  });

  test("that break off fail, and are known to", async () => {
    const failed = Promise.withResolvers<unknown>();
    const host = await testHost({
      uploads: {
        async write(_token, _segments, body) {
          await new Response(body).arrayBuffer().catch((error: unknown) => {
            failed.resolve(error);
            throw error;
          });
        },
      },
    });
    const upload = httpRequest(`${host.url}upload/token/a.jpg`, {
      method: "PUT",
      headers: { origin: host.origin, "content-length": 1000 },
    });
    upload.on("error", () => undefined);
    upload.write("some");
    await once(upload, "socket");
    upload.once("finish", () => undefined);
    await once(upload.socket ?? upload, "connect");
    upload.destroy();
    await expect(failed.promise).resolves.toBeInstanceOf(Error);
  });
});

describe("the door's socket", () => {
  /** Opens a socket; answers the status that refused it, or 101. */
  function knock(url: string, headers: Record<string, string>): Promise<number> {
    return new Promise((resolve) => {
      const socket = new WebSocket(url, { headers });
      socket.once("unexpected-response", (_request, response) => {
        resolve(response.statusCode ?? 0);
        socket.terminate();
      });
      socket.once("open", () => {
        resolve(101);
        socket.terminate();
      });
      socket.on("error", () => undefined);
    });
  }

  test("opens to our own page only", async () => {
    const host = await testHost();
    const url = `${host.url.replace("http:", "ws:")}rpc`;
    const own = { origin: host.origin };
    expect(await knock(url, own)).toBe(101);
    expect(await knock(url, {})).toBe(403);
    expect(await knock(url, { origin: "null" })).toBe(403);
    expect(await knock(url, { origin: "https://evil.example" })).toBe(403);
    expect(await knock(url, { origin: `http://localhost:${host.port}` })).toBe(403);
    expect(await knock(url, { ...own, "sec-fetch-site": "same-site" })).toBe(403);
    expect(await knock(url, { ...own, host: `localhost:${host.port}` })).toBe(421);
    expect(await knock(`${url}x`, own)).toBe(404);
    expect(await knock(`${url}?x`, own)).toBe(404);
    expect(await knock(`ws://127.0.0.1:${host.port}/rpc`, own)).toBe(404);
    expect(await knock(`ws://127.0.0.1:${host.port}/${"A".repeat(43)}/rpc`, own)).toBe(404);
  });

  test("closes on a message that is too long, and the host goes on", async () => {
    const host = await testHost();
    const socket = new WebSocket(`${host.url.replace("http:", "ws:")}rpc`, { origin: host.origin });
    await once(socket, "open");
    socket.on("error", () => undefined);
    socket.send("x".repeat(17 * 1024 * 1024), () => undefined);
    const [code] = await once(socket, "close");
    expect(code).toBe(1009);
    expect((await fetch(host.url)).status).toBe(200);
  });

  test("is dropped when the host closes", async () => {
    const host = await testHost();
    const socket = new WebSocket(`${host.url.replace("http:", "ws:")}rpc`, { origin: host.origin });
    await once(socket, "open");
    await Promise.all([once(socket, "close"), host.close()]);
    await expect(fetch(host.url)).rejects.toThrow();
  });
});
