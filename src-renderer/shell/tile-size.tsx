import type { ReactElement } from "react";
import { useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import { setPreferences } from "../state/preferences.ts";
import { Slider } from "../ui/slider.tsx";

export function TileSize(): ReactElement {
  const messages = useMessages();
  const tileSize = useLibrary((state) => state.preferences.tileSize);
  return (
    <Slider
      label={messages.tileSize}
      min={96}
      max={480}
      step={8}
      value={tileSize}
      onChange={(value) => void setPreferences({ tileSize: value })}
    />
  );
}
