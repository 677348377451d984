import { RANKING_NAMES } from '../../../result/rankings.ts'
import { table } from './row.ts'

/** The flags of `burn run` for suites: several runs with one verdict. */
export const SUITE = table({
  parallel: { flags: '--parallel <n>', help: 'so many runs side by side, with one verdict for all (a suite)', env: true },
  gap: { flags: '--gap <time>', help: 'pause between two runs, such as 5s, with one verdict for all (a suite)', env: true },
  failOn: {
    flags: '--fail-on <rule>',
    help: 'a suite fails when any run does not pass (default), or when all do not',
    choices: ['any', 'all'],
    env: true,
  },
  rankBy: {
    flags: '--rank-by <metric>',
    help: 'rank the runs of a suite by this (default: response_time p95)',
    choices: RANKING_NAMES,
    env: true,
  },
})
