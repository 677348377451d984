/** Conversations of reports: which are chosen from a journal, and that they get into the page. */
import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { reportedConversations } from '../../../src/cli/report/conversations/conversations.ts'
import type { AnomalyGroup, Result } from '../../../src/result/schema.ts'
import type { JournalEntry } from '../../../src/store/journal/entry.ts'
import { fine } from '../../report/results.ts'
import { chat, Home, mockFor, OUT } from '../harness.ts'

const PHASES = [
  { ...fine.phases[0], name: 'warm', warmup: true },
  { ...fine.phases[0], name: 'main', warmup: false },
] as Result['phases']

function entry(user: number, iteration: number, over: Partial<JournalEntry> = {}): JournalEntry {
  return {
    ...{ runId: 'r', user, iteration, step: 'open', attempt: 1, phase: 'main', target: 't' },
    ...{ intendedAtMs: 1000, sentAtMs: 1010, endedAtMs: 1100, ttfbMs: 20, ttftMs: 30 },
    ...{ outcome: 'ok', failure: null, status: 200, bytesSent: 1, bytesReceived: 1, prompt: 'p', reply: 'One reply.' },
    ...{ usage: null, finishReason: null, warnings: [] },
    ...over,
  }
}

const failure = (name: string): Partial<JournalEntry> => ({
  outcome: 'failed',
  failure: { class: name, phase: 'read', message: 'no' },
})

/** What a report shows of a journal with these entries. */
function chosenOf(entries: readonly JournalEntry[], over: Partial<Result> = {}) {
  const home = new Home()
  const header = {
    ...{ journal: '1', runId: 'r', scenarioName: 's', scenarioFile: null, scenarioHash: 'h', seed: '7', startTime: 0 },
    level: 'all',
  }
  const path = `${home.path}/sessions.jsonl`
  writeFileSync(path, [header, ...entries].map((line) => `${JSON.stringify(line)}\n`).join(''))
  return reportedConversations(path, { ...fine, seed: '7', phases: PHASES, ...over })
}

const plain = Array.from({ length: 100 }, (_, user) => entry(user, user))
const slow = entry(500, 1, { endedAtMs: 9000 })
const worst: AnomalyGroup = {
  ...{ kind: 'slow', step: 'open', metric: 'ttft', unit: 'ms', count: 1, median: 30, limit: 90 },
  worst: [
    { value: 100, user: 98, iteration: 98, endedAtMs: 1100 },
    { value: 99, user: 4000, iteration: 1, endedAtMs: 1100 },
  ],
}

