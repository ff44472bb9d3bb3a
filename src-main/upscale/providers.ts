import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { cpus, hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Localized } from "../../src-preload/contract/problem.ts";
import type { ProviderChoice, ProviderReport } from "../../src-preload/contract/upscale.ts";
import { KilnError } from "../errors.ts";
import { createUpscalePool, type UpscalePool, type UpscalePoolOptions } from "./inference-pool.ts";
import type { NetworkFile } from "./network.ts";
import { type Provider, providers } from "./worker/protocol.ts";

export interface ProvidersOptions extends UpscalePoolOptions {
  /** Folder of the library: what was found out is kept there. */
  readonly directory: string;
  /** The network to test with: small, and one that is always there. */
  readonly network: () => Promise<NetworkFile>;
  /** What the person chose. */
  readonly choice: () => ProviderChoice;
  /** For a test of one provider; a minute unless told. */
  readonly timeoutMs?: number;
}

export const providerTitles: Readonly<Record<Provider, Localized>> = {
  dml: { en: "Graphics card (DirectML)", ko: "그래픽 카드(DirectML)" },
  cuda: { en: "Graphics card (CUDA)", ko: "그래픽 카드(CUDA)" },
  coreml: { en: "Graphics and neural cores (CoreML)", ko: "그래픽·신경망 코어(CoreML)" },
  webgpu: { en: "Graphics card (WebGPU)", ko: "그래픽 카드(WebGPU)" },
  cpu: { en: "Processor", ko: "프로세서(CPU)" },
};

/** Compiling a network for a graphics card may take half of it. */
const TIMEOUT_MS = 60_000;

const localizedSchema = z.object({ en: z.string(), ko: z.string() });

const stateSchema = z.object({
  /** Of the runtime and the machine that the reports are about. */
  key: z.string(),
  reports: z.array(
    z.object({
      id: z.enum(providers),
      isUsable: z.boolean(),
      reason: localizedSchema.nullable(),
      secondsPerMegapixel: z.number().nullable(),
    }),
  ),
});
type State = z.infer<typeof stateSchema>;
type KeptReport = State["reports"][number];

/**
 * What networks can run on. Each provider that the runtime has on this system is tested once a machine, in a child of
 * its own, since a driver may take its process along: its numbers have to be the processor's.
 */
export class Providers {
  readonly #options: ProvidersOptions;
  readonly #closing = new AbortController();
  #known: Promise<State> | null = null;
  /** What `#known` came to. */
  #found: State | null = null;

  constructor(options: ProvidersOptions) {
    this.#options = options;
  }

  /** Every provider that the runtime has here, the processor last. Tests what has not been tested. */
  async list(): Promise<ProviderReport[]> {
    return (await this.#state()).reports.map(withName);
  }

  /** What networks run on: what was chosen, where it can be used; else the fastest one that can. */
  async current(): Promise<Provider> {
    return this.#choose(await this.#state())?.id ?? "cpu";
  }

  /**
   * The provider that networks run on, at once: null while that is not known, which this begins to find out. A driver
   * may keep a test waiting for a minute.
   */
  currentIfKnown(): ProviderReport | null {
    if (this.#found === null) {
      // Whoever waits for the answer hears what went wrong.
      this.#state().catch(() => undefined);
      return null;
    }
    const report = this.#choose(this.#found);
    return report === undefined ? null : withName(report);
  }

  /** Breaks off what is being tested. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#known?.catch(() => undefined);
  }

  #choose({ reports }: State): KeptReport | undefined {
    const usable = reports.filter(({ isUsable }) => isUsable);
    const choice = this.#options.choice();
    const speed = ({ secondsPerMegapixel }: KeptReport) => secondsPerMegapixel ?? Infinity;
    return (
      usable.find(({ id }) => id === choice) ?? usable.toSorted((a, b) => speed(a) - speed(b))[0]
    );
  }

  /** Tests every provider anew: after a new driver, say. */
  async probeAgain(): Promise<ProviderReport[]> {
    // One that is under way began before: its answer may be the old driver's.
    await this.#known?.catch(() => undefined);
    await rm(this.#stateFile, { force: true });
    this.#known = null;
    this.#found = null;
    return this.list();
  }

  get #stateFile(): string {
    return join(this.#options.directory, "providers.json");
  }

  async #state(): Promise<State> {
    const known = this.#known ?? this.#find();
    this.#known = known;
    try {
      const found = await known;
      if (this.#known === known) this.#found = found;
      return found;
    } catch (error) {
      if (this.#known === known) this.#known = null;
      throw error;
    }
  }

  async #find(): Promise<State> {
    const { version, available } = await this.#backends();
    const processor = cpus()[0]?.model ?? "";
    const key = [version, process.platform, process.arch, hostname(), processor].join(" ");
    const kept = await read(this.#stateFile, stateSchema);
    if (kept?.key === key) return kept;
    const network = await this.#options.network();
    const reports: KeptReport[] = [];
    for (const provider of available) reports.push(await this.#test(provider, network));
    const state = { key, reports };
    // Where it can't be kept, the next start tests again.
    await write(this.#stateFile, state).catch(() => undefined);
    return state;
  }

  /** A system without the runtime has the processor, of which the test then says why it can't be used. */
  async #backends(): Promise<{
    readonly version: string;
    readonly available: readonly Provider[];
  }> {
    await using pool = this.#pool();
    try {
      const found = await pool.run("backends", { name: "ONNX Runtime" }, this.#limit);
      return { version: found.version, available: found.providers };
    } catch {
      this.#closing.signal.throwIfAborted();
      return { version: "", available: ["cpu"] };
    }
  }

  async #test(provider: Provider, network: NetworkFile): Promise<KeptReport> {
    await using pool = this.#pool();
    const input = { network, provider, name: providerTitles[provider].en };
    try {
      const { secondsPerMegapixel } = await pool.run("selfTest", input, this.#limit);
      return { id: provider, isUsable: true, reason: null, secondsPerMegapixel };
    } catch (error) {
      this.#closing.signal.throwIfAborted();
      const reason = reasonOf(error);
      return { id: provider, isUsable: false, reason, secondsPerMegapixel: null };
    }
  }

  get #limit() {
    const { signal } = this.#closing;
    return { signal, timeoutMs: this.#options.timeoutMs ?? TIMEOUT_MS };
  }

  #pool(): UpscalePool {
    return createUpscalePool(this.#options);
  }
}

function withName(report: KeptReport): ProviderReport {
  return { ...report, name: providerTitles[report.id] };
}

function reasonOf(error: unknown): Localized {
  const code = error instanceof KilnError ? error.code : "";
  if (code === "worker-died" || code === "worker-cannot-start") {
    return {
      en: "It crashed in a test. An update of the graphics driver may help.",
      ko: "시험하는 동안 비정상 종료되었습니다. 그래픽 드라이버를 업데이트하면 나아질 수 있습니다.",
    };
  }
  if (code === "worker-timed-out") {
    return {
      en: "It gave no answer in a test. An update of the graphics driver may help.",
      ko: "시험에 응답하지 않았습니다. 그래픽 드라이버를 업데이트하면 나아질 수 있습니다.",
    };
  }
  if (error instanceof KilnError) return error.happened;
  return { en: "It failed in a test.", ko: "시험에 실패했습니다." };
}

/** @returns null where the file is not there or not what it should be */
async function read<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null;
  }
}

async function write(path: string, value: object): Promise<void> {
  await writeFile(`${path}.partial`, JSON.stringify(value));
  await rename(`${path}.partial`, path);
}
