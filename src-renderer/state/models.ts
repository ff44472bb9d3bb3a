import { create } from "zustand";
import type { Model, ModelsAdded } from "../../src-preload/contract/models.ts";
import type { Problem } from "../../src-preload/contract/problem.ts";
import { door, problemOf } from "../door/door.ts";
import { attempt } from "./edits.ts";

/** Upscaling networks as main last told of them. */
interface Models {
  /** Null until they are known. */
  readonly models: readonly Model[] | null;
  /** Main's count of changes to the list: another window or a command may have made them. */
  readonly revision: number;
  /** Why the list could not be read. */
  readonly problem: Problem | null;
  readonly isAdding: boolean;
  /** What became of the files that were brought last. */
  readonly added: ModelsAdded | null;
}

export const useModels = create<Models>(() => ({
  models: null,
  revision: 0,
  problem: null,
  isAdding: false,
  added: null,
}));

let latest = 0;

/** Brings the list up to date. Of several questions the newest counts. */
export async function pullModels(): Promise<void> {
  latest += 1;
  const turn = latest;
  try {
    const models = await door.models.list();
    if (turn === latest) useModels.setState({ models, problem: null });
  } catch (error) {
    if (turn === latest) useModels.setState({ problem: problemOf(error) });
  }
}

/** Files that hold a network; a `.param` goes with its `.bin`. */
const modelFile = /\.(pth|pt|ckpt|safetensors|onnx|param|bin)$/i;
export const modelExtensions = ".pth,.pt,.ckpt,.safetensors,.onnx,.param,.bin";

/** Whether what was dropped is models, and nothing else. */
export function areModels(names: readonly string[]): boolean {
  return names.length > 0 && names.every((name) => modelFile.test(name));
}

/** Reads networks from files that a token stands for; each that can be used joins the list. */
export async function addModels(token: string): Promise<void> {
  useModels.setState({ isAdding: true, added: null });
  const added = await attempt(() => door.models.add({ token }));
  useModels.setState({ isAdding: false, added });
  await pullModels();
}

export async function fetchModel(id: string): Promise<void> {
  await attempt(() => door.models.fetch({ id }));
  await pullModels();
}

export async function removeModel(id: string): Promise<void> {
  await attempt(() => door.models.remove({ id }));
  await pullModels();
}

export async function renameModel(id: string, name: string): Promise<void> {
  await attempt(() => door.models.rename({ id, name }));
  await pullModels();
}
