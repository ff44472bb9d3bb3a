/** Which numbers a field takes. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
}

/** The number that a text says; null where it says none, or one that the field doesn't take. */
export function numberOf(text: string, { min, max, isWhole }: NumberRange): number | null {
  const number = Number(text);
  if (text.trim() === "" || !(number >= min && number <= max)) return null;
  return isWhole && !Number.isInteger(number) ? null : number;
}
