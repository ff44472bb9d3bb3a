import type { Localized } from "../../src-preload/contract/problem.ts";
import { useLibrary } from "../state/library-store.ts";
import { en, type Messages } from "./en.ts";
import { ko } from "./ko.ts";

export type Language = keyof Localized;

/** The texts of one language. */
export function messagesIn(language: Language): Messages {
  return byLanguage[language];
}

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

/** A sentence of main's in one language. No line breaks between a number and its per cent sign. */
export function sentenceIn(language: Language, text: Localized): string {
  return text[language].replaceAll(" %", "\u00a0%");
}

/** Picks a sentence of main's in the language that is shown. */
export function useLocalized(): (text: Localized) => string {
  const language = useLanguage();
  return (text) => sentenceIn(language, text);
}

// Wall-clock time of the capture, kept as if it were UTC.
const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "UTC" } as const;
const day = { day: "numeric", month: "short" } as const;

const clocksOf = (locale: string): Record<TimeSpan, Intl.DateTimeFormat> => {
  const write = (date: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...date, ...clock, hourCycle: "h23" });
  return { day: write({}), year: write(day), years: write({ ...day, year: "numeric" }) };
};
const clocks: Record<Language, Record<TimeSpan, Intl.DateTimeFormat>> = {
  en: clocksOf("en-GB"),
  ko: clocksOf("ko"),
};

/** How far apart the photos are that are shown together, as calendars count: what a time needs beside it to be clear. */
export type TimeSpan = "day" | "year" | "years";

/** When a photo was taken, to the second, with its date where others have another; empty when nobody knows. */
export function captureTime(capturedAt: number | null, language: Language, span: TimeSpan): string {
  return capturedAt === null ? "" : clocks[language][span].format(capturedAt);
}
