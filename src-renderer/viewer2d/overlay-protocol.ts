import type { Size } from "./viewport.ts";

export type OverlayKind = "peaking" | "clipping";

/** The seen pixels of one photo, and what is to be marked on them: later kinds lie above earlier ones. */
export interface OverlayRequest {
  readonly id: number;
  readonly kinds: readonly OverlayKind[];
  /** RGBA, 8 bits a channel. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly size: Size;
}

export interface OverlayAnswer {
  readonly id: number;
  /** RGBA, transparent where nothing is marked. */
  readonly marks: Uint8ClampedArray<ArrayBuffer>;
  readonly size: Size;
  /** How long the marking took. */
  readonly ms: number;
}
