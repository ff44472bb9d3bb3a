import type { ReactElement } from "react";
import { useMessages } from "../messages/language.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import css from "./screens.module.css";

/** Nobody answers the page any more. What it shows stays; what is done now would be lost. */
export function LostBanner(): ReactElement {
  const messages = useMessages();
  return (
    <div className={css.banner} role="alert">
      <Icon name="warning" />
      <p>{messages.hostLost}</p>
      <Button onClick={() => location.reload()}>{messages.reload}</Button>
    </div>
  );
}
