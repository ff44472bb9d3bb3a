/** The converting child's entry: a process of its own that reads models' weights (see convert-protocol.ts). */
import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { isCode } from "../../library/index.ts";
import { serveWorker } from "../../workers/index.ts";
import { blendNetworks, type ReadNetwork, readNetwork } from "../models/index.ts";
import type { ConvertedNetwork, ConvertWorkerMethods } from "./convert-protocol.ts";
import { noRoomForModel } from "./problems.ts";

serveWorker<ConvertWorkerMethods>({
  async convert({ name, weights, param, target }) {
    const network = readNetwork({
      name,
      weights: await readFile(weights),
      ...(param === null ? {} : { param: await readFile(param, "utf8") }),
    });
    return write(network, name, target);
  },
  async blend({ name, general, grain, share, target }) {
    const networks = [];
    for (const path of [general, grain]) {
      networks.push(readNetwork({ name, weights: await readFile(path) }));
    }
    const [first, second] = networks;
    if (first === undefined || second === undefined) throw new Error("A blend takes two networks.");
    return write(blendNetworks(first, second, share), name, target);
  },
});

/** Writes through to the disk: whoever is told of the file finds it there after a power cut. */
async function write(
  network: ReadNetwork,
  name: string,
  target: string,
): Promise<ConvertedNetwork> {
  const content = network.onnx();
  try {
    const file = await open(target, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw isCode(error, "ENOSPC", "EDQUOT") ? noRoomForModel(name, error) : error;
  }
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { network: network.info, bytes: content.length, sha256 };
}
