/** Over 400 lines: every way in which servers, archives and disks misbehave, one a test. */
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../photos/takes.fixture.ts";
import { arrivedFiles, type FetchOptions, fetchSource } from "./fetch-source.ts";
import type { ModelSource } from "./manifest.ts";
import { SourceFailure } from "./problems.ts";
import { type Answer, cutAfter, startServer, whole } from "./server.fixture.ts";

const options: FetchOptions = {
  silenceMs: 10_000,
  pause: () => Promise.resolve(),
  mirrors: (url) => url,
};
const never = new AbortController().signal;
/** More than what lies in buffers when a connection is cut: a part of it always arrives. */
const content = randomBytes(3_000_000);

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function fileSource(url: string, bytes: Uint8Array = content): ModelSource {
  const file = {
    role: "weights",
    name: "a.pth",
    url,
    bytes: bytes.length,
    verified: true,
  } as const;
  return { name: "Test", archive: null, files: [{ ...file, sha256: sha256(bytes) }] };
}

/** A server, a folder, and fetching from one to the other. */
async function bench(answer: Answer) {
  const server = await startServer();
  server.answer("/a.pth", answer);
  const folder = await temporaryFolder();
  const progress: (readonly [number, number | null])[] = [];
  const run = (changes: Partial<FetchOptions> = {}, signal: AbortSignal = never) =>
    fetchSource(
      fileSource(`${server.origin}/a.pth`),
      folder,
      { ...options, ...changes },
      signal,
      (received, total) => progress.push([received, total]),
    );
  return { server, folder, progress, run };
}

async function reasonOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error("It succeeded."),
    (reason: unknown) => reason,
  );
  if (!(error instanceof SourceFailure)) throw error;
  return error.reason.en;
}

test("a file arrives, its hash is checked, and progress says how much", async () => {
  const { folder, progress, run } = await bench(whole(content));
  const [file] = await run();
  expect(file).toEqual({
    role: "weights",
    name: "a.pth",
    path: join(folder, "a.pth"),
    bytes: content.length,
    sha256: sha256(content),
  });
  expect(content.equals(readFileSync(join(folder, "a.pth")))).toBe(true);
  expect(progress.at(-1)).toEqual([content.length, content.length]);
});

test("a transfer that is cut goes on where it broke off", async () => {
  const { server, run } = await bench((request, response, nth) =>
    (nth < 3 ? cutAfter(1_000_000, content) : whole(content))(request, response, nth),
  );
  await run();
  const starts = server.requests.map((line) => Number(/bytes=(\d+)/.exec(line)?.[1] ?? 0));
  expect(starts).toHaveLength(3);
  expect(starts[0]).toBe(0);
  expect(starts[1]).toBeGreaterThan(0);
  expect(starts[2]).toBeGreaterThan(starts[1] ?? 0);
});

test("what an earlier run left is not asked for again", async () => {
  let isWell = false;
  const { server, run } = await bench((request, response, nth) =>
    (isWell ? whole(content) : cutAfter(nth === 1 ? 2_000_000 : 0, content))(
      request,
      response,
      nth,
    ),
  );
  expect(await reasonOf(run())).toBe("broke off");
  isWell = true;
  await run();
  expect(server.requests.at(-1)).toMatch(/bytes=[1-9]\d+-$/);
});

test("a server that ignores Range is read from the start", async () => {
  const { server, folder, run } = await bench((request, response, nth) => {
    delete request.headers.range;
    (nth === 1 ? cutAfter(1_000_000, content) : whole(content))(request, response, nth);
  });
  await run();
  expect(server.requests).toHaveLength(3);
  expect(content.equals(await readFile(join(folder, "a.pth")))).toBe(true);
});

test("a file that was replaced between two runs is read from the start", async () => {
  const { folder, run } = await bench((request, response, nth) =>
    nth === 1
      ? cutAfter(1_000_000, randomBytes(content.length), '"old"')(request, response, nth)
      : whole(content)(request, response, nth),
  );
  await run();
  expect(content.equals(await readFile(join(folder, "a.pth")))).toBe(true);
});

