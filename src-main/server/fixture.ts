/** What the tests of this room share: folders on the disk, a small contract of their own, and sockets that speak raw HTTP. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { oc } from "@orpc/contract";
import { implement } from "@orpc/server";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { problemSchema } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import { createLog, type LogFile } from "../log/index.ts";
import { createRequestHandler, type RequestHandler } from "./handler.ts";
import { type Loopback, startLoopback } from "./loopback.ts";
import type { MediaFile, MediaSource, ResultSource, Uploads } from "./ports.ts";

/** In every file that no request may reach. */
export const secret = "the secret outside of the page's folder";
export const page = "<!doctype html><title>Kiln</title>";
export const script = "export const answer = 42;\n";
export const scriptPath = "/assets/app-Ab3_x-9Z.js";
/** Every address of the page that exists. */
export const pagePaths = ["/", "/index.html", scriptPath, "/icon.png", "/name with space.txt"];

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kiln-server-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A log on the disk; nothing is written to it once the test is over. */
export async function testLog(): Promise<LogFile> {
  const log = createLog({ directory: await temporaryFolder() });
  onTestFinished(() => log.flush());
  return log;
}

/** A built page, beside it what must stay hidden, and symbolic links from one to the other. */
export async function rendererFolder(): Promise<string> {
  const parent = await temporaryFolder();
  const renderer = join(parent, "renderer");
  await mkdir(join(renderer, "assets"), { recursive: true });
  await mkdir(join(parent, "private"));
  await writeFile(join(parent, "secret.txt"), secret);
  await writeFile(join(parent, "private", "secret.txt"), secret);
  await writeFile(join(renderer, "index.html"), page);
  await writeFile(join(renderer, scriptPath), script);
  await writeFile(join(renderer, "icon.png"), randomBytes(64));
  await writeFile(join(renderer, "name with space.txt"), "plain");
  await symlink(join(parent, "secret.txt"), join(renderer, "link.txt"));
  await symlink(join(parent, "private"), join(renderer, "linked"));
  return renderer;
}

/** Media of a few files, by photo id. */
export function mediaOf(files: Readonly<Record<number, MediaFile>>): MediaSource {
  return { open: async (_kind, photoId) => files[photoId] ?? null };
}

export const noMedia = mediaOf({});

export const noResults: ResultSource = {
  tile: () => Promise.resolve(null),
  crop: () => Promise.resolve(null),
};

export interface TestHost extends Loopback {
  readonly port: number;
  readonly token: string;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly handler: RequestHandler;
  /** What the host has logged so far. */
  readonly logged: () => Promise<string>;
}

/** The browser host over a page of its own, with `serveTestRouter`'s procedures behind its door. */
export async function testHost(
  ports: { media?: MediaSource; results?: ResultSource; uploads?: Uploads } = {},
  router: TestRouter = testRouter().router,
): Promise<TestHost> {
  const log = await testLog();
  const handler = createRequestHandler({
    rendererDirectory: await rendererFolder(),
    media: ports.media ?? noMedia,
    results: ports.results ?? noResults,
    ...(ports.uploads === undefined ? {} : { uploads: ports.uploads }),
    log,
  });
  const loopback = await startLoopback({ handler, router, log, port: 0 });
  onTestFinished(() => loopback.close());
  const { origin, port, pathname } = new URL(loopback.url);
  return {
    ...loopback,
    handler,
    origin,
    port: Number(port),
    token: pathname.slice(1, -1),
    logged: () => log.tail(1024 * 1024),
  };
}

/** What came back on a raw connection until it ended. */
export interface RawAnswer {
  /** Status of the first answer; 0 when the connection ended without one. */
  readonly status: number;
  readonly text: string;
}

/** Sends bytes as they are: no client in between that would mend them. */
export async function exchange(port: number, sent: string | Uint8Array): Promise<RawAnswer> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  // A host that refuses may reset the connection while we still send.
  socket.on("error", () => undefined);
  socket.write(sent);
  await once(socket, "close");
  const text = Buffer.concat(chunks).toString("latin1");
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text };
}

/** A raw request with the right Host; `headers` come on top, and name their own Host where they have one. */
export function rawRequest(
  host: TestHost,
  target: string,
  headers: readonly string[] = [],
  method = "GET",
): string {
  const hasHost = headers.some((header) => /^host:/i.test(header));
  const lines = hasHost ? headers : [`Host: 127.0.0.1:${host.port}`, ...headers];
  return `${[`${method} ${target} HTTP/1.1`, ...lines, "Connection: close"].join("\r\n")}\r\n\r\n`;
}

const procedure = oc.errors({ PROBLEM: { status: 422, data: problemSchema } });

export const testContract = {
  echo: procedure.input(z.object({ text: z.string() })).output(z.object({ text: z.string() })),
  /** Never answers by itself. */
  wait: procedure.input(z.object({ name: z.string() })).output(z.object({})),
  fail: procedure
    .input(z.object({ how: z.enum(["problem", "bug", "output"]) }))
    .output(z.object({ fine: z.boolean() })),
};

export const testProblem = {
  code: "test-problem",
  happened: { en: "It happened.", ko: "일이 생겼습니다." },
  todo: { en: "Do something.", ko: "무언가 하세요." },
};

export type TestRouter = ReturnType<typeof testRouter>["router"];

/** Procedures that tell what becomes of them: `started` and `stopped` settle by the name of a `wait` call. */
export function testRouter() {
  const started = new Map<string, PromiseWithResolvers<void>>();
  const stopped = new Map<string, PromiseWithResolvers<number>>();
  const of = <Value>(
    calls: Map<string, PromiseWithResolvers<Value>>,
    name: string,
  ): PromiseWithResolvers<Value> => {
    const known = calls.get(name) ?? Promise.withResolvers<Value>();
    calls.set(name, known);
    return known;
  };
  const kiln = implement(testContract);
  const router = kiln.router({
    echo: kiln.echo.handler(({ input }) => input),
    wait: kiln.wait.handler(async ({ input, signal }) => {
      of(started, input.name).resolve();
      if (signal === undefined) throw new Error("A call has no signal.");
      await once(signal, "abort");
      of(stopped, input.name).resolve(performance.now());
      throw signal.reason;
    }),
    fail: kiln.fail.handler(({ input }) => {
      if (input.how === "problem") {
        throw new KilnError(testProblem.code, testProblem.happened, testProblem.todo);
      }
      if (input.how === "bug") throw new TypeError("password=hunter2 was undefined");
      return JSON.parse('{"fine":"not a boolean"}');
    }),
  });
  return {
    router,
    /** Settles when the call runs. */
    started: (name: string) => of(started, name).promise,
    /** Settles with the time (performance.now) at which the call was aborted. */
    stopped: (name: string) => of(stopped, name).promise,
  };
}

/** The request handler without a host around it. */
export interface Answers {
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly handler: RequestHandler;
  readonly logged: () => Promise<string>;
}

export async function serveRequests(
  media: MediaSource = noMedia,
  uploads?: Uploads,
  results: ResultSource = noResults,
): Promise<Answers> {
  const log = await testLog();
  const handler = createRequestHandler({
    rendererDirectory: await rendererFolder(),
    media,
    results,
    ...(uploads === undefined ? {} : { uploads }),
    log,
  });
  return {
    handler,
    ask: (path, init) => handler(new Request(`app://kiln${path}`, init)),
    logged: () => log.tail(100_000),
  };
}
