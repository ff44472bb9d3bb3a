import { type ReactElement, useRef } from "react";
import type { Model } from "../../src-preload/contract/models.ts";
import { door } from "../door/door.ts";
import { bytesText } from "../messages/bytes.ts";
import { useLocalized, useMessages } from "../messages/language.ts";
import { isActive } from "../shell/job-drawer.tsx";
import { attempt } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { fetchModel, useModels } from "../state/models.ts";
import { Button } from "../ui/button.tsx";
import { Progress } from "../ui/progress.tsx";
import css from "./looks.module.css";

/** A model that is not at hand: what it is, and the way to it. */
export function ModelFetch({ model }: { readonly model: Model }): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const { id, name, role, licence, bytes, jobId, isKept, sources } = model;
  // Once it ended the model names it no more: why it failed is still to be said.
  const lastJobId = useRef(jobId);
  if (jobId !== null) lastJobId.current = jobId;
  const job = useLibrary(({ jobs }) => jobs.find((each) => each.id === lastJobId.current));
  const running = job !== undefined && isActive(job) ? job : null;
  const models = useModels((state) => state.models);
  const nameOf = (other: string): string =>
    models?.find((each) => each.id === other)?.name ?? other;
  const hosts = sources.map(({ host, bytes, brings }) => {
    const facts = [
      ...(bytes === null ? [] : [bytesText(bytes)]),
      ...(brings.length === 0 ? [] : [messages.upscale.bringsAlong(brings.map(nameOf).join(", "))]),
    ];
    return facts.length === 0 ? host : `${host} (${facts.join(", ")})`;
  });
  const size = bytes === null || isKept ? null : bytesText(bytes);
  const fetch = size === null ? messages.upscale.fetchPlain : messages.upscale.fetch(size);
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
        <p className={css.facts}>
          {isKept
            ? messages.upscale.keptFiles
            : messages.upscale.fetchFrom(hosts.join(messages.upscale.elseFrom))}
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
          {isKept ? messages.upscale.fetchKept : fetch}
        </Button>
      ) : (
        <Button onClick={() => void attempt(() => door.jobs.cancel({ jobId: running.id }))}>
          {messages.cancel}
        </Button>
      )}
    </li>
  );
}
