/** A checked scenario becomes a plan: defaults, hand-overs, what falls back on what. */
import { describe, expect, test } from 'vitest'
import type * as z from 'zod'
import { createRandom } from '../../src/random.ts'
import { compileDelay } from '../../src/scenario/compile/steps/delays.ts'
import { type CompileOptions, compileScenario, planOf } from '../../src/scenario/compile.ts'
import { scenarioSchema } from '../../src/scenario/schema/schema.ts'
import { delaySchema } from '../../src/scenario/schema/step/delay.ts'

const OPTIONS: CompileOptions = { file: null, baseDir: '.', seed: 's', secrets: [] }
const BASE = { name: 'compile', target: { url: 'http://127.0.0.1:1/chat' }, steps: [{ message: 'x' }] }

function plan(more: Partial<z.input<typeof scenarioSchema>>, options: Partial<CompileOptions> = {}) {
  return planOf(scenarioSchema.parse({ ...BASE, ...more }), { ...OPTIONS, ...options })
}

const thresholdTexts = (...args: Parameters<typeof plan>) => plan(...args).thresholds.map((threshold) => threshold.text)

describe('thresholds that hold unless the scenario says otherwise', () => {
  test.each([
    ['errors', {}, ['errors ratio <= 10%']],
    ['its own instead', { thresholds: ['errors ratio < 1%'] }, ['errors ratio < 1%']],
    ['its own in every stretch', { thresholds: [{ threshold: 'errors < 1%', window: '5s' }] }, ['errors < 1%']],
    ...[
      { threshold: 'errors ratio < 1%', severity: 'warn' },
      { threshold: 'errors ratio < 1%', min_samples: 1000, on_missing: 'pass' },
      { threshold: 'errors ratio < 1%', on_missing: 'skip' },
      { threshold: 'errors ratio < 1%', window: '5s', after: '1m' },
      { threshold: 'errors ratio < 1%', window: '5s', min_samples: 1000 },
      { threshold: 'errors count < 100' },
      { threshold: 'failed < 100' },
      { threshold: 'good_share count > 10' },
    ].map(
      (own) =>
        [`beside ${JSON.stringify(own)}`, { thresholds: [own] }, [own.threshold, 'errors ratio <= 10%']] as [
          string,
          object,
          string[],
        ],
    ),
    [
      'checks beside a warning on them',
      { steps: [{ message: 'x', expect: [{ status: 200 }] }], thresholds: [{ threshold: 'checks > 50%', severity: 'warn' }] },
      ['checks > 50%', 'errors ratio <= 10%', 'checks ratio >= 99%'],
    ],
    [
      'one on a step is not one on all',
      { thresholds: ['errors{step=a} ratio < 1%'] },
      ['errors{step=a} ratio < 1%', 'errors ratio <= 10%'],
    ],
    ['checks', { steps: [{ message: 'x', expect: [{ status: 200 }] }] }, ['errors ratio <= 10%', 'checks ratio >= 99%']],
    [
      'good_share judges both',
      { steps: [{ message: 'x', expect: [{ status: 200 }] }], thresholds: ['good_share ratio > 90%'] },
      ['good_share ratio > 90%'],
    ],
  ])('%s', (_, more, texts) => expect(thresholdTexts(more as object)).toEqual(texts))

  test('--max-error-rate goes before the default, and beside one of its own', () => {
    expect(thresholdTexts({}, { maxErrorRate: '5%' })).toEqual(['errors ratio <= 5%'])
  })
})

test('steps without a name are numbered over all of them, branches and loops included', () => {
  const steps = [
    { message: 'a' },
    { loop: { times: 2, steps: [{ message: 'b', name: 'own' }, { message: 'c' }] } },
    { if: 'true', then: [{ message: 'd' }], else: [{ message: 'e' }] },
  ]
  expect(plan({ steps }).exchanges.map(({ index, name }) => [index, name])).toEqual([
    [0, 'step-1'],
    [1, 'own'],
    [2, 'step-3'],
    [3, 'step-4'],
    [4, 'step-5'],
  ])
})

test('a ramp starts from where the phase before ended, be it open or closed', () => {
  const { phases } = plan({
    load: [
      { users: { from: 0, to: 10 }, for: '10s' },
      { users: 20, for: '10s', ramp: '10s' },
      { rate: '10/s', for: '10s' },
      { rate: '20/s', for: '10s', ramp: '10s', name: 'last', warmup: true },
    ],
  })
  const [, closed, , open] = phases.map(({ load }) => load)
  expect(closed?.model === 'closed' && closed.usersAt(5000)).toBe(15)
  expect(open?.model === 'open' && open.rateAt(5000)).toBe(15)
  expect(phases.map(({ name, warmup }) => [name, warmup])).toEqual([
    ['phase-1', false],
    ['phase-2', false],
    ['phase-3', false],
    ['last', true],
  ])
})

test('without a load it is one user and one iteration', () => {
  expect(plan({}).phases).toMatchObject([{ name: 'main', load: { model: 'closed', maxUsers: 1, sharedIterations: 1 } }])
})

