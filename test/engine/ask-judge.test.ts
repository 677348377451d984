/** The model that scores a sample of the replies: what it is asked, what its answers come to, and that the run knows nothing of them. */
import { describe, expect, test } from 'vitest'
import { runScenario as runPlanned } from '../../src/engine/run-scenario.ts'
import { EXIT } from '../../src/errors.ts'
import type { Result } from '../../src/result/schema.ts'
import { planOf } from '../../src/scenario/compile.ts'
import { scenarioSchema } from '../../src/scenario/schema/schema.ts'
import type { RunInput } from '../support/run.ts'
import { type MemoryRequest, type Reply, runVirtual } from '../support/virtual.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { run, saying, scoring, setting } from './judge/virtual.ts'

const messagesOf = ({ body }: MemoryRequest) => (body as { messages: { role: string; content: string }[] }).messages

describe('a judge', () => {
  test('scores a sample of the replies after the load, each by its message', async () => {
    const made = setting((n) => scoring(n % 2 === 0 ? 5 : 3))
    const { judge } = await run(made)
    expect(judge).toMatchObject({ model: 'grader', replies: 20, sampled: 8, asked: 8, scored: 8, stopped: null, why: null })
    expect(judge?.score?.mean).toBe(4)
    expect(judge?.passed).toMatchObject({ part: 4, whole: 8 })
    const lastReply = Math.max(...made.chat.requests.map(({ at }) => at))
    expect(Math.min(...made.grader.requests.map(({ at }) => at))).toBeGreaterThanOrEqual(lastReply)
    for (const request of made.grader.requests) {
      const [system, question, ...more] = messagesOf(request)
      expect(more).toEqual([])
      expect(system).toMatchObject({ role: 'system', content: expect.stringContaining('You grade the reply') })
      const n = /<message-\w+>\nquestion (\d+)\n/.exec(question?.content ?? '')?.[1]
      expect(question?.content).toContain(`>\nreply ${n}\n</reply-`)
    }
  })

  test('is in no count, latency or cost of the run, and changes nothing else of its result', async () => {
    const judged = await run(setting(() => scoring(1, { ms: 5000 })))
    const { judge: _, ...alone } = setting(() => scoring(1)).input
    const { result: plain } = await runVirtual(alone as RunInput, { seed: 'seed' })
    const same = ({ judge: _judge, scenarioHash, generator, environment, startTime, endTime, target, ...rest }: Result) => rest
    expect(same(judged)).toEqual(same(plain))
    expect(judged.judge?.asked).toBe(8)
  })

  test('scores the same replies in each run with the same seed, and others with another', async () => {
    const askedIn = async (seed: string) => {
      const made = setting(() => scoring(4))
      await runVirtual(made.input, { seed })
      return made.grader.requests.map((request) => messagesOf(request)[1]?.content)
    }
    const first = await askedIn('a')
    expect(await askedIn('a')).toEqual(first)
    expect(await askedIn('b')).not.toEqual(first)
  })

  test('gets replies as they are: what looks like a template in them is none', async () => {
    const made = setting(
      () => scoring(4),
      { rubric: 'Is {{this}} kept?' },
      {},
      () => saying('{{env.SECRET}} {{#each x}}'),
    )
    const { judge } = await run(made)
    expect(judge?.scored).toBe(8)
    const [system, question] = messagesOf(made.grader.requests[0] as MemoryRequest)
    expect(system?.content).toContain('Is {{this}} kept?')
    expect(question?.content).toContain('\n{{env.SECRET}} {{#each x}}\n')
  })

  test('sees the turns before, and only replies that were ok', async () => {
    const steps = [
      { message: 'first', name: 'one' },
      { message: 'second', name: 'two', expect: [{ contains: 'never' }] },
      { message: 'third', name: 'three' },
    ]
    const made = setting(
      () => scoring(4),
      { sample: 100 },
      { steps, load: [{ iterations: 2, users: 1 }], thresholds: ['planned > 0'] },
    )
    const { judge } = await run(made)
    expect(judge).toMatchObject({ replies: 4, sampled: 4, steps: [{ step: 'one' }, { step: 'three' }] })
    const third = made.grader.requests
      .map((request) => messagesOf(request)[1]?.content ?? '')
      .find((text) => text.includes('third'))
    expect(third).toMatch(/^<earlier-message-\w+>\nfirst\n/)
  })

  test('scores some replies of each step and each flag, also where these are rare', async () => {
    const steps = [{ loop: { times: 30, steps: [{ message: 'often', name: 'often' }] } }, { message: 'rarely', name: 'rarely' }]
    const load = [{ iterations: 3, users: 1 }]
    const chatReply = (n: number) => saying(n % 40 === 11 ? 'Here it is:\n```js\nlet a = 1' : 'All is well.')
    const made = setting((n) => scoring(n < 4 ? 5 : 2), { sample: 4, perGroup: 2 }, { steps, load }, chatReply)
    const { judge } = await run(made)
    expect(judge).toMatchObject({ replies: 93, sampled: 4, scored: 4, score: { mean: 5 } })
    expect(judge?.further).toBeGreaterThan(0)
    expect(judge?.asked).toBe(4 + (judge?.further ?? 0))
    expect(judge?.steps).toMatchObject([
      { step: 'often', replies: 90 },
      { step: 'rarely', replies: 3, scored: 2 },
    ])
    expect(judge?.flags).toMatchObject([
      { flag: 'none', replies: 90 },
      { flag: 'truncated', replies: 3, scored: 2 },
    ])
  })

  test('asks about some replies twice, and says how far it agrees with itself', async () => {
    const made = setting((n) => scoring(n < 4 ? 5 : n < 6 ? 5 : 1), { askTwice: 4 })
    const { judge } = await run(made)
    expect(made.grader.requests).toHaveLength(12)
    expect(judge?.again).toMatchObject({ replies: 4, same: 2, difference: 2 })
  })
})

