/** How much of a long table, of drawn cases or of repeated rounds a test takes: a share in `npm test`, all in `npm run proofs`. */
const SHARE = 5

/** True in `npm run proofs`. */
export const ALL_CASES = Boolean(process.env.BURN_TEST_ALL_CASES)

/** The number of `cases` that a property test draws: a fifth of them (or another share), or all in `npm run proofs`. */
export function drawn(cases: number, share = SHARE): number {
  return ALL_CASES ? cases : Math.ceil(cases / share)
}

/** The rows of a table that run as processes of their own: every fifth, from the first on, or all in `npm run proofs`. */
export function shareOf<const Row>(rows: readonly Row[]): Row[] {
  return ALL_CASES ? [...rows] : rows.filter((_, index) => index % SHARE === 0)
}
