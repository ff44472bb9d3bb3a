import { type ReactElement, useRef } from "react";
import type { Model } from "../../src-preload/contract/models.ts";
import { door } from "../door/door.ts";
import { bytesText } from "../messages/bytes.ts";
import { useLocalized, useMessages } from "../messages/language.ts";
import { isActive } from "../shell/job-drawer.tsx";
import { attempt } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { fetchModel } from "../state/models.ts";
import { Button } from "../ui/button.tsx";
import { Progress } from "../ui/progress.tsx";
import css from "./looks.module.css";

/** A model that is not at hand: what it is, and the way to it. */
export function ModelFetch({ model }: { readonly model: Model }): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const { id, name, role, licence, bytes, jobId } = model;
  // Once it ended the model names it no more: why it failed is still to be said.
  const lastJobId = useRef(jobId);
  if (jobId !== null) lastJobId.current = jobId;
  const job = useLibrary(({ jobs }) => jobs.find((each) => each.id === lastJobId.current));
  const running = job !== undefined && isActive(job) ? job : null;
  const size = bytes === null ? null : bytesText(bytes);
  return (
    <li className={css.other}>
      <div className={css.otherText}>
        <strong>{name}</strong>
        {role !== null && <p>{localized(role)}</p>}
        <p className={css.facts}>
          {[licence ?? messages.upscale.noLicence, messages.upscale.modelScale(model.scale)].join(
            " · ",
          )}
        </p>
        {running !== null && (
          <div className={css.fetching}>
            <Progress label={messages.upscale.fetching(name)} fraction={running.fraction} />
            <small>{localized(running.message)}</small>
          </div>
        )}
        {running === null && job?.problem != null && (
          <p className={css.problem} role="status">
            {localized(job.problem.happened)} {localized(job.problem.todo)}
          </p>
        )}
      </div>
      {running === null ? (
        <Button
          icon="fetch"
          aria-label={`${messages.upscale.fetchOf(name)}${size === null ? "" : ` (${size})`}`}
          onClick={() => void fetchModel(id)}
        >
          {size === null ? messages.upscale.fetchPlain : messages.upscale.fetch(size)}
        </Button>
      ) : (
        <Button onClick={() => void attempt(() => door.jobs.cancel({ jobId: running.id }))}>
          {messages.cancel}
        </Button>
      )}
    </li>
  );
}
