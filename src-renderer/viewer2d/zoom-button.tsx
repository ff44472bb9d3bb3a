import type { ReactElement } from "react";
import { commands } from "../../src-preload/contract/commands.ts";
import { isMac } from "../commands/keyboard.ts";
import { showKey } from "../commands/keys.ts";
import { useLanguage, useMessages } from "../messages/language.ts";
import { percentText } from "../panels/exposure.ts";
import { Button } from "../ui/button.tsx";
import { useScale } from "./looks.ts";
import css from "./zoom-button.module.css";

interface ZoomButtonProps {
  readonly pane: string;
  readonly onToggle: () => void;
}

/** The zoom of a pane in percent of its own pixels; pressed, it goes between the whole photo and 100 %. */
export function ZoomButton({ pane, onToggle }: ZoomButtonProps): ReactElement {
  const messages = useMessages();
  const language = useLanguage();
  const { scale, isFit } = useScale(pane);
  return (
    <Button
      tone="quiet"
      className={css.zoom}
      data-tip={commands["view.zoom"].title[language]}
      data-keys={showKey(commands["view.zoom"].keys[0], isMac)}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onToggle}
    >
      {isFit && <span className={css.fit}>{messages.fit}</span>}
      {scale !== null && percentText(Math.round(scale * 100), language)}
    </Button>
  );
}
