import { registerHooks } from "node:module";
import type sharpModule from "sharp";

export type Sharp = typeof sharpModule;

/** More pixels than this are not opened at all. */
export const MAX_PIXELS = 1_000_000_000;

/**
 * Loads sharp: its native build, or the WebAssembly one where the native one can't live.
 *
 * Inside an Electron process on Linux sharp's GLib collides with GTK's (GLib-CRITICAL lines, crashes). There the
 * native build is never even opened. `KILN_SHARP=wasm` asks for the same elsewhere, for tests.
 */
export async function loadSharp(): Promise<Sharp> {
  const isElectronOnLinux = process.platform === "linux" && "electron" in process.versions;
  if (isElectronOnLinux || process.env.KILN_SHARP === "wasm") refuseNativeBuild();
  const { default: sharp } = await import("sharp");
  // The pool runs one process a core; each photo is read once.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}

/** sharp tries its builds one after the other and comes to the WebAssembly one when no other can be found. */
function refuseNativeBuild(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (/^@img\/sharp-(?!wasm32\/)[^/]+\/sharp\.node$/.test(specifier)) {
        throw Object.assign(new Error(`${specifier} is not to be loaded here`), {
          code: "MODULE_NOT_FOUND",
        });
      }
      return nextResolve(specifier, context);
    },
  });
}
