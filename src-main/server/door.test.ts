import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { type ClientLink, createORPCClient, ORPCError } from "@orpc/client";
import { RPCLink as PortLink } from "@orpc/client/message-port";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import { type ContractRouterClient, oc } from "@orpc/contract";
import { implement } from "@orpc/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { preferencesSchema } from "../../src-preload/contract/preferences.ts";
import { EventHub } from "../host/index.ts";
import { type ServedRouter, serveMessagePort } from "./door.ts";
import { type testContract, testHost, testLog, testProblem, testRouter } from "./fixture.ts";

type TestClient = ContractRouterClient<typeof testContract>;

/** What a page of another version might ask. */
const strangeContract = {
  echo: oc.input(z.object({ text: z.number() })),
  nothing: oc.input(z.object({})),
};

interface Served {
  readonly client: TestClient;
  readonly link: ClientLink<Record<never, never>>;
  /** Closes the client's end. */
  readonly leave: () => void;
  /** Sends a message that oRPC's client never would. */
  readonly send: (message: string) => void;
  /** Settles when the server's end is closed. */
  readonly closed: Promise<unknown>;
  readonly logged: () => Promise<string>;
}

async function openPort(router: ServedRouter) {
  const log = await testLog();
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port2.close());
  serveMessagePort(router, port1, log);
  port2.start();
  return { port2, logged: () => log.tail(100_000) };
}

const doors: readonly (readonly [
  string,
  (test: ReturnType<typeof testRouter>) => Promise<Served>,
])[] = [
  [
    "a message port",
    async ({ router }) => {
      const { port2, logged } = await openPort(router);
      const link = new PortLink({ port: port2 });
      const send = (message: string) => port2.postMessage(message);
      const closed = once(port2, "close");
      const client: TestClient = createORPCClient(link);
      return { client, link, leave: () => port2.close(), send, closed, logged };
    },
  ],
  [
    "a socket on loopback",
    async ({ router }) => {
      const host = await testHost({}, router);
      const websocket = new WebSocket(`${host.url.replace("http:", "ws:")}rpc`, {
        headers: { origin: host.origin },
      });
      await once(websocket, "open");
      const link = new SocketLink({ websocket });
      const client: TestClient = createORPCClient(link);
      return {
        client,
        link,
        leave: () => websocket.close(),
        send: (message) => websocket.send(message),
        closed: new Promise((resolve) => websocket.addEventListener("close", resolve)),
        logged: host.logged,
      };
    },
  ],
];

