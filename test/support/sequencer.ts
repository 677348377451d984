/** The order of the test files: the longest first, so that all workers end together, then those that share modules behind one another. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { kindOf } from './modules.ts'

/** Files that take five seconds or more. All others are taken for equally long. */
const LONGEST = [
  'scenarios',
  'simulator/simulator',
  'cli/detach',
  'cli/exit-codes',
  'cli/plugin',
  'scenario/hostile',
  'cli/flags',
  'cli/killed',
  'cli/call',
  'cli/quick-run',
  'cli/tail',
  'cli/descriptors',
  'cli/streams',
  'cli/signals',
  'cli/seed-documents',
  'cli/generated',
  'templates/testbench-wire',
  'templates/render',
  'cli/secrets',
  'connectors/mqtt-contract',
].map((name) => `/test/${name}.test.ts`)

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const keyed = (await super.sort(files)).map((file) => ({
      file,
      group: file.project.config.sequence.groupOrder,
      ...placeOf(file),
    }))
    return keyed.sort((a, b) => a.group - b.group || a.place - b.place || a.kind.localeCompare(b.kind)).map(({ file }) => file)
  }
}

function placeOf({ moduleId }: TestSpecification): { place: number; kind: string } {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(name))
  return { place: place < 0 ? LONGEST.length : place, kind: kindOf(moduleId) }
}
