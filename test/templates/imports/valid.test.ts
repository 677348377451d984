/** Whatever `burn convert` writes, `burn validate` accepts. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../src/errors.ts'
import { validateScenario } from '../../../src/scenario/validate.ts'
import { type FileFormat, scenarioText } from '../../../src/templates/emit.ts'
import { convertText } from '../../../src/templates/imports/index.ts'
import type { ImportFormat } from '../../../src/templates/imports/recognise.ts'
import { drawn } from '../../support/share.ts'
import { curl, har, krawall, openApi, postman, testbench } from './arbitraries.ts'

/** Files that have to be put beside the scenario first. */
const LATER = new Set(['E_FILE'])

/** Scenarios that came of a text; none when the importer says that there is nothing to send. */
function convertedFrom(text: string, from: ImportFormat, format: FileFormat): number {
  try {
    const all = convertText(text, from)
    for (const { scenario, notes } of all) {
      const file = scenarioText(scenario, format, { head: [...notes] })
      const { problems } = validateScenario(file, `t.${format}`, { noEnv: true })
      const errors = problems.filter(({ severity, code }) => severity === 'error' && !LATER.has(code))
      expect(errors.map(({ code, path, message }) => `${code} ${path}: ${message}`)).toEqual([])
    }
    return all.length
  } catch (error) {
    if (error instanceof UsageError) return 0
    throw error
  }
}

const kinds: readonly (readonly [ImportFormat, fc.Arbitrary<string>])[] = [
  ['curl', curl],
  ['har', har],
  ['postman', postman],
  ['openapi', openApi],
  ['stream-testbench', testbench],
  ['krawall', krawall],
]

describe('whatever is converted is valid', () => {
  test.each(kinds)('%s', (from, arbitrary) => {
    let converted = 0
    const runs = drawn(300)
    fc.assert(
      fc.property(arbitrary, fc.constantFrom<FileFormat>('yaml', 'json'), (text, format) => {
        converted += convertedFrom(text, from, format)
      }),
      { numRuns: runs },
    )
    // Of the drawn HAR files two in five hold something to send: chance alone never comes down to this.
    expect(converted).toBeGreaterThan(runs / 20)
  })
})
