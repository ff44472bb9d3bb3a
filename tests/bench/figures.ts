import { loadavg } from "node:os";

/** The value below which this share (0..1) of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

/** What goes on, with the machine's load: stdout is for figures alone. */
export function tell(line: string): void {
  process.stderr.write(`[load ${loadavg()[0]?.toFixed(1)}] ${line}\n`);
}
