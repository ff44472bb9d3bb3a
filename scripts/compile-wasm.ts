/**
 * Compiles src-wasm/ into src-main/photos/pixels/compiled.ts. To be run after a change there; what it makes is committed,
 * so that neither the app nor its build needs the compiler. a test beside this file sees to it that both agree.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./setup/project.mjs";

const sources = path.join(root, "src-wasm");
const compiledModule = path.join(root, "src-main", "photos", "pixels", "compiled.ts");

/**
 * @returns the WebAssembly module that the sources make
 * @throws Error with what the compiler said
 */
export async function compileLoops(): Promise<Uint8Array> {
  // Not at the top: it takes a second to load.
  const { main: compile } = await import("assemblyscript/asc");
  let binary: Uint8Array | null = null;
  const { error, stderr } = await compile(
    [
      ...["index.ts", "--baseDir", sources, "--outFile", "pixels.wasm"],
      ...["-O3", "--converge", "--noAssert", "--runtime", "stub", "--enable", "simd"],
    ],
    {
      writeFile: (_, content) => {
        binary = typeof content === "string" ? Buffer.from(content) : content;
      },
    },
  );
  if (error !== null || binary === null) throw new Error(String(stderr), { cause: error });
  return binary;
}

if (import.meta.main) {
  const text = Buffer.from(await compileLoops()).toString("base64");
  const lines = [
    "/** src-wasm/, compiled by scripts/compile-wasm.ts: WebAssembly in base64, so that it is bundled as any module is. */",
    "export const PIXEL_LOOPS =",
    `  "${text}";`,
  ];
  writeFileSync(compiledModule, `${lines.join("\n")}\n`);
  process.stdout.write(`${compiledModule}: ${text.length} characters\n`);
}
