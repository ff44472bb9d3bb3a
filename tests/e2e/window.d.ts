import type { KilnWindow } from "../../src-preload/contract/window.ts";

declare global {
  interface Window {
    readonly kiln?: KilnWindow;
  }
}
