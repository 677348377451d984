import { describe, expect, test } from 'vitest'
import { nearestPlaces } from '../../src/cli/reply/nearest.ts'
import type { ReplySample } from '../../src/cli/validate/reading.ts'
import { readingsOf, type SampleWish } from '../../src/cli/validate/sample.ts'
import { sampleFindings, sampleLines } from '../../src/cli/validate/sample-view.ts'
import { documentsOf } from '../../src/dialects/reply/documents.ts'
import { pathText } from '../../src/scenario/read/source/source.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import { costMeter } from '../support/cost.ts'
import { Home } from './harness.ts'

const REPLY = {
  id: 'r-1',
  conversation: { uuid: 'c-1' },
  choices: [{ message: { role: 'assistant', content: 'Order 17 is late' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 12, completion_tokens: 5, note: 'n' },
}
const events = (...data: readonly unknown[]) =>
  data.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join('')
const STREAM = events(
  { choices: [{ delta: { role: 'assistant' } }] },
  { choices: [{ delta: { content: 'Hel' } }] },
  { choices: [{ delta: { content: 'lo' } }] },
  { choices: [{ delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 3, completion_tokens: 2 } },
  '[DONE]',
)

const sampleOf = (body: unknown): ReplySample => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { file: 'r.json', body: text, ...documentsOf(text) }
}

/** What the only target of a scenario makes of a reply. */
function readingOf(own: object, body: unknown, wish: SampleWish = {}) {
  const text = JSON.stringify({ name: 't', steps: [{ message: 'hi' }], ...own })
  const checked = validateScenario(text, 'a.json')
  expect(checked.problems).toEqual([])
  const sample = sampleOf(body)
  const [reading, ...more] = readingsOf(checked, sample, wish)
  if (!reading || more.length > 0) throw new Error('expected one target')
  return { ...reading, findings: sampleFindings(reading, sample), lines: sampleLines(reading, sample, 'a.json') }
}

const generic = (response: object) => ({ target: { url: 'http://127.0.0.1/', response } })
const statesOf = ({ checks }: ReturnType<typeof readingOf>) =>
  Object.fromEntries(
    checks.map(({ place, state, said }) => [pathText(place).replace(/^target\.response\./, ''), `${state}: ${said}`]),
  )

describe('the mapping of a target', () => {
  test('tells what every path finds', () => {
    const text = '$.choices[0].message.content'
    const usage = { input: '$.usage.prompt_tokens', output: '$.usage.completion_tokens' }
    const toolCalls = '$.choices[0].message.tool_calls'
    const reading = readingOf(generic({ text, usage, toolCalls, finish: '$.choices[0].finish_reason', conversationId: '$.conversation.uuid', error: '$.error.message' }), REPLY) // biome-ignore format: one line
    expect(statesOf(reading)).toEqual({
      text: 'found: "Order 17 is late"',
      toolCalls: 'open: nothing: the sample calls no tool',
      'usage.input': 'found: 12',
      'usage.output': 'found: 5',
      finish: 'found: "stop"',
      conversationId: 'found: "c-1"',
      error: 'open: nothing: the sample is no error reply',
    })
    expect(reading.findings).toEqual([])
  })

  test.each([
    ['text', '$.choices[0].text', 'nothing', 'did you mean $.choices[0].message.content'],
    ['text', '$.choises[0].message.content', 'nothing', 'did you mean $.choices[0].message.content'],
    ['text', '$.content', 'nothing', 'did you mean $.choices[0].message.content'],
    ['text', 'choices.0.message.contents', 'nothing', 'did you mean $.choices[0].message.content'],
    ['conversationId', '$.conversation_id.uuid', 'nothing', 'did you mean $.conversation.uuid'],
  ])('%s at %s finds %s: %s', (key, path, said, hint) => {
    const [finding] = readingOf(generic({ text: '$.choices[0].message.content', [key]: path }), REPLY).findings
    expect(finding).toMatchObject({
      code: 'E_SAMPLE',
      path: ['target', 'response', key],
      message: `${path} finds ${said} in r.json`,
    })
    expect(finding?.hint).toMatch(new RegExp(`^${hint.replace(/[$.[\]]/g, '\\$&')}`))
  })

  test('a token count has to be a number', () => {
    const { findings } = readingOf(generic({ text: '$.id', usage: { output: '$.usage.note' } }), REPLY)
    expect(findings).toMatchObject([{ message: '$.usage.note in r.json: "n" is no number', hint: 'did you mean $.usage.prompt_tokens or $.usage.completion_tokens?' }]) // biome-ignore format: one line
  })

  test.each([
    ['SSE', STREAM],
    ['NDJSON', STREAM.replace('[DONE]', '{"done":true}').replaceAll('data: ', '').replaceAll('\n\n', '\n')],
  ])('a stream is read event by event (%s)', (_, body) => {
    const reading = readingOf(generic({ text: '$.reply', delta: '$.choices[0].delta.content', usage: { output: '$.usage.completion_tokens' } }), body) // biome-ignore format: one line
    expect(reading.exchange).toMatchObject({ outcome: 'ok', text: 'Hello', frames: 2 })
    expect(statesOf(reading)).toMatchObject({
      text: 'open: for whole replies; the sample is a stream',
      delta: expect.stringMatching(/^found: "Hel" \(in 2 of [45] events\)$/),
      'usage.output': expect.stringMatching(/^found: 2 /),
    })
  })

  test('the value that ends a stream has to come', () => {
    const end = { path: '$.choices[0].finish_reason', equals: 'length' }
    const { findings } = readingOf(generic({ delta: '$.choices[0].delta.content', end }), STREAM)
    expect(findings.map(({ message }) => message)).toEqual([
      '$.choices[0].finish_reason in r.json: never "length", but "stop" (in 1 of 4 events)',
    ])
  })

  test('an error reply is held against the path of the error alone', () => {
    const reading = readingOf(generic({ text: '$.reply', error: '$.fault.text' }), { fault: { text: 'no such model' } })
    expect(reading.isError).toBe(true)
    expect(statesOf(reading)).toEqual({ text: 'open: the sample is an error reply', error: 'found: "no such model"' })
    expect(reading.findings).toEqual([])
  })

  test('without a mapping, a text that is nowhere is a problem with a suggestion', () => {
    const { findings } = readingOf({ target: { url: 'http://127.0.0.1/' } }, { data: { deep: { answer: 'hi there' } } })
    expect(findings).toMatchObject([
      { path: ['target'], hint: 'there is text at $.data.deep.answer: response: { text: "$.data.deep.answer" }' },
    ])
  })

  test('messages of a socket come one by one', () => {
    const target = { url: 'ws://127.0.0.1/', response: { delta: '$.token', end: { path: '$.done' } } }
    const reading = readingOf({ target }, '{"token":"a"}\n{"token":"b"}\n{"done":true}\n')
    expect(reading.exchange).toMatchObject({ outcome: 'ok', text: 'ab' })
    expect(reading.findings).toEqual([])
  })
})

describe('presets', () => {
  const target = { preset: 'openai-chat', url: 'mock:', model: 'm' }

  test.each([
    ['one document', REPLY, 'Order 17 is late', 5],
    ['a stream', STREAM, 'Hello', 2],
  ])('the dialect reads %s', (_, body, text, outputTokens) => {
    const { exchange, findings, lines } = readingOf({ target }, body)
    expect(exchange).toMatchObject({ outcome: 'ok', text, finishReason: 'stop', usage: { outputTokens } })
    expect(findings).toEqual([])
    expect(lines.join('\n')).toContain(`  text      ${JSON.stringify(text)}\n`)
  })

  test.each([
    ['a stream that ends early', STREAM.replace('data: [DONE]', ':').replace('"finish_reason":"stop"', '"x":1'), /^openai-chat cannot read r\.json: closed_early/],
    ['a reply of something else', { answer: 'hi' }, /r\.json/],
    ['a page', '<html>502</html>', /^openai-chat cannot read r\.json: bad_/],
  ])('%s is a problem of the target', (_, body, message) => {
    const { findings } = readingOf({ target }, body)
    expect(findings).toMatchObject([{ code: 'E_SAMPLE', path: ['target'] }])
    expect(findings[0]?.message).toMatch(message)
  }) // biome-ignore format: a table

  test('ollama writes lines', () => {
    const body =
      '{"message":{"content":"a"},"done":false}\n{"message":{"content":"b"},"done":true,"done_reason":"stop","eval_count":2}\n'
    expect(readingOf({ target: { preset: 'ollama', url: 'mock:' } }, body).exchange).toMatchObject({ outcome: 'ok', text: 'ab' })
  })
})

describe('steps', () => {
  const base = generic({ text: '$.choices[0].message.content' })
  const step = (own: object) => readingOf({ ...base, steps: [{ message: 'hi', ...own }] }, REPLY)

  test.each([
    ['$.conversation.uuid', 'found: "c-1"'],
    ['$.conversation.id', 'missing: nothing'],
    ['$..role', 'found: "assistant"'],
    ['/Order (\\d+)/', 'found: "17"'],
    ['/order no (\\d+)/', 'missing: nothing'],
    ['header:x-id', 'open: not in a sample'],
    ['text', 'found: "Order 17 is late"'],
    ['usage:output', 'found: 5'],
  ])('capture %s: %s', (source, state) => {
    expect(step({ capture: { x: source } }).checks.at(-1)).toMatchObject({ place: ['steps', 0, 'capture', 'x'], state: state.split(':')[0], said: state.slice(state.indexOf(':') + 2) })
  }) // biome-ignore format: a table

  test('a capture with a default may find nothing', () => {
    const { checks, findings } = step({ capture: { x: { json: '$.nope', default: 1 } } })
    expect(checks.at(-1)).toMatchObject({ place: ['steps', 0, 'capture', 'x', 'json'], state: 'open' })
    expect(findings).toEqual([])
  })

  test.each([
    [{ json: '$.choices[0].message.content' }, []],
    [{ json: '$.choices[0].content' }, [['steps', 0, 'expect', 1, 'json']]],
    [{ json: { path: '$.usage.total', gt: 1 } }, [['steps', 0, 'expect', 1, 'json', 'path']]],
    [{ json: { path: '$.error', exists: false } }, []],
    [{ json: { path: '$.id', exists: false } }, [['steps', 0, 'expect', 1, 'json', 'path']]],
    [{ json: { path: '$.{{user.id}}' } }, []],
  ])('expect %j', (item, places) => {
    expect(step({ expect: [{ status: 200 }, item] }).findings.map(({ path }) => path)).toEqual(places)
  })

  test('what needs the text is not blamed for a wrong path to it', () => {
    const own = { ...generic({ text: '$.nowhere.at.all' }), steps: [{ message: 'hi', capture: { n: '/(\\d+)/', id: '$.id' } }] }
    const reading = readingOf(own, REPLY)
    expect(reading.findings.map(({ path }) => path)).toEqual([['target', 'response', 'text']])
    expect(reading.checks.map(({ state }) => state)).toEqual(['missing', 'open', 'found'])
  })

  test('the id of a conversation', () => {
    const conversation = { id: { from: '$.conversation.id', sendAs: 'header:x-id' } }
    expect(readingOf({ ...base, conversation }, REPLY).findings).toMatchObject([
      { path: ['conversation', 'id', 'from'], hint: expect.stringContaining('$.conversation.uuid') },
    ])
  })

  const mixed = {
    ...base,
    setup: [{ request: { method: 'GET' }, name: 'login', capture: { token: '$.token' } }],
    steps: [
      { message: 'hi', name: 'ask' },
      { request: { method: 'GET' }, name: 'list', capture: { first: '$.items[0].id' } },
    ],
  }

  test('a sample is the reply of messages, unless a step is named', () => {
    expect(readingOf(mixed, REPLY)).toMatchObject({ findings: [], leftOut: ['list', 'login'] })
    const list = readingOf(mixed, { items: [{ id: 5 }] }, { step: 'list' })
    expect(list).toMatchObject({ understood: false, findings: [], leftOut: ['ask', 'login'] })
    expect(readingOf(mixed, { tokens: 'abc' }, { step: 'login' }).findings).toMatchObject([{ path: ['setup', 0, 'capture', 'token'], hint: 'did you mean $.tokens?' }])
    expect(() => readingOf(mixed, REPLY, { step: 'lst' })).toThrow('--step lst: the scenario has no such step')
    expect(() => readingOf(mixed, REPLY, { target: 'prod' })).toThrow('--target prod: the scenario has no such target')
  }) // biome-ignore format: one line each
})

describe('nearest paths', () => {
  const paths = (wanted: string, value: unknown) => nearestPlaces(wanted, [value], () => true).map(({ path }) => path)

  test.each([
    ['$.data.replies.text', { data: { reply: { text: 'x' } } }, '$.data.reply.text'],
    ['$.reply', { result: { output: { reply: 'x' } } }, '$.result.output.reply'],
    ['$.a.userName', { a: { user_name: 'x', other: 1 } }, '$.a.user_name'],
    ['$["odd key"].x', { 'odd keys': { x: 1 } }, '$["odd keys"].x'],
  ])('%s', (wanted, value, nearest) => {
    expect(paths(wanted, value)[0]).toBe(nearest)
  })

  test('nothing alike, nothing said; a wide reply costs no more than it must', () => {
    expect(paths('$.conversation.identifier', { q: 1 })).toEqual([])
    const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`key${i}`, i]))
    const spent = costMeter()
    expect(paths('$.key1', wide)).toContain('$.key1')
    expect(spent()).toBeLessThan(2000)
  })
})