describe('the choice', () => {
  test('those that stand out come first, then the slowest, failed ones of every kind, and a sample up to 40', async () => {
    const failed = Array.from({ length: 60 }, (_, user) => entry(200 + user, 0, failure('timeout')))
    const { chosen, recorded, level } = await chosenOf([...plain, ...failed, entry(300, 0, failure('refused')), slow], {
      anomalyGroups: [worst],
    })
    expect([recorded, level, chosen.length]).toEqual([162, 'all', 40])
    expect(chosen[0]).toMatchObject({ user: 98, iteration: 98, why: 'slow ttft' })
    expect(chosen[1]).toMatchObject({ user: 500, iteration: 1, why: 'among the slowest' })
    const whys = chosen.map(({ why }) => why)
    expect(whys.filter((why) => why === 'among the slowest')).toHaveLength(10)
    expect(whys.filter((why) => why === 'failed')).toHaveLength(24)
    expect(whys.slice(35)).toEqual(Array.from({ length: 5 }, () => 'sample'))
    expect(chosen.find(({ user }) => user === 300)).toMatchObject({ turns: [{ failure: 'refused: no' }] })
    expect(new Set(chosen.map(({ user }) => user)).size).toBe(40)
  })

  test('where very many stand out there are slow, failed and sampled ones too', async () => {
    const many = { ...worst, worst: plain.map(({ user, iteration }) => ({ value: 1, user, iteration, endedAtMs: 1100 })) }
    const others = [slow, entry(300, 0, failure('refused')), ...Array.from({ length: 50 }, (_, at) => entry(600 + at, 0))]
    const { chosen } = await chosenOf([...plain, ...others], { anomalyGroups: [many] })
    const count = (text: string) => chosen.filter(({ why }) => why === text).length
    expect(chosen.slice(0, 21).map(({ user }) => user)).toEqual([...Array.from({ length: 20 }, (_, at) => at), 500])
    expect(chosen.find(({ user }) => user === 300)?.why).toMatch(/failed|slowest/)
    expect([count('sample'), chosen.length]).toEqual([5, 40])
  })

  test('the rest is a sample that depends on the seed alone', async () => {
    const usersOf = async (seed: string, entries = plain) =>
      (await chosenOf(entries, { seed })).chosen.filter(({ why }) => why === 'sample').map(({ user }) => user)
    const users = await usersOf('7')
    expect(users).toHaveLength(30)
    expect(await usersOf('8')).not.toEqual(users)
    expect(Math.min(...users)).toBeLessThan(30)
    expect(Math.max(...users)).toBeGreaterThan(70)
  })

  test('iterations of one user are conversations of their own; warm-up, setup and teardown are none', async () => {
    const entries = [
      ...[entry(1, 0, { phase: 'warm' }), entry(1, 1, { phase: '' })],
      ...[entry(1, 2), entry(2, 5), entry(1, 2, { step: 'b', intendedAtMs: 900 }), entry(1, 3)],
    ]
    const { chosen, recorded } = await chosenOf(entries)
    expect(recorded).toBe(3)
    expect(chosen.map(({ user, iteration, turns }) => [user, iteration, turns.map(({ step }) => step).join()]).sort()).toEqual([
      [1, 2, 'b,open'],
      [1, 3, 'open'],
      [2, 5, 'open'],
    ])
  })

  test('of a long conversation the turns stay that failed or are odd, and the last', async () => {
    const turns = Array.from({ length: 100 }, (_, at) =>
      entry(1, 1, {
        step: `s${at}`,
        intendedAtMs: at,
        ...(at === 3 ? failure('timeout') : at === 5 ? { warnings: ['odd'] } : {}),
      }),
    )
    const [conversation] = (await chosenOf(turns)).chosen
    expect(conversation?.turnsLeftOut).toBe(60)
    expect(conversation?.turns.slice(0, 3).map(({ step }) => step)).toEqual(['s3', 's5', 's62'])
    expect(conversation?.turns.at(-1)?.step).toBe('s99')
  })

  test('a turn says when its first token came, what stands out, and how it failed; texts are cut', async () => {
    const usage = { inputTokens: 5, outputTokens: 7, source: 'server' }
    const one = entry(1, 1, { usage, cost: 0.5, ttftMs: 300, warnings: ['odd'], prompt: 'x'.repeat(5000) })
    const [conversation] = (await chosenOf([one], { anomalyGroups: [worst] })).chosen
    expect(conversation?.turns[0]).toMatchObject({
      ...{ firstTokenAtMs: 1310, marks: ['odd', 'slow'], failure: null, inputTokens: 5, outputTokens: 7, cost: 0.5 },
      prompt: 'x'.repeat(2001),
    })
  })
})

describe('the page', () => {
  async function pageOf(...flags: string[]) {
    const home = new Home()
    const mock = await mockFor()
    home.write('s.json', chat(mock.url, { load: [{ iterations: 3, users: 1 }] }))
    await home.call(['run', 's.json', ...OUT, '--report', 'html', ...flags])
    return { home, page: home.read('out/report.html') }
  }

  test('of a run and of its stored result is the same, with each conversation', async () => {
    const { home, page } = await pageOf('--log', 'all')
    expect(page.match(/<details class="talk"/g)).toHaveLength(3)
    const { stdout } = await home.call(['report', 'out', '--format', 'html'])
    expect(stdout).toBe(page)
  })

  test('says how many lines of the journal could not be read', async () => {
    const { home } = await pageOf('--log', 'all')
    const lines = home.read('out/sessions.jsonl').split('\n')
    writeFileSync(home.file('out/sessions.jsonl'), lines.with(2, '{"torn').join('\n'))
    const { stdout } = await home.call(['report', 'out', '--format', 'html'])
    expect(stdout.match(/<details class="talk"/g)).toHaveLength(2)
    expect(stdout).toContain('The journal is damaged: 1 of its lines could not be read')
  })

  test('says that failed exchanges alone were kept, and has no such section without a journal', async () => {
    expect((await pageOf()).page).toContain('(--log errors), and none failed')
    expect((await pageOf('--log', 'none')).page).not.toContain('id="conversations"')
  })
})
