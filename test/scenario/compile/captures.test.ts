import { expect, test } from 'vitest'
import { validateScenario } from '../../../src/scenario/validate.ts'

const problemsOf = (capture: unknown) => {
  const steps = [{ request: { path: '/' }, capture: { c: capture } }]
  const scenario = { name: 's', target: { url: 'http://127.0.0.1:9/' }, load: [{ iterations: 1, users: 1 }], steps }
  return validateScenario(JSON.stringify(scenario), 's.json').problems.map(({ code, message }) => `${code} ${message}`)
}

test.each<[unknown, string]>([
  ['header:', 'E_VALUE the name of the header is missing'],
  ['header: a b', 'E_VALUE "a b" cannot be the name of a header'],
  [{ header: 'a:' }, 'E_VALUE "a:" cannot be the name of a header'],
  ['usage:', 'E_ENUM there is no usage:'],
  ['//', 'E_REGEX the pattern is empty'],
  [{ regex: '' }, 'E_REGEX the pattern is empty'],
  [{ json: '' }, 'E_JSONPATH expected a path such as $.a.b'],
  ['$[?search(@.b, "[")]', 'E_JSONPATH bad pattern: missing closing ] at "["'],
])('%j captures nothing', (capture, problem) => expect(problemsOf(capture)).toEqual([problem]))

test.each(['header:X-Id', { header: 'x_id' }, '/a/', '$.a', 'status'])('%j captures something', (capture) => {
  expect(problemsOf(capture)).toEqual([])
})