describe('timeouts', () => {
  const timeouts = (target: object, step: object) =>
    plan({ target: { ...BASE.target, timeouts: target }, steps: [{ message: 'x', timeouts: step }] }).exchanges[0]?.timeouts
  const DEFAULTS = { connect: 10_000, firstByte: 60_000, firstToken: 60_000, idle: 30_000, total: 120_000 }

  test.each([
    [{}, {}, {}],
    [{ idle: '5s' }, {}, { idle: 5000 }],
    [{ idle: '5s', total: '9s' }, { idle: '1s' }, { idle: 1000, total: 9000 }],
    [{ firstToken: '7s' }, {}, { firstByte: 7000, firstToken: 7000 }],
    [{ firstToken: '7s', firstByte: '2s' }, {}, { firstByte: 2000, firstToken: 7000 }],
    [{ firstToken: '7s' }, { firstByte: '2s' }, { firstByte: 2000, firstToken: 7000 }],
  ])('of the target %j and the step %j', (target, step, different) => {
    expect(timeouts(target, step)).toEqual({ ...DEFAULTS, ...different })
  })
})

describe('hash', () => {
  const withToken = (token: string) => ({ target: { ...BASE.target, auth: { type: 'bearer', token } } }) as const

  test('the same scenario, the same hash; another one, another', () => {
    expect(plan({}).hash).toMatch(/^[0-9a-f]{64}$/)
    expect(plan({}).hash).toBe(plan({}).hash)
    expect(plan({ steps: [{ message: 'y' }] }).hash).not.toBe(plan({}).hash)
  })

  test('keys to the target leave it as it is', () => {
    expect(plan(withToken('secret-one')).hash).toBe(plan(withToken('another "secret" \n')).hash)
    expect(plan(withToken('secret-one')).secrets).toContain('secret-one')
  })
})

