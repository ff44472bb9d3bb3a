import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import { describe, expect, onTestFinished, test } from "vitest";
import type { contract } from "../../src-preload/contract/contract.ts";
import { uploadUrl } from "../../src-preload/contract/media.ts";
import { openDatabase } from "../library/index.ts";
import { page, rendererFolder, temporaryFolder } from "./fixture.ts";
import { connectLocalDoor } from "./local-door.ts";

const entry = join(import.meta.dirname, "main.ts");

function start(...args: string[]) {
  const child = spawn(process.execPath, [entry, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LANG: "C.UTF-8", LC_ALL: "C.UTF-8" },
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  return child;
}

/** Everything that a child says until it ends, and how it ends. */
async function ended(
  child: ChildProcess,
): Promise<{ code: number | null; out: string; err: string }> {
  const [out, err, [code]] = await Promise.all([
    child.stdout === null ? "" : text(child.stdout),
    child.stderr === null ? "" : text(child.stderr),
    once(child, "exit"),
  ]);
  return { code, out, err };
}

/** The browser host over a library of its own, ready. */
async function host(library: string) {
  const child = start("--library", library, "--renderer", await rendererFolder());
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { url } = JSON.parse(line);
  return { child, url: new URL(url) };
}

describe("the browser host", () => {
  test("serves the page at the address that it prints, and ends when asked to", async () => {
    const library = await temporaryFolder();
    const { child, url } = await host(library);
    const response = await fetch(url, { redirect: "error" });
    expect([response.status, await response.text()]).toEqual([200, page]);
    expect((await fetch(new URL("nothing", url))).status).toBe(404);
    expect((await fetch(url.origin)).status).toBe(404);
    const beside = await connectLocalDoor(library);
    expect(await beside?.client.library.roots()).toEqual([]);
    await beside?.close();
    const end = once(child, "exit");
    child.kill("SIGTERM");
    expect(await end).toEqual([0, null]);
    expect(await connectLocalDoor(library)).toBeNull();
  });

  test("takes dropped files in, into the library and nowhere else", async () => {
    const library = await temporaryFolder();
    const { url } = await host(library);
    const socketUrl = new URL("rpc", url);
    socketUrl.protocol = "ws:";
    const websocket = new WebSocket(socketUrl, { headers: { origin: url.origin } });
    onTestFinished(() => websocket.close());
    const client: ContractRouterClient<typeof contract> = createORPCClient(
      new RPCLink({ websocket }),
    );
    const { token } = await client.sources.upload();
    const put = (to: string, path: string) =>
      fetch(new URL(uploadUrl(to, path), url), {
        method: "PUT",
        body: "bytes",
        headers: { origin: url.origin },
      });
    expect((await put(token, "여름/a#1.jpg")).status).toBe(204);
    const originals = join(library, "originals");
    const [day = ""] = await readdir(originals);
    expect(await readFile(join(originals, day, "여름", "a#1.jpg"), "utf8")).toBe("bytes");
    const listed = await client.sources.list({ token: null });
    const refused = await put(listed.token, "a.jpg");
    expect([refused.status, await refused.json()]).toMatchObject([422, { code: "upload-refused" }]);
    const unknown = await put("token", "a.jpg");
    expect([unknown.status, await unknown.json()]).toMatchObject([422, { code: "source-unknown" }]);
  });

  test("started a second time, it tells where the first one is, and has it open the folder", async () => {
    const library = await temporaryFolder();
    const { url } = await host(library);
    const second = await ended(start("--library", library));
    expect(second).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(second.out)).toEqual({ url: url.href, isRunning: true });
    const folder = await temporaryFolder();
    await ended(start("--library", library, "--open", folder));
    const beside = await connectLocalDoor(library);
    expect((await beside?.client.library.roots())?.map(({ path }) => path)).toEqual([folder]);
    await beside?.close();
    const gone = await ended(start("--library", library, "--open", join(folder, "gone")));
    expect(gone).toMatchObject({ code: 1, out: "" });
    expect(gone.err).toContain("is not there");
  });

  test("says in one sentence why it can't start", async () => {
    const library = await temporaryFolder();
    const locked = openDatabase(library);
    onTestFinished(() => locked.close());
    const korean = await ended(start("--library", library, "--lang", "ko"));
    expect(korean).toMatchObject({ code: 1, out: "" });
    expect(korean.err).toMatch(/라이브러리를 다른 Kiln에서 이미 사용하고 있습니다/);
    const english = await ended(start("--library", library));
    expect(english.err).toMatch(/already open in another Kiln/);
    expect(english.err.trim().split("\n")).toHaveLength(1);
  });

  test("a folder that is not there, and a command line that means nothing", async () => {
    const library = join(await temporaryFolder(), "library");
    const renderer = await rendererFolder();
    const gone = ["--library", library, "--renderer", renderer, "--open", join(library, "gone")];
    expect(await ended(start(...gone))).toMatchObject({ code: 1, out: "" });
    for (const args of [
      ["--nothing"],
      ["--port", "x"],
      ["--port", "70000"],
      ["--lang", "fr"],
      ["a"],
    ]) {
      const { code, out, err } = await ended(start(...args));
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toContain("usage:");
    }
  });

  test("goes on when nobody reads what it prints", async () => {
    const library = await temporaryFolder();
    const child = start("--library", library, "--renderer", await rendererFolder());
    child.stdout.destroy();
    let beside = await connectLocalDoor(library);
    while (beside === null && child.exitCode === null) beside = await connectLocalDoor(library);
    expect(await beside?.client.jobs.list()).toEqual([]);
    await beside?.close();
    const end = once(child, "exit");
    child.kill("SIGINT");
    expect(await end).toEqual([0, null]);
  });
});
