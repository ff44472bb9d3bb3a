import { uploadUrl } from "../../src-preload/contract/media.ts";
import { door, refusalOf } from "../door/door.ts";
import { attempt } from "./edits.ts";
import { chooseFolder } from "./folder-choice.ts";
import { showRoot, useLibrary } from "./library-store.ts";
import { dismissToast, showToast, updateToast } from "./toasts.ts";
import { setMode } from "./view-store.ts";

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
    setMode("grid");
    await showRoot(rootId);
  });
}

/** 'Open folder…': asks for one and reads it. */
export async function openFolder(): Promise<void> {
  const folder = await chooseFolder("import");
  if (folder !== null) await importToken(folder.token);
}

/** Takes in what was dropped on the window. In Electron its paths, in a browser copies of its bytes. */
export async function takeDrop(transfer: DataTransfer): Promise<void> {
  const { kiln } = window;
  if (kiln !== undefined) {
    const files = [...transfer.files];
    if (files.length === 0) return;
    const dropped = await attempt(() => kiln.dropped(files));
    if (dropped !== null) await importToken(dropped.token);
    return;
  }
  // The entries must be asked for before the first await: the browser empties the transfer.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length > 0) await upload(entries);
}

const uploadLanes = 4;

/** Sends copies of what was dropped to main, where a page has no paths to give, and reads them there. */
async function upload(entries: readonly FileSystemEntry[]): Promise<void> {
  await attempt(async () => {
    const files = await Array.fromAsync(filesBelow(entries));
    if (files.length === 0) return;
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
      const { token } = await door.sources.upload();
      let done = 0;
      const queue = files.values();
      const lane = async (): Promise<void> => {
        for (const entry of queue) {
          await send(entry, token, abort.signal);
          done += 1;
          updateToast(toastId, { text: text(done), progress: done / files.length });
        }
      };
      await Promise.all(Array.from({ length: uploadLanes }, lane));
      await importToken(token, "copy");
    } catch (error) {
      if (!abort.signal.aborted) throw error;
    } finally {
      abort.abort();
      dismissToast(toastId);
    }
  });
}

async function send(entry: FileSystemFileEntry, token: string, signal: AbortSignal): Promise<void> {
  const body = await fileOf(entry);
  const path = uploadUrl(token, entry.fullPath.replace(/^\//, ""));
  const answer = await fetch(path, { method: "PUT", body, signal });
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
