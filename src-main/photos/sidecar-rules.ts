import type { Label } from "../../src-preload/contract/photos.ts";
import type { Preferences } from "../../src-preload/contract/preferences.ts";
import type { SeenSidecar, Standing } from "../library/index.ts";
import type { Sidecar, SidecarValues } from "../xmp/index.ts";

export type SidecarPreferences = Preferences["xmp"];
type PickAs = SidecarPreferences["pickAs"];

/** The names that Lightroom gives its labels in English, which other programs know, too. */
const labelNames: Readonly<Record<Exclude<Label, "none">, string>> = {
  red: "Red",
  yellow: "Yellow",
  green: "Green",
  blue: "Blue",
  purple: "Purple",
};

/** What Lightroom in Korean calls them. */
const koreanNames: ReadonlyMap<string, Label> = new Map([
  ["빨강", "red"],
  ["빨간색", "red"],
  ["노랑", "yellow"],
  ["노란색", "yellow"],
  ["녹색", "green"],
  ["초록색", "green"],
  ["파랑", "blue"],
  ["파란색", "blue"],
  ["자주색", "purple"],
  ["보라색", "purple"],
]);

/** What a sidecar says that it did not say when it was last seen. */
export interface News {
  readonly rating?: number;
  readonly label?: string | null;
  readonly pick?: Sidecar["pick"];
  /** When: milliseconds since the epoch. */
  readonly at: number;
}

/**
 * What sidecars of a photo should say. A field that nobody ever decided is left out: nobody meant it to be written.
 */
export function wantedValues(standing: Standing, pickAs: PickAs): SidecarValues {
  const picked = standing.flag === "pick" ? pickAs : "nothing";
  const stars = starsOf(picked) ?? standing.stars;
  const label = labelOf(picked) ?? (standing.label === "none" ? null : labelNames[standing.label]);
  const labelAt = labelTime(standing, pickAs);
  return {
    ...(standing.ratingAt === null ? {} : { rating: standing.flag === "reject" ? -1 : stars }),
    ...(labelAt === null ? {} : { label }),
  };
}

/**
 * What to write into one sidecar. A label in words of the person's own ("To Print") stays as it is, also where the photo
 * has a colour in Kiln, since no undo could bring it back. A rating that Kiln can't read (99) stays until the person
 * decides.
 */
export function valuesFor(
  wanted: SidecarValues,
  existing: Sidecar | null,
  origin: Standing["origin"],
): SidecarValues {
  const isOwnWord = existing?.label != null && colourOf(existing.label) === null;
  const isOddRating = existing?.oddRating != null && origin !== "person";
  return {
    ...wanted,
    ...(isOwnWord ? { label: undefined } : {}),
    ...(isOddRating ? { rating: undefined } : {}),
  };
}

/**
 * What changed in a sidecar since it was last seen, or since ever: a program that writes its own fields and leaves
 * rating and label has nothing to say here, and no more has an empty field that was never filled, or a rating of 99.
 */
export function newsOf(sidecar: Sidecar, seen: SeenSidecar | null, at: number): News | null {
  const rating = sidecar.rating ?? 0;
  const news = {
    ...(rating === (seen?.rating ?? 0) || sidecar.oddRating !== null ? {} : { rating }),
    ...(sidecar.label === (seen?.label ?? null) ? {} : { label: sidecar.label }),
    ...(sidecar.pick === (seen?.pick ?? null) ? {} : { pick: sidecar.pick }),
  };
  return Object.keys(news).length === 0 ? null : { ...news, at };
}

/** When the program behind a sidecar changed it. Not every one notes it, and a clock may be ahead. */
export function sidecarTime(sidecar: Sidecar, modifiedMs: number, now: number): number {
  const noted = sidecar.metadataDate;
  // Whole milliseconds, as decisions are kept: of the same one the decision is the later.
  return Math.floor(Math.max(modifiedMs, noted === null || noted > now ? 0 : noted));
}

