/** `burn replay --live`: the recorded messages are sent again, as they were, and the replies stand beside the recorded ones. */
import { describe, expect, test } from 'vitest'
import { summaryLines } from '../../../../src/cli/replay/live/side-by-side.ts'
import { makePen } from '../../../../src/report/text/pen.ts'
import type { JournalEntry } from '../../../../src/store/journal/entry.ts'
import { entry } from '../../../store/entries.ts'
import { chat, Home, mockFor } from '../../harness.ts'

const PEN = makePen({ color: false, unicode: true, width: 200 })

test('of sessions that were chosen for being bad, nothing is tested', () => {
  const pairs = Array.from({ length: 8 }, () => ({ recorded: entry({ ttftMs: 900 }), now: entry({ ttftMs: 100 }) }))
  expect(summaryLines(pairs, PEN, true)[1]).toBe(
    '  ttft: median 900ms → 100ms (descriptive: of sessions chosen for being bad, the second time is better by chance alone)',
  )
})

test('sends the messages of a run again and records them', async () => {
  const home = new Home()
  const [before, after] = [await mockFor(), await mockFor()]
  const steps = [
    { message: 'My order {{randomInt 1 9}} \\{{late}}', name: 'open' },
    { delay: '20ms' },
    { message: 'And now?', name: 'more' },
  ]
  const scenario = home.write(
    's.json',
    chat(before.url, { steps, load: [{ iterations: 3, users: 1 }], conversation: { memory: 'full' } }),
  )
  const quiet = ['--allow-lag', '60s', '-q']
  await home.call(['run', scenario, '--out', 'old', '--log', 'all', ...quiet])
  const args = ['replay', 'old', '--live', '-e', `${after.url}/v1/chat/completions`, '--speed', 'max', '--out', 'new', ...quiet]
  const { code, stdout } = await home.call(args)
  expect(code).toBe(0)
  const said = (folder: string) =>
    home
      .read(`${folder}/sessions.jsonl`)
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((text) => {
        const { user, iteration, prompt, reply } = JSON.parse(text) as JournalEntry
        return [`${user}#${iteration}`, prompt, reply]
      })
  expect(said('new').map(([session, prompt]) => [session, prompt])).toEqual(
    said('old').map(([session, prompt]) => [session, prompt]),
  )
  expect(said('new')).toHaveLength(6)
  expect(stdout.match(/^session /gm)).toHaveLength(3)
  expect(stdout).toMatch(
    / {2}> My order \d \{\{late\}\}\n {4}recorded < .+\n {4}now {6}< .+\n {6}ttft .+ → .+ {2}reply .+ → .+ {2}words \d+% alike\n/,
  )
  expect(stdout).toContain('6 messages, 0 failed when recorded, 0 now; 6 answered both times')
  expect(stdout).toContain('(descriptive: 6 of the 8 pairs that a test needs)')
})

describe('messages with parts and tools', () => {
  const PNG = Buffer.from('89504e47', 'hex')
  const steps = [
    { message: [{ text: 'Look {{user.id}}' }, { image: 'cat.png' }, { image: 'https://e.org/{{iteration.index}}.png' }] },
    { message: 'Rain?', tools: [{ name: 'weather' }], toolReply: { weather: 'no' } },
  ]
  const quiet = ['--allow-lag', '60s', '-q']

  async function recorded() {
    const home = new Home()
    const mock = await mockFor({ toolRounds: 2 })
    home.write('cat.png', PNG.toString('latin1'))
    home.write('s.json', chat(mock.url, { steps, load: [{ iterations: 1, users: 1 }] }))
    await home.call(['run', 's.json', '--out', 'old', '--log', 'all', ...quiet])
    const live = (...args: string[]) => home.call(['replay', 'old', '--live', '--out', 'new', ...args, ...quiet])
    return { home, mock, live }
  }

  test('are sent again as they were', async () => {
    const { mock, live } = await recorded()
    const { code, stdout, stderr } = await live()
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('2 messages, 0 failed when recorded, 0 now; 2 answered both times')
    // The ids of calls are the server's.
    const bodies = mock.log().map(({ body }) => JSON.parse(body.replaceAll(/call_mock_\d+/g, 'call')))
    expect(bodies).toHaveLength(8)
    expect(bodies.slice(4)).toEqual(bodies.slice(0, 4))
  })

  test('are refused when their tools, their files or their texts are not there', async () => {
    const { home, mock, live } = await recorded()
    expect(await live('-e', mock.url, '--preset', 'openai-chat', '--model', 'm')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('session 0#0: its step step-2 had the tools weather, which this scenario does not have'),
    })
    home.write('cat.png', 'another')
    expect(await live()).toMatchObject({ code: 2, stderr: expect.stringContaining('cat.png is not the file that was sent') })
    const journal = home.read('old/sessions.jsonl')
    home.write('old/sessions.jsonl', journal.replace('"text":"Look 0"', '"text":"Look …[cut at 64 KiB]"'))
    expect((await live()).stderr).toContain('session 0#0: a message is too long for the journal')
    expect(mock.stats().requests).toBe(4)
  })

  test('an address that names a file here is no reason to send the file', async () => {
    const { home, mock, live } = await recorded()
    home.write('private.png', PNG.toString('latin1'))
    const journal = home.read('old/sessions.jsonl')
    home.write('old/sessions.jsonl', journal.replace('https://e.org/0.png', 'private.png'))
    const { code, stderr } = await live()
    expect([code, stderr]).toEqual([2, expect.stringContaining('session 0#0: private.png was sent as an address, and is none')])
    expect(mock.stats().requests).toBe(4)
  })
})

