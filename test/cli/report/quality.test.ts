import { describe, expect, test } from 'vitest'
import { chat, Home, mockFor, OUT } from '../harness.ts'

const steps = [
  { message: 'Where is my order?', name: 'first' },
  { message: 'What does the other one cost?', name: 'second' },
]

/** Runs the two messages at the mock, and keeps all replies in the folder `out`. */
async function run(home: Home, out: string, own: Readonly<Record<string, unknown>> = {}, target = {}) {
  const mock = await mockFor({ tokens: 40 })
  home.write('burn.json', chat(mock.url, { steps, ...own }, target))
  await home.call(['run', 'burn.json', '--out', out, ...OUT.slice(2), '--log', 'all'])
}

const report = async (home: Home, ...args: string[]) => {
  const { stdout, code } = await home.call(['report', '--quality', ...args, '--format', 'json'])
  expect(code).toBe(0)
  return JSON.parse(stdout)
}

describe('burn report --quality', () => {
  test('measures the same again as the run did', async () => {
    const home = new Home()
    await run(home, 'out', { quality: { targetLatencyMs: '1ms', blocklist: ['turn'] } })
    const { measured, measures, flags, settings } = home.result().quality ?? {}
    const again = await report(home, 'out')
    expect(again).toMatchObject({ kept: 10, replies: 10, settings, total: { method: 'heuristic', measured, flags } })
    expect(again.total.measures.safety.mean).toBe(0.8)
    const { latency: _rounded, overall: _too, ...others } = measures ?? {}
    expect(again.total.measures).toMatchObject(others)
    expect(Object.keys(again.steps)).toEqual(['first', 'second'])
    expect(again.steps.second).toMatchObject({ measured: 5, measures: { turnSimilarity: { count: 5 } } })
  })

  test('measures runs that were not', async () => {
    const home = new Home()
    await run(home, 'out', { quality: false })
    expect(await report(home, 'out')).toMatchObject({ kept: 10, replies: 10, settings: { targetLatencyMs: 5000 } })
  })

  test('prints tables', async () => {
    const home = new Home()
    await run(home, 'out')
    const { stdout } = await home.call(['report', '--quality', 'out'])
    expect(stdout).toMatch(/^quality of 10 replies in out, heuristic\n/)
    expect(stdout).toMatch(/^ {2}relevance +1 +1 +1 +1 +10$/m)
    expect(stdout).toMatch(/^ {2}cut off +0% +0 +10$/m)
    expect(stdout).toMatch(/^ {2}second +0\.\d+ +0% +0% +0% +5$/m)
  })

  test.each(['out', 'other'])('of damaged journals measures what can be read, and exits with 6 (%s)', async (damaged) => {
    const home = new Home()
    await run(home, 'out')
    await run(home, 'other')
    const path = `${damaged}/sessions.jsonl`
    home.write(path, home.read(path).split('\n').toSpliced(2, 1, '{').join('\n'))
    const { code, stdout, stderr } = await home.call(['report', '--quality', 'out', '--reference', 'other'])
    expect([code, stdout]).toEqual([6, expect.stringMatching(/^quality of (9|10) replies in out, heuristic/)])
    expect(stderr).toContain(`${damaged}/sessions.jsonl is damaged: 1 line of it could not be read, the first is line 3`)
  })

  test('says what the journal does not hold', async () => {
    const home = new Home()
    const mock = await mockFor({ tokens: 40 })
    home.write('burn.json', chat(mock.url, { steps }))
    await home.call(['run', 'burn.json', ...OUT, '--log', 'errors'])
    const { stdout } = await home.call(['report', '--quality', 'out'])
    expect(stdout.replace(/\s+/g, ' ')).toBe(
      'the journal of out holds none of its 10 replies to messages: run with --log all; `burn report out` shows what was measured during the run ',
    )
  })

  test.each([
    [['out', '--format', 'md'], '--format md does not go with --quality'],
    [['out', '--level', 'run'], '--level does not go with --quality'],
    [['nowhere'], 'nowhere'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await new Home().call(['report', '--quality', ...args])
    expect(code).not.toBe(0)
    expect(stderr).toContain(message)
  })

  test('a reference needs --quality', async () => {
    const { stderr } = await new Home().call(['report', 'out', '--reference', 'other'])
    expect(stderr).toContain('--reference goes with --quality')
  })
})

describe('quality under load', () => {
  const twenty = Array.from({ length: 20 }, (_, n) => ({ message: `Where is order ${n}?`, name: `order-${n}` }))

  test('finds nothing where nothing differs', async () => {
    const home = new Home()
    await run(home, 'one', { load: [{ iterations: 2, users: 1 }], steps: twenty })
    await run(home, 'many', { load: [{ iterations: 10, users: 5 }], steps: twenty })
    const { underLoad } = await report(home, 'many', '--reference', 'one')
    expect(underLoad).toMatchObject({
      pairs: 200,
      unpaired: 0,
      messages: 20,
      similarity: { mean: 1, median: 1 },
      similarityAlone: { mean: 1 },
      measures: { words: { alone: 40, loaded: 40, p: 1 } },
      flags: { truncated: { onlyAlone: 0, onlyLoaded: 0, of: 20, p: 1 } },
    })
  })

  test('finds replies that are cut short, and says how sure that is', async () => {
    const home = new Home()
    await run(home, 'one', { load: [{ iterations: 1, users: 1 }], steps: twenty })
    await run(home, 'many', { load: [{ iterations: 10, users: 5 }], steps: twenty }, { maxTokens: 20 })
    const { underLoad } = await report(home, 'many', '--reference', 'one')
    expect(underLoad.measures.words).toMatchObject({ alone: 40, loaded: 20 })
    expect(underLoad.measures.words.p).toBeLessThan(0.001)
    expect(underLoad.flags.truncated).toMatchObject({ onlyAlone: 0, onlyLoaded: 20, of: 20 })
    expect(underLoad.flags.truncated.p).toBeLessThan(0.001)
    expect(underLoad.similarityAlone).toBeNull()
    const { stdout } = await home.call(['report', '--quality', 'many', '--reference', 'one'])
    expect(stdout).toMatch(/^ {2}cut off +0 +20 +20 +< 0\.001 !$/m)
    expect(stdout).toMatch(/^ {2}words +40 +20 +< 0\.001 !$/m)
  })

  test('says when the reference was under load itself', async () => {
    const home = new Home()
    await run(home, 'one', { load: [{ iterations: 4, users: 1 }], steps: twenty })
    await run(home, 'many', { load: [{ iterations: 10, users: 5 }], steps: twenty })
    const { referencePeak } = await report(home, 'many', '--reference', 'one')
    expect(referencePeak).toBe(1)
    const text = async (...args: string[]) => (await home.call(['report', '--quality', ...args])).stdout.replace(/\s+/g, ' ')
    expect(await text('many', '--reference', 'one')).not.toContain('no run of one user')
    expect(await text('one', '--reference', 'many')).toMatch(
      /many is no run of one user: up to [2-5] were busy at once.* -c 1 -n 100/,
    )
  })

  test('counts replies to messages that the reference has not', async () => {
    const home = new Home()
    await run(home, 'one', { steps: steps.slice(0, 1) })
    await run(home, 'many')
    const { underLoad } = await report(home, 'many', '--reference', 'one')
    expect(underLoad).toMatchObject({ pairs: 5, unpaired: 5, messages: 1, measures: { words: { p: null } } })
  })
})
