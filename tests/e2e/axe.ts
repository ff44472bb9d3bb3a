import { AxeBuilder } from "@axe-core/playwright";
import type { Kiln } from "./kiln.ts";

/** Serious and critical findings of axe on what the window shows now. */
export async function findings({ page }: Kiln): Promise<string[]> {
  // Legacy mode: Electron has no second page to finish in.
  const result = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return result.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}
