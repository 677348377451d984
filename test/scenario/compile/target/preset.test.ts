/** What a preset needs of a target. */
import { expect, test } from 'vitest'
import { validateScenario } from '../../../../src/scenario/validate.ts'

const found = (target: object, more: object = {}) =>
  validateScenario(JSON.stringify({ name: 't', target, steps: [{ message: 'hi' }], ...more }), 'a.json', {
    env: {},
  }).problems.map(({ code, path, message, hint }) => `${code} ${path}: ${message}; ${hint}`)

const url = 'http://127.0.0.1:1/v1'

test('the variables of a preset must be set', () => {
  expect(found({ preset: 'azure-openai', model: 'gpt' })).toEqual([
    'E_UNKNOWN_VARIABLE target.preset: preset azure-openai needs the variable resource: its address is ' +
      'https://{{resource}}.openai.azure.com/openai/deployments/{{model}}/chat/completions?api-version=2024-10-21; ' +
      'write vars: { resource: … } at the top of the file, or a url of your own',
  ])
})

test.each([
  ['set', { preset: 'azure-openai' }, { vars: { resource: 'mine' } }],
  ['set by a group', { preset: 'azure' }, { groups: { a: { vars: { resource: 'mine' } } } }],
  ['not needed with an address of its own', { preset: 'azure-openai', url }, {}],
  ['not needed by the mock', { preset: 'azure-openai', url: 'mock:' }, {}],
])('a variable that is %s', (_, target, more) => expect(found(target, more)).toEqual([]))
