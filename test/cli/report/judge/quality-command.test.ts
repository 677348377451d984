/** `burn report --quality --judge`: a model says of stored replies how good they are, or which of two runs answers better. */
import { describe, expect, test } from 'vitest'
import { webhookReceiver } from '../../../servers/webhook-receiver.ts'
import { chat, Home, mockFor } from '../../harness.ts'

const STEPS = [{ message: 'Where is order {{iteration.index}} of customer number seven' }]
const out = (folder: string) => ['--out', folder, '--allow-lag', '60s', '--log', 'all', '--seed', 's']

/** A folder with two stored runs, `short` and `long`, and their scenario with the judges that are asked for by name. */
async function stored(judges: Readonly<Record<string, object>> = { 'judge.json': {} }) {
  const home = new Home()
  const [short, long] = [await mockFor({ tokens: 8 }), await mockFor({ tokens: 30 })]
  const own = { steps: STEPS, load: [{ iterations: 12, users: 1 }] }
  home.write('short.json', chat(short.url, own))
  home.write('long.json', chat(long.url, own))
  await home.call(['run', 'short.json', ...out('short')])
  await home.call(['run', 'long.json', ...out('long')])
  for (const [name, settings] of Object.entries(judges)) {
    const mock = { replies: 'grades', ...settings }
    const target = { url: 'mock:/v1/chat/completions', dialect: 'openai-chat', model: 'grader', mock }
    home.write(name, { ...chat(long.url, own), judge: { target, sample: 8 } })
  }
  const report = (...args: readonly string[]) => home.call(['report', '--quality', ...args])
  const jsonOf = async (...args: readonly string[]) => JSON.parse((await report(...args, '--format', 'json')).stdout).judge
  return { home, report, jsonOf }
}

describe('the judge of a scenario', () => {
  test('scores a sample of the replies of a stored run, the same each time', async () => {
    const { report, jsonOf } = await stored()
    const first = await jsonOf('long', '--judge', 'judge.json')
    expect(first).toMatchObject({
      scores: { model: 'grader', replies: 12, sampled: 8, asked: 16, scored: 8, again: { replies: 8, same: 8 } },
    })
    // The second time nothing is asked: what was answered is known.
    const { asked: _, ...same } = first.scores
    expect(await jsonOf('long', '--judge', 'judge.json')).toEqual({ scores: { ...same, asked: 0, remembered: 16 } })
    const { stdout, stderr, code } = await report('short', '--judge', 'judge.json')
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /judge: \d(\.\d+)? of 5 .*8 sampled of 12 replies · same verdict again 8 of 8 · by grader/,
    )
    expect(stderr).toContain('asking the judge 16 questions about the replies')
    expect(code).toBe(0)
  })

  test('says which of two runs answers better, in both orders', async () => {
    const { report, jsonOf } = await stored()
    const said = await jsonOf('long', '--reference', 'short', '--judge', 'judge.json')
    expect(said).toMatchObject({
      pairs: {
        pairs: 12,
        sampled: 8,
        asked: 16,
        compared: 8,
        wins: 8,
        losses: 0,
        inconsistent: 0,
        agreement: { same: 8, of: 8 },
      },
    })
    const turned = await jsonOf('short', '--reference', 'long', '--judge', 'judge.json')
    expect(turned).toMatchObject({ pairs: { wins: 0, losses: 8 } })
    const { stdout } = await report('long', '--reference', 'short', '--judge', 'judge.json')
    expect(stdout).toContain(
      'judge: 8 of 8 pairs compared by grader, in both orders, of 12\nbetter 8, worse 0, as good 0, the order decides 0\n',
    )
    expect(stdout).toContain('words more than the reference: 22 on average\n')
  })

  test('that goes by the order is found out', async () => {
    const { report } = await stored({ 'biased.json': { firstBias: 1 } })
    const { stdout } = await report('long', '--reference', 'short', '--judge', 'biased.json')
    expect(stdout).toContain('better 0, worse 0, as good 0, the order decides 8\n')
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'the reply that is shown first wins 100% (80.6% to >99.99%) ! the judge goes by the order',
    )
  })

  test('that does not answer leaves the report as it is, with exit code 3', async () => {
    const { report } = await stored({ 'mute.json': { status: 503 } })
    const { stdout, code } = await report('long', '--judge', 'mute.json')
    expect(code).toBe(3)
    expect(stdout).toContain('quality of 12 replies in long')
    expect(stdout).toContain('\nthe judge does not answer\n')
    expect(stdout).toMatch(/judge: no score/)
  })
})

test('where nothing is asked, the exit code is 3: no pair of replies, or no money for a question', async () => {
  const { home, report } = await stored()
  home.write('other.json', { ...JSON.parse(home.read('long.json')), steps: [{ message: 'Something else' }] })
  await home.call(['run', 'other.json', ...out('other')])
  const unpaired = await report('long', '--reference', 'other', '--judge', 'judge.json')
  expect([unpaired.code, unpaired.stdout]).toEqual([3, expect.stringContaining('judge: 0 of 0 pairs compared')])
  const { judge, ...scenario } = JSON.parse(home.read('judge.json'))
  const pricing = { inputPer1M: 1000, outputPer1M: 1000 }
  home.write('poor.json', { ...scenario, judge: { ...judge, maxCost: 0.001, target: { ...judge.target, pricing } } })
  const poor = await report('long', '--judge', 'poor.json')
  expect([poor.code, poor.stdout]).toEqual([3, expect.stringContaining('no more questions: the next could have exceeded')])
})

