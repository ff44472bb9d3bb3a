import { create } from "zustand";
import type { ProviderChoice, ProviderReport } from "../../src-preload/contract/upscale.ts";
import { door } from "../door/door.ts";

/** What networks can run on here, what they run on now, and what the person chose. */
export interface Providers {
  readonly providers: readonly ProviderReport[];
  readonly current: ProviderReport["id"];
  readonly choice: ProviderChoice;
}

/** Null until main has tried them, which takes seconds the first time. */
export const useProviders = create<{ readonly known: Providers | null }>(() => ({ known: null }));

let latest = 0;

/** Asks anew. Of several questions the newest counts; where none is answered, what was known stays. */
export async function askProviders(): Promise<void> {
  latest += 1;
  const turn = latest;
  const known = await door.upscales.providers().catch(() => null);
  if (turn === latest && known !== null) useProviders.setState({ known });
}

/** What changes whenever work takes another time than before; empty while nobody knows. */
export function paceOf(known: Providers | null): string {
  const current = known?.providers.find(({ id }) => id === known.current);
  return current === undefined ? "" : `${current.id} ${current.secondsPerMegapixel}`;
}
