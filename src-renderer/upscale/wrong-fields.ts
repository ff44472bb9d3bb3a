import { useEffect, useId } from "react";
import { create } from "zustand";

/** Fields that hold what can't be used: nothing is begun before they are put right. */
export const useWrongFields = create<{ readonly ids: ReadonlySet<string> }>(() => ({
  ids: new Set(),
}));

/** Counts a field as wrong while it is on the screen and `isWrong`. */
export function useWrongField(isWrong: boolean): void {
  const id = useId();
  useEffect(() => {
    if (!isWrong) return;
    useWrongFields.setState(({ ids }) => ({ ids: new Set(ids).add(id) }));
    return () =>
      useWrongFields.setState(({ ids }) => ({
        ids: new Set([...ids].filter((each) => each !== id)),
      }));
  }, [id, isWrong]);
}
