import { KilnError } from "../errors.ts";
import type { JobEngine } from "../jobs/index.ts";
import type { SidecarStore } from "../library/index.ts";
import type { SidecarValues } from "../xmp/index.ts";
import { type SidecarServices, type TakenIn, takeInSidecars } from "./read-sidecars.ts";
import { wantedValues } from "./sidecar-rules.ts";
import { writeSidecarsJob } from "./write-sidecars.ts";

/** Decisions come in bursts; a second after the first of them is soon enough, and one job for all of them. */
const gatherFor = 1000;

/** Keeps sidecars and decisions of one mind: reads what other programs changed, writes what the person decided. */
export class Sidecars {
  readonly #services: SidecarServices;
  readonly #engine: JobEngine;
  readonly #gatherMs: number;
  readonly #job: ReturnType<typeof writeSidecarsJob>;
  #timer: NodeJS.Timeout | null = null;
  #stopListening: (() => void) | null = null;

  /** `gatherMs`: how long decisions are gathered before a job writes them. */
  constructor(services: SidecarServices, engine: JobEngine, gatherMs = gatherFor) {
    this.#services = services;
    this.#gatherMs = gatherMs;
    this.#engine = engine;
    this.#job = writeSidecarsJob(services);
  }

  /** The kinds of jobs that this starts, for the engine. */
  get definitions() {
    return [this.#job];
  }

  /**
   * From now on decisions reach sidecars; also those that an earlier process left, or could not write. Call after the
   * engine began.
   */
  begin(): void {
    this.#services.sidecars.queueFailed();
    this.#stopListening = this.#services.database.onChange(() => this.#soon());
    this.#soon();
  }

  /** Nothing is started any more. What waits is written after the next start. */
  close(): void {
    this.#stopListening?.();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** See `takeInSidecars`. */
  takeIn(rootId: number, signal: AbortSignal): Promise<TakenIn> {
    return takeInSidecars(this.#services, rootId, signal);
  }

  /**
   * Takes over the rating that a photo carries inside, where nobody decided on it yet: 1..5 stars, -1 rejected.
   * `modifiedMs` is the file's time: a sidecar that is newer has the last word.
   */
  takeEmbedded(photoId: number, rating: number, modifiedMs: number): void {
    const { sidecars } = this.#services;
    const photo = sidecars.photo(photoId);
    if (rating === 0 || photo === null || photo.origin !== null) return;
    const decided =
      rating < 0 ? { stars: 0, flag: "reject" as const } : { stars: rating, flag: photo.flag };
    sidecars.decide(photoId, { ...decided, label: photo.label });
    sidecars.cameFromSidecar(photoId, { rating: modifiedMs, label: null });
    // It is where it came from.
    sidecars.keep(photoId);
  }

  /** Decisions that a sidecar should have and has not, with why: how many, and the first of them. */
  unwritten(): ReturnType<SidecarStore["unwritten"]> {
    return this.#services.sidecars.unwritten();
  }

  /** Why a photo's decisions are in no sidecar; null where they are in one, or need none. */
  whyUnwritten(photoId: number): ReturnType<SidecarStore["whyUnwritten"]> {
    return this.#services.sidecars.whyUnwritten(photoId);
  }

  /** What a copy of the photo should say of its rating and label; nothing where nobody decided. */
  valuesOf(photoId: number): SidecarValues {
    const { sidecars, preferences } = this.#services;
    const photo = sidecars.photo(photoId);
    return photo === null ? {} : wantedValues(photo, preferences().pickAs);
  }

  /**
   * Writes every decision of a root that no sidecar has yet.
   * @throws KilnError `sidecars-off` where the person doesn't want any
   */
  writeRoot(rootId: number): void {
    if (!this.#services.preferences().write) throw sidecarsOff();
    this.#services.sidecars.queueRoot(rootId);
    this.#soon();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#start();
    }, this.#gatherMs);
  }

  #start(): void {
    const { sidecars, preferences } = this.#services;
    if (!sidecars.hasPending()) return;
    if (!preferences().write) {
      sidecars.keepPending();
      return;
    }
    const ours = this.#engine.list().filter(({ kind }) => kind === this.#job.kind);
    // One that waits sees everything; one that runs may have passed these by.
    if (ours.some(({ state }) => state === "queued")) return;
    if (ours.some(({ state }) => state === "running")) this.#soon();
    else this.#engine.start(this.#job, {});
  }
}

function sidecarsOff(): KilnError {
  return new KilnError(
    "sidecars-off",
    { en: "Sidecars are switched off.", ko: "사이드카 쓰기가 꺼져 있습니다." },
    {
      en: "Switch them on in the settings, then try again.",
      ko: "설정에서 켠 뒤 다시 시도하세요.",
    },
  );
}
