import { type ReactElement, useEffect, useState } from "react";
import type { Model } from "../../src-preload/contract/models.ts";
import { useLanguage, useMessages } from "../messages/language.ts";
import { percentText } from "../panels/exposure.ts";
import { useLibrary } from "../state/library-store.ts";
import { Slider } from "../ui/slider.tsx";
import css from "./looks.module.css";
import { remember } from "./settings.ts";

interface DenoiseProps {
  readonly model: Model;
  readonly models: readonly Model[];
}

/** How strongly noise is removed, for models that leave it open. Less needs a second network to blend in. */
export function Denoise({ model, models }: DenoiseProps): ReactElement | null {
  const messages = useMessages();
  const language = useLanguage();
  const denoise = useLibrary((state) => state.preferences.upscale.denoise);
  const [value, setValue] = useState(denoise);
  useEffect(() => setValue(denoise), [denoise]);
  const partner = models.find(({ id }) => id === model.denoisesWith);
  if (partner === undefined) return null;
  const percent = Math.round(100 * value);
  return (
    <div className={css.denoise}>
      <span>{messages.upscale.denoise}</span>
      {partner.isAtHand ? (
        <>
          <Slider
            label={messages.upscale.denoise}
            min={0}
            max={1}
            step={0.05}
            value={value}
            text={percentText(percent, language)}
            onChange={(next) => {
              setValue(next);
              remember({ denoise: next });
            }}
          />
          <small>{messages.upscale.denoiseHint}</small>
        </>
      ) : (
        <small>{messages.upscale.denoiseNeeds(partner.name)}</small>
      )}
    </div>
  );
}
