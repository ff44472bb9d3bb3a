import type { z } from "zod";
import {
  type Preferences as PreferencesValue,
  type preferencesPatchSchema,
  preferencesSchema,
} from "../../src-preload/contract/preferences.ts";

/** The file behind the preferences: `conf` under plain Node, electron-store in Electron; both write the same file. */
export interface PreferencesFile {
  /** Everything in the file. Assigning writes it, atomically. */
  store: Record<string, unknown>;
}

/** How the person likes to work. What the file holds of unknown or broken values is replaced by defaults. */
export class Preferences {
  readonly #file: PreferencesFile;
  readonly #listeners = new Set<(value: PreferencesValue) => void>();
  #value: PreferencesValue;

  constructor(file: PreferencesFile) {
    this.#file = file;
    this.#value = readable(file.store);
  }

  get(): PreferencesValue {
    return this.#value;
  }

  set(patch: z.infer<typeof preferencesPatchSchema>): PreferencesValue {
    const given = Object.fromEntries(
      Object.entries(patch).filter(([, value]) => value !== undefined),
    );
    this.#value = preferencesSchema.parse({ ...this.#value, ...given });
    // Keys of a newer Kiln, which shares the file, are kept.
    this.#file.store = { ...this.#file.store, ...this.#value };
    for (const listener of this.#listeners) listener(this.#value);
    return this.#value;
  }

  onChange(listener: (value: PreferencesValue) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function readable(stored: Record<string, unknown>): PreferencesValue {
  const defaults = preferencesSchema.parse({});
  const entries = Object.entries(preferencesSchema.shape).map(([key, schema]) => {
    const parsed = schema.safeParse(stored[key]);
    return [key, parsed.success ? parsed.data : defaults[key as keyof PreferencesValue]];
  });
  return preferencesSchema.parse(Object.fromEntries(entries));
}
