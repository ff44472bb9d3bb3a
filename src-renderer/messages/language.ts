import type { Localized } from "../../src-preload/contract/problem.ts";
import { useLibrary } from "../state/library-store.ts";
import { en, type Messages } from "./en.ts";
import { ko } from "./ko.ts";

export type Language = keyof Localized;

const byLanguage: Record<Language, Messages> = { en, ko };

function chosen(preference: "system" | Language, locale: string): Language {
  if (preference !== "system") return preference;
  return locale.toLowerCase().startsWith("ko") ? "ko" : "en";
}

/** The language that is shown; switches live. */
export function useLanguage(): Language {
  return useLibrary(({ preferences, info }) =>
    chosen(preferences.language, info?.locale ?? navigator.language),
  );
}

export function currentLanguage(): Language {
  const { preferences, info } = useLibrary.getState();
  return chosen(preferences.language, info?.locale ?? navigator.language);
}

/** The texts of the page in the language that is shown. */
export function useMessages(): Messages {
  return byLanguage[useLanguage()];
}

/** Picks a sentence of main's in the language that is shown. */
export function useLocalized(): (text: Localized) => string {
  const language = useLanguage();
  return (text) => text[language];
}