test("a file that was replaced without a word is found out by its hash and read once more", async () => {
  const other = randomBytes(content.length);
  const { folder, run } = await bench((request, response, nth) =>
    (nth === 1 ? cutAfter(1_000_000, other) : whole(content))(request, response, nth),
  );
  // The first run is stopped in the middle; its bytes stay.
  const stop = new AbortController();
  await expect(run({ pause: () => Promise.reject(stop.abort()) }, stop.signal)).rejects.toThrow();
  await run();
  expect(content.equals(await readFile(join(folder, "a.pth")))).toBe(true);
});

test("bytes of another hash are refused and not kept", async () => {
  const { folder, run } = await bench(whole(randomBytes(content.length)));
  expect(await reasonOf(run())).toBe("sent something else than expected");
  expect(await readdir(folder)).toEqual([]);
});

test("a file that is too short is refused", async () => {
  const { run } = await bench(whole(content.subarray(0, 1000)));
  expect(await reasonOf(run())).toBe("sent something else than expected");
});

test.each([
  [404, "does not have it, 404"],
  [500, "answered with error 500"],
])("an answer of %i leaves the source at once", async (status, reason) => {
  const { server, run } = await bench((_, response) => response.writeHead(status).end());
  expect(await reasonOf(run())).toBe(reason);
  expect(server.requests).toHaveLength(1);
});

test("a server that promises too much is not read", async () => {
  const { run } = await bench((_, response) => {
    response.writeHead(200, { "content-length": 10 ** 12 });
    response.write("x");
  });
  expect(await reasonOf(run())).toBe("sent more than expected");
});

test("a server that says no length and never ends is stopped at the limit", async () => {
  const { folder, run } = await bench((_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      response.once("drain", more);
    };
    more();
  });
  expect(await reasonOf(run())).toBe("sent more than expected");
  const kept = await readFile(join(folder, "a.pth"));
  expect(kept.length).toBeLessThanOrEqual(content.length);
});

test("redirects are followed, a loop of them is left", async () => {
  const { server, run } = await bench((_, response) =>
    response.writeHead(302, { location: "/b" }).end(),
  );
  server.answer("/b", whole(content));
  await run();
  const looping = await bench((_, response) =>
    response.writeHead(302, { location: "/a.pth" }).end(),
  );
  expect(await reasonOf(looping.run())).toBe("only sent us on to other addresses");
  expect(looping.server.requests).toHaveLength(6);
});

test("a server that goes silent is given up after the patience that was asked for", async () => {
  const { run } = await bench((_, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.flushHeaders();
  });
  expect(await reasonOf(run({ silenceMs: 50 }))).toBe("sent nothing for 0 s");
});

test("nobody there: can't be reached", async () => {
  const folder = await temporaryFolder();
  const source = fileSource("http://127.0.0.1:1/a.pth");
  const work = fetchSource(source, folder, options, never, () => undefined);
  expect(await reasonOf(work)).toBe("can't be reached");
});

test("a cancel ends the transfer with its reason and keeps what has come", async () => {
  const stop = new AbortController();
  const { server, folder } = await bench((_, response) => {
    response.writeHead(200, { etag: '"one"', "content-length": content.length });
    response.write(content.subarray(0, 1_000_000));
  });
  const source = fileSource(`${server.origin}/a.pth`);
  const work = fetchSource(source, folder, options, stop.signal, (received) => {
    if (received > 500_000) stop.abort();
  });
  await expect(work).rejects.toHaveProperty("name", "AbortError");
  expect((await readFile(join(folder, "a.pth"))).length).toBeGreaterThan(500_000);
  expect((await readdir(folder)).toSorted()).toEqual(["a.pth", "a.pth.json"]);
});

