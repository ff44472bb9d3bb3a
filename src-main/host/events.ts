import type { Job } from "../../src-preload/contract/jobs.ts";
import type { Root } from "../../src-preload/contract/library.ts";
import type { Preferences } from "../../src-preload/contract/preferences.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";

/** Answers come at most this often: what happens in between is folded into one. */
const breathMs = 50;

/** Where the newest state is read from when a client asks for it. */
export interface EventSources {
  readonly jobs: () => Job[];
  readonly revision: () => number;
  readonly roots: () => Root[];
  readonly modelsRevision: () => number;
  readonly preferences: () => Preferences;
  readonly undo: () => Localized | null;
  readonly redo: () => Localized | null;
  readonly redoTouchesFiles: () => boolean;
}

export interface News {
  cursor: number;
  jobs: Job[];
  revision: number;
  roots: Root[];
  modelsRevision: number;
  preferences: Preferences;
  undo: Localized | null;
  redo: Localized | null;
  redoTouchesFiles: boolean;
  openRootId: number | null;
  command: string | null;
}

/**
 * News for windows, latest wins: nothing is queued for a client. It asks, waits until something changed, and gets
 * the newest state once; while it works on an answer, any number of changes become its next one.
 */
export class EventHub {
  readonly #sources: EventSources;
  readonly #waiting = new Set<() => void>();
  #version = 1;
  #openRoot: { readonly id: number; readonly at: number } | null = null;
  #command: { readonly id: string; readonly at: number } | null = null;

  constructor(sources: EventSources) {
    this.#sources = sources;
  }

  /** Something that the sources tell of changed: photos, jobs, preferences, the steps of undo. */
  changed(): void {
    this.#version += 1;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Asks every window to show a root. */
  openRoot(rootId: number): void {
    this.#openRoot = { id: rootId, at: this.#version + 1 };
    this.changed();
  }

  /** Hands a command of the native menu to the windows. */
  runCommand(commandId: string): void {
    this.#command = { id: commandId, at: this.#version + 1 };
    this.changed();
  }

  /**
   * Waits until something is newer than `cursor` (0: answers at once, with everything).
   * @throws the signal's reason when the client goes away
   */
  async next(cursor: number, signal?: AbortSignal): Promise<News> {
    if (cursor >= this.#version) {
      await this.#change(signal);
      await breath(signal);
    }
    signal?.throwIfAborted();
    const { jobs, revision, roots, modelsRevision } = this.#sources;
    const { preferences, undo, redo, redoTouchesFiles } = this.#sources;
    return {
      cursor: this.#version,
      jobs: jobs(),
      revision: revision(),
      roots: roots(),
      modelsRevision: modelsRevision(),
      preferences: preferences(),
      undo: undo(),
      redo: redo(),
      redoTouchesFiles: redoTouchesFiles(),
      openRootId: this.#openRoot !== null && this.#openRoot.at > cursor ? this.#openRoot.id : null,
      // A command is an event, not a state: a window that has just been opened must not run an old one.
      command:
        cursor > 0 && this.#command !== null && this.#command.at > cursor ? this.#command.id : null,
    };
  }

  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(wake);
        signal?.removeEventListener("abort", stop);
      };
      const wake = (): void => {
        settle();
        resolve();
      };
      const stop = (): void => {
        settle();
        reject(signal?.reason);
      };
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      this.#waiting.add(wake);
      signal?.addEventListener("abort", stop);
    });
  }
}

/** Long enough that a burst of changes is one answer, short enough that nobody notices. */
function breath(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, breathMs);
    signal?.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
