import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactElement, useRef } from "react";
import type { ApplyPlan } from "../../src-preload/contract/apply.ts";
import { bytesText } from "../messages/bytes.ts";
import { useLocalized, useMessages } from "../messages/language.ts";
import { useRoot } from "../state/library-store.ts";
import { Icon } from "../ui/icons.tsx";
import css from "./apply.module.css";
import { useApply } from "./apply-store.ts";
import { shortPath, splitPath } from "./short-path.ts";

const rowHeight = 28;

/** Second step: all that would happen, file by file. */
export function PlanTable({ plan }: { readonly plan: ApplyPlan }): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const destination = useApply((state) => state.destination);
  const { secondCopy, sameNames, takenNames } = plan;
  const notes = [
    ...(sameNames > 0 ? [messages.planSameNames(sameNames)] : []),
    ...(takenNames > 0 ? [messages.planRenames(takenNames)] : []),
  ];
  return (
    <div className={css.plan}>
      <p className={css.summary}>
        <b>{messages.planFiles(plan.items.length)}</b>
        <span>{messages.planPicks(plan.picks)}</span>
        {plan.rejects > 0 && <span>{messages.planRejects(plan.rejects)}</span>}
        <span>{bytesText(plan.bytes)}</span>
        {plan.freeBytes !== null && <span>{messages.planFree(bytesText(plan.freeBytes))}</span>}
      </p>
      {destination !== null && plan.picks > 0 && (
        <p className={css.where}>
          <Icon name="folder" /> <bdi>{destination.path}</bdi>
        </p>
      )}
      {secondCopy !== null && (
        <div className={css.second}>
          <p className={css.where}>
            <Icon name="copy" /> {messages.secondCopy}: <bdi>{secondCopy.folder}</bdi>
          </p>
          <p className={css.summary}>
            <span>{messages.planFiles(secondCopy.files)}</span>
            <span>{bytesText(secondCopy.bytes)}</span>
            {secondCopy.freeBytes !== null && (
              <span>{messages.planFree(bytesText(secondCopy.freeBytes))}</span>
            )}
          </p>
        </div>
      )}
      {(plan.warnings.length > 0 || notes.length > 0) && (
        <ul className={css.warnings}>
          {plan.warnings.map((warning) => (
            <li key={warning.en}>
              <Icon name="warning" /> {localized(warning)}
            </li>
          ))}
          {notes.map((note) => (
            <li key={note}>
              <Icon name="info" /> {note}
            </li>
          ))}
        </ul>
      )}
      <Items plan={plan} />
    </div>
  );
}

/** From where to where; only the rows in sight exist. */
function Items({ plan }: { readonly plan: ApplyPlan }): ReactElement {
  const messages = useMessages();
  const root = useRoot();
  const destination = useApply((state) => state.destination);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: plan.items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const seen = rows.getVirtualItems();
  const above = seen[0]?.start ?? 0;
  const below = rows.getTotalSize() - (seen.at(-1)?.end ?? 0);
  return (
    <section
      ref={scroller}
      className={css.scroller}
      aria-label={messages.planTitle}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
      tabIndex={0}
    >
      <table className={css.table} aria-rowcount={plan.items.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{messages.planFrom}</th>
            <th scope="col">{messages.planTo}</th>
            <th scope="col">{messages.planSize}</th>
          </tr>
        </thead>
        <tbody>
          <Space height={above} />
          {seen.map(({ index }) => {
            const item = plan.items[index];
            return item === undefined ? null : (
              <tr key={index} aria-rowindex={index + 2} data-even={index % 2 === 1 || undefined}>
                <PathCell path={item.from} folder={root?.path ?? ""} />
                {item.to === null ? (
                  <td>
                    <span className={css.trash}>
                      <Icon name="trash" /> {messages.planTrash}
                    </span>
                  </td>
                ) : (
                  <PathCell
                    path={item.to}
                    folder={destination?.path ?? ""}
                    note={item.renamed ? messages.planRenamed : null}
                  />
                )}
                <td className={css.bytes}>{bytesText(item.bytes)}</td>
              </tr>
            );
          })}
          <Space height={below} />
        </tbody>
      </table>
    </section>
  );
}

/** Stands for rows that are out of sight. */
function Space({ height }: { readonly height: number }): ReactElement | null {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <tr aria-hidden="true">
      <td colSpan={3} style={{ height }} />
    </tr>
  );
}

function PathCell(props: {
  readonly path: string;
  readonly folder: string;
  readonly note?: string | null;
}): ReactElement {
  const { path, folder, note = null } = props;
  const parts = splitPath(shortPath(path, folder));
  return (
    <td title={path}>
      <span className={css.cell}>
        <span className={css.folder}>{parts.folder}</span>
        <span className={css.fileName}>{parts.name}</span>
        {note !== null && <span className={css.note}>{note}</span>}
      </span>
    </td>
  );
}
