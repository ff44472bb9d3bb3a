import {
  type CSSProperties,
  type PointerEvent,
  type ReactElement,
  useEffect,
  useId,
  useState,
} from "react";
import { cropUrl, previewUrl } from "../../src-preload/contract/media.ts";
import type { Model } from "../../src-preload/contract/models.ts";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { useLanguage, useLocalized, useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import { pullModels, useModels } from "../state/models.ts";
import { AddModel } from "./add-model.tsx";
import type { CropAnswer } from "./crop-queue.ts";
import { type Crops, type Spot, useSpot } from "./crops.ts";
import { Denoise } from "./denoise.tsx";
import css from "./looks.module.css";
import { ModelFetch } from "./model-fetch.tsx";
import { ModelMenu } from "./model-menu.tsx";
import { remember } from "./settings.ts";
import { secondsText } from "./size-text.ts";
import { shownSize } from "./spot.ts";

interface LookCardsProps {
  readonly photo: PhotoRow;
  readonly crops: Crops;
}

/** Every model at hand as a card that shows its work on this photo; below them those that can be fetched. */
export function LookCards({ photo, crops }: LookCardsProps): ReactElement {
  const spot = useSpot(photo);
  const standIn = spot === null ? null : { photo, spot };
  const messages = useMessages();
  const localized = useLocalized();
  const models = useModels((state) => state.models);
  const problem = useModels((state) => state.problem);
  const chosenId = useLibrary((state) => state.preferences.upscale.model);
  useFreshModels();
  const atHand = models?.filter(({ isAtHand }) => isAtHand) ?? [];
  const others = models?.filter(({ isAtHand }) => !isAtHand) ?? [];
  const chosen = models?.find(({ id }) => id === chosenId);
  const isFetching = others.some(({ jobId }) => jobId !== null);
  // It stays open when a fetch has ended: why one failed is said in there.
  const [isOpen, setOpen] = useState(false);
  useSomeModel(models, chosen);
  return (
    <fieldset className={css.section}>
      <legend>{messages.upscale.look}</legend>
      {problem !== null && (
        <p className={css.problem} role="alert">
          {localized(problem.happened)} {localized(problem.todo)}
        </p>
      )}
      <ul className={css.cards}>
        {atHand.map((model) => (
          <Card
            key={model.id}
            model={model}
            isChosen={model.id === chosenId}
            answer={crops?.get(model.id) ?? null}
            standIn={standIn}
          />
        ))}
      </ul>
      {chosen !== undefined && <Denoise model={chosen} models={models ?? []} />}
      {others.length > 0 && (
        <details
          className={css.more}
          open={isOpen || isFetching}
          onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
        >
          <summary>{messages.upscale.moreLooks(others.length)}</summary>
          <ul className={css.others}>
            {others.map((model) => (
              <ModelFetch key={model.id} model={model} />
            ))}
          </ul>
        </details>
      )}
      <AddModel />
    </fieldset>
  );
}

/** Asks for the list when the room is entered, whenever it is another one, and when a fetch began or ended. */
function useFreshModels(): void {
  const revision = useModels((state) => state.revision);
  const fetches = useLibrary(({ jobs }) =>
    jobs
      .filter(({ kind }) => kind === "fetch-model")
      .map(({ id, state }) => `${id}${state}`)
      .join(),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: they say that the list may have changed
  useEffect(() => {
    void pullModels();
  }, [fetches, revision]);
}

/** The model that was chosen last may be gone: the first at hand takes its place. */
function useSomeModel(models: readonly Model[] | null, chosen: Model | undefined): void {
  useEffect(() => {
    if (models === null || chosen?.isAtHand === true) return;
    const first = models.find(({ isAtHand }) => isAtHand);
    if (first !== undefined) remember({ model: first.id });
  }, [models, chosen]);
}

function Card(props: {
  readonly model: Model;
  readonly isChosen: boolean;
  readonly answer: CropAnswer | null;
  readonly standIn: StandIn | null;
}): ReactElement {
  const { model, isChosen, answer, standIn } = props;
  const messages = useMessages();
  const language = useLanguage();
  const localized = useLocalized();
  const textId = useId();
  const facts = [
    messages.upscale.modelScale(model.scale),
    model.licence ?? messages.upscale.noLicence,
    answer?.state === "done" && answer.crop.seconds !== null
      ? messages.upscale.lookSeconds(secondsText(answer.crop.seconds, language))
      : "",
  ];
  return (
    <li className={css.card} data-chosen={isChosen || undefined}>
      <label className={css.choice}>
        <input
          type="radio"
          name="look"
          value={model.id}
          checked={isChosen}
          aria-describedby={textId}
          onChange={() => remember({ model: model.id })}
        />
        <CardPicture answer={answer} standIn={standIn} name={model.name} />
        <strong className={css.name}>{model.name}</strong>
      </label>
      <div id={textId} className={css.text}>
        <p className={css.role}>
          {model.role === null ? messages.upscale.ownModel : localized(model.role)}
        </p>
        <p className={css.facts}>{facts.filter((fact) => fact !== "").join(" · ")}</p>
        {model.origin === "fetched" && !model.isVerified && (
          <p className={css.facts}>{messages.upscale.unverified}</p>
        )}
      </div>
      {model.origin !== "shipped" && <ModelMenu model={model} />}
    </li>
  );
}

/** The pointer wipes over the picture: left of it is how it was. */
function wipeAt(event: PointerEvent<HTMLElement>): void {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
  event.currentTarget.style.setProperty("--wipe", `${(100 * share).toFixed(1)}%`);
}

function endWipe(event: PointerEvent<HTMLElement>): void {
  event.currentTarget.style.setProperty("--wipe", "0%");
}

/** What is shown of a place until it has been tried. */
interface StandIn {
  readonly photo: PhotoRow;
  readonly spot: Spot;
}

/** The place as the screen's rendition of the photo shows it; quietly, since it says nothing of the look yet. */
function Untried({ photo, spot }: StandIn): ReactElement | null {
  // Turned photos are shown once they are tried.
  if (photo.rotation !== 0) return null;
  const { width, height } = shownSize(photo);
  const share = (pixels: number): string => `${((100 * pixels) / spot.edge).toFixed(2)}%`;
  const style: CSSProperties = {
    inset: "auto",
    left: share(spot.edge / 2 - spot.middle.x * width),
    top: share(spot.edge / 2 - spot.middle.y * height),
    width: share(width),
    height: share(height),
  };
  return (
    <img
      className={css.untried}
      style={style}
      src={previewUrl(photo)}
      alt=""
      decoding="async"
      draggable={false}
    />
  );
}

function CardPicture(props: {
  readonly answer: CropAnswer | null;
  readonly standIn: StandIn | null;
  readonly name: string;
}): ReactElement {
  const { answer, standIn, name } = props;
  const messages = useMessages();
  const localized = useLocalized();
  if (answer?.state === "done") {
    return (
      <span
        className={css.picture}
        data-done
        onPointerMove={wipeAt}
        onPointerDown={wipeAt}
        onPointerLeave={endWipe}
      >
        <img src={cropUrl(answer.crop.key, "after")} alt="" draggable={false} />
        <img
          className={css.before}
          src={cropUrl(answer.crop.key, "before")}
          alt=""
          draggable={false}
        />
        <span className={css.wipe} />
      </span>
    );
  }
  if (answer?.state === "failed") {
    return (
      <span className={css.picture}>
        <span className={css.failed} role="status">
          {localized(answer.problem.happened)} {localized(answer.problem.todo)}
        </span>
      </span>
    );
  }
  return (
    <span className={css.picture}>
      {standIn !== null && <Untried {...standIn} />}
      {answer?.state === "running" ? (
        <progress className={css.busy} aria-label={messages.upscale.tryingLook(name)} />
      ) : (
        answer !== null && <span className={css.waits}>{messages.upscale.lookWaits}</span>
      )}
    </span>
  );
}
