import type { ReactElement } from "react";
import type { UpscaleRow } from "../../src-preload/contract/upscale.ts";
import { door } from "../door/door.ts";
import { useMessages } from "../messages/language.ts";
import { attempt } from "../state/edits.ts";
import { useUpscaleRoom } from "../state/upscale-room.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

interface RemoveDialogProps {
  readonly row: UpscaleRow;
  readonly onClose: () => void;
}

/** Takes a result away; asked first, since not every trash gives things back. */
export function RemoveDialog({ row, onClose }: RemoveDialogProps): ReactElement {
  const messages = useMessages();
  const remove = async (): Promise<void> => {
    onClose();
    const done = await attempt(() => door.upscales.remove({ upscaleId: row.id }));
    if (done !== null && useUpscaleRoom.getState().resultId === row.id) {
      useUpscaleRoom.setState({ resultId: null });
    }
  };
  return (
    <Dialog
      title={messages.upscale.deleteTitle(row.name ?? row.sourceName)}
      width={480}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{messages.cancel}</Button>
          <Button tone="primary" icon="trash" onClick={() => void remove()}>
            {messages.upscale.deleteResult}
          </Button>
        </>
      }
    >
      <p>{messages.upscale.deleteText}</p>
    </Dialog>
  );
}