describe('what can go wrong with a judge is counted apart, and leaves the run as it was', () => {
  test('answers in another form', async () => {
    const result = await run(setting((n) => (n < 3 ? saying('A solid 4.') : scoring(4))))
    expect(result.judge).toMatchObject({ asked: 8, scored: 5, unreadable: 3, failed: 0 })
    expect(result).toMatchObject({ verdict: 'passed', total: { counts: { ok: 20, failed: 0 } } })
  })

  test('failures, which are not tried again', async () => {
    const made = setting((n) => (n === 1 || n === 2 ? { headMs: 1, status: 500 } : scoring(4)))
    const result = await run(made)
    expect(made.grader.requests).toHaveLength(8)
    expect(result.judge).toMatchObject({ asked: 8, scored: 6, failed: 2, failures: { http_status: 2 }, stopped: null })
    expect(result.errors).toEqual([])
    expect(result.notes).toContainEqual(expect.stringMatching(/^the judge did not answer 2 of 8 questions: .*500/))
  })

  test('nobody there: after three failures no more is asked', async () => {
    const made = setting(() => ({ headMs: 1, status: 401 }), { concurrency: 1 })
    const result = await run(made)
    expect(made.grader.requests).toHaveLength(3)
    expect(result.judge).toMatchObject({ asked: 3, scored: 0, failed: 3, stopped: 'unreachable', score: null, passed: null })
    expect(result.notes).toContainEqual(
      expect.stringMatching(/^the judge does not answer: .*401.*; 0 of 8 replies have a score$/),
    )
    expect(result.verdict).toBe('passed')
  })

  test('a mock that cannot be started', async () => {
    const { input } = setting(() => scoring(4), { target: { url: 'mock:/chat', mock: {} } })
    const plan = planOf(scenarioSchema.parse(input), { baseDir: '.', seed: 's' })
    const { LocalError } = await import('../../src/errors.ts')
    const startMock = () => Promise.reject(new LocalError('no port is free'))
    const clock = new VirtualClock()
    const { result } = await clock.drive(runPlanned(plan, { startMock, clock }))
    expect(result.judge).toMatchObject({ asked: 0, stopped: 'local', why: 'no port is free' })
    expect(result.verdict).toBe('passed')
  })

  test('no reply to score', async () => {
    const made = setting(
      () => scoring(4),
      {},
      {},
      () => ({ headMs: 1, status: 500 }),
    )
    const { judge } = await run(made)
    expect(made.grader.requests).toEqual([])
    expect(judge).toMatchObject({ replies: 0, sampled: 0, asked: 0, stopped: null, score: null })
  })
})

