import { create } from "zustand";
import { door } from "../door/door.ts";
import { attempt } from "./edits.ts";
import { useLibrary } from "./library-store.ts";

/** A folder that the person chose: a token for the door, its path for the eyes. */
export interface ChosenFolder {
  readonly token: string;
  readonly path: string;
}

interface FolderQuestion {
  readonly purpose: "import" | "destination";
  readonly answer: (folder: ChosenFolder | null) => void;
}

/** The host's own folder list waits for an answer; null when it is closed. */
export const useFolderQuestion = create<{ readonly question: FolderQuestion | null }>(() => ({
  question: null,
}));

/** Asks for a folder in the system's dialog, or in the host's own folder list. Null when the person closed it. */
export async function chooseFolder(
  purpose: FolderQuestion["purpose"],
): Promise<ChosenFolder | null> {
  if (useLibrary.getState().info?.folderPicker === "native") {
    return attempt(() => door.sources.pick({ purpose }));
  }
  const { promise, resolve } = Promise.withResolvers<ChosenFolder | null>();
  useFolderQuestion.getState().question?.answer(null);
  useFolderQuestion.setState({ question: { purpose, answer: resolve } });
  const folder = await promise;
  useFolderQuestion.setState({ question: null });
  return folder;
}
