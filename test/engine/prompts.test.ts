/** Generated prompts and drawn lengths of replies, as the target gets them. */
import { expect, test } from 'vitest'
import { dirWith } from '../data/files.ts'
import { chatTarget, runVirtual } from '../support/virtual.ts'

interface Body {
  readonly messages: readonly { readonly content: string }[]
  readonly max_completion_tokens?: number
}

/** What a target is sent by iterations of two users with this step. */
async function sent(step: object, target: object = {}, more: object = {}, baseDir = '.') {
  const memory = chatTarget()
  const { result } = await runVirtual(
    {
      name: 'prompts',
      target: { url: memory.url, protocol: 'memory' as never, dialect: 'openai-chat', model: 'm', ...target },
      load: [{ users: 2, iterations: 40 }],
      steps: [{ message: '{{prompt}}', ...step }],
      ...more,
    },
    { baseDir },
  )
  const bodies = memory.requests.map(({ body }) => (typeof body === 'string' ? JSON.parse(body) : body) as Body)
  return { result, bodies, words: bodies.map(({ messages }) => (messages.at(-1)?.content ?? '').split(' ')) }
}

test('prompts are as long as drawn, the same for the same seed, and another one each time', async () => {
  const step = { prompt: { tokens: { min: 5, max: 9 } } }
  const { words, result } = await sent(step)
  const lengths = words.map(({ length }) => length)
  expect(lengths).toHaveLength(40)
  expect(new Set(lengths)).toEqual(new Set([5, 6, 7, 8, 9]))
  expect(new Set(words.map((text) => text.join(' '))).size).toBe(40)
  expect((await sent(step)).words).toEqual(words)
  expect(result.iterations.faulted).toBe(0)
})

test('prompts share prefixes of a pool over all users; a salt stands in front', async () => {
  const step = { prompt: { tokens: 3, sharedPrefix: { tokens: 20, pool: 2 }, salt: 'user{{user.id}}' } }
  const { words } = await sent(step)
  expect(new Set(words.map(({ length }) => length))).toEqual(new Set([24]))
  expect(new Set(words.map(([salt]) => salt))).toEqual(new Set(['user0', 'user1']))
  expect(new Set(words.map((text) => text.slice(1, 21).join(' '))).size).toBe(2)
  expect(new Set(words.map((text) => text.slice(21).join(' '))).size).toBe(40)
})

test('each message asks for a reply of a length of its own', async () => {
  const { bodies } = await sent({ prompt: { tokens: 1 } }, { maxTokens: { points: [{ value: 10 }, { value: 500 }] } })
  expect(new Set(bodies.map(({ max_completion_tokens }) => max_completion_tokens))).toEqual(new Set([10, 500]))
})

test('a trace says how long each reply is to be', async () => {
  const rows = [{ atMs: 0, outputTokens: 7 }, { atMs: 5 }, { atMs: 9, outputTokens: 90 }]
  const dir = dirWith({ 't.jsonl': rows.map((row) => JSON.stringify(row)).join('\n') })
  const load = [{ trace: 't.jsonl' }]
  const { bodies } = await sent({ message: 'x' }, { maxTokens: '{{trace.outputTokens}}' }, { load }, dir)
  expect(bodies.map(({ max_completion_tokens }) => max_completion_tokens)).toEqual([7, undefined, 90])
})

test('a bound that is no number fails the attempt as an error of the scenario', async () => {
  const { result, bodies } = await sent({ message: 'x' }, { maxTokens: '{{run.name}}' }, { load: [{ iterations: 1 }] })
  expect(bodies).toEqual([])
  expect(JSON.stringify(result.errors)).toContain('local_template')
})

test('what was asked for stands beside what the target counted', async () => {
  const step = { message: 'Read: {{prompt}}', prompt: { tokens: 10, sharedPrefix: { tokens: 90 }, salt: 'abc' } }
  const { result } = await sent(step, { maxTokens: { points: [{ value: 4 }] } }, { conversation: { system: '12345678' } })
  const { asked_input_tokens, asked_output_tokens, input_of_asked, output_of_asked } = result.total.distributions
  expect([asked_input_tokens?.mean, asked_input_tokens?.count]).toEqual([100, 40])
  expect([asked_output_tokens?.mean, asked_output_tokens?.count]).toEqual([4, 40])
  // The target counts 1 token of input, and 2 of output; the salt, "Read: " and the system prompt are 17 characters.
  expect(input_of_asked?.mean).toBeCloseTo(1 / 105, 4)
  expect([output_of_asked?.mean, output_of_asked?.count]).toEqual([0.5, 40])
})

