/** The order of the test files: those that share modules behind one another, with the long ones spread among them. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { kindOf } from './modules.ts'

/** Files that take three seconds or more. All others are taken for equally long. */
const LONGEST = [
  'proofs/failing-disk',
  'proofs/simulator',
  'search/proof',
  'scenarios',
  'cli/workers/workers',
  'cli/search/search',
  'engine/user/fault/protocols',
  'cli/startup',
  'cli/plugin',
  'cli/killed',
  'engine/storm',
  'cli/generated',
  'proofs/false-alarms',
  'proofs/settled-workers',
  'cli/exit-codes',
  'engine/wire-faults',
  'cli/selftest/measure',
  'cli/secrets',
  'cli/schedule/schedule',
  'cli/flags',
  'cli/no-network',
  'cli/suite/suite',
  'cli/detach',
  'cli/seed-documents',
  'cli/workers/shards',
  'engine/faults-http',
  'engine/user/fault/user-faults',
  'cli/tail',
  'cli/monitor/monitor',
  'cli/quick-run',
  'cli/compare/live',
  'templates/testbench-wire',
  'engine/share/shares',
  'connectors/session-hold',
  'scenario/hostile',
  'cli/signals',
  'cli/streams',
  'cli/descriptors',
  'cli/webhook/notifier',
  'connectors/http-contract',
  'connectors/mqtt',
  'connectors/grpc',
  'connectors/sse',
  'templates/render',
  'simulator/simulator',
].map((name) => `/test/${name}.test.ts`)

/** Kinds of files in their order, those that mock a module last. */
const KINDS = ['real time', 'virtual time']

export class LongSpread extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const keyed = (await super.sort(files)).map((file) => ({ file, place: placeOf(file) }))
    const groups = Map.groupBy(keyed, ({ place }) => place.join())
    return [...groups.values()]
      .sort(([a], [b]) => compare(a?.place ?? [], b?.place ?? []))
      .flatMap((group) => spread(group.map(({ file }) => file)))
  }
}

/**
 * Puts a long file after each few others, the longest first. Long files mostly wait, for processes and timers, and the others need CPU time: side by
 * side they fill the cores. The last long one begins when a fifth of the others is left.
 */
function spread(files: readonly TestSpecification[]): TestSpecification[] {
  const [long, others] = [files.filter((file) => nth(file) >= 0), files.filter((file) => nth(file) < 0)]
  long.sort((a, b) => nth(a) - nth(b))
  const each = Math.max(1, Math.floor((0.8 * others.length) / Math.max(1, long.length)))
  return [...long.flatMap((file, i) => [file, ...others.slice(i * each, (i + 1) * each)]), ...others.slice(long.length * each)]
}

const nth = ({ moduleId }: TestSpecification) => LONGEST.findIndex((name) => moduleId.endsWith(name))

/** Numbers by which a file is sorted, the first that differs counts. */
function placeOf({ moduleId, project }: TestSpecification): number[] {
  // The kind is for files that share a process.
  const kind = project.config.isolate ? 0 : KINDS.indexOf(kindOf(moduleId))
  return [
    project.config.sequence.groupOrder,
    // A worker that others share ends where a file follows that has a process of its own.
    project.config.isolate ? 0 : 1,
    kind < 0 ? KINDS.length : kind,
  ]
}

function compare(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((number, i) => number !== b[i])
  return differs < 0 ? 0 : (a[differs] ?? 0) - (b[differs] ?? 0)
}
