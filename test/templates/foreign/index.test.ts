import { expect, test } from 'vitest'
import { convertForeign } from '../../../src/templates/foreign/index.ts'

test.each([
  ['a scenario of ours', { name: 't', target: { url: 'mock:' }, steps: [{ message: 'hi' }] }],
  ['ours with a flow', { name: 't', target: { url: 'mock:' }, flows: [] }],
  ['a list', []],
  ['text', 'hello'],
  ['nothing', null],
])('%s is not of another tool', (_title, value) => {
  expect(convertForeign(value)).toBeUndefined()
})
