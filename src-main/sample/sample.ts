import type sharpModule from "sharp";

/** The default export of sharp: native, or its WebAssembly build inside Electron on Linux. */
export type Sharp = typeof sharpModule;

export interface SampleOptions {
  readonly sharp: Sharp;
  /** Any integer; the same seed gives the same files. */
  readonly seed: number;
  /** Checked between files; files written so far stay and are taken up by the next run. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

export interface SampleBurst {
  /** File names in capture order. */
  readonly files: readonly string[];
  /** The name of the frame that is the sharp one. */
  readonly sharpest: string;
}

export interface SampleManifest {
  readonly seed: number;
  readonly bursts: readonly SampleBurst[];
  /** File names of the photos that stand alone. */
  readonly singles: readonly string[];
}