/** What of a photo's standing a sidecar changes, and which of its decisions were of another mind. */
export interface Outcome {
  readonly standing: Pick<Standing, "stars" | "flag" | "label">;
  readonly ratingAt: number | null;
  readonly labelAt: number | null;
  /** A decision of the person, or of an older sidecar, gave way. */
  readonly overruled: boolean;
  /** A decision stood against the sidecar, which is to be written again. */
  readonly kept: boolean;
}

/** Weighs a sidecar's news against what stands: stars and flag together, since a rating carries both; and the label. */
export function weigh(standing: Standing, news: News, preferences: SidecarPreferences): Outcome {
  const { pickAs } = preferences;
  const wanted = wantedValues(standing, pickAs);
  const flag = flagOf(news, standing, pickAs);
  const isRating = (news.rating ?? wanted.rating) === wanted.rating && flag === standing.flag;
  const rating = isRating ? "same" : winner(standing.ratingAt, news.at, preferences);
  const isLabel = news.label === undefined || news.label === wanted.label;
  const label = isLabel ? "same" : winner(labelTime(standing, pickAs), news.at, preferences);
  const isStars = rating === "theirs" && news.rating !== undefined && news.rating !== -1;
  const flagHere = rating === "theirs" ? flag : standing.flag;
  return {
    standing: {
      stars: isStars ? (news.rating ?? 0) : standing.stars,
      flag: label === "theirs" ? flagByLabel(news.label ?? null, flagHere, pickAs) : flagHere,
      label: label === "theirs" ? (colourOf(news.label ?? "") ?? "none") : standing.label,
    },
    ratingAt: rating === "theirs" ? news.at : null,
    labelAt: label === "theirs" ? news.at : null,
    overruled:
      (rating === "theirs" && standing.ratingAt !== null) ||
      (label === "theirs" && standing.labelAt !== null),
    kept: rating === "ours" || label === "ours",
  };
}

/** The flag that news speak of; where they speak of none, the one that stands. */
function flagOf({ rating, pick }: News, standing: Standing, pickAs: PickAs): Standing["flag"] {
  if (rating === -1) return "reject";
  if (pick !== undefined) return pick ?? "none";
  if (rating === undefined) return standing.flag;
  const stars = starsOf(pickAs);
  if (stars !== null) return rating === stars ? "pick" : "none";
  return standing.flag === "reject" ? "none" : standing.flag;
}

function flagByLabel(
  label: string | null,
  flag: Standing["flag"],
  pickAs: PickAs,
): Standing["flag"] {
  const pickLabel = labelOf(pickAs);
  if (pickLabel === null || flag === "reject") return flag;
  return label === pickLabel ? "pick" : "none";
}

function winner(
  decidedAt: number | null,
  at: number,
  { onConflict }: SidecarPreferences,
): "theirs" | "ours" {
  if (decidedAt === null || onConflict === "sidecar") return "theirs";
  if (onConflict === "kiln") return "ours";
  return at > decidedAt ? "theirs" : "ours";
}

/** Where picks are said by a label, a flag decides on the label, too. */
function labelTime({ ratingAt, labelAt }: Standing, pickAs: PickAs): number | null {
  if (labelOf(pickAs) === null || ratingAt === null) return labelAt;
  return Math.max(ratingAt, labelAt ?? 0);
}

function starsOf(pickAs: PickAs): number | null {
  return pickAs.startsWith("stars") ? Number(pickAs.slice("stars".length)) : null;
}

function labelOf(pickAs: PickAs): string | null {
  return pickAs.startsWith("label") ? pickAs.slice("label".length) : null;
}

function colourOf(label: string): Label | null {
  const key = label.trim().normalize("NFC").toLowerCase();
  return isColour(key) ? key : (koreanNames.get(key) ?? null);
}

function isColour(key: string): key is Exclude<Label, "none"> {
  return Object.hasOwn(labelNames, key);
}
