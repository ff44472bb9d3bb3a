/** How many photos are likely enough to be next that their pixels are worth a decode. */
const onward = 2;
const back = 1;

/**
 * Photos that are likely to be looked at after the one at `index`, likeliest first: the next one in the direction of
 * travel; then, of the one after it and the one before, frames of the same burst first.
 * @param direction 1 or -1, the way in which the person goes through `order`
 */
export function likelyNext<Id>(
  order: readonly Id[],
  index: number,
  direction: 1 | -1,
  isSameBurst: (id: Id) => boolean,
): Id[] {
  const at = (steps: number): Id[] => {
    const id = order[index + steps * direction];
    return id === undefined || index < 0 ? [] : [id];
  };
  const next = at(1);
  const others: Id[] = [];
  for (let steps = 2; steps <= onward; steps += 1) others.push(...at(steps));
  for (let steps = 1; steps <= back; steps += 1) others.push(...at(-steps));
  const sameFirst = others.toSorted(
    (one, other) => Number(isSameBurst(other)) - Number(isSameBurst(one)),
  );
  return [...next, ...sameFirst];
}
