import { type ReactElement, useId, useState } from "react";
import type { Model } from "../../src-preload/contract/models.ts";
import { useMessages } from "../messages/language.ts";
import { removeModel, renameModel } from "../state/models.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { MenuButton, MenuItem } from "../ui/menu.tsx";
import ui from "../ui/ui.module.css";
import css from "./looks.module.css";

/** What can be done with a model that did not come with Kiln. */
export function ModelMenu({ model }: { readonly model: Model }): ReactElement {
  const messages = useMessages();
  const [asks, setAsks] = useState<"rename" | "remove" | null>(null);
  const close = (): void => setAsks(null);
  return (
    <>
      <MenuButton label={messages.upscale.modelMenu(model.name)} icon="more" className={css.menu}>
        {() => (
          <>
            {model.origin === "added" && (
              <MenuItem onChoose={() => setAsks("rename")}>{messages.upscale.rename}</MenuItem>
            )}
            <MenuItem onChoose={() => setAsks("remove")}>{messages.upscale.removeModel}</MenuItem>
          </>
        )}
      </MenuButton>
      {asks === "rename" && <RenameDialog model={model} onClose={close} />}
      {asks === "remove" && <RemoveModelDialog model={model} onClose={close} />}
    </>
  );
}

interface ModelDialogProps {
  readonly model: Model;
  readonly onClose: () => void;
}

function RenameDialog({ model, onClose }: ModelDialogProps): ReactElement {
  const messages = useMessages();
  const [name, setName] = useState(model.name);
  const formId = useId();
  const inputId = useId();
  return (
    <Dialog
      title={messages.upscale.renameTitle}
      width={420}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{messages.cancel}</Button>
          <Button type="submit" form={formId} tone="primary" disabled={name.trim() === ""}>
            {messages.upscale.renameDo}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className={css.rename}
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          void renameModel(model.id, name.trim());
        }}
      >
        <label htmlFor={inputId}>{messages.upscale.modelName}</label>
        <input
          id={inputId}
          className={ui.field}
          value={name}
          maxLength={80}
          spellCheck={false}
          onChange={(event) => setName(event.target.value)}
        />
      </form>
    </Dialog>
  );
}

function RemoveModelDialog({ model, onClose }: ModelDialogProps): ReactElement {
  const messages = useMessages();
  return (
    <Dialog
      title={messages.upscale.removeModelTitle(model.name)}
      width={460}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{messages.cancel}</Button>
          <Button
            tone="primary"
            icon="trash"
            onClick={() => {
              onClose();
              void removeModel(model.id);
            }}
          >
            {messages.upscale.removeModel}
          </Button>
        </>
      }
    >
      <p>{messages.upscale.removeModelText}</p>
    </Dialog>
  );
}
