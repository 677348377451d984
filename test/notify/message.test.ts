import { describe, expect, test } from 'vitest'
import { FORMATS } from '../../src/notify/formats/index.ts'
import { endMessages, liveMessage, testMessage } from '../../src/notify/message/message.ts'
import { EMPTY_RESULT } from '../../src/result/empty.ts'
import type { Result } from '../../src/result/schema.ts'

const result = (own: Partial<Result>): Result => ({ ...EMPTY_RESULT, scenarioName: 'chat', runId: 'r1', ...own })
const typesOf = (own: Partial<Result>) => endMessages(result(own), 'out').map(({ type }) => type)

describe('the end of a run', () => {
  test.each<[Partial<Result>, string[]]>([
    [{ exitCode: 0, exitCodes: [0] }, ['run.completed']],
    [{ exitCode: 1, exitCodes: [1] }, ['run.failed']],
    [{ exitCode: 4, exitCodes: [4, 1] }, ['run.failed']],
    [{ exitCode: 130, exitCodes: [130, 1] }, ['run.cancelled']],
    [{ exitCode: 143, exitCodes: [143] }, ['run.cancelled']],
  ])('%j is %j', (own, types) => {
    expect(typesOf(own)).toEqual(types)
  })

  test('tells a lost comparison first', () => {
    const baseline = { verdict: 'WORSE' } as Result['baseline'] // of it only the verdict is read
    expect(typesOf({ exitCode: 1, exitCodes: [1], ...(baseline && { baseline }) })).toEqual(['baseline.regressed', 'run.failed'])
  })

  test('has what programs and people look at', () => {
    const [message] = endMessages(
      result({
        exitCode: 1,
        exitCodes: [1],
        verdict: 'failed',
        reason: 'too slow',
        errorRate: 0.0125,
        p95LatencyMs: 1234.5,
        thresholds: [
          {
            threshold: 'ttft p95 < 1s',
            state: 'failed',
            severity: 'fail',
            observed: 2000,
            limit: 1000,
            unit: 'ms',
            samples: 9,
            fewSamples: false,
            reason: 'was 2s',
          },
        ],
      }),
      'out',
    )
    expect(message).toMatchObject({
      title: 'chat: failed',
      mood: 'bad',
      data: { runId: 'r1', folder: 'out', exitCode: 1, errorRate: 0.0125 },
    })
    expect(message?.facts).toEqual([
      ['reason', 'too slow'],
      ['attempts', '0 ok, 0 failed, 0 cut, 0 dropped of 0'],
      ['errors', '1.25%'],
      ['response time p95', '1.23s'],
      ['ttft p95 < 1s', 'was 2s'],
      ['result', 'out'],
    ])
  })
})

const at = new Date('2026-01-02T03:04:05Z')
const run = { runId: 'r1', scenario: 'chat', folder: 'out' }

test('of what happens in a run, alerts and thresholds are news', () => {
  const alert = { event: 'alert', runId: 'r1', atMs: 1000, alert: 'errors > 5%', worst: 7.25, unit: 'percent' } as const
  expect(liveMessage({ ...alert, state: 'began' }, run, at)).toMatchObject({
    type: 'alert.began',
    mood: 'bad',
    facts: [['worst', '7.25 percent']],
  })
  expect(liveMessage({ ...alert, state: 'ended' }, run, at)).toMatchObject({ type: 'alert.ended', mood: 'neutral' })
  const threshold = {
    event: 'threshold',
    runId: 'r1',
    atMs: 1,
    threshold: 'ttft p95 < 1s',
    observed: 2,
    limit: 1,
    unit: 'ms',
    reason: 'was 2s',
  } as const
  expect(liveMessage(threshold, run, at)).toMatchObject({
    type: 'threshold.breached',
    timestamp: '2026-01-02T03:04:05.000Z',
    title: 'chat: ttft p95 < 1s does not hold',
  })
  expect(liveMessage({ event: 'phase', runId: 'r1', atMs: 0, phase: 'a', warmup: false }, run, at)).toBeUndefined()
})

describe('forms', () => {
  const hostile = `<!everyone> @here *a* [x](http://evil) ${'😀'.repeat(3000)}`
  const message = { ...testMessage('chat', at), title: hostile, facts: [[hostile, hostile]] as const }

  test('standard: type, timestamp and data', () => {
    expect(FORMATS.standard(testMessage('chat', at))).toEqual({
      type: 'webhook.test',
      timestamp: '2026-01-02T03:04:05.000Z',
      data: { scenario: 'chat' },
    })
  })

  test('Slack: no link or mention of a text, within the limits', () => {
    const { text, blocks } = FORMATS.slack(message)
    expect(text).toMatch(/^&lt;!everyone&gt; @here/)
    expect(blocks[0]?.text.text.length).toBeLessThanOrEqual(150)
    expect(blocks[1]?.text.text.length).toBeLessThanOrEqual(3000)
    expect(blocks[1]?.text.text).not.toMatch(/[<>]/)
  })

  test('Discord: Markdown is shown as it is, nobody is mentioned, within the limits', () => {
    const { embeds, allowed_mentions } = FORMATS.discord(message)
    expect(allowed_mentions).toEqual({ parse: [] })
    expect(embeds[0]?.title).toMatch(/^\\<!everyone\\> \\@here \\\*a\\\*/)
    expect(embeds[0]?.title.length).toBeLessThanOrEqual(256)
    expect(embeds[0]?.fields[0]?.value.length).toBeLessThanOrEqual(1024)
    expect(embeds[0]?.title).toMatch(/😀…$/)
  })

  test('Teams: one Adaptive Card', () => {
    const { attachments } = FORMATS.teams(message)
    expect(attachments[0]).toMatchObject({
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: { type: 'AdaptiveCard' },
    })
    expect(attachments[0]?.content.body[0]).toMatchObject({
      type: 'TextBlock',
      text: expect.stringContaining('\\[x\\]\\(http://evil\\)'),
    })
  })

  test.each(Object.entries(FORMATS))('%s: no half of a character is left', (_, format) => {
    expect(JSON.stringify(format(message))).not.toMatch(/\\ud[89ab]..(?!\\ud[c-f])/i)
  })
})
