import { type ReactElement, useEffect, useId, useState } from "react";
import type { ProviderChoice, ProviderReport } from "../../src-preload/contract/upscale.ts";
import { door } from "../door/door.ts";
import { useLanguage, useLocalized, useMessages } from "../messages/language.ts";
import { attempt } from "../state/edits.ts";
import { Button } from "../ui/button.tsx";
import css from "./provider.module.css";
import { askProviders, type Providers, useProviders } from "./providers.ts";
import { secondsText } from "./size-text.ts";

/** What networks run on, in a word; pressed, what else there is, and why not. */
export function ProviderButton(): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const known = useProviders((state) => state.known);
  useEffect(() => void askProviders(), []);
  const current = known?.providers.find((each) => each.id === known.current);
  return (
    <>
      <button type="button" className={css.button} popoverTarget={id} aria-expanded={isOpen}>
        {messages.upscale.runsOn}: {current === undefined ? "…" : localized(current.name)}
      </button>
      <div
        id={id}
        popover="auto"
        className={css.popover}
        role="dialog"
        aria-label={messages.upscale.provider}
        onToggle={(event) => {
          const opens = event.newState === "open";
          setOpen(opens);
          if (opens) void askProviders();
        }}
      >
        {isOpen && (known === null ? <Unknown /> : <Choices known={known} />)}
      </div>
    </>
  );
}

function Unknown(): ReactElement {
  const messages = useMessages();
  return <p>{messages.upscale.providersFailed}</p>;
}

function Choices({ known }: { readonly known: Providers }): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const { providers, choice } = known;
  const fastest = providers.find((each) => each.id === known.current);
  const [isTesting, setTesting] = useState(false);
  const test = async (): Promise<void> => {
    setTesting(true);
    await attempt(() => door.upscales.testProviders());
    await askProviders();
    setTesting(false);
  };
  const choose = async (next: ProviderChoice): Promise<void> => {
    await attempt(() => door.upscales.chooseProvider({ choice: next }));
    await askProviders();
  };
  return (
    <fieldset className={css.choices}>
      <legend>{messages.upscale.provider}</legend>
      <Choice
        name={messages.upscale.runsOnAuto}
        detail={
          choice === "auto" && fastest !== undefined
            ? messages.upscale.autoHint(localized(fastest.name))
            : null
        }
        isChosen={choice === "auto"}
        onChoose={() => void choose("auto")}
      />
      {providers.map((provider) => (
        <ProviderChoiceRow
          key={provider.id}
          provider={provider}
          isChosen={choice === provider.id}
          onChoose={() => void choose(provider.id)}
        />
      ))}
      <Button disabled={isTesting} onClick={() => void test()}>
        {isTesting ? messages.upscale.testing : messages.upscale.testAgain}
      </Button>
    </fieldset>
  );
}

function ProviderChoiceRow(props: {
  readonly provider: ProviderReport;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}): ReactElement {
  const { provider, isChosen, onChoose } = props;
  const messages = useMessages();
  const language = useLanguage();
  const localized = useLocalized();
  const { isUsable, reason, secondsPerMegapixel } = provider;
  const detail =
    reason !== null
      ? localized(reason)
      : secondsPerMegapixel !== null
        ? messages.upscale.providerSpeed(secondsText(secondsPerMegapixel, language))
        : isUsable === null
          ? messages.upscale.providerUntested
          : null;
  return (
    <Choice
      name={localized(provider.name)}
      detail={detail}
      isChosen={isChosen}
      isDisabled={isUsable === false}
      onChoose={onChoose}
    />
  );
}

function Choice(props: {
  readonly name: string;
  readonly detail: string | null;
  readonly isChosen: boolean;
  readonly isDisabled?: boolean;
  readonly onChoose: () => void;
}): ReactElement {
  const { name, detail, isChosen, isDisabled, onChoose } = props;
  return (
    <label className={css.choice}>
      <input
        type="radio"
        name="provider"
        checked={isChosen}
        disabled={isDisabled}
        onChange={onChoose}
      />
      <span>
        {name}
        {detail !== null && <small>{detail}</small>}
      </span>
    </label>
  );
}
