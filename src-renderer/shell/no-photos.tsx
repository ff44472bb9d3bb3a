import type { ReactElement } from "react";
import type { Root } from "../../src-preload/contract/library.ts";
import { runCommand } from "../commands/registry.ts";
import { useMessages } from "../messages/language.ts";
import { clearFilters, isFiltering } from "../state/filters.ts";
import { useLibrary } from "../state/library-store.ts";
import { useView } from "../state/view-store.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { isActive } from "./job-drawer.tsx";
import css from "./screens.module.css";

/** Why there is nothing to see, and the way on. */
export function NoPhotos({ root }: { readonly root: Root | null }): ReactElement | null {
  const messages = useMessages();
  const filters = useView((state) => state.filters);
  const isReading = useLibrary(({ jobs }) => jobs.some(isActive));
  const photos = useLibrary((state) => state.photos.size);
  if (isFiltering(filters) && photos > 0) {
    return (
      <Notice text={messages.nothingMatches}>
        <Button tone="primary" onClick={clearFilters}>
          {messages.clearFilters}
        </Button>
      </Notice>
    );
  }
  if (root?.state === "missing") {
    return (
      <Notice text={messages.folderMissing} detail={root.path}>
        <Button tone="primary" onClick={() => runCommand("file.refresh")}>
          {messages.readAgain}
        </Button>
        <Button onClick={() => runCommand("file.open")}>{messages.emptyOpen}</Button>
      </Notice>
    );
  }
  // The first photos come within a second: nothing to say until then.
  if (isReading) return <Notice text={messages.reading} />;
  return (
    <Notice text={messages.noPhotos} detail={root?.path}>
      <Button tone="primary" onClick={() => runCommand("file.open")}>
        {messages.emptyOpen}
      </Button>
      <Button onClick={() => runCommand("file.sample")}>{messages.emptySample}</Button>
    </Notice>
  );
}

function Notice(props: {
  readonly text: string;
  readonly detail?: string | undefined;
  readonly children?: React.ReactNode;
}): ReactElement {
  return (
    <div className={css.screen} data-fill>
      <div className={css.card}>
        <span className={css.mark}>
          <Icon name="loupe" />
        </span>
        <h1>{props.text}</h1>
        {props.detail !== undefined && <p>{props.detail}</p>}
        <div className={css.actions}>{props.children}</div>
      </div>
    </div>
  );
}
