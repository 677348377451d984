import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { planOf } from '../../../../src/scenario/compile.ts'
import { validateScenario } from '../../../../src/scenario/validate.ts'
import { reply } from '../../../metrics/check/reply.ts'

const folder = mkdtempSync(join(tmpdir(), 'burn-phrases-'))
writeFileSync(join(folder, 'phrases.txt'), '\ufeff# what our bot says\r\nask a human\r\n\r\n  out of scope\n')
writeFileSync(join(folder, 'none.txt'), '# nothing yet\n')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = join(folder, 'burn.yaml')
const validate = (line: string) =>
  validateScenario(
    `name: s\nvars: { more: no way }\ntarget: { preset: openai-chat, url: "mock:" }\nsteps:\n  - message: hi\n    expect:\n      - ${line}\n`,
    file,
  )

function checkOf(line: string) {
  const { scenario, problems } = validate(line)
  expect(problems).toEqual([])
  if (!scenario) throw new Error('no scenario')
  const plan = planOf(scenario, { file, baseDir: folder, seed: '1', secrets: [] })
  return plan.exchanges[0]?.checks[0]
}

test.each([['is-refusal: { file: phrases.txt }'], ['{ type: is-refusal, value: { file: phrases.txt } }']])(
  '%s: its phrases count, comments do not',
  (line) => {
    const planned = checkOf(line)
    if (!planned || !('check' in planned)) throw new Error('not compiled')
    expect(planned.label).toBe('is-refusal file phrases.txt')
    const passes = (text: string) => planned.check.evaluate(reply({ text })).passed
    expect(['That is OUT of scope.', 'Ask a human, please.', 'What our bot says is fine.'].map(passes)).toEqual([
      true,
      true,
      false,
    ])
  },
)

test('a file beside a phrase with a template', () => {
  const planned = checkOf('not-is-refusal: { phrases: ["{{more}}"], file: phrases.txt }')
  if (!planned || !('tree' in planned)) throw new Error('not a template')
  const check = planned.compile({ 'not-is-refusal': { phrases: ['no way', 'ask a human'] } })
  expect(check.evaluate(reply({ text: 'No way.' })).passed).toBe(false)
})

test.each([
  ['is-refusal: { file: missing.txt }', 'missing.txt is not there'],
  ['not-is-refusal: { file: none.txt }', 'none.txt has no phrases'],
  ['{ type: is-refusal, value: { file: ../phrases.txt } }', 'is not there'],
])('%s is an error at its place', (line, message) => {
  const { problems } = validate(line)
  expect(problems).toMatchObject([{ code: 'E_FILE', severity: 'error' }])
  expect(problems[0]?.message).toContain(message)
})
