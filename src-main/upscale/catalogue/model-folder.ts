import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { modelIdSchema } from "../../../src-preload/contract/models.ts";
import { isCode, syncFolder } from "../../library/index.ts";
import type { NetworkFile } from "../network.ts";
import { networkInfoSchema } from "./manifest.ts";

/** Partial downloads that nobody came back for are thrown away after this long. */
const keepDownloadsMs = 14 * 24 * 3600 * 1000;
/** Blends of two networks that are kept; the one not used for longest goes. */
const keepBlends = 8;

const networkName = "network.onnx";
const recordName = "model.json";
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

const recordSchema = z.object({
  id: modelIdSchema,
  name: z.string(),
  origin: z.enum(["fetched", "added"]),
  network: networkInfoSchema,
  onnx: z.object({ bytes: z.int().positive(), sha256: sha256Schema }),
  /** A source's name, or a file's. */
  cameFrom: z.string(),
  /** Of which it was made. */
  files: z.array(
    z.object({ role: z.string(), name: z.string(), bytes: z.int(), sha256: sha256Schema }),
  ),
  isVerified: z.boolean(),
  licence: z.string().nullable(),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
});

/** What is remembered of a model in the library, beside its network. */
export type ModelRecord = z.infer<typeof recordSchema>;

/**
 * The library's models: `<id>/network.onnx` with `<id>/model.json`. What begins with a dot is Kiln's own business:
 * `.new-…` a model that is being made, `.downloads/<id>` what has arrived of one, `.blends` interpolated networks.
 */
export class ModelFolder {
  readonly path: string;
  /** What this process works on: not left over from an earlier one. */
  readonly #inUse = new Set<string>();

  constructor(libraryDirectory: string) {
    this.path = join(libraryDirectory, "models");
  }

  /** The models that are whole, by id. */
  async read(): Promise<Map<string, ModelRecord>> {
    const names = await namesIn(this.path);
    const records = await Promise.all(
      names.filter((name) => !name.startsWith(".")).map((name) => this.#record(name)),
    );
    return new Map(
      records
        .flatMap((record) => record ?? [])
        .toSorted((a, b) => a.createdAt - b.createdAt)
        .map((record) => [record.id, record]),
    );
  }

  /** Every name that is taken, whole model or not. */
  names(): Promise<string[]> {
    return namesIn(this.path);
  }

  file({ id, name, network }: ModelRecord): NetworkFile {
    return { ...network, path: join(this.path, id, networkName), name };
  }

  /** Where the downloads of a model gather; from now on they are in use. */
  downloads(id: string): string {
    this.#inUse.add(id);
    return this.arrived(id);
  }

  /** Where the downloads of a model lie, if there are any. */
  arrived(id: string): string {
    return join(this.path, ".downloads", id);
  }

  /** A place to make a model in. */
  async begin(): Promise<{ readonly folder: string; readonly network: string }> {
    const name = `.new-${randomBytes(6).toString("hex")}`;
    const folder = join(this.path, name);
    this.#inUse.add(name);
    await mkdir(folder, { recursive: true });
    return { folder, network: join(folder, networkName) };
  }

  /** Makes what was begun a model, in one step. A broken one of that id is replaced. */
  async finish(folder: string, record: ModelRecord): Promise<void> {
    await this.#writeRecord(folder, record);
    await this.#replace(folder, record.id);
    await syncFolder(this.path);
  }

  async rename(record: ModelRecord, name: string): Promise<void> {
    await this.#writeRecord(join(this.path, record.id), { ...record, name });
  }

  /** Takes a model away, and what had arrived of it. */
  async remove(id: string): Promise<void> {
    await this.#putAway(id);
    await rm(this.downloads(id), { recursive: true, force: true });
  }

  /** The file of a blend, and whether it has been made already. Asking for it keeps it for longer. */
  async blend(key: string): Promise<{ readonly path: string; readonly isMade: boolean }> {
    const folder = join(this.path, ".blends");
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${key}.onnx`);
    return { path, isMade: await touch(path) };
  }

  /** Gives a blend that was made elsewhere its name, and lets old ones go. */
  async finishBlend(made: string, path: string): Promise<void> {
    await rename(made, path);
    const folder = join(this.path, ".blends");
    const files = await Promise.all(
      (await namesIn(folder)).map(async (name) => {
        const info = await stat(join(folder, name)).catch(() => null);
        return { path: join(folder, name), at: info?.mtimeMs ?? 0 };
      }),
    );
    const old = files.toSorted((a, b) => b.at - a.at).slice(keepBlends);
    for (const file of old) await rm(file.path, { force: true });
  }

  /** Clears what an earlier Kiln left half made; partial downloads stay for two weeks. */
  async tidy(now: number): Promise<void> {
    for (const name of await namesIn(this.path)) {
      if (this.#inUse.has(name) || !/^\.(new|old)-/.test(name)) continue;
      await rm(join(this.path, name), removal);
    }
    for (const name of await namesIn(join(this.path, ".downloads"))) {
      if (this.#inUse.has(name)) continue;
      const path = join(this.path, ".downloads", name);
      if (now - (await stat(path)).mtimeMs > keepDownloadsMs) await rm(path, removal);
    }
  }

  async #record(id: string): Promise<ModelRecord | null> {
    const folder = join(this.path, id);
    try {
      const record = recordSchema.parse(
        JSON.parse(await readFile(join(folder, recordName), "utf8")),
      );
      const { size } = await stat(join(folder, networkName));
      return record.id === id && size === record.onnx.bytes ? record : null;
    } catch {
      // Not a model, or not a whole one: as good as not there, and replaced when it is fetched or added.
      return null;
    }
  }

  async #writeRecord(folder: string, record: ModelRecord): Promise<void> {
    const part = join(folder, `${recordName}.part`);
    const file = await open(part, "w");
    try {
      await file.writeFile(`${JSON.stringify(record, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, join(folder, recordName));
    await syncFolder(folder);
  }

  /** Another may come to its place at the same moment: fetched here, and brought there. */
  async #replace(folder: string, id: string): Promise<void> {
    for (;;) {
      await this.#putAway(id);
      try {
        return await rename(folder, join(this.path, id));
      } catch (error) {
        if (!isCode(error, "ENOTEMPTY", "EEXIST")) throw error;
      }
    }
  }

  /** Out of the way in one step, then deleted: half a model is never seen. */
  async #putAway(id: string): Promise<void> {
    const away = join(this.path, `.old-${randomBytes(6).toString("hex")}`);
    try {
      await rename(join(this.path, id), away);
    } catch (error) {
      if (isCode(error, "ENOENT")) return;
      throw error;
    }
    await rm(away, removal);
  }
}

const removal = { recursive: true, force: true, maxRetries: 3 } as const;

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  }
}

/** @returns whether the file is there */
async function touch(path: string): Promise<boolean> {
  try {
    const file = await open(path, "r+");
    await file.utimes(new Date(), new Date()).finally(() => file.close());
    return true;
  } catch (error) {
    if (isCode(error, "ENOENT")) return false;
    throw error;
  }
}
