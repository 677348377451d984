/** How many cases a property draws, or rounds a test of memory takes: a share of them in `npm test`, all of them in `npm run proofs`. */
const SHARE = 5

/** The number of `cases` that a property test draws: a fifth of them, or all in `npm run proofs`. */
export function drawn(cases: number): number {
  return process.env.BURN_TEST_ALL_CASES ? cases : Math.ceil(cases / SHARE)
}
