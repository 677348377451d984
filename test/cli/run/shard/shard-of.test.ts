/** Which part of a run this is, by flag or platform. */
import { expect, test } from 'vitest'
import { shardOf } from '../../../../src/cli/run/shard/shard-of.ts'

test.each([
  [
    { JOB_COMPLETION_INDEX: '3', BURN_SHARD_TOTAL: '8' },
    { index: 3, of: 8 },
  ],
  [
    { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '4' },
    { index: 0, of: 4 },
  ],
  [
    { SLURM_ARRAY_TASK_ID: '12', SLURM_ARRAY_TASK_MIN: '10', SLURM_ARRAY_TASK_COUNT: '5' },
    { index: 2, of: 5 },
  ],
  [
    { AWS_BATCH_JOB_ARRAY_INDEX: '0', AWS_BATCH_JOB_ARRAY_SIZE: '2', BURN_RUN_ID: 'r' },
    { index: 0, of: 2, run: 'r' },
  ],
  [
    { BURN_SHARD_INDEX: '1', BURN_SHARD_TOTAL: '2', CI_NODE_INDEX: '9' },
    { index: 1, of: 2 },
  ],
])('auto: %o', (env, shard) => {
  expect(shardOf('auto', env)).toEqual(shard)
})

test.each([
  ['auto', { JOB_COMPLETION_INDEX: '3' }, 'BURN_SHARD_TOTAL is not set (Kubernetes)'],
  ['auto', {}, 'no variable tells which part this is'],
  ['auto', { CI_NODE_INDEX: '5', CI_NODE_TOTAL: '4' }, 'CI_NODE_INDEX=5 is no part of CI_NODE_TOTAL=4'],
  ['0/4', {}, 'from 1/n to n/n'],
  ['5/4', {}, 'from 1/n to n/n'],
])('%s with %o is refused', (text, env, message) => {
  expect(() => shardOf(text, env)).toThrow(message)
})
