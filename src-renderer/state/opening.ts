import { uploadUrl } from "../../src-preload/contract/media.ts";
import { door, refusalOf } from "../door/door.ts";
import { attempt } from "./edits.ts";
import { chooseFolder } from "./folder-choice.ts";
import { showRoot, useLibrary } from "./library-store.ts";
import { addModels, areModels } from "./models.ts";
import { dismissToast, showToast, updateToast } from "./toasts.ts";
import { chooseBatch, showUpscaleRoom } from "./upscale-room.ts";
import { setMode, useView } from "./view-store.ts";

/** Reads what a token stands for, and shows it. */
export async function importToken(token: string, mode?: "reference" | "copy"): Promise<void> {
  const { preferences } = useLibrary.getState();
  await show(() => door.library.import({ token, mode: mode ?? preferences.importMode }));
}

export async function trySample(): Promise<void> {
  await show(() => door.library.importSample());
}

async function show(start: () => Promise<{ rootId: number }>): Promise<void> {
  await attempt(async () => {
    const { rootId } = await start();
    // Who drops photos on the upscale room wants them larger: it stays, with all of them.
    const isForUpscale = useView.getState().mode === "upscale";
    if (!isForUpscale) setMode("grid");
    await showRoot(rootId);
    if (isForUpscale) chooseBatch({ kind: "all" });
  });
}

/** 'Open folder…': asks for one and reads it. */
export async function openFolder(): Promise<void> {
  const folder = await chooseFolder("import");
  if (folder !== null) await importToken(folder.token);
}

/** Takes in what was dropped on the window: photos, or models. In a browser copies of their bytes. */
export async function takeDrop(transfer: DataTransfer): Promise<void> {
  if (window.kiln !== undefined) {
    await takeFiles([...transfer.files]);
    return;
  }
  // The entries must be asked for before the first await: the browser empties the transfer.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  await attempt(async () => {
    const files = await Array.fromAsync(filesBelow(entries));
    if (files.length === 0) {
      tellNothing();
      return;
    }
    // One folder is received under its own name, with what is below it.
    const [first] = entries;
    const folder = entries.length === 1 && first?.isDirectory === true ? first : null;
    const top = folder === null ? "/" : `${folder.fullPath}/`;
    const token = await upload(
      files.map((entry) => ({
        path: entry.fullPath.slice(top.length),
        open: () => fileOf(entry),
      })),
      folder?.name,
    );
    if (token !== null) await takeIn(token, entries);
  });
}

function tellNothing(): void {
  showToast({
    tone: "problem",
    text: { en: "There was nothing in that drop.", ko: "끌어다 놓은 것에 파일이 없습니다." },
    detail: { en: "Drop a folder or photos.", ko: "폴더나 사진을 끌어다 놓으세요." },
  });
}

/** Takes in files that were dropped, or chosen in the system's dialog of a form. */
export async function takeFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  const { kiln } = window;
  await attempt(async () => {
    const token =
      kiln === undefined
        ? await upload(
            files.map((file) => ({ path: file.name, open: () => Promise.resolve(file) })),
          )
        : (await kiln.dropped([...files])).token;
    if (token !== null) await takeIn(token, files);
  });
}

async function takeIn(token: string, things: readonly { readonly name: string }[]): Promise<void> {
  if (areModels(things.map(({ name }) => name))) {
    showUpscaleRoom();
    await addModels(token);
  } else if (window.kiln === undefined) await importToken(token, "copy");
  else await importToken(token);
}

const uploadLanes = 4;

interface Sent {
  /** With '/' between its parts. */
  readonly path: string;
  readonly open: () => Promise<File>;
}

/** Sends copies to main, where a page has no paths to give. Answers the token; null for none, or when it was cancelled. */
async function upload(files: readonly Sent[], name?: string): Promise<string | null> {
  if (files.length === 0) return null;
  const text = (done: number) => ({
    en: `Receiving files: ${done} of ${files.length}`,
    ko: `파일을 받는 중: ${files.length}개 중 ${done}개`,
  });
  const abort = new AbortController();
  const toastId = showToast({
    text: text(0),
    progress: 0,
    action: { label: { en: "Cancel", ko: "취소" }, run: () => abort.abort() },
  });
  try {
    const { token } = await door.sources.upload(name === undefined ? {} : { name });
    let done = 0;
    const queue = files.values();
    const lane = async (): Promise<void> => {
      for (const file of queue) {
        await send(file, token, abort.signal);
        done += 1;
        updateToast(toastId, { text: text(done), progress: done / files.length });
      }
    };
    await Promise.all(Array.from({ length: uploadLanes }, lane));
    return token;
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    return null;
  } finally {
    abort.abort();
    dismissToast(toastId);
  }
}

async function send({ path, open }: Sent, token: string, signal: AbortSignal): Promise<void> {
  const body = await open();
  const answer = await fetch(uploadUrl(token, path), { method: "PUT", body, signal });
  if (!answer.ok) throw await refusalOf(answer);
}

async function* filesBelow(
  entries: readonly FileSystemEntry[],
): AsyncGenerator<FileSystemFileEntry> {
  for (const entry of entries) {
    if (isFile(entry)) yield entry;
    else if (isDirectory(entry)) yield* filesBelow(await childrenOf(entry));
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** A directory reader answers in portions; an empty one is the last. */
async function childrenOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (portion.length === 0) return children;
    children.push(...portion);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}