test('says that a masked secret is not what was sent', async () => {
  const home = new Home()
  const mock = await mockFor()
  const token = 'sk-secret-of-the-test-0123456789'
  const auth = { type: 'bearer', token }
  const steps = [{ message: `My key is ${token}` }, { message: 'And now?' }]
  const scenario = home.write('s.json', chat(mock.url, { steps, load: [{ iterations: 1, users: 1 }] }, { auth }))
  await home.call(['run', scenario, '--out', 'old', '--log', 'all', '--allow-lag', '60s', '-q'])
  const { code, stderr } = await home.call(['replay', 'old', '--live', '--speed', 'max', '--out', 'new', '--allow-lag', '60s'])
  expect(stderr).toContain('1 of 2 messages held a secret, which no journal keeps: [secret] is sent in its place')
  expect(code).toBe(0)
})

test('to one of several targets; or to an address alone, of which nothing else is known', async () => {
  const home = new Home()
  const [before, after, other] = [await mockFor(), await mockFor(), await mockFor()]
  const target = ({ url }: { readonly url: string }) => ({
    preset: 'openai-chat',
    url: `${url}/v1/chat/completions`,
    model: 'demo',
  })
  const { target: _, ...rest } = chat(before.url, { load: [{ iterations: 2, users: 1 }] })
  const scenario = home.write('s.json', { ...rest, targets: { now: target(before), next: target(after) } })
  const quiet = ['--allow-lag', '60s', '-q']
  await home.call(['run', scenario, '--target', 'now', '--out', 'old', '--log', 'all', ...quiet])
  const targets = async (out: string, ...args: string[]) => {
    const { code } = await home.call(['replay', 'old', '--live', '--out', out, ...args, ...quiet])
    const entries = home.read(`${out}/sessions.jsonl`).trimEnd().split('\n').slice(1)
    return [code, ...entries.map((text) => (JSON.parse(text) as JournalEntry).target)]
  }
  expect(await targets('first')).toEqual([0, 'now', 'now'])
  expect(await targets('second', '--target', 'next')).toEqual([0, 'next', 'next'])
  expect(await targets('third', '-e', other.url, '--preset', 'openai-chat', '--model', 'demo')).toEqual([0, 'target', 'target'])
  expect(other.stats().requests).toBeGreaterThanOrEqual(2)
})

test.each([
  [['--live'], 'the scenario of the run in old is not there: gone.yaml'],
  [['--live', '-c', 'x', '-e', 'http://127.0.0.1:1/', '--preset', 'openai-chat'], '-c x: expected a whole number above zero'],
  [['--live', '--list'], "cannot be used with option '--list'"],
  [['-e', 'http://127.0.0.1:1/'], '-e goes with --live'],
])('%j: exit 2', async (args, words) => {
  const home = new Home()
  const header = {
    journal: '1.0',
    runId: 'r',
    scenarioName: 's',
    scenarioFile: 'gone.yaml',
    scenarioHash: 'h',
    seed: '1',
    startTime: 1,
    level: 'all',
  }
  home.write('old/sessions.jsonl', `${JSON.stringify(header)}\n${JSON.stringify(entry())}\n`)
  const { code, stderr } = await home.call(['replay', 'old', ...args])
  expect(stderr).toContain(words)
  expect(code).toBe(2)
})
