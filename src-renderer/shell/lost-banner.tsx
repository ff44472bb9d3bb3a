import type { ReactElement } from "react";
import { canReconnect } from "../door/door.ts";
import { useMessages } from "../messages/language.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import css from "./screens.module.css";

/**
 * Nobody answers the page any more. What it shows stays; what is done now would be lost. A host that is started anew has
 * another address: reloading this one would lead nowhere.
 */
export function LostBanner(): ReactElement {
  const messages = useMessages();
  return (
    <div className={css.banner} role="alert">
      <Icon name="warning" />
      <p>{canReconnect() ? messages.serverLost : messages.hostLost}</p>
      {!canReconnect() && <Button onClick={() => location.reload()}>{messages.reload}</Button>}
    </div>
  );
}
