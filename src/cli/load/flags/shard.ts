import { table } from './row.ts'

/** The flags of `burn run` for a load that is divided among several machines. */
export const SHARDS = table({
  shard: {
    flags: '--shard <i/n>',
    help: 'make part i of n of the load, from 1, such as 2/4; auto: as the variables of the platform say. `burn merge` judges the whole',
    env: true,
  },
  startAt: {
    flags: '--start-at <when>',
    help: 'with --shard: when all parts begin: a time such as 2026-01-01T10:00:00Z for several machines; +90s is from when each process starts',
    env: true,
  },
  maxSkew: { flags: '--max-skew <time>', help: 'how late a part may begin before it gives up (default 2s)', env: true },
  barrier: {
    flags: '--barrier <dir>',
    help: 'with --shard and BURN_RUN_ID: a shared folder in which all parts wait for each other, for at most 10 minutes',
    env: true,
  },
  resultToStdout: {
    flags: '--result-to-stdout',
    help: 'print the result as one last line for `burn merge -`, to collect it from logs',
    env: true,
  },
})
