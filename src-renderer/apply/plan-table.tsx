import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactElement, useRef } from "react";
import type { ApplyPlan } from "../../src-preload/contract/apply.ts";
import { useLanguage, useLocalized, useMessages } from "../messages/language.ts";
import { Icon } from "../ui/icons.tsx";
import css from "./apply.module.css";

const rowHeight = 30;

/** What would happen, file by file, with its sums and warnings. */
export function PlanTable({ plan }: { readonly plan: ApplyPlan }): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const language = useLanguage();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: plan.items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const renames = plan.items.filter((item) => item.renamed).length;
  const sums = [
    messages.planPicks(plan.picks),
    plan.rejects > 0 ? messages.planRejects(plan.rejects) : "",
    messages.planFiles(plan.items.length),
    formatBytes(plan.bytes, language),
    plan.freeBytes === null ? "" : messages.planFree(formatBytes(plan.freeBytes, language)),
  ].filter((part) => part !== "");
  if (plan.items.length === 0) return <p>{messages.planEmpty}</p>;
  return (
    <div className={css.plan}>
      <p>{sums.join(" · ")}</p>
      {renames > 0 && <p className={css.warning}>{messages.planRenames(renames)}</p>}
      {plan.warnings.map((warning) => (
        <p key={warning.en} className={css.warning}>
          <Icon name="warning" /> {localized(warning)}
        </p>
      ))}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div ref={scroller} className={css.table} tabIndex={0}>
        <table aria-label={messages.planTitle} aria-rowcount={plan.items.length + 1}>
          <thead className={css.head}>
            <tr className={css.line}>
              <th>{messages.planFrom}</th>
              <th>{messages.planTo}</th>
              <th>{messages.planSize}</th>
            </tr>
          </thead>
          <tbody className={css.body} style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((row) => {
              const item = plan.items[row.index];
              if (item === undefined) return null;
              return (
                <tr
                  key={row.key}
                  aria-rowindex={row.index + 2}
                  className={css.line}
                  style={{ transform: `translateY(${row.start}px)` }}
                >
                  <td title={item.from}>{fileName(item.from)}</td>
                  <td title={item.to ?? undefined}>
                    {item.to ?? messages.planTrash}
                    {item.renamed && (
                      <em title={messages.planRenamedHint}>{messages.planRenamed}</em>
                    )}
                  </td>
                  <td>{formatBytes(item.bytes, language)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** The last part of a path of any system. */
function fileName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Bytes as people read them: "3.4 MB". */
export function formatBytes(bytes: number, language: string): string {
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: units[step] ?? "byte",
    unitDisplay: "short",
    maximumFractionDigits: step < 2 ? 0 : 1,
  }).format(bytes / 1000 ** step);
}
