import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { presetAliases, presets } from '../../src/dialects/presets.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import { allTemplates, CATEGORIES, TYPES, templateNamed } from '../../src/templates/index.ts'
import { renderTemplate } from '../../src/templates/render.ts'
import { totalMessages } from '../../src/templates/template.ts'
import { shareOf } from '../support/share.ts'
import { named, scenarioOf } from './named.ts'
import { expectedCount, quick, runPlaced } from './run-template.ts'

const templates = allTemplates()

const rows = templates.map((template) => [template.name, template] as const)

/** Templates that warn on purpose. */
const INTENDED: Readonly<Record<string, string[]>> = {
  soak_test_24h: ['W_LONG_RUN'],
  mixed_protocol_stress: ['W_HIGH_RATE'],
}

/** Those that draw how many messages an iteration sends; the number that they say is the mean. */
const DRAWN = new Set(['workload-chat'])

/** Those whose target fails on purpose, so that more is sent, or not all is answered. */
const FAILING = new Set(['timeout', 'error-recovery'])

describe('every template', () => {
  test.each(rows)('%s is valid as YAML and as JSON', (name, template) => {
    for (const format of ['yaml', 'json'] as const) {
      const { problems } = validateScenario(renderTemplate(template, { format }), `t.${format}`, { env: {} })
      expect(problems.map(({ code }) => code)).toEqual(INTENDED[name] ?? [])
    }
  })

  test.each(rows)('%s says the same as YAML and as JSON', (_name, template) => {
    expect(parse(renderTemplate(template, { format: 'yaml' }))).toEqual(scenarioOf(template))
  })

  test.each(shareOf(rows))('%s sends exactly as many messages as it says', async (name, template) => {
    const { result, received, attempts } = await runPlaced(quick(template))
    const retries = attempts.filter(({ attempt }) => attempt > 1).length
    if (!DRAWN.has(name)) expect(attempts.length - retries).toBe(expectedCount(template))
    // A reset may overtake the request that it follows.
    const reset = result.faults?.kinds.find(({ kind }) => kind === 'drop')?.failed ?? 0
    const sent = result.faults?.sent ?? attempts.length
    expect(received).toBeLessThanOrEqual(sent)
    expect(received).toBeGreaterThanOrEqual(sent - reset)
    if (!FAILING.has(name)) expect(result.errors).toEqual([])
  })

  test.each(rows)('%s has comments, and a name and a category of its own', (name, template) => {
    expect(templates.filter((other) => other.name === name)).toEqual([template])
    expect(CATEGORIES).toContain(template.category)
    expect(renderTemplate(template, { format: 'yaml' })).toMatch(/^# .+\n[\s\S]*\n# /)
  })
})

test.each([
  ['stress-test-basic', 60],
  ['stress-test-xml', 54],
  ['edge-case-empty', 18],
  ['edge-case-unicode', 12],
  ['input-edge', 12],
  ['conversation-context', 20],
  ['rapid-fire', 180],
  ['branching-conversation', 8],
  ['long-form-output', 6],
  ['ecommerce-token-drain', 78],
  ['support-escalation-flood', 48],
  ['context-window-stuffer', 28],
  ['polite-persistent-requester', 36],
  ['seed-stress', 25],
  ['xml-bomb', 9],
  ['context-overflow', 10],
  ['edge-mixed', 10],
  ['concurrency', 200],
])('%s: loops × repetitions × users = %i', (name, count) => {
  expect(totalMessages(named(name).messages)).toBe(count)
})

test.each([
  ['websocket_load_test', 300, 50, '10/s', '20/s'],
  ['mqtt_burst_test', 180, 10, '5/s', '15/s'],
  // a hundred over each protocol
  ['mixed_protocol_stress', 600, 200, '20/s', '30/s'],
  ['soak_test_24h', 86_400, 20, '2/s', undefined],
])('%s: %i s, %i connections, %s each, bursts of %s', (name, seconds, users, pace, burst) => {
  const load = scenarioOf(named(name)).load as { name: string; for: string; users: unknown; pace: string }[]
  expect(load.reduce((sum, phase) => sum + Number.parseFloat(phase.for), 0)).toBe(seconds)
  expect(load.find((phase) => phase.name.startsWith('steady'))).toMatchObject({ users, pace })
  expect(load.find((phase) => phase.name.startsWith('burst'))?.pace).toBe(burst)
})

test('the seven categories of chats hold thirteen templates', () => {
  const count = (category: string) => templates.filter((template) => template.category === category).length
  expect(CATEGORIES.slice(0, 7).map(count)).toEqual([2, 3, 1, 1, 1, 1, 4])
})

test('there is a template for every preset and for every type', () => {
  const own = Object.keys(presets).filter((name) => !Object.hasOwn(presetAliases, name))
  for (const name of [...own, ...Object.values(TYPES)]) expect(templateNamed(name)?.name).toBe(name)
})

describe('error-recovery', () => {
  const template = named('error-recovery')

  test('what burn makes fail is answered in the end, and is no error of the target', async () => {
    const { result, attempts } = await runPlaced(quick(template))
    expect(attempts.filter(({ exchange }) => exchange.outcome === 'ok')).toHaveLength(100)
    expect(result.errors.map(({ class: name }) => name).sort()).toEqual(['injected_drop', 'injected_status'])
    expect(result.errorRate).toBe(0)
    expect(result.connectionMetrics.recoveryTime?.count).toBeGreaterThan(0)
    expect(result.thresholds.filter(({ state }) => state !== 'passed')).toEqual([])
  })

  test('a connection that takes too long to come back fails it', async () => {
    const { onError, ...scenario } = quick(template)
    const slow = { default: 'retry', retry: { max: 10, delay: '80ms', multiplier: 1, jitter: false } }
    const thresholds = (scenario.thresholds as unknown[]).map((one) =>
      one === 'recovery_time p95 < 5s' ? 'recovery_time p95 < 50ms' : one,
    )
    expect(thresholds).not.toEqual(scenario.thresholds)
    const { result } = await runPlaced({ ...scenario, onError: slow, thresholds })
    expect(result.thresholds.filter(({ state }) => state !== 'passed').map(({ threshold }) => threshold)).toEqual([
      'recovery_time p95 < 50ms',
    ])
  })
})

test('replies that hang miss the deadline, and no others', async () => {
  const { attempts, mock } = await runPlaced(quick(named('timeout')))
  const hung = mock.log().filter(({ outcome }) => outcome === 'stalled').length
  expect(hung).toBeGreaterThan(0)
  const failed = attempts.filter(({ exchange }) => exchange.outcome === 'failed')
  expect(failed).toHaveLength(hung)
  expect(new Set(failed.map(({ exchange }) => exchange.failure?.class))).toEqual(new Set(['timeout_idle']))
})

test('the branch follows the reply: no "yes", no languages', async () => {
  const scenario = quick(named('branching-conversation'))
  const steps = (scenario.steps as { name?: string }[]).map((step) =>
    step.name === 'question' ? { ...step, message: 'Do you?' } : step,
  )
  const { attempts } = await runPlaced({ ...scenario, steps })
  expect(attempts.map(({ prompt }) => prompt)).toEqual([
    'Do you?',
    'Which languages can you answer in?',
    'Thank you, that was all.',
    'Do you?',
    'Which languages can you answer in?',
    'Thank you, that was all.',
  ])
})

test('messages of every script arrive byte by byte as they were written', async () => {
  const scenario = quick(named('edge-case-unicode'))
  const written = (scenario.steps as { message?: string }[]).flatMap(({ message }) => message ?? [])
  const { mock } = await runPlaced({ ...scenario, conversation: { memory: 'none' }, load: [{ iterations: 1, users: 1 }] })
  const sent = mock.log().map(({ body }) => (JSON.parse(body) as { messages: { content: string }[] }).messages.at(-1)?.content)
  expect(sent).toEqual(written)
})

test('rapid fire counts up: its sums differ from round to round', async () => {
  const { attempts } = await runPlaced({ ...quick(named('rapid-fire')), load: [{ iterations: 1, users: 1 }] })
  expect(attempts[0]?.prompt).toBe('What is 0 + 7? Answer in one short sentence.')
  expect(attempts[19]?.prompt).toBe('What is 19 + 26? Answer in one short sentence.')
})

test('no template holds a key', () => {
  for (const template of templates) {
    const text = JSON.stringify(scenarioOf(template))
    expect(text).not.toMatch(/\bsk-|AIza|AKIA|eyJ|xox[bp]-|ghp_|Bearer [A-Za-z0-9]/)
  }
})

test('input-edge: 9,999 characters, and the others as they are written', async () => {
  const { attempts } = await runPlaced(quick(named('input-edge')))
  const sent = attempts.slice(0, 6).map(({ prompt }) => prompt)
  expect(sent.map((text) => [...text].length)).toMatchObject({ 1: 9999, 3: 0 })
  expect(sent[4]).toContain('<b>&amp;</b> \'; -- "\\" %00 %s $HOME $(id) `id` ../../etc \t | ~ ^ \u0007')
  expect(sent[5]).toContain('e\u0301')
})
