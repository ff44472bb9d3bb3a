import { type ReactElement, useRef } from "react";
import { useLocalized, useMessages } from "../messages/language.ts";
import { modelExtensions, useModels } from "../state/models.ts";
import { takeFiles } from "../state/opening.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import css from "./looks.module.css";

/** Brings one's own models; what became of each file is said here. */
export function AddModel(): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const isAdding = useModels((state) => state.isAdding);
  const added = useModels((state) => state.added);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={css.add}>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={modelExtensions}
        onChange={({ target }) => {
          const files = [...(target.files ?? [])];
          target.value = "";
          void takeFiles(files);
        }}
      />
      <Button icon="add" disabled={isAdding} onClick={() => input.current?.click()}>
        {isAdding ? messages.upscale.addingModel : messages.upscale.addModel}
      </Button>
      <small>{messages.upscale.addModelHint}</small>
      {added !== null && (
        <div className={css.outcome} role="status">
          <ul>
            {added.added.map(({ id, name }) => (
              <li key={id}>
                <Icon name="check" /> {messages.upscale.modelAdded(name)}
              </li>
            ))}
            {added.known.map(({ file, model }) => (
              <li key={file}>
                <Icon name="info" /> {messages.upscale.modelKnown(file, model.name)}
              </li>
            ))}
            {added.refused.map(({ file, problem }) => (
              <li key={file} className={css.problem}>
                <Icon name="warning" />
                <span>
                  {/* Most sentences name the file themselves. */}
                  {!localized(problem.happened).includes(file) && <b>{file} </b>}
                  {localized(problem.happened)} {localized(problem.todo)}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