describe('thresholds on what a judge says', () => {
  const THRESHOLDS = [
    'judge_score avg >= 4',
    'judge_score min >= 3',
    'judge_score p50 >= 4',
    'judge_passed >= 50%',
    'judge_passed count > 3',
  ]
  const outcomes = async (reply: (n: number) => Reply) => {
    const { thresholds, verdict } = await run(setting(reply, {}, { thresholds: THRESHOLDS }))
    // The last one is the default rule on errors.
    const own = thresholds.slice(0, THRESHOLDS.length)
    return { verdict, states: own.map(({ state }) => state), thresholds: own }
  }

  test('hold or not, by the scores that count', async () => {
    const good = await outcomes((n) => scoring(n % 2 === 0 ? 5 : 3))
    expect(good.states).toEqual(['passed', 'passed', 'failed', 'passed', 'passed'])
    expect(good.thresholds.map(({ observed }) => observed)).toEqual([4, 3, 3, 0.5, 4])
  })

  test('fail a run whose answers are worse', async () => {
    const { verdict, thresholds } = await outcomes(() => scoring(2))
    expect(verdict).toBe('failed')
    expect(thresholds[0]).toMatchObject({ state: 'failed', reason: 'judge_score avg was 2, wanted >= 4, over 8 samples' })
  })

  test('take fractions as they are', async () => {
    const { thresholds } = await outcomes(() => scoring(3.75))
    expect(thresholds[0]?.observed).toBe(3.75)
  })

  test('fail without a score: an answer in another form is none, and neither is a judge that is not there', async () => {
    const none = { verdict: 'failed', states: Array.from({ length: 5 }, () => 'no_samples') }
    expect(await outcomes(() => saying('fine'))).toMatchObject(none)
    expect(await outcomes(() => ({ headMs: 1, status: 401 }))).toMatchObject(none)
  })
})

describe('a signal', () => {
  async function interrupted(after: number) {
    const made = setting(() => scoring(4), { concurrency: 1 })
    const plan = planOf(scenarioSchema.parse(made.input), { baseDir: '.', seed: 's' })
    const clock = new VirtualClock()
    const exits = () => (made.grader.requests.length >= after ? [{ code: EXIT.sigint, why: 'Ctrl-C' }] : [])
    const { result } = await clock.drive(runPlanned(plan, { clock, exits }))
    return { made, result }
  }

  test('ends the questions, and what has a score stays', async () => {
    const { made, result } = await interrupted(3)
    expect(made.grader.requests).toHaveLength(3)
    expect(result.judge).toMatchObject({ asked: 3, scored: 3, stopped: 'signal' })
    // The load was complete: what the signal ended is no part of it.
    expect(result).toMatchObject({ verdict: 'passed', status: 'completed', exitCodes: [], validity: { state: 'ok' } })
    expect(result.notes).toContain('a signal ended the questions to the judge; 3 of 8 replies have a score')
  })

  test('that came before leaves nobody asked', async () => {
    const { made, result } = await interrupted(0)
    expect(made.grader.requests).toEqual([])
    expect(result.judge).toMatchObject({ asked: 0, sampled: 8, stopped: 'signal' })
    expect(result).toMatchObject({ verdict: 'aborted', status: 'aborted', exitCode: EXIT.sigint })
  })
})

test('several criteria are scored each by itself, and thresholds select them', async () => {
  const byTask = (request: MemoryRequest) => scoring(messagesOf(request)[0]?.content.includes('Is it right?') ? 5 : 2)
  const made = setting(
    (_, request) => byTask(request),
    { criteria: { right: 'Is it right?', kind: { rubric: 'Is it kind?', pass: 3 } }, askTwice: 2 },
    {
      thresholds: [
        ...['judge_score{criterion=right} p50 == 5', 'judge_passed{criterion=right} >= 90%'],
        ...['judge_score{criterion=kind} avg >= 4', 'judge_passed{criterion=kind} >= 1%', 'judge_score avg == 3.5'],
      ],
    },
  )
  const { judge, thresholds } = await run(made)
  expect(judge).toMatchObject({
    ...{ asked: 20, scored: 8, score: { mean: 3.5 }, passed: { part: 0, whole: 8 } },
    criteria: [
      { name: 'right', scored: 8, score: { mean: 5 }, passed: { part: 8 }, again: { replies: 2, same: 2 } },
      { name: 'kind', scored: 8, score: { mean: 2 }, passed: { part: 0 }, again: { replies: 2, same: 2 } },
    ],
  })
  expect(thresholds.map(({ observed, samples, state }) => [observed, samples, state])).toEqual([
    [5, 8, 'passed'],
    [1, 8, 'passed'],
    [2, 8, 'failed'],
    [0, 8, 'failed'],
    [3.5, 8, 'passed'],
    // The default threshold on errors.
    [0, 20, 'passed'],
  ])
})