describe.each(doors)("over %s", (_name, open) => {
  test("calls are answered", async () => {
    const { client } = await open(testRouter());
    const texts = Array.from({ length: 50 }, (_, index) => `글자 ${index}`);
    const answers = await Promise.all(texts.map((text) => client.echo({ text })));
    expect(answers.map(({ text }) => text)).toEqual(texts);
  });

  test("cancelling a call reaches its work", async () => {
    const work = testRouter();
    const { client, logged } = await open(work);
    const cancel = new AbortController();
    const call = client.wait({ name: "a" }, { signal: cancel.signal });
    const other = client.wait({ name: "b" }).catch((error: unknown) => error);
    await Promise.all([work.started("a"), work.started("b")]);
    const cancelled = performance.now();
    cancel.abort();
    await expect(call).rejects.toThrow();
    expect((await work.stopped("a")) - cancelled).toBeLessThan(250);
    const { text } = await client.echo({ text: "the other call goes on" });
    expect(text).toContain("goes on");
    expect(await Promise.race([other, Promise.resolve("running")])).toBe("running");
    expect(await logged()).toBe("");
  });

  test("leaving stops what was asked for", async () => {
    const work = testRouter();
    const { client, leave } = await open(work);
    const calls = ["a", "b"].map((name) => client.wait({ name }));
    const settled = Promise.allSettled(calls);
    await Promise.all([work.started("a"), work.started("b")]);
    const left = performance.now();
    leave();
    const stopped = await Promise.all([work.stopped("a"), work.stopped("b")]);
    expect(Math.max(...stopped) - left).toBeLessThan(250);
    expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  test("a problem arrives as it is, typed", async () => {
    const { client } = await open(testRouter());
    const error = await client.fail({ how: "problem" }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ORPCError);
    expect(error).toMatchObject({ code: "PROBLEM", defined: true, status: 422, data: testProblem });
  });

  test.each(["bug", "output"] as const)("a %s tells nothing, and is logged", async (how) => {
    const { client, logged } = await open(testRouter());
    const error = await client.fail({ how }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "INTERNAL_SERVER_ERROR", data: { code: "bug" } });
    const told = error instanceof ORPCError ? JSON.stringify(error.toJSON()) : "";
    expect(told).not.toMatch(/undefined|\.ts|issues/);
    const line = (await logged()).split("\n").find((text) => text.includes("A call failed"));
    expect(line).toContain('"procedure":"fail"');
    expect(line).toContain(how === "bug" ? "TypeError" : "Output validation failed");
  });

  test("an input that does not fit is a problem, and a procedure that does not exist too", async () => {
    const { link } = await open(testRouter());
    const strange: ContractRouterClient<typeof strangeContract> = createORPCClient(link);
    const error = await strange.echo({ text: 5 }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "PROBLEM", defined: true, data: { code: "bad-input" } });
    const missing = await strange.nothing({}).catch((caught: unknown) => caught);
    expect(missing).toMatchObject({ code: "NOT_FOUND", data: { code: "bad-input" } });
  });

  test.each([
    "",
    "no JSON",
    "null",
    "[]",
    '{"i":"1"}',
    '{"i":"1","p":{"u":5}}',
    '{"i":"1","p":{"u":"no path"}}',
    '{"i":"1","t":3}',
  ])("a client that says %j is shown out, and nobody else", async (message) => {
    const work = testRouter();
    const { client, send, closed, logged } = await open(work);
    await client.echo({ text: "open" });
    send(message);
    await closed;
    expect(await logged()).toContain("The door closed on a client");
    const other = await open(work);
    expect(await other.client.echo({ text: "open" })).toEqual({ text: "open" });
  });

  test.each([
    '{"i":"x","p":{"u":"/echo","b":{"json":{"text":"a"},"meta":[[5,"__proto__","text"]]}}}',
    '{"i":"x","p":{"u":"/echo","b":{"json":{"__proto__":{"polluted":true},"text":"a"}}}}',
    '{"i":"x","p":{"u":"/constructor"}}',
    '{"i":"x","p":{"u":"/__proto__/echo"}}',
    '{"i":"x","p":{"u":"/echo","h":{"content-disposition":"attachment"},"b":5}}',
    '{"i":"x","p":{"u":"/echo","b":{"meta":5}}}',
  ])("%s does no harm", async (message) => {
    const { client, send } = await open(testRouter());
    await client.echo({ text: "open" });
    send(message);
    expect(await client.echo({ text: "still open" })).toEqual({ text: "still open" });
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

const newsContract = {
  next: oc
    .input(z.object({ cursor: z.int() }))
    .output(z.object({ cursor: z.int(), revision: z.int() })),
};

test("news are the latest, however many there were", async () => {
  let revision = 0;
  const hub = new EventHub({
    jobs: () => [],
    revision: () => revision,
    roots: () => [],
    modelsRevision: () => 1,
    preferences: () => preferencesSchema.parse({}),
    undo: () => null,
    redo: () => null,
    redoTouchesFiles: () => false,
  });
  const news = implement(newsContract);
  const { port2 } = await openPort(
    news.router({
      next: news.next.handler(({ input, signal }) => hub.next(input.cursor, signal)),
    }),
  );
  const client: ContractRouterClient<typeof newsContract> = createORPCClient(
    new PortLink({ port: port2 }),
  );
  const first = await client.next({ cursor: 0 });
  const pending = client.next({ cursor: first.cursor });
  for (let change = 0; change < 10_000; change += 1) {
    revision += 1;
    hub.changed();
  }
  const second = await pending;
  expect(second.revision).toBe(10_000);
  expect(second.cursor).toBe(first.cursor + 10_000);
  // Nothing is left over from all those changes: the next answer waits for a new one.
  const third = client.next({ cursor: second.cursor });
  expect(await Promise.race([third, client.next({ cursor: 0 }).then(() => "waits")])).toBe("waits");
  hub.changed();
  expect((await third).cursor).toBe(second.cursor + 1);
});
