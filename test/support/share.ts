/** How much of a long table, of drawn cases or of repeated rounds a test takes: a share in `npm test`, all in `npm run proofs`. */
const SHARE = 5

/** The number of `cases` that a property test draws: a fifth of them, or all in `npm run proofs`. */
export function drawn(cases: number): number {
  return process.env.BURN_TEST_ALL_CASES ? cases : Math.ceil(cases / SHARE)
}

/** The rows of a table that run as processes of their own: every fifth, from the first on, or all in `npm run proofs`. */
export function shareOf<Row>(rows: Row[]): Row[] {
  return process.env.BURN_TEST_ALL_CASES ? rows : rows.filter((_, index) => index % SHARE === 0)
}