test('later turns, which send earlier ones along, are not held against their prompt', async () => {
  const steps = [{ loop: { times: 3, steps: [{ message: '{{prompt}}', prompt: { tokens: 10 } }] } }]
  const { result } = await sent({}, {}, { steps, conversation: { memory: 'full' }, load: [{ users: 1, iterations: 5 }] })
  const { asked_input_tokens, input_of_asked } = result.total.distributions
  expect([asked_input_tokens?.count, input_of_asked?.count]).toEqual([15, 5])
})

test('a scenario that draws no lengths has none of these metrics', async () => {
  const { result } = await sent({ message: 'x' }, { maxTokens: 5 })
  expect(Object.keys(result.total.distributions).filter((name) => name.includes('asked'))).toEqual([])
})

test('a corpus gives the words, none of which is a template', async () => {
  const dir = dirWith({ 'c.txt': 'alpha {{env.HOME}} "beta" \\ {{{gamma}}} '.repeat(50) })
  const step = { prompt: { tokens: 30, corpus: 'c.txt', sharedPrefix: { tokens: 12 } } }
  const { words } = await sent(step, {}, {}, dir)
  expect(new Set(words.flatMap((text) => text.flatMap((word) => word.split('\n'))))).toEqual(
    new Set(['alpha', '{{env.HOME}}', '"beta"', '\\', '{{{gamma}}}']),
  )
  expect(new Set(words.map((text) => text.slice(0, 4).join(' '))).size).toBe(1)
  expect(new Set(words.map((text) => text.join(' '))).size).toBeGreaterThan(5)
  expect((await sent(step, {}, {}, dir)).words).toEqual(words)
})

test('of several prefixes each is taken as often as its weight says, and is the same for all', async () => {
  const sharedPrefix = [{ tokens: 20, weight: 6 }, { tokens: 50, pool: 2, weight: 3 }, { tokens: 0 }]
  const load = [{ users: 2, iterations: 400 }]
  const { words, result } = await sent({ prompt: { tokens: 3, sharedPrefix } }, {}, { load })
  const of = (length: number) => words.filter((text) => text.length === length)
  expect(of(23).length + of(53).length + of(3).length).toBe(400)
  expect([of(23).length, of(53).length].map((count) => Math.round(count / 40))).toEqual([6, 3])
  const begins = (texts: string[][], length: number) => texts.map((text) => text.slice(0, length).join(' '))
  expect([new Set(begins(of(23), 20)).size, new Set(begins(of(53), 50)).size]).toEqual([1, 2])
  expect(
    new Set(
      begins(
        words.filter((text) => text.length > 3),
        5,
      ),
    ).size,
  ).toBe(3)
  expect(result.total.distributions.asked_input_tokens?.max).toBe(53)
})

test('each iteration draws how many rounds a loop makes', async () => {
  const steps = [{ loop: { times: { min: 2, max: 4 }, steps: [{ message: '{{loop.count}}' }] } }]
  const turns = async (seed: string) => {
    const { words } = await sent({}, {}, { steps, seed, load: [{ users: 1, iterations: 60 }] })
    const counts = words.map(([count]) => Number(count))
    return counts.filter((count, at) => count >= (counts[at + 1] ?? 0))
  }
  const drawn = await turns('a')
  expect(drawn).toHaveLength(60)
  expect(new Set(drawn)).toEqual(new Set([2, 3, 4]))
  expect([await turns('a'), (await turns('b')).join() === drawn.join()]).toEqual([drawn, false])
})

test('a user stays in its class: its group says how long its prompts and replies are', async () => {
  const groups = {
    short: { weight: 3, promptTokens: 4, maxTokens: { min: 900, max: 999 } },
    long: { promptTokens: { min: 30, max: 39 }, maxTokens: 7 },
    plain: {},
  }
  const step = { prompt: { tokens: 15, salt: '{{user.id}}' } }
  const { bodies, words, result } = await sent(step, { maxTokens: 50 }, { groups, load: [{ users: 40, iterationsPerUser: 3 }] })
  const classes = new Map<string, Set<string>>()
  for (const [at, [user = '', ...text]] of words.entries()) {
    const limit = bodies[at]?.max_completion_tokens ?? 0
    const name = text.length === 4 && limit >= 900 ? 'short' : text.length >= 30 && limit === 7 ? 'long' : 'plain'
    expect(name === 'plain' ? [text.length, limit] : [15, 50]).toEqual([15, 50])
    classes.set(user, (classes.get(user) ?? new Set()).add(name))
  }
  expect(classes.size).toBe(40)
  expect([...classes.values()].every((names) => names.size === 1)).toBe(true)
  expect(new Set([...classes.values()].flatMap((names) => [...names]))).toEqual(new Set(['short', 'long', 'plain']))
  const asked = (group: string) => result.tags[`group=${group}`]?.distributions.asked_output_tokens
  expect([asked('long')?.max, asked('plain')]).toEqual([7, undefined])
})
