import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { scenarioText } from '../../src/templates/emit.ts'

test('any data comes back as it was, from either format', () => {
  const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed())
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      text,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: 'grapheme-ascii' }), tie('value'), { maxKeys: 4 }),
    ),
  })).value
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('name', 'steps', 'load', 'target'), value, { minKeys: 1 }), (scenario) => {
      const data = JSON.parse(JSON.stringify(scenario)) as Record<string, unknown>
      expect(parse(scenarioText(data, 'yaml'))).toEqual(data)
      expect(JSON.parse(scenarioText(data, 'json'))).toEqual(data)
    }),
    { numRuns: 40 },
  )
})

test('short maps stand on a line, steps and what makes one tall do not', () => {
  const scenario = {
    name: 'n',
    target: { url: 'mock:' },
    load: [{ users: 2, for: '10s' }],
    steps: [{ message: 'Hi', name: 'a' }],
  }
  expect(scenarioText(scenario, 'yaml', { inFolder: true, head: ['first'], keys: { load: 'why' } })).toBe(
    [
      '# yaml-language-server: $schema=burn.schema.json',
      '# first',
      '',
      'name: n',
      '',
      'target:',
      '  url: "mock:"',
      '',
      '# why',
      'load:',
      '  - { users: 2, for: 10s }',
      '',
      'steps:',
      '  - message: Hi',
      '    name: a',
      '',
    ].join('\n'),
  )
})

test('no control character stays in the file, nor ends a comment', () => {
  const text = scenarioText({ name: 'a\u009bb\u0085' }, 'yaml', { head: ['x\u0007y\rz: 1'] })
  expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u0084\u0086-\u009f]/.test(text)).toBe(false)
  expect(parse(text)).toEqual({ name: 'a\u009bb\u0085' })
})
