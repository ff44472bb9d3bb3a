import type { KilnWindow } from "./contract/window.ts";

declare global {
  interface Window {
    /** There in Electron alone. */
    readonly kiln?: KilnWindow<File>;
  }
}
