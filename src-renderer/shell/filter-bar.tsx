import { type ReactElement, useMemo } from "react";
import { flags, labels } from "../../src-preload/contract/photos.ts";
import { useMessages } from "../messages/language.ts";
import { tiesIn } from "../state/bursts.ts";
import { clearFilters, filterChoices, isFiltering, setFilters } from "../state/filters.ts";
import { useLibrary } from "../state/library-store.ts";
import { useView } from "../state/view-store.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { Toggle } from "../ui/toggle.tsx";
import ui from "../ui/ui.module.css";
import { useFocus } from "../ui/use-focus.ts";
import css from "./window.module.css";

export function FilterBar(): ReactElement {
  const messages = useMessages();
  const text = useFocus<HTMLInputElement>();
  const filters = useView((state) => state.filters);
  const photos = useLibrary((state) => state.photos);
  const ties = useLibrary((state) => tiesIn(state.photos, state.bursts).size);
  const choices = useMemo(() => filterChoices(photos), [photos]);
  return (
    <search className={css.filters} aria-label={messages.filters}>
      <input
        ref={text}
        type="search"
        className={ui.field}
        aria-label={messages.filterText}
        placeholder={messages.filterText}
        value={filters.text}
        onChange={(event) => setFilters({ text: event.target.value })}
      />
      <fieldset className={css.filter} aria-label={messages.filterStars}>
        {[1, 2, 3, 4, 5].map((stars) => (
          <Toggle
            key={stars}
            label={messages.atLeastStars(stars)}
            isOn={filters.minStars >= stars}
            tone="star"
            onToggle={() => setFilters({ minStars: filters.minStars === stars ? 0 : stars })}
          >
            ★
          </Toggle>
        ))}
      </fieldset>
      <fieldset className={css.filter} aria-label={messages.filterFlag}>
        {flags.map((flag) => (
          <Toggle
            key={flag}
            label={messages.flags[flag]}
            isOn={filters.flags.includes(flag)}
            tone={flag}
            onToggle={() => setFilters({ flags: toggled(filters.flags, flag) })}
          >
            <Icon name={flag === "none" ? "undecided" : flag} />
          </Toggle>
        ))}
      </fieldset>
      <fieldset className={css.filter} aria-label={messages.filterLabel}>
        {labels.map((label) => (
          <Toggle
            key={label}
            label={messages.labels[label]}
            isOn={filters.labels.includes(label)}
            onToggle={() => setFilters({ labels: toggled(filters.labels, label) })}
          >
            <span className={ui.swatch} data-label={label} />
          </Toggle>
        ))}
      </fieldset>
      <Toggle
        label={messages.filterPicks}
        isOn={filters.picksOnly}
        wide
        onToggle={() => setFilters({ picksOnly: !filters.picksOnly })}
      >
        {messages.filterPicks}
      </Toggle>
      {(ties > 0 || filters.tiesOnly) && (
        <Toggle
          label={messages.tooCloseCount(ties)}
          isOn={filters.tiesOnly}
          wide
          onToggle={() => setFilters({ tiesOnly: !filters.tiesOnly })}
        >
          ≈ {messages.tooCloseCount(ties)}
        </Toggle>
      )}
      <Choice
        label={messages.filterCamera}
        value={filters.camera}
        choices={choices.cameras}
        onChange={(camera) => setFilters({ camera })}
      />
      <Choice
        label={messages.filterLens}
        value={filters.lens}
        choices={choices.lenses}
        onChange={(lens) => setFilters({ lens })}
      />
      {choices.isos.length > 1 && (
        <fieldset className={css.filter} aria-label={messages.filterIso}>
          <span className={css.filterName}>{messages.filterIso}</span>
          <IsoChoice
            label={messages.isoFrom}
            value={filters.isoFrom}
            isos={choices.isos}
            onChange={(isoFrom) => setFilters({ isoFrom })}
          />
          –
          <IsoChoice
            label={messages.isoTo}
            value={filters.isoTo}
            isos={choices.isos}
            onChange={(isoTo) => setFilters({ isoTo })}
          />
        </fieldset>
      )}
      {isFiltering(filters) && (
        <Button tone="quiet" icon="close" onClick={clearFilters}>
          {messages.clearFilters}
        </Button>
      )}
    </search>
  );
}

function toggled<Value>(values: readonly Value[], value: Value): readonly Value[] {
  return values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
}

/** A choice of what is there; with one camera there is nothing to choose. */
function Choice(props: {
  readonly label: string;
  readonly value: string | null;
  readonly choices: readonly string[];
  readonly onChange: (value: string | null) => void;
}): ReactElement | null {
  const { label, value, choices, onChange } = props;
  const messages = useMessages();
  if (choices.length < 2 && value === null) return null;
  return (
    <select
      className={ui.select}
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
    >
      <option value="">
        {label}: {messages.all}
      </option>
      {choices.map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
    </select>
  );
}

function IsoChoice(props: {
  readonly label: string;
  readonly value: number | null;
  readonly isos: readonly number[];
  readonly onChange: (value: number | null) => void;
}): ReactElement {
  const { label, value, isos, onChange } = props;
  return (
    <select
      className={ui.select}
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}
    >
      <option value="">{label}</option>
      {isos.map((iso) => (
        <option key={iso} value={iso}>
          {iso}
        </option>
      ))}
    </select>
  );
}
