import { useLibrary } from "./library-store.ts";

/** Another text whenever a writing of sidecars begins or ends: what could not be written is another then. */
export function useSidecarWriting(): string {
  return useLibrary(({ jobs }) => {
    const newest = jobs.find(({ kind }) => kind === "write-sidecars");
    return newest === undefined ? "" : `${newest.id} ${newest.state}`;
  });
}
