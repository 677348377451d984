import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileTemplate } from '../../../../src/language/template/template.ts'
import { parseScenario } from '../../../../src/scenario/read/read.ts'
import { type FileFormat, scenarioText } from '../../../../src/templates/emit.ts'
import { literal, withTemplates } from '../../../../src/templates/foreign/common/literal.ts'
import { drawn } from '../../../support/share.ts'

const odd = fc
  .array(fc.constantFrom('{', '{{', '}', '}}', '\\', '$', '${', '"', ' ', 'a', '!', '#', '~', '\n', 'é'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''))

/** What a text of a scenario sends, the way from the file to the template. */
function sent(text: string, format: FileFormat): string {
  const { value, problems } = parseScenario(scenarioText({ name: text }, format), `t.${format}`, { env: { N: 'set' } })
  expect(problems).toEqual([])
  return compileTemplate((value as { name: string }).name).render({ n: 7 })
}

describe('a text of another tool is sent as it is', () => {
  test('whatever braces, dollars and backslashes it holds', () => {
    fc.assert(
      fc.property(odd, fc.constantFrom<FileFormat>('yaml', 'json'), (text, format) => {
        expect(sent(literal(text), format)).toBe(text)
      }),
      { numRuns: drawn(2000) },
    )
  })

  test('whatever stands beside its templates', () => {
    fc.assert(
      fc.property(odd, odd, odd, (before, between, after) => {
        const pieces = [before, { template: '{{n}}' }, between, { template: '{{n}}' }, after]
        expect(sent(withTemplates(pieces), 'json')).toBe(`${before}7${between}7${after}`)
      }),
      { numRuns: drawn(2000) },
    )
  })

  test.each([
    ['many dollars', '${a}'.repeat(300)],
    ['control characters', 'a\u0000\u001b\u007f\u0085\u009f\ufffe\uffff\r\nb\rc'],
    ['many lines', 'a\n  b\n\n c \n'],
    ['a word for YAML', 'true'],
  ])('%s', (_name, text) => {
    expect(sent(literal(text), 'yaml')).toBe(text)
    expect(sent(literal(text), 'json')).toBe(text)
  })
})
