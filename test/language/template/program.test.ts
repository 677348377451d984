/** What blocks make of values of each kind. */
import { expect, test } from 'vitest'
import { compileTemplate } from '../../../src/language/template/template.ts'

const BLOCKS = {
  if: '{{#if v}}yes{{else}}no{{/if}}',
  unless: '{{#unless v}}yes{{else}}no{{/unless}}',
  with: '{{#with v}}yes{{else}}no{{/with}}',
  each: '{{#each v}}x{{else}}no{{/each}}',
  section: '{{#v}}x{{else}}no{{/v}}',
}
type Row = [value: unknown, results: Record<keyof typeof BLOCKS, string>]
const rows: Row[] = [
  [true, { if: 'yes', unless: 'no', with: 'yes', each: 'no', section: 'x' }],
  [false, { if: 'no', unless: 'yes', with: 'no', each: 'no', section: 'no' }],
  [null, { if: 'no', unless: 'yes', with: 'no', each: 'no', section: 'no' }],
  [0, { if: 'no', unless: 'yes', with: 'yes', each: 'no', section: 'x' }],
  ['', { if: 'no', unless: 'yes', with: 'no', each: 'no', section: 'x' }],
  [[], { if: 'no', unless: 'yes', with: 'no', each: 'no', section: 'no' }],
  [[1, 2], { if: 'yes', unless: 'no', with: 'yes', each: 'xx', section: 'xx' }],
  [{}, { if: 'yes', unless: 'no', with: 'yes', each: 'no', section: 'x' }],
  [
    { a: 1, b: 2 },
    { if: 'yes', unless: 'no', with: 'yes', each: 'xx', section: 'x' },
  ],
]
test.each(rows)('%j', (v, results) => {
  const seen = Object.entries(BLOCKS).map(([name, source]) => [name, compileTemplate(source).render({ v })])
  expect(Object.fromEntries(seen)).toEqual(results)
})

test('a block may be called as a variable is: its name decides', () => {
  expect(compileTemplate('{{#each list as |if|}}{{#if}}{{this}}{{/if}}{{/each}}').render({ list: [[1, 2]] })).toBe('12')
})
