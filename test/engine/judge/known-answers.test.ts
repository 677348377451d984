/** What a judge has answered is not asked again. */
import { expect, test } from 'vitest'
import { runScenario as inRealTime, type RunInput } from '../../support/run.ts'
import { type MemoryRequest, MemoryTarget, type Reply, runVirtual } from '../../support/virtual.ts'

const saying = (content: string): Reply => ({
  headMs: 1,
  headers: { 'content-type': 'application/json' },
  pieces: [[0, JSON.stringify({ choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }] })]],
})
const CHAT = { dialect: 'openai-chat', stream: false } as const

/** A judge that may be asked in several runs, what it was asked, and what of that is known. */
class Grader {
  answers: (n: number) => string = () => '{"score": 4}'
  readonly known = new Map<string, string>()
  private readonly target = new MemoryTarget({ reply: (_, n) => saying(this.answers(n)) })

  /** Runs a scenario with twelve replies, of which the judge scores six, two of them twice. */
  async run({ seed = 'seed', judge = {}, vars = {}, target = {} } = {}) {
    const chat = new MemoryTarget({ reply: (_, n) => saying(`reply ${n}`) })
    const before = this.target.requests.length
    const input = {
      name: 'judged',
      target: { url: chat.url, ...CHAT },
      vars,
      load: [{ iterations: 12, users: 1 }],
      steps: [{ message: 'question {{iteration.index}}' }],
      judge: {
        target: { url: this.target.url, model: 'grader', ...CHAT, ...target },
        sample: 6,
        askTwice: 2,
        concurrency: 1,
        ...judge,
      },
    } as RunInput
    const { result } = await runVirtual(input, { seed, known: knownAs(this.known) })
    return { judge: result.judge, requests: this.target.requests.slice(before) }
  }
}

const knownAs = (known: Map<string, string>) => ({
  get: (key: string) => known.get(key),
  add: (key: string, answer: string) => void known.set(key, answer),
})

const textsOf = (requests: readonly MemoryRequest[]) =>
  requests.map(({ body }) => JSON.stringify(body).replace(/-[0-9a-f]{12}>/g, '>'))

test('the same questions are answered from before, the second time that one is asked on purpose as well', async () => {
  const grader = new Grader()
  const first = await grader.run()
  expect([first.requests.length, first.judge?.asked, grader.known.size]).toEqual([8, 8, 8])
  grader.answers = () => '{"score": 1}'
  const again = await grader.run()
  expect(again.requests).toEqual([])
  expect(again.judge).toMatchObject({ asked: 0, remembered: 8, scored: 6, score: { mean: 4 }, again: { replies: 2, same: 2 } })
  expect(first.judge).not.toHaveProperty('remembered')
})

test('an answer is stored when it comes, before the next question goes out', async () => {
  const grader = new Grader()
  const stored: number[] = []
  grader.answers = () => {
    stored.push(grader.known.size)
    return '{"score": 4}'
  }
  await grader.run()
  expect(stored).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('only what was not asked before is asked: by another seed the sample is another, and marks have another code', async () => {
  const grader = new Grader()
  const first = await grader.run({ judge: { askTwice: 0 } })
  const second = await grader.run({ seed: 'other', judge: { askTwice: 0 } })
  const both = textsOf([...first.requests, ...second.requests])
  expect(new Set(both).size).toBe(both.length)
  expect(second.judge?.remembered).toBe(6 - second.requests.length)
  expect(second.judge?.remembered).toBeGreaterThan(0)
  expect(second.judge?.scored).toBe(6)
})

test.each([
  ['another rubric', { rubric: 'Is it short?' }],
  ['another scale', { scale: [0, 10] }],
  ['the cache left out', { cache: false }],
])('%s asks anew', async (_, judge) => {
  const grader = new Grader()
  await grader.run()
  expect((await grader.run({ judge })).requests).toHaveLength(8)
})

test.each([
  ['model', { model: '{{grader}}' }],
  ['query', { query: { deployment: '{{grader}}' } }],
  ['body', { body: { effort: '{{grader}}' } }],
])('another value of a variable in its %s asks anew, the same one does not', async (_, target) => {
  const grader = new Grader()
  const asked = async (vars: object) => (await grader.run({ target, vars })).requests.length
  expect([await asked({ grader: 'a' }), await asked({ grader: 'b' }), await asked({ grader: 'a' })]).toEqual([8, 8, 0])
})

test('what a model said that is known only when it is asked is not kept', async () => {
  const grader = new Grader()
  await grader.run({ target: { model: 'grader-{{user.id}}' } })
  await grader.run({ target: { query: { id: '{{uuid}}' } } })
  expect(grader.known.size).toBe(0)
})

test('an answer that cannot be read is asked for again', async () => {
  const grader = new Grader()
  grader.answers = (n) => (n % 2 === 0 ? 'I like it' : '{"score": 4}')
  const first = await grader.run()
  expect([first.judge?.unreadable, grader.known.size]).toEqual([4, 4])
  grader.answers = () => '{"score": 4}'
  const again = await grader.run()
  expect([again.requests.length, again.judge?.remembered, again.judge?.unreadable]).toEqual([4, 4, 0])
})

test('a judge that answers nothing leaves nothing behind', async () => {
  const known = new Map<string, string>()
  const { result } = await inRealTime(
    {
      ...{
        name: 'judged',
        target: { url: 'mock:', preset: 'openai-chat' },
        load: [{ iterations: 3 }],
        steps: [{ message: 'hi' }],
      },
      judge: { target: { url: 'http://127.0.0.1:9/', ...CHAT } },
    } as RunInput,
    { allowLag: true, known: knownAs(known) },
  )
  expect(result.judge).toMatchObject({ scored: 0, stopped: 'unreachable' })
  expect(known.size).toBe(0)
})
