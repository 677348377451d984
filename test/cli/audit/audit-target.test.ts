/** An audit of targets that answer in memory, in virtual time: what each of them does is known to the last digit. */
import { describe, expect, test } from 'vitest'
import { type AuditRequest, auditTarget } from '../../../src/cli/audit/audit-target.ts'
import { validateScenario } from '../../../src/scenario/validate.ts'
import { type MemoryRequest, MemoryTarget, type Reply } from '../../support/memory-target.ts'
import { planOf, type RunInput } from '../../support/run.ts'
import { runVirtual } from '../../support/virtual.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

interface Message {
  readonly role: string
  readonly content: string
}
interface Body {
  readonly stream?: boolean
  readonly messages: readonly Message[]
}

/** What a target of these tests does; the prompt is the text of all messages. */
interface Behaviour {
  readonly firstTokenMs?: (isKnown: boolean) => number
  readonly gapMs?: (isKnown: boolean) => number
  readonly text?: (prompt: string, n: number, isStreamed: boolean) => string
  /** The usage of a reply; the tokens are those of prompt and text, one for each word. */
  readonly usage?: (tokens: { prompt: number; text: number }, isKnown: boolean) => object | undefined
  readonly fails?: (n: number) => boolean
}

const words = (text: string) => text.split(' ').length
const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`
const COUNTED = ({ prompt, text }: { prompt: number; text: number }) => ({ prompt_tokens: prompt, completion_tokens: text })

function target({
  firstTokenMs = () => 100,
  gapMs = () => 10,
  text = () => 'one two three four',
  usage = COUNTED,
  fails,
}: Behaviour) {
  const known = new Set<string>()
  return new MemoryTarget({
    reply: ({ body }: MemoryRequest, n: number): Reply => {
      if (fails?.(n)) return { headMs: 1, status: 500 }
      const { stream = false, messages } = body as Body
      const prompt = messages.map(({ content }) => content).join('\n')
      const isKnown = known.has(prompt)
      known.add(prompt)
      const said = text(prompt, n, stream)
      const counts = usage({ prompt: words(prompt), text: words(said) }, isKnown)
      if (!stream)
        return {
          headMs: 1,
          pieces: [[firstTokenMs(isKnown), JSON.stringify({ choices: [{ message: { content: said } }], usage: counts })]],
        }
      const pieces = said
        .split(/(?= )/)
        .map(
          (content, i) =>
            [i === 0 ? firstTokenMs(isKnown) : gapMs(isKnown), event({ choices: [{ index: 0, delta: { content } }] })] as const,
        )
      const end = `${counts ? event({ choices: [], usage: counts }) : ''}data: [DONE]\n\n`
      return { headMs: 0, headers: { 'content-type': 'text/event-stream' }, pieces: [...pieces, [0, end]] }
    },
  })
}

/** Keys of a scenario; those of `target` join the usual ones, null removes them. */
type Own = Readonly<Record<string, unknown>> & { readonly target?: object | null }

async function audited(of: MemoryTarget, { target: more, ...own }: Own = {}, request: Partial<AuditRequest> = {}) {
  const input = {
    name: 'audited',
    ...(more === null ? {} : { target: { url: of.url, dialect: 'openai-chat', model: 'm', ...more } }),
    steps: [{ message: 'Hello {{uuid}}', name: 'hello' }],
    ...own,
  } as RunInput
  const { scenario } = validateScenario(JSON.stringify(input), 'test.json')
  if (!scenario) throw new Error('not a scenario')
  const clock = new VirtualClock()
  return clock.drive(
    auditTarget({ scenario, plan: planOf(input), raw: {}, warnings: [], layers: [], overrides: [], envUsed: {} } as never, {
      ...{ target: 'target', pairs: 8, message: undefined, timeoutMs: 60_000, allowCache: false, reference: undefined },
      ...{ startMock: () => Promise.reject(new Error('no mock here')), signal: new AbortController().signal, clock },
      ...request,
    }),
  )
}

const statesOf = ({ findings }: Awaited<ReturnType<typeof audited>>) =>
  Object.fromEntries(findings.map(({ check, state }) => [check, state]))
const PASSED = {
  'prompt-cache': 'passed',
  'reply-cache': 'passed',
  stream: 'passed',
  usage: 'passed',
  'whole-text': 'passed',
  determinism: 'info',
}
const promptOf = ({ body }: MemoryRequest) => (body as Body).messages.map(({ content }) => content)

test('a target without any of it passes, and gets pairs of a new and a repeated prompt, and one for a whole reply', async () => {
  const of = target({})
  const audit = await audited(of)
  expect(statesOf(audit)).toEqual(PASSED)
  expect(audit).toMatchObject({ step: 'hello', protocol: 'memory', messages: 17, failed: 0, problems: [] })
  const prompts = of.requests.flatMap(promptOf)
  expect(prompts).toHaveLength(17)
  const [repeated, ...more] = new Set(prompts.filter((_, at) => at % 2 === 1).concat(prompts.slice(-1)))
  expect(more).toEqual([])
  expect(new Set(prompts).size).toBe(9)
  // The beginnings differ, and the rest is the text of the first rendering.
  expect(new Set(prompts.map((prompt) => prompt.slice('[12345678] '.length))).size).toBe(1)
  expect(repeated).toMatch(/^\[[0-9a-f]{8}\] Hello [0-9a-f-]{36}$/)
  expect(of.requests.map(({ body }) => (body as Body).stream)).toEqual([...Array.from({ length: 16 }, () => true), false])
})

test('another audit has other beginnings, though the seed is the same', async () => {
  const of = target({})
  for (let i = 0; i < 2; i += 1) await audited(of, { seed: 7 })
  expect(new Set(of.requests.flatMap(promptOf)).size).toBe(18)
})

describe('a cache of prompts', () => {
  const cached = { firstTokenMs: (isKnown: boolean) => (isKnown ? 40 : 200) }

  test('is found by its times, and said to be unreported', async () => {
    const { findings } = await audited(target(cached))
    expect(findings[0]).toMatchObject({
      check: 'prompt-cache',
      state: 'failed',
      text: 'first token 40ms of the repeated prompt, 200ms of distinct ones: 80% faster (80% to 80%); the usage reports no cached tokens: cached',
      hint: expect.stringContaining('--allow-cache'),
      figures: { repeatedMs: 40, distinctMs: 200, pairs: 7, repeatedCachedShare: null },
    })
  })

  test('is allowed when asked to be, with what the usage says of it', async () => {
    const usage = (tokens: { prompt: number; text: number }, isKnown: boolean) => ({
      ...COUNTED(tokens),
      prompt_tokens_details: { cached_tokens: isKnown ? 2 : 0 },
    })
    const { findings } = await audited(target({ ...cached, usage }), {}, { allowCache: true })
    expect(findings[0]).toMatchObject({ state: 'passed', hint: '', figures: { distinctCachedShare: 0 } })
    expect(findings[0]?.figures.repeatedCachedShare).toBeCloseTo(2 / 3)
    expect(findings[0]?.text).toContain('by the usage 66.7% of it is cached, 0% of distinct ones')
  })

  test.each([
    [181, 'passed'],
    [179, 'failed'],
  ])('of a first token at %s ms in place of 200 is %s', async (known, state) => {
    expect(statesOf(await audited(target({ firstTokenMs: (isKnown) => (isKnown ? known : 200) })))).toEqual({
      ...PASSED,
      'prompt-cache': state,
    })
  })

  test('begins at the system prompt where there is one', async () => {
    const of = target(cached)
    const audit = await audited(of, { conversation: { system: 'You are {{uuid}}.' } })
    expect(statesOf(audit)['prompt-cache']).toBe('failed')
    const [system, message] = promptOf(of.requests[0] as MemoryRequest)
    expect([system, message]).toEqual([expect.stringMatching(/^\[[0-9a-f]{8}\] You are/), expect.stringMatching(/^Hello/)])
    expect(new Set(of.requests.map((request) => promptOf(request)[1])).size).toBe(1)
  })

  test('shows in whole replies where none is streamed, and nothing is said of streams', async () => {
    const { findings } = await audited(target(cached), { target: { stream: false } })
    expect(findings.map(({ check, state }) => `${check} ${state}`)).toEqual([
      'prompt-cache failed',
      'usage passed',
      'determinism info',
    ])
    expect(findings[0]?.figures).toMatchObject({ repeatedMs: 41, distinctMs: 201 })
  })

  test('cannot be told from replies that scatter', async () => {
    let n = 0
    const firstTokenMs = () => [100, 160, 90, 40, 200, 30, 80, 150][n++ % 8] ?? 0
    expect(statesOf(await audited(target({ firstTokenMs })))['prompt-cache']).toBe('undecided')
  })
})

test.each([0, 1, 4])('kept replies are found: tokens come at %s ms in place of 10', async (known) => {
  const of = target({ firstTokenMs: (isKnown) => (isKnown ? 20 : 200), gapMs: (isKnown) => (isKnown ? known : 10) })
  expect(statesOf(await audited(of))).toEqual({ ...PASSED, 'prompt-cache': 'failed', 'reply-cache': 'failed' })
})

test('a stream that comes in one piece is found', async () => {
  const audit = await audited(target({ gapMs: () => 0 }))
  expect(statesOf(audit)).toEqual({ ...PASSED, 'reply-cache': 'unknown', stream: 'failed' })
  expect(audit.findings.find(({ check }) => check === 'stream')?.text).toBe(
    'all 4 pieces came in one delivery, in 16 of 16 replies',
  )
})

describe('the usage', () => {
  const usageOf = async (usage: Behaviour['usage'], more: Behaviour = {}) => {
    const { findings } = await audited(target({ ...more, ...(usage && { usage }) }))
    return findings.find(({ check }) => check === 'usage')
  }

  test.each<[string, Behaviour['usage'], Behaviour, string, string]>([
    ['none', () => undefined, {}, 'unknown', 'no reply reports its tokens'],
    ['fewer tokens than pieces', () => ({ prompt_tokens: 2, completion_tokens: 2 }), {}, 'failed', '4 pieces came for 2 tokens'],
    [
      'far more tokens than characters',
      () => ({ prompt_tokens: 2, completion_tokens: 400 }),
      {},
      'failed',
      '6,400 tokens were counted for 288 characters',
    ],
    [
      'the tokens of reasoning that is not shown',
      () => ({ prompt_tokens: 2, completion_tokens: 400, completion_tokens_details: { reasoning_tokens: 396 } }),
      {},
      'passed',
      '400 tokens a reply, 4 pieces, 4.5 characters to a token',
    ],
    [
      'a prompt of which only what is new is counted',
      ({ prompt, text }, isKnown) => ({ prompt_tokens: isKnown ? 1 : prompt, completion_tokens: text }),
      {},
      'failed',
      'the same prompt was counted as 1 to 3 tokens',
    ],
  ])('%s', async (_, usage, more, state, text) => {
    expect(await usageOf(usage, more)).toMatchObject({ state, text: expect.stringContaining(text) })
  })
})

describe('the texts of replies to one prompt', () => {
  const textsOf = async (text: Behaviour['text'], own: Own = {}) => {
    const { findings } = await audited(target(text ? { text } : {}), own)
    const found = (name: string) => findings.find(({ check }) => check === name)
    return { whole: found('whole-text'), determinism: found('determinism') }
  }

  test('are alike, and the whole one is the same', async () => {
    const { whole, determinism } = await textsOf(undefined, { target: { temperature: 0 } })
    expect([whole?.text, determinism?.text]).toEqual([
      'the streamed text is the whole one, 18 characters',
      'all 8 replies to one prompt are alike (temperature 0)',
    ])
  })

  test('differ, so that a whole one cannot be compared', async () => {
    const { whole, determinism } = await textsOf((_, n) => `one two three ${n}`)
    expect([whole?.state, determinism?.state]).toEqual(['unknown', 'info'])
    expect(determinism?.text).toBe('8 different replies to one prompt in 8 (no temperature is asked for)')
  })

  test.each([
    [
      'one two three four',
      'three four',
      'after 0 characters the streamed text goes on with "three four", and the whole one goes on with "one two three four"',
    ],
    [
      'one two three four',
      'one two',
      'after 7 characters the streamed text ends there, and the whole one goes on with " three four"',
    ],
    [
      'one two',
      'one two three four',
      'after 7 characters the streamed text goes on with " three four", and the whole one ends there',
    ],
  ])('whole: %s, streamed: %s', async (whole, streamed, text) => {
    const found = await textsOf((_, __, isStreamed) => (isStreamed ? streamed : whole))
    expect(found.whole).toMatchObject({ state: 'failed', text, hint: expect.stringContaining('burn ping --raw') })
  })
})

test('the length is that of the same step of another run, or it is not', async () => {
  const { result } = await runVirtual({
    name: 'before',
    target: { url: target({}).url, dialect: 'openai-chat', model: 'm' },
    load: [{ users: 1, iterations: 3 }],
    steps: [{ message: 'Hello', name: 'hello' }],
  } as RunInput)
  const lengthOf = async (text: string, name = 'hello') => {
    const { findings } = await audited(
      target({ text: () => text }),
      { steps: [{ message: 'Hi', name }] },
      { reference: result.steps },
    )
    return findings.at(-1)
  }
  expect(await lengthOf('one two three four')).toMatchObject({ check: 'length', state: 'passed', figures: { change: 0 } })
  expect(await lengthOf('one two three four five')).toMatchObject({
    state: 'failed',
    text: '5 output tokens a reply, 4 in the reference: 25% more',
  })
  expect(await lengthOf('one', 'other')).toMatchObject({ state: 'undecided', text: 'the reference has no step other' })
})

describe('what is sent', () => {
  const sentIn = (of: MemoryTarget) =>
    new Set(of.requests.flatMap((request) => promptOf(request).map((text) => text.replace(/^\[\w+\] /, ''))))

  test('is the first message, wherever it stands, without checks, history and waits', async () => {
    const of = target({})
    const audit = await audited(of, {
      steps: [
        { delay: '1h' },
        { loop: { times: 3, steps: [{ message: 'First', name: 'in a loop', expect: [{ contains: 'never' }] }] } },
        { message: 'Second' },
      ],
    })
    expect([audit.step, audit.failed, [...sentIn(of)]]).toEqual(['in a loop', 0, ['First']])
    expect(new Set(of.requests.map(({ body }) => (body as Body).messages.length))).toEqual(new Set([1]))
  })

  test('is another message when asked for', async () => {
    const of = target({})
    await audited(of, {}, { message: 'Something {{uuid}} else' })
    expect([...sentIn(of)]).toEqual([expect.stringMatching(/^Something .{36} else$/)])
  })

  test('goes to the target that is audited', async () => {
    const [one, other] = [target({}), target({ gapMs: () => 0 })]
    const block = ({ url }: MemoryTarget) => ({ url, dialect: 'openai-chat', model: 'm' })
    const scenario = {
      target: null,
      targets: { one: block(one), other: block(other) },
      steps: [
        { message: 'To one', target: 'one' },
        { message: 'To other', target: 'other' },
      ],
    }
    expect(statesOf(await audited(one, scenario, { target: 'other' })).stream).toBe('failed')
    expect([one.requests.length, [...sentIn(other)]]).toEqual([0, ['To other']])
  })

  test('needs a message', async () => {
    const scenario = { target: { dialect: undefined }, steps: [{ request: { method: 'GET' } }] }
    await expect(audited(target({}), scenario)).rejects.toThrow('no step sends a message to target')
  })
})

describe('messages that fail', () => {
  test('from the first one on: nothing more is sent, and the reason is said', async () => {
    const of = target({ fails: () => true })
    expect(await audited(of)).toMatchObject({
      messages: 1,
      failed: 1,
      findings: [],
      problems: [expect.stringContaining('http_status in phase')],
    })
    expect(of.requests).toHaveLength(1)
  })

  test('now and then take their pairs along', async () => {
    const audit = await audited(target({ fails: (n) => n === 4 }))
    expect(audit).toMatchObject({
      messages: 17,
      failed: 1,
      findings: [{ check: 'prompt-cache', state: 'passed', figures: { pairs: 6 } }, {}, {}, {}, {}, {}],
    })
    expect((await audited(target({ fails: (n) => n === 4 || n === 7 }))).findings[0]).toMatchObject({
      state: 'undecided',
      text: '5 pairs of replies were ok; it takes 6',
    })
  })

  test('when a whole reply is asked for leave its text unknown', async () => {
    const audit = await audited(target({ fails: (n) => n === 16 }))
    expect(statesOf(audit)).toEqual({ ...PASSED, 'whole-text': 'unknown' })
  })
})