describe('think times', () => {
  const draws = (delay: unknown, count = 20_000) => {
    const draw = compileDelay(delaySchema.parse(delay))
    const random = createRandom('think')
    return Array.from({ length: count }, () => draw(random)).sort((a, b) => a - b)
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const quantile = (values: readonly number[], q: number) => values[Math.floor(values.length * q)] ?? Number.NaN

  test('fixed', () => expect(new Set(draws('250ms'))).toEqual(new Set([250])))

  test('a range is uniform', () => {
    const values = draws('1s..3s')
    expect(values[0]).toBeGreaterThanOrEqual(1000)
    expect(values.at(-1)).toBeLessThan(3000)
    for (const q of [0.1, 0.5, 0.9]) expect(Math.abs(quantile(values, q) - (1000 + 2000 * q))).toBeLessThan(40)
  })

  test('normal, never negative', () => {
    const values = draws({ distribution: 'normal', mean: '1s', sd: '200ms' })
    expect(Math.abs(mean(values) - 1000)).toBeLessThan(10)
    expect(Math.abs(quantile(values, 0.8413) - 1200)).toBeLessThan(15)
    expect(draws({ distribution: 'normal', mean: '10ms', sd: '100ms' })[0]).toBe(0)
  })

  test.each([0.5, 1, 4])('gamma of shape %d has its mean and its deviation', (shape) => {
    const values = draws({ distribution: 'gamma', mean: '1s', shape, max: '1h' })
    const middle = mean(values)
    const deviation = Math.sqrt(mean(values.map((ms) => (ms - middle) ** 2)))
    expect(Math.abs(middle - 1000)).toBeLessThan((4 * 1000) / Math.sqrt(shape * values.length))
    expect(Math.abs(deviation * Math.sqrt(shape) - 1000)).toBeLessThan(60)
    expect(draws({ distribution: 'gamma', mean: '1s', shape, max: '1500ms' }).at(-1)).toBe(1500)
  })

  test('lognormal by its median', () => {
    const values = draws({ distribution: 'lognormal', median: '1s', sigma: 0.5 })
    expect(Math.abs(quantile(values, 0.5) - 1000)).toBeLessThan(20)
    expect(Math.abs(quantile(values, 0.8413) - 1000 * Math.exp(0.5))).toBeLessThan(40)
  })

  test('exponential by its mean, and no longer than its bound', () => {
    const values = draws({ distribution: 'exponential', mean: '1s' })
    expect(Math.abs(mean(values) - 1000)).toBeLessThan(25)
    expect(values.at(-1)).toBeLessThanOrEqual(20_000)
    expect(draws({ distribution: 'exponential', mean: '1s', max: '2s' }).at(-1)).toBe(2000)
  })
})

test('what the block of a protocol leaves out is the preset’s, not a default', () => {
  const target = { preset: 'django-mqtt', url: 'mqtt://127.0.0.1:1883', mqtt: { keepalive: '5s', clean: false } }
  const [planned] = plan({ target }).targets
  expect(planned?.options).toMatchObject({
    keepalive: 5000,
    clean: false,
    qos: 1,
    subscribe: [{ topic: 'response/status' }, { topic: 'graphql/mutation/status' }],
    reply: { topic: 'response/acknowledgement' },
  })
})

describe('how to try again', () => {
  const retryOf = (step: object, onError?: object) => {
    const input = { steps: [{ message: 'x', ...step }], ...(onError ? { onError } : {}) } as Parameters<typeof plan>[0]
    return plan(input).exchanges[0]?.onError
  }
  const scenario = { default: 'retry', retry: { max: 7, delay: '20ms', jitter: false } }
  const usual = { max: 3, delay: 1000, multiplier: 1.5, maxDelay: 30_000, jitter: true, retryAfter: true }
  const ofScenario = { ...usual, max: 7, delay: 20, jitter: false }

  test.each<[string, object, object | undefined, object]>([
    ['nothing said', { onError: 'retry' }, undefined, usual],
    ['the scenario says all', {}, scenario, ofScenario],
    ['a step says only that it tries again', { onError: 'retry' }, scenario, ofScenario],
    ['a step says a part', { onError: { default: 'retry', retry: { max: 1 } } }, scenario, { ...ofScenario, max: 1 }],
  ])('%s', (_, step, onError, expected) => expect(retryOf(step, onError)?.retry).toEqual(expected))

  test('a rule takes what it leaves out from its onError, and that from the scenario', () => {
    const onError = { retry: { max: 2 }, rules: [{ status: 503, do: 'retry', retry: { delay: '5ms' } }] }
    expect(retryOf({ onError }, scenario)?.rules[0]?.retry).toEqual({ ...ofScenario, max: 2, delay: 5 })
  })
})

describe('what the texts of a scenario read of the reply', () => {
  const next = (text: string) => ({ steps: [{ message: 'hi' }, { message: text }] })
  const when = (condition: string) => ({ steps: [{ message: 'hi' }, { if: condition, then: [{ message: 'ho' }] }] })

  test.each<[string, Parameters<typeof plan>[0], { readsReply: boolean; readsReplyJson: boolean }]>([
    ['prose about a reply', next('please reply to "reply.json"'), { readsReply: false, readsReplyJson: false }],
    ['its text', next('{{reply.text}}'), { readsReply: true, readsReplyJson: false }],
    ['its JSON', next('{{reply.json.id}}'), { readsReply: true, readsReplyJson: true }],
    ['its JSON, if there is any', next('{{default reply.json.id "none"}}'), { readsReply: true, readsReplyJson: true }],
    ['the whole reply in a block', next('{{#with reply}}{{json.id}}{{/with}}'), { readsReply: true, readsReplyJson: true }],
    ['its JSON in a section', next('{{#model}}{{reply.json.id}}{{/model}}'), { readsReply: true, readsReplyJson: true }],
    ['everything there is', next('{{json this}}'), { readsReply: true, readsReplyJson: true }],
    ['a member in brackets', when('reply["json"].id == 1'), { readsReply: true, readsReplyJson: true }],
    ['another member in brackets', when('reply["text"] == "a"'), { readsReply: true, readsReplyJson: false }],
    ['a member that a variable names', when('reply[model] == 1'), { readsReply: true, readsReplyJson: true }],
    ['a text in a condition', when('model == "reply.json"'), { readsReply: false, readsReplyJson: false }],
    ['the short form of older files', when('contains:yes'), { readsReply: true, readsReplyJson: false }],
    [
      'headers of the target',
      { target: { url: 'http://h/', headers: { a: '{{reply.json.a}}' } } },
      { readsReply: true, readsReplyJson: true },
    ],
  ])('%s', (_, more, expected) => expect(plan(more)).toMatchObject(expected))
})

describe('one compile', () => {
  const compile = (more: object) => {
    const written = { ...BASE, ...more }
    return compileScenario(scenarioSchema.parse(written), { baseDir: '.', written })
  }

  test('tells where each text reads which variable', () => {
    const { uses } = compile({
      vars: { a: '{{model}}' },
      steps: [
        { message: 'x {{a.b}}', expect: [{ contains: '{{a}}', expression: 'reply.ok' }] },
        { if: 'vu > 1', then: [{ delay: '1s' }] },
      ],
    })
    expect(uses.map(({ path, name, rest, offset }) => [path.join('.'), [name, ...rest].join('.'), offset])).toEqual([
      ['steps.0.message', 'a.b', 4],
      ['steps.0.expect.0.contains', 'a', 2],
      ['steps.0.expect.0.expression', 'reply.ok', 0],
      ['steps.1.if', 'vu', 0],
      ['vars.a', 'model', 2],
    ])
  })

  test('tells all that is wrong, and has no plan then', () => {
    const { plan: none, findings } = compile({
      target: { dialect: 'openai-chat' },
      steps: [
        { message: '{{', capture: { a: '$.[', b: 'usage:outptu', c: '/(/' } },
        { if: 'a ==', then: [{ request: { path: '/', multipart: [{ name: 'f', file: 'no-such-file' }] } }] },
      ],
    })
    expect(none).toBeUndefined()
    expect(findings.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual([
      'E_TARGET target',
      'E_TEMPLATE steps.0.message',
      'E_JSONPATH steps.0.capture.a',
      'E_ENUM steps.0.capture.b',
      'E_REGEX steps.0.capture.c',
      'E_EXPRESSION steps.1.if',
      'E_FILE steps.1.then.0.request.multipart.0.file',
    ])
  })
})
