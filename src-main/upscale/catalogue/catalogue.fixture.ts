import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, onTestFinished } from "vitest";
import type { Job } from "../../../src-preload/contract/jobs.ts";
import { JobEngine, type JobEngineOptions } from "../../jobs/index.ts";
import { JobStore, openDatabase } from "../../library/index.ts";
import { createLog } from "../../log/index.ts";
import { temporaryFolder } from "../../photos/takes.fixture.ts";
import { forkLauncher } from "../../workers/index.ts";
import type { NetworkFile } from "../network.ts";
import { Catalogue, type CatalogueServices } from "./catalogue.ts";
import { createConvertPool } from "./convert-pool.ts";
import { type ModelServer, startServer } from "./server.fixture.ts";
import { compactModel } from "./tiny-models.fixture.ts";

/** The real child, shared: it takes longer to start than to convert. */
export const converter = createConvertPool({
  launcher: forkLauncher(),
  entry: join(import.meta.dirname, "convert-worker.ts"),
});
afterAll(() => converter[Symbol.asyncDispose]());

export const one = compactModel({ seed: 1 });
export const two = compactModel({ seed: 2 });
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function file(host: string, bytes: Uint8Array, isHashed = true) {
  return {
    role: "weights",
    name: "tiny.safetensors",
    url: `https://${host}.test/tiny.safetensors`,
    bytes: isHashed ? bytes.length : null,
    sha256: isHashed ? sha256(bytes) : null,
    verified: isHashed,
  };
}

function model(id: string, files: object[], more: object = {}) {
  return {
    kind: "upscale",
    id,
    name: `Model ${id}`,
    role: { en: "For tests.", ko: "시험용." },
    architecture: "compact",
    scale: 2,
    licence: "MIT",
    licenceFile: "LICENSE",
    denoisesWith: null,
    shipped: null,
    sources: files.map((each) => ({ name: "A source", archive: null, files: [each] })),
    ...more,
  };
}

export const manifest = [
  model("general", [file("first", one), file("second", one)], { denoisesWith: "grain" }),
  model("grain", [file("grain", two)]),
  model("unhashed", [file("unhashed", two, false)]),
];

/** Two models out of one archive: "/packed/both.tgz". */
export function packedManifest(packed: Uint8Array): object[] {
  const inside = (name: string, bytes: Uint8Array) => ({
    role: "weights",
    name,
    member: `package/${name}`,
    bytes: bytes.length,
    sha256: sha256(bytes),
    verified: true,
  });
  const archive = { url: "https://packed.test/both.tgz", bytes: packed.length };
  const source = (name: string, bytes: Uint8Array) => [
    { name: "npm", archive, files: [inside(name, bytes)] },
  ];
  return [
    model("first", [], { sources: source("first.safetensors", one) }),
    model("second", [], { sources: source("second.safetensors", two) }),
  ];
}

interface Bench {
  readonly server: ModelServer;
  readonly library: string;
  readonly catalogue: Catalogue;
  readonly engine: JobEngine;
  readonly services: {
    readonly engineOptions: JobEngineOptions;
    readonly catalogueServices: CatalogueServices;
  };
  readonly checked: NetworkFile[];
  /** Runs a job to its end. */
  readonly end: (jobId: number | null) => Promise<Job>;
  /** Fetches a model to the end of its job. */
  readonly fetch: (id: string) => Promise<Job>;
}

/** A library with a catalogue of three models whose hosts are all one local server: "/HOST/tiny.safetensors". */
export async function bench(models: readonly object[] = manifest): Promise<Bench> {
  const server = await startServer();
  const library = await temporaryFolder();
  const weights = await temporaryFolder();
  await writeFile(join(weights, "manifest.json"), JSON.stringify(models));
  const log = createLog({ directory: join(library, "log") });
  const database = openDatabase(library);
  const engineOptions = { store: new JobStore(database), log };
  const engine = new JobEngine(engineOptions);
  const checked: NetworkFile[] = [];
  const hosts = ["first", "second", "grain", "unhashed", "packed"];
  const catalogueServices: CatalogueServices = {
    libraryDirectory: library,
    engine,
    converter,
    weights,
    mirrors: hosts.map((host) => `https://${host}.test=${server.origin}/${host}`).join(" "),
    download: { silenceMs: 10_000, pause: () => Promise.resolve() },
    check: (network) => {
      checked.push(network);
      return Promise.resolve({ scale: network.scale });
    },
  };
  const catalogue = new Catalogue(catalogueServices);
  engine.begin(catalogue.definitions);
  onTestFinished(async () => {
    await engine.shutdown();
    database.close();
    await log.flush();
  });
  const end = (jobId: number | null): Promise<Job> =>
    new Promise((settle) => {
      const look = (): void => {
        const job = engine.list().find(({ id }) => id === jobId);
        if (job !== undefined && job.state !== "queued" && job.state !== "running") settle(job);
      };
      engine.onChange(look);
      look();
    });
  const fetch = async (id: string): Promise<Job> => end((await catalogue.fetch(id)).jobId);
  const services = { engineOptions, catalogueServices };
  return { server, library, catalogue, engine, services, checked, end, fetch };
}

export async function entry(catalogue: Catalogue, id: string) {
  const found = (await catalogue.list()).find((each) => each.id === id);
  if (found === undefined) throw new Error(`No model ${id}`);
  return found;
}

export async function bring(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}
