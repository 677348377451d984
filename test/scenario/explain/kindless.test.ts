import { expect, test } from 'vitest'
import { validateScenario } from '../../../src/scenario/validate.ts'

const problemsOf = (fault: string) => {
  const text = `name: n\ntarget: { url: http://h/ }\nsteps: [ { message: x } ]\nfaults: [ ${fault} ]\n`
  return validateScenario(text, 'n.yaml', { env: {} }).problems.map(({ message, hint }) => ({ message, hint }))
}

test('an entry without the key that names its kind is told so, with all of them', () => {
  const [problem, ...others] = problemsOf('{ probability: 5% }')
  expect(others).toEqual([])
  expect(problem?.message).toMatch(/^expected one of the keys delay, duplicate, .*refuse$/)
})

test('one that another key gives away lacks that kind alone', () => {
  expect(problemsOf('{ path: $.a, probability: 5% }').map(({ message }) => message)).toEqual(['missing key "drift"'])
  expect(problemsOf('{ delay: 1s }').map(({ message }) => message)).toEqual(['missing key "probability"'])
})
