import path from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { rendererRoot } from "./scripts/entries.ts";

/** The page. It is served under the app's own origin with a strict CSP: nothing inline, nothing from elsewhere. */
export default defineConfig({
  root: path.join(import.meta.dirname, rendererRoot),
  base: "./",
  publicDir: false,
  plugins: [react()],
  build: {
    outDir: path.join(import.meta.dirname, "out", "renderer"),
    emptyOutDir: true,
    // The oldest Chromium it runs in: the test Electron's. The product's own is newer.
    target: "chrome148",
    // An inlined asset is a data: address, which the CSP refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
    chunkSizeWarningLimit: 1500,
  },
});
