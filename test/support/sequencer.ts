/** The order of the test files: those that share modules behind one another, among them the longest first, so that all workers end together. */
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

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const keyed = (await super.sort(files)).map((file) => ({ file, place: placeOf(file) }))
    return keyed.sort((a, b) => compare(a.place, b.place)).map(({ file }) => file)
  }
}

/** Numbers by which a file is sorted, the first that differs counts. */
function placeOf({ moduleId, project }: TestSpecification): number[] {
  // The kind is for files that share a process.
  const kind = project.config.isolate ? 0 : KINDS.indexOf(kindOf(moduleId))
  const nth = LONGEST.findIndex((name) => moduleId.endsWith(name))
  return [
    project.config.sequence.groupOrder,
    // A worker that others share ends where a file follows that has a process of its own.
    project.config.isolate ? 0 : 1,
    kind < 0 ? KINDS.length : kind,
    nth < 0 ? LONGEST.length : nth,
  ]
}

function compare(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((number, i) => number !== b[i])
  return differs < 0 ? 0 : (a[differs] ?? 0) - (b[differs] ?? 0)
}