describe('burn validate', () => {
  const scenario = (own: object = {}) => ({ name: 't', ...generic({ text: '$.repl' }), steps: [{ message: 'hi' }], ...own })

  test('--sample: exit 2 at the line of the scenario, and what every path finds', async () => {
    const home = new Home()
    home.write(
      'a.yaml',
      'name: t\ntarget:\n  url: http://127.0.0.1/\n  response:\n    text: $.repl\nsteps: [ { message: hi } ]\n',
    )
    home.write('r.json', { reply: 'hello\u001b[2J' })
    const { code, stdout } = await home.call(['validate', 'a.yaml', '--sample', 'r.json'])
    expect(code).toBe(2)
    expect(stdout).toMatch(/^a\.yaml:5:11: error E_SAMPLE \$\.repl finds nothing in r\.json\n/)
    expect(stdout).toContain('hint: did you mean $.reply?')
    expect(stdout).toContain('  ✗ response.text  $.repl  nothing; did you mean $.reply?\n')
    expect(stdout).not.toContain('\u001b[2J')
    const json = JSON.parse((await home.call(['validate', 'a.yaml', '--sample', 'r.json', '--format', 'json'])).stdout)
    expect(json).toMatchObject({
      errors: 1,
      samples: [{ file: 'a.yaml', paths: [{ place: 'target.response.text', state: 'missing' }] }],
    })
    home.write('good.json', { repl: 'hello' })
    expect((await home.call(['validate', 'a.yaml', '--sample', 'good.json', '--quiet'])).code).toBe(0)
  })

  test.each([
    [['--sample', 'none.json'], /--sample none\.json: there is no such file/],
    [['--sample', 'empty.json'], /--sample empty\.json: the file is empty/],
    [['--step', 'open'], /--step says whose reply --sample is: there is no --sample/],
    [['--set', 'nothing'], /--set nothing: expected path=value/],
  ])('%j is bad usage', async (flags, message) => {
    const home = new Home()
    home.write('a.json', scenario())
    home.write('empty.json', ' \n')
    const { code, stderr } = await home.call(['validate', 'a.json', ...flags])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) })
  })

  test('--profile, --environment and --set check what a run would take', async () => {
    const home = new Home()
    home.write(
      'a.json',
      scenario({
        profiles: { night: { load: [{ users: 0, for: '1h' }] } },
        environments: { prod: { seed: [] }, dev: { seed: 1 } },
      }),
    )
    const problems = async (...flags: string[]) => {
      const { code, stdout } = await home.call(['validate', 'a.json', ...flags])
      return { code, found: Array.from(stdout.matchAll(/^(?:\S+ )?error (\S+ .*)$/gm), ([, text]) => text) }
    }
    expect((await problems()).found).toHaveLength(2)
    expect(await problems('--environment', 'dev')).toEqual({ code: 0, found: [] })
    expect(await problems('--profile', 'quick')).toEqual({ code: 0, found: [] })
    expect((await problems('--profile', 'night')).found).toEqual([expect.stringMatching(/^E_\w+ .*got 0/)])
    expect((await problems('--environment', 'dev', '--set', 'steps.0.name=a/b')).found).toEqual([
      expect.stringMatching(/flag --set steps\.0\.name: expected a name/),
    ])
    expect((await problems('--profile', 'nigt')).found).toEqual(['E_OVERLAY there is no profile "nigt"'])
    const { stdout } = await home.call(['validate', 'a.json', '--environment', 'prd'])
    expect(stdout).toContain('hint: did you mean prod? environments: prod, dev')
  })

  test('of several files, those that have the profile are checked all the same', async () => {
    const home = new Home()
    home.write('a.json', scenario({ profiles: { night: { seed: [] } } }))
    home.write('b.json', scenario())
    const { code, stdout } = await home.call(['validate', '*.json', '--profile', 'night'])
    expect(code).toBe(2)
    expect(stdout).toMatch(/^a\.json:\d+:\d+: error/m)
    expect(stdout).toMatch(/^b\.json:1:1: error E_OVERLAY there is no profile "night"/m)
  })
})
