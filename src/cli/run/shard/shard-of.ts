/** Finds out which part of a run this process makes: from `--shard`, or from the environment variables of the platform that started it. */
import { UsageError } from '../../../errors.ts'
import type { Result } from '../../../result/schema.ts'
import type { Environment } from '../../../scenario/read/environment.ts'

/**
 * The environment variables in which a platform states the index of a part and the number of parts. `base` is the index of the first part; `least` is
 * a variable that states it instead.
 */
interface Platform {
  readonly name: string
  readonly index: string
  readonly base: 0 | 1
  readonly least?: string
  readonly of: string
}

/**
 * The known platforms; the first one whose index is set is used. @see Kubernetes Indexed Job, GitLab parallel, AWS Batch array, Cloud Run jobs,
 * Buildkite, CircleCI, Slurm arrays
 */
const PLATFORMS: readonly Platform[] = [
  { name: 'burn', index: 'BURN_SHARD_INDEX', base: 0, of: 'BURN_SHARD_TOTAL' },
  { name: 'Kubernetes', index: 'JOB_COMPLETION_INDEX', base: 0, of: 'BURN_SHARD_TOTAL' },
  { name: 'GitLab', index: 'CI_NODE_INDEX', base: 1, of: 'CI_NODE_TOTAL' },
  { name: 'AWS Batch', index: 'AWS_BATCH_JOB_ARRAY_INDEX', base: 0, of: 'AWS_BATCH_JOB_ARRAY_SIZE' },
  { name: 'Cloud Run', index: 'CLOUD_RUN_TASK_INDEX', base: 0, of: 'CLOUD_RUN_TASK_COUNT' },
  { name: 'Buildkite', index: 'BUILDKITE_PARALLEL_JOB', base: 0, of: 'BUILDKITE_PARALLEL_JOB_COUNT' },
  { name: 'CircleCI', index: 'CIRCLE_NODE_INDEX', base: 0, of: 'CIRCLE_NODE_TOTAL' },
  { name: 'Slurm', index: 'SLURM_ARRAY_TASK_ID', base: 0, least: 'SLURM_ARRAY_TASK_MIN', of: 'SLURM_ARRAY_TASK_COUNT' },
]
const MAX_SHARDS = 100_000

/**
 * Parses the value of `--shard`: `2/4` is the second of four parts of a run; with `auto`, both numbers come from the variables of the CI platform.
 * Returns the index of the part (from 0), the number of parts, and the name that all parts share (`BURN_RUN_ID`).
 * @throws UsageError for any other value
 */
export function shardOf(text: string, env: Environment = process.env): NonNullable<Result['shard']> {
  const { index, of } = text === 'auto' ? fromPlatform(env) : written(text)
  const run = env.BURN_RUN_ID
  return { index, of, ...(run === undefined || run === '' ? {} : { run: run.slice(0, 100) }) }
}

function written(text: string): { readonly index: number; readonly of: number } {
  const [, i = '', n = ''] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  const [number, of] = [Number(i), Number(n)]
  if (i === '' || number < 1 || number > of || of > MAX_SHARDS)
    throw new UsageError(`--shard ${text}: expected i/n from 1/n to n/n, such as 2/4, or auto`)
  return { index: number - 1, of }
}

function fromPlatform(env: Environment): { readonly index: number; readonly of: number } {
  const platform = PLATFORMS.find(({ index }) => has(env, index))
  if (platform === undefined)
    throw new UsageError(
      '--shard auto: no variable tells which part this is',
      `one of ${PLATFORMS.map(({ index }) => index).join(', ')}; on GitHub pass the matrix: --shard \${{ matrix.shard }}/\${{ strategy.job-total }}`,
    )
  const { name, base, least, of: total } = platform
  const first = least === undefined ? base : number(env, least, name)
  const index = number(env, platform.index, name) - first
  const of = number(env, total, name)
  if (index < 0 || index >= of || of > MAX_SHARDS)
    throw new UsageError(`--shard auto: ${platform.index}=${env[platform.index]} is no part of ${total}=${env[total]} (${name})`)
  return { index, of }
}

const has = (env: Environment, name: string) => env[name] !== undefined && env[name] !== ''

function number(env: Environment, name: string, platform: string): number {
  if (!has(env, name)) throw new UsageError(`--shard auto: ${name} is not set (${platform})`, `set ${name} for every part`)
  const value = Number(env[name])
  if (!Number.isInteger(value) || value < 0) throw new UsageError(`--shard auto: ${name}=${env[name]} is no whole number`)
  return value
}