test('what the judge of the run has answered is not asked again about the stored run', async () => {
  const { home, jsonOf } = await stored({})
  const { url } = await mockFor({ replies: 'grades' })
  const target = { url: `${url}/v1/chat/completions`, dialect: 'openai-chat', model: 'grader' }
  // A third of the replies fail by a check, and neither the run nor its journal offers them to the sample.
  const steps = [
    { message: 'Where is order {{iteration.index}}' },
    { message: 'And {{iteration.index}}', expect: [{ contains: 'what no reply says' }] },
  ]
  const judged = { ...JSON.parse(home.read('long.json')), steps: [...steps, ...STEPS], load: [{ iterations: 12, users: 3 }] }
  home.write('judged.json', { ...judged, judge: { target, sample: 8, perGroup: 0 }, thresholds: [] })
  await home.call(['run', 'judged.json', ...out('judged')])
  const { total, judge } = JSON.parse(home.read('judged/result.json'))
  expect([total.counts.ok, total.counts.failed]).toEqual([24, 12])
  expect(judge).toMatchObject({ replies: 24, scored: 8, asked: 16 })
  expect(await jsonOf('judged', '--judge', 'judged.json')).toMatchObject({
    scores: { replies: 24, scored: 8, asked: 0, remembered: 16 },
  })
})

test('a reply whose calls of tools the scenario answers is in the sample of neither the run nor its journal', async () => {
  const { home, jsonOf } = await stored({})
  const { url } = await mockFor({ replies: 'grades' })
  const target = { url: `${url}/v1/chat/completions`, dialect: 'openai-chat', model: 'grader' }
  const calls = [{ id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } }]
  const api = await webhookReceiver((_, nth) => {
    const isAnswer = nth % 2 === 0
    const message = {
      role: 'assistant',
      ...(isAnswer ? { content: 'All is well.' } : { content: 'I look it up.', tool_calls: calls }),
    }
    const choices = [{ message, finish_reason: isAnswer ? 'stop' : 'tool_calls' }]
    return { status: 200, body: JSON.stringify({ choices }), headers: { 'content-type': 'application/json' } }
  })
  const asking = { tools: [{ name: 'look' }], toolReply: { look: 'found' } }
  const steps = [
    { message: 'Where is order {{iteration.index}}', ...asking },
    { message: 'And {{iteration.index}}', ...asking },
  ]
  const own = { steps, load: [{ iterations: 6, users: 1 }], thresholds: [] }
  home.write('tools.json', { ...chat(api.url, own, { stream: false }), judge: { target, sample: 8, perGroup: 0 } })
  await home.call(['run', 'tools.json', ...out('tools')])
  const { total, judge } = JSON.parse(home.read('tools/result.json'))
  expect(total.counts).toMatchObject({ ok: 24, failed: 0 })
  expect(judge).toMatchObject({ replies: 12, scored: 8, asked: 16 })
  // The questions are the same as well: after the results of tools, the reply answers the message before them.
  expect(await jsonOf('tools', '--judge', 'tools.json')).toMatchObject({
    scores: { replies: 12, scored: 8, asked: 0, remembered: 16 },
  })
})

test('where no new question is answered, the exit code is 3, whatever was answered before', async () => {
  const { home, report, jsonOf } = await stored()
  const grader = await mockFor({ replies: 'grades' })
  const { judge, ...scenario } = JSON.parse(home.read('judge.json'))
  const target = { url: `${grader.url}/v1/chat/completions`, dialect: 'openai-chat', model: 'grader' }
  for (const sample of [4, 12]) home.write(`${sample}.json`, { ...scenario, judge: { ...judge, sample, target } })
  expect(await jsonOf('long', '--judge', '4.json')).toMatchObject({ scores: { scored: 4 } })
  await grader.close()
  expect((await report('long', '--judge', '4.json')).code).toBe(0)
  // Known are four replies that were asked about twice.
  const more = await report('long', '--judge', '12.json', '--format', 'json')
  expect([more.code, JSON.parse(more.stdout).judge.scores]).toEqual([3, expect.objectContaining({ remembered: 8, scored: 4 })])
})

test('messages are the same when all of them is, and the same one again is paired in its order', async () => {
  const { home, report, jsonOf } = await stored()
  const long = JSON.parse(home.read('long.json'))
  const message = (middle: string) => `${'a'.repeat(9000)}${middle}${'b'.repeat(9000)}`
  for (const name of ['one', 'two']) {
    home.write(`${name}.json`, { ...long, load: [{ iterations: 3, users: 1 }], steps: [{ message: message(name) }] })
    await home.call(['run', `${name}.json`, ...out(name)])
  }
  expect((await report('one', '--reference', 'two', '--judge', 'judge.json')).code).toBe(3)
  expect(await jsonOf('one', '--reference', 'one', '--judge', 'judge.json')).toMatchObject({
    pairs: { pairs: 3, sampled: 3, wins: 0, losses: 0, wordsMore: 0 },
  })
})

test('what makes no sense is refused', async () => {
  const { home, report } = await stored({})
  const refused = async (finished: Promise<{ readonly stderr: string; readonly code: number | null }>) => {
    const { stderr, code } = await finished
    expect(code).toBe(2)
    return stderr
  }
  expect(await refused(home.call(['report', 'long', '--judge', 'long.json']))).toContain('--judge goes with --quality')
  expect(await refused(report('long', '--judge', 'long.json'))).toContain('--judge long.json: the scenario has no judge')
  expect(await refused(report('long', '--judge', 'none.json'))).toContain('none.json')
})
