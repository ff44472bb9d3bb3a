import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, lstat, mkdir, readdir, symlink } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { implement } from "@orpc/server";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { contract } from "../../src-preload/contract/contract.ts";
import { KilnError } from "../errors.ts";
import { temporaryFolder, testLog, testProblem } from "./fixture.ts";
import { connectLocalDoor, type LocalKiln, serveLocalDoor } from "./local-door.ts";

afterEach(() => vi.unstubAllEnvs());

/** An open app, as far as the local door goes. */
async function openApp(libraryDirectory: string) {
  const issued: string[][] = [];
  const waiting = Promise.withResolvers<AbortSignal>();
  const kiln = implement({
    jobs: { list: contract.jobs.list, cancel: contract.jobs.cancel },
    events: { next: contract.events.next },
  });
  const router = kiln.router({
    jobs: {
      list: kiln.jobs.list.handler(() => []),
      cancel: kiln.jobs.cancel.handler(() => {
        throw new KilnError(testProblem.code, testProblem.happened, testProblem.todo);
      }),
    },
    events: {
      next: kiln.events.next.handler(async ({ signal }) => {
        if (signal === undefined) throw new Error("A call has no signal.");
        waiting.resolve(signal);
        await once(signal, "abort");
        throw signal.reason;
      }),
    },
  });
  const log = await testLog();
  const issue = (paths: readonly string[]) => `token ${issued.push([...paths])}`;
  const opened: string[][] = [];
  const open = (paths: readonly string[]) => Promise.resolve(opened.push([...paths]));
  const url = "http://127.0.0.1:1/token/";
  const door = await serveLocalDoor({ router, libraryDirectory, issue, open, url, log });
  onTestFinished(() => door?.close());
  return { door, issued, opened, url, waiting: waiting.promise };
}

async function reach(libraryDirectory: string): Promise<LocalKiln> {
  const kiln = await connectLocalDoor(libraryDirectory);
  if (kiln === null) throw new Error("Nobody answers at the local door.");
  onTestFinished(() => kiln.close());
  return kiln;
}

async function mode(path: string): Promise<string> {
  return ((await lstat(path)).mode & 0o777).toString(8);
}

describe.skipIf(process.platform === "win32")("the local door", () => {
  test("serves the contract and takes typed paths", async () => {
    const library = await temporaryFolder();
    const { issued, opened, url } = await openApp(library);
    const { client, token, open, address } = await reach(library);
    expect(await client.jobs.list()).toEqual([]);
    await expect(client.jobs.cancel({ jobId: 1 })).rejects.toMatchObject({
      code: "PROBLEM",
      data: testProblem,
    });
    expect(await token(["/photos/여름", "/b"])).toBe("token 1");
    expect(issued).toEqual([["/photos/여름", "/b"]]);
    await expect(token([])).rejects.toMatchObject({ data: { code: "bad-input" } });
    await open(["/photos/여름"]);
    expect(opened).toEqual([["/photos/여름"]]);
    await expect(open([])).rejects.toThrow(KilnError);
    expect(await address()).toBe(url);
  });

  test("is this user's alone, and speaks to no browser", async () => {
    const library = await temporaryFolder();
    await openApp(library);
    const socketPath = join(library, "door", "socket");
    expect(await mode(join(library, "door"))).toBe("700");
    expect(await mode(socketPath)).toBe("600");
    for (const [target, origin] of [
      ["/door", "http://localhost"],
      ["/other", undefined],
    ] as const) {
      const socket = new WebSocket(`ws://localhost${target}`, {
        createConnection: () => connect(socketPath),
        ...(origin === undefined ? {} : { origin }),
      });
      const [error] = await once(socket, "error");
      expect(error.message).toContain("socket hang up");
    }
  });

  test("answers nobody where no app is, or was", async () => {
    const library = await temporaryFolder();
    expect(await connectLocalDoor(join(library, "nothing"))).toBeNull();
    expect(await connectLocalDoor(library)).toBeNull();
    const { door } = await openApp(library);
    await door?.close();
    expect(await connectLocalDoor(library)).toBeNull();
    await expect(lstat(join(library, "door", "socket"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("takes over the socket of a process that was killed", async () => {
    const runtime = await temporaryFolder();
    vi.stubEnv("XDG_RUNTIME_DIR", runtime);
    const library = await temporaryFolder();
    await mkdir(join(library, "door"), { mode: 0o700 });
    const socketPath = join(library, "door", "socket");
    const code = `require("node:net").createServer().listen(${JSON.stringify(socketPath)}, () => console.log("up"))`;
    const killed = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
    await once(killed.stdout, "data");
    killed.kill("SIGKILL");
    await once(killed, "exit");
    expect((await lstat(socketPath)).isSocket()).toBe(true);
    expect(await connectLocalDoor(library)).toBeNull();
    await openApp(library);
    expect(await (await reach(library)).client.jobs.list()).toEqual([]);
    expect(await readdir(runtime)).toEqual([]);
  });

  test("is in the runtime folder where the library's path is too long, by whatever way one comes", async () => {
    vi.stubEnv("XDG_RUNTIME_DIR", await temporaryFolder());
    const parent = await temporaryFolder();
    const library = join(parent, "가".repeat(40));
    await mkdir(library);
    await symlink(library, join(parent, "short"));
    await openApp(join(parent, "short"));
    await expect(lstat(join(library, "door"))).rejects.toMatchObject({ code: "ENOENT" });
    expect(await (await reach(library)).client.jobs.list()).toEqual([]);
    expect(await (await reach(join(parent, "short"))).client.jobs.list()).toEqual([]);
    const other = join(parent, "나".repeat(40));
    await mkdir(other);
    expect(await connectLocalDoor(other)).toBeNull();
  });

  test("is nowhere that others could have prepared", async () => {
    const runtime = await temporaryFolder();
    vi.stubEnv("XDG_RUNTIME_DIR", runtime);
    const library = join(await temporaryFolder(), "x".repeat(100));
    await mkdir(library);
    const folder = join(runtime, `kiln-${process.getuid?.()}`);
    await openApp(library).then(({ door }) => expect(door).not.toBeNull());
    expect(await connectLocalDoor(library).then((kiln) => kiln?.close())).toBeUndefined();
    await chmod(folder, 0o777);
    expect(await connectLocalDoor(library)).toBeNull();
    expect((await openApp(library)).door).toBeNull();
  });

  test("a client that leaves ends its calls; an app that closes says so", async () => {
    const library = await temporaryFolder();
    const first = await openApp(library);
    const leaving = await reach(library);
    const left = leaving.client.events.next({ cursor: 0 }).catch((error: unknown) => error);
    const signal = await first.waiting;
    await leaving.close();
    if (!signal.aborted) await once(signal, "abort");
    expect(await left).toMatchObject({ code: "app-closed" });
    await first.door?.close();

    const second = await openApp(library);
    const { client } = await reach(library);
    const call = client.events.next({ cursor: 0 });
    await second.waiting;
    const refused = expect(call).rejects.toMatchObject({ code: "app-closed" });
    await second.door?.close();
    await refused;
    await expect(client.jobs.list()).rejects.toMatchObject({ code: "app-closed" });
  });
});
