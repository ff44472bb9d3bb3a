interface Captured {
  readonly id: number;
  readonly name: string;
  /** Milliseconds; null where nobody knows. */
  readonly capturedAt: number | null;
}

/**
 * Orders photos of a burst as reasons number them ("#3"), and of a folder as {seq} does: by capture time, those without
 * one last, then by name, then by id.
 */
export function byCapture(a: Captured, b: Captured): number {
  return (
    (a.capturedAt ?? Number.MAX_VALUE) - (b.capturedAt ?? Number.MAX_VALUE) ||
    Number(a.name > b.name) - Number(a.name < b.name) ||
    a.id - b.id
  );
}
