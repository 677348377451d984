/** How rules are defined, and what they share. */
import { expect, test } from 'vitest'
import { doubtsOf } from '../../../src/scenario/lint/doubts.ts'
import { type LintSubject, perScenario, rule, stepsOf } from '../../../src/scenario/lint/subject.ts'
import { createLocator } from '../../../src/scenario/read/source/locate.ts'

const subjectOf = (value: object): LintSubject => ({
  scenario: { name: 't' },
  value,
  targets: new Map(),
  uses: [],
  locate: createLocator('', 'a.yaml', undefined),
  doubts: doubtsOf([], value),
})

test('a rule gives its code to all that its check reports', () => {
  const { code, check } = rule('W_EXAMPLE', (subject, report) => {
    for (const { path } of stepsOf(subject)) report(path, 'key', 'a step', path.at(-1) === 0 ? 'the first' : undefined)
  })
  expect(code).toBe('W_EXAMPLE')
  expect(check(subjectOf({ steps: [{ message: 'a' }, { message: 'b' }] }))).toEqual([
    { code, path: ['steps', 0], mark: 'key', message: 'a step', hint: 'the first' },
    { code, path: ['steps', 1], mark: 'key', message: 'a step', hint: undefined },
  ])
  expect(check(subjectOf({}))).toEqual([])
})

test('what several rules ask for is computed once for each scenario, even when it is nothing', () => {
  const asked: unknown[] = []
  const shared = perScenario(({ value }) => void asked.push(value))
  const [one, other] = [subjectOf({ a: 1 }), subjectOf({ b: 2 })]
  for (const subject of [one, one, other, one, other]) shared(subject)
  expect(asked).toEqual([{ a: 1 }, { b: 2 }])
})
