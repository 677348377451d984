/** How much of a long table, of drawn cases or of repeated rounds a test takes: a share in `npm test`, all in `npm run proofs`. */
const SHARE = 10

/** True in `npm run proofs`. */
export const ALL_CASES = Boolean(process.env.BURN_TEST_ALL_CASES)

/** How many times as many cases property tests draw, and how many times as long a test may take, as BURN_TEST_FUZZ says; `.ci/long` sets it. */
export const FUZZ_TIMES = Number(process.env.BURN_TEST_FUZZ ?? 1)

/** The number of `cases` that a property test draws: a tenth of them (or another share), all in `npm run proofs`, or BURN_TEST_FUZZ times as many. */
export function drawn(cases: number, share = SHARE): number {
  return Math.ceil((cases * FUZZ_TIMES) / (ALL_CASES ? 1 : share))
}

/** The rows of a table that run as processes of their own: every tenth, from the first on, or all in `npm run proofs`. */
export function shareOf<const Row>(rows: readonly Row[]): Row[] {
  return ALL_CASES ? [...rows] : rows.filter((_, index) => index % SHARE === 0)
}
