/** Where the letters of a query were found in a text, and how well that fits: higher is better. */
export interface FuzzyMatch {
  readonly score: number;
  /** Indexes into the text, rising. */
  readonly hits: readonly number[];
}

const startOfText = 12;
const startOfWord = 8;
const inARow = 10;
const plain = 1;

/**
 * Finds the letters of `query` in `text` in this order, with anything between them; spaces of the query don't count.
 * Best places win: beginnings of words, letters in a row, short texts. Null when it is not in there.
 */
export function fuzzyMatch(query: string, text: string): FuzzyMatch | null {
  const wanted = [...query.toLocaleLowerCase().replaceAll(/\s+/g, "")];
  const letters = [...text.toLocaleLowerCase()];
  if (wanted.length === 0) return { score: 0, hits: [] };
  // best[i]: the best way to have found the letters up to here with the last one at letter i of the text.
  let best: (FuzzyMatch | null)[] = letters.map((letter, at) =>
    letter === wanted[0] ? { score: worth(letters, at), hits: [at] } : null,
  );
  for (const next of wanted.slice(1)) {
    let reach: FuzzyMatch | null = null;
    const found: (FuzzyMatch | null)[] = [];
    for (const [at, letter] of letters.entries()) {
      const before = best[at - 1] ?? null;
      if (before !== null && (reach === null || before.score > reach.score)) reach = before;
      if (letter !== next || reach === null) {
        found.push(null);
        continue;
      }
      const apart = { score: reach.score + worth(letters, at), hits: [...reach.hits, at] };
      const joined =
        before === null ? null : { score: before.score + inARow, hits: [...before.hits, at] };
      found.push(joined !== null && joined.score >= apart.score ? joined : apart);
    }
    best = found;
  }
  const winner = best.reduce<FuzzyMatch | null>(
    (top, match) => (match !== null && (top === null || match.score > top.score) ? match : top),
    null,
  );
  return winner === null ? null : { ...winner, score: winner.score - letters.length / 100 };
}

function worth(letters: readonly string[], at: number): number {
  if (at === 0) return startOfText;
  return /[\s/·:,-]/.test(letters[at - 1] ?? "") ? startOfWord : plain;
}