/** A tarball as npm's, written by the system's tar. */
async function tarball(
  files: Readonly<Record<string, Uint8Array>>,
  flags: readonly string[] = [],
): Promise<Buffer> {
  const folder = await temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  return execFileSync("tar", [...flags, "-cz", "-C", folder, ...Object.keys(files)], {
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const deep = `package/${"long-folder-name/".repeat(9)}model.bin`;
const param = Buffer.from("7767517\n");

function packedSource(origin: string, bytes: number, member = deep): ModelSource {
  const of = (role: "weights" | "param", name: string, at: string, content: Uint8Array) =>
    ({
      role,
      name,
      member: at,
      bytes: content.length,
      sha256: sha256(content),
      verified: true,
    }) as const;
  return {
    name: "Test",
    archive: { url: `${origin}/a.tgz`, bytes },
    files: [
      of("weights", "model.bin", member, content),
      of("param", "model.param", "package/model.param", param),
    ],
  };
}

test.each([["--format=pax"], ["--format=gnu"]])(
  "only the named members of a tarball are taken (%s)",
  async (format) => {
    const packed = await tarball(
      { "package/tool.exe": randomBytes(500_000), [deep]: content, "package/model.param": param },
      [format],
    );
    const server = await startServer();
    server.answer("/a.tgz", whole(packed));
    const folder = await temporaryFolder();
    const source = packedSource(server.origin, packed.length);
    const files = await fetchSource(source, folder, options, never, () => undefined);
    expect(files.map(({ role, bytes }) => [role, bytes])).toEqual([
      ["weights", content.length],
      ["param", param.length],
    ]);
    expect(content.equals(await readFile(join(folder, "model.bin")))).toBe(true);
    expect((await readdir(folder)).toSorted()).toEqual([
      "archive.tgz",
      "archive.tgz.json",
      "model.bin",
      "model.param",
    ]);
  },
);

test("a tarball is left when its files are there, whatever the server still means to send", async () => {
  const packed = await tarball({
    [deep]: content,
    "package/model.param": param,
    "package/tool.exe": randomBytes(1_000_000),
  });
  const server = await startServer();
  let left: Promise<unknown> = Promise.resolve();
  server.answer("/a.tgz", (_, response) => {
    left = new Promise((closed) => response.once("close", closed));
    response.writeHead(200, { "content-length": packed.length });
    response.write(packed.subarray(0, packed.length - 500_000));
  });
  const folder = await temporaryFolder();
  const source = packedSource(server.origin, packed.length);
  const patient = { ...options, silenceMs: 60_000 };
  expect(await fetchSource(source, folder, patient, never, () => undefined)).toHaveLength(2);
  await left;
});

test("what else is wanted of a tarball is kept, and none of it spoils what was asked for", async () => {
  const anime = randomBytes(100_000);
  const packed = await tarball({
    "package/damaged.bin": randomBytes(1000),
    [deep]: content,
    "package/anime.bin": anime,
    "package/model.param": param,
    "package/anime.param": param,
    "package/tool.exe": randomBytes(1_000_000),
  });
  const server = await startServer();
  server.answer("/a.tgz", whole(packed));
  const folder = await temporaryFolder();
  const kept = join(folder, "kept");
  const member = (name: string, bytes: Uint8Array, sum = sha256(bytes)) => ({
    role: name.endsWith(".param") ? ("param" as const) : ("weights" as const),
    name,
    member: `package/${name}`,
    bytes: bytes.length,
    sha256: sum,
    verified: true,
  });
  const beside: ModelSource = {
    name: "Test",
    archive: { url: `${server.origin}/a.tgz`, bytes: packed.length },
    files: [member("anime.bin", anime), member("anime.param", param)],
  };
  const others = [
    { files: beside.files, folder: kept },
    { files: [member("damaged.bin", randomBytes(1000))], folder: kept },
    { files: [member("nowhere.bin", anime)], folder: kept },
    { files: [member("tool.exe", anime)], folder: join(folder, "model.bin", "kept") },
  ];
  const source = packedSource(server.origin, packed.length);
  const fetched = await fetchSource(source, folder, options, never, () => undefined, others);
  expect(fetched.map(({ role }) => role)).toEqual(["weights", "param"]);
  expect((await readdir(kept)).toSorted()).toEqual(["anime.bin", "anime.param"]);
  expect(await arrivedFiles(beside, kept)).toMatchObject([
    { role: "weights", path: join(kept, "anime.bin"), bytes: 100_000 },
    { role: "param" },
  ]);
  // Of the right size, and not those bytes.
  await writeFile(join(kept, "anime.bin"), randomBytes(100_000));
  expect(await arrivedFiles(beside, kept)).toBeNull();
});

test("what else is wanted of a tarball and never arrives does not spoil what was asked for", async () => {
  const anime = randomBytes(500_000);
  const packed = await tarball({
    [deep]: content,
    "package/model.param": param,
    "package/zebra.bin": anime,
  });
  const server = await startServer();
  // The rest never comes, however often it is asked for.
  server.answer("/a.tgz", (request, response, nth) =>
    cutAfter(nth === 1 ? packed.length - 200_000 : 0, packed)(request, response, nth),
  );
  const folder = await temporaryFolder();
  const sums = { bytes: anime.length, sha256: sha256(anime), verified: true };
  const zebra = {
    role: "weights",
    name: "zebra.bin",
    member: "package/zebra.bin",
    ...sums,
  } as const;
  const source = packedSource(server.origin, packed.length);
  const beside = [{ files: [zebra], folder: join(folder, "kept") }];
  const fetched = await fetchSource(source, folder, options, never, () => undefined, beside);
  expect(fetched.map(({ role }) => role)).toEqual(["weights", "param"]);
  expect(await readFile(fetched[0]?.path ?? "")).toEqual(content);
});

test("a tarball that is cut goes on where it broke off, and what comes before is read from the disk", async () => {
  const packed = await tarball({ [deep]: content, "package/model.param": param });
  const server = await startServer();
  server.answer("/a.tgz", (request, response, nth) =>
    (nth === 1 ? cutAfter(1_500_000, packed) : whole(packed))(request, response, nth),
  );
  const folder = await temporaryFolder();
  const source = packedSource(server.origin, packed.length);
  await fetchSource(source, folder, options, never, () => undefined);
  expect(server.requests[1]).toMatch(/bytes=[1-9]\d+-$/);
  expect(content.equals(await readFile(join(folder, "model.bin")))).toBe(true);
});

test.each([
  ["a tarball without the member", async () => tarball({ "package/model.param": param })],
  [
    "a tarball with other bytes in the member",
    async () => tarball({ [deep]: randomBytes(content.length), "package/model.param": param }),
  ],
  ["no gzip at all", async () => Buffer.from("<html>Not found</html>".repeat(50))],
  [
    "a tarball that ends early",
    async () =>
      (await tarball({ [deep]: content, "package/model.param": param })).subarray(0, 2_000_000),
  ],
])("%s is refused", async (_, make) => {
  const packed = await make();
  const server = await startServer();
  server.answer("/a.tgz", whole(packed));
  const folder = await temporaryFolder();
  const source = packedSource(server.origin, 10_000_000);
  const work = fetchSource(source, folder, options, never, () => undefined);
  expect(await reasonOf(work)).toBe("sent something else than expected");
  expect((await readdir(folder)).filter((name) => name.startsWith("archive"))).toEqual([]);
});

test("a link in the member's place is no file", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "package"));
  execFileSync("ln", ["-s", "/etc/passwd", join(folder, "package", "model.bin")]);
  const packed = execFileSync("tar", ["-cz", "-C", folder, "package"]);
  const server = await startServer();
  server.answer("/a.tgz", whole(packed));
  const target = await temporaryFolder();
  const source = packedSource(server.origin, 10_000_000, "package/model.bin");
  const work = fetchSource(source, target, options, never, () => undefined);
  expect(await reasonOf(work)).toBe("sent something else than expected");
  expect(await readdir(target)).toEqual([]);
});
