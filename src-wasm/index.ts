/**
 * Kiln's loops over pixels, in AssemblyScript: compiled by scripts/compile-wasm.ts into
 * src-main/photos/pixels/compiled.ts, and called by src-main/photos/pixels/ alone. Nothing here allocates: every
 * function is given addresses in the module's memory, which its caller has laid out.
 */

export { convert, upsampleRow } from "./colour";
export { decodeScan, unstuff } from "./jpeg";
export { findThresholds, sumRow } from "./edges";
export { countLevels, halve, sumLaplacians, sumTiles } from "./statistics";
