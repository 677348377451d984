/** The steps of a plan as an outline. */
import { expect, test } from 'vitest'
import { outlineOf } from '../../../src/scenario/compile/outline.ts'
import { planOf } from '../../../src/scenario/compile.ts'
import { scenarioSchema } from '../../../src/scenario/schema/schema.ts'

function outline(parts: Record<string, unknown>): string[] {
  const scenario = scenarioSchema.parse({
    name: 's',
    target: { url: 'http://127.0.0.1:1' },
    load: [{ users: 1, for: '1s' }],
    ...parts,
  })
  const plan = planOf(scenario, { file: null, baseDir: '.', seed: 's', secrets: [] })
  return outlineOf(plan).map(({ depth, kind, text, weight }) =>
    `${'  '.repeat(depth)}${kind} ${text}${weight === undefined ? '' : ` ${weight}`}`.trimEnd(),
  )
}

const greet = { name: 'greet', message: 'a secret that stays out of the outline' }

test('steps, loops and branches', () => {
  const steps = [
    greet,
    { delay: '1s' },
    { set: { a: 1 } },
    { loop: { times: 3, while: 'loop.index < 2', steps: [{ name: 'ask', request: { path: '/x' } }] } },
    { loop: { for: '90s', steps: [greet] } },
    { if: 'vu == 1', then: [greet], else: [{ if: 'vu == 2', then: [greet] }] },
  ]
  expect(outline({ steps })).toEqual([
    'message greet',
    'delay',
    'set',
    'loop 3 times, while loop.index < 2',
    '  request ask',
    'loop for 1m30s',
    '  message greet',
    'if vu == 1',
    '  message greet',
    'else',
    '  if vu == 2',
    '    message greet',
  ])
})

test('flows with their shares, setup and teardown', () => {
  const flows = [
    { name: 'buy', weight: 3, steps: [greet] },
    { name: 'look', steps: [greet] },
  ]
  expect(outline({ flows, setup: [greet], teardown: [greet] })).toEqual([
    'setup',
    '  message greet',
    'flow buy 0.75',
    '  message greet',
    'flow look 0.25',
    '  message greet',
    'teardown',
    '  message greet',
  ])
})

test('long texts are cut, and so is a long outline', () => {
  const lines = outline({
    steps: [{ if: `"${'x'.repeat(500)}" == ""`, then: [greet] }, ...Array.from({ length: 400 }, () => greet)],
  })
  expect(lines).toHaveLength(300)
  expect(lines[0]).toHaveLength('if '.length + 200)
})
