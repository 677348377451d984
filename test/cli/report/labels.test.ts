/** `burn report --quality --judge --labels`: does the judge find good what people find good? */
import { describe, expect, test } from 'vitest'
import { chat, Home, mockFor } from '../harness.ts'

/** A stored run, the file of a judge, and a call that asks it about the labels in a file. */
async function stored() {
  const home = new Home()
  const { url } = await mockFor({ tokens: 8 })
  const load = { load: [{ iterations: 2 }], steps: [{ message: 'hi' }] }
  home.write('s.json', chat(url, load))
  await home.call(['run', 's.json', '--out', 'run', '--allow-lag', '60s', '--log', 'all'])
  // It grades by how many words of the message are in the reply, and by how long that is.
  const target = { url: 'mock:/v1/chat/completions', dialect: 'openai-chat', model: 'grader', mock: { replies: 'grades' } }
  home.write('judge.json', { ...chat(url, load), judge: { target, sample: 1, askTwice: 0 } })
  const ask = (file: string, ...more: string[]) =>
    home.call(['report', '--quality', 'run', '--judge', 'judge.json', '--labels', file, ...more])
  return { home, ask }
}

const [GOOD, BAD] = [`order seven arrives ${'soon '.repeat(20)}`, 'bananas']
const row = (reply: string, good: unknown) => ({ message: 'order seven arrives', reply, good })

test('the same verdicts beyond chance, and which way the others differ', async () => {
  const { home, ask } = await stored()
  const rows = [row(GOOD, true), row(GOOD, true), row(GOOD, false), row(BAD, false), row(BAD, 'yes'), row(BAD, 'no'), row(BAD, 0)]
  home.write('labels.jsonl', `${rows.map((one) => JSON.stringify(one)).join('\n')}\n`)
  const { stdout } = await ask('labels.jsonl', '--format', 'json')
  // Agreement 5 of 7; by chance 3/7 · 3/7 + 4/7 · 4/7 = 25/49: kappa (35 − 25) ÷ (49 − 25).
  expect(JSON.parse(stdout).judge.labels).toEqual({
    ...{ labelled: 7, compared: 7, same: 5, kappa: expect.closeTo(10 / 24, 12), tooStrict: 1, tooLenient: 1 },
  })
  const { stdout: text, code } = await ask('labels.jsonl')
  const words = text.replace(/\s+/g, ' ')
  expect(words).toContain(
    'labels: the judge agrees with people on 5 of 7 replies, kappa 0.417 · stricter on 1 · more lenient on 1',
  )
  expect(words).toContain('! that is little (kappa below 0.6)')
  expect(words).toContain('! few labels')
  expect(code).toBe(0)
})

test('many that agree have no mark, and no reply of the run is needed for it', async () => {
  const { home, ask } = await stored()
  const lines = Array.from(
    { length: 20 },
    (_, n) => `order ${n} arrives,${n % 2 ? `order ${n} arrives ${'soon '.repeat(20)}` : 'bananas'},${n % 2 === 1}`,
  )
  home.write('labels.csv', `message,reply,good\n${lines.join('\n')}\n`)
  const { stdout } = await ask('labels.csv')
  const words = stdout.replace(/\s+/g, ' ')
  expect(words).toContain('labels: the judge agrees with people on 20 of 20 replies, kappa 1')
  expect(words.slice(words.indexOf('labels:'))).not.toContain('!')
})

describe('refused before anything is asked', () => {
  test.each([
    ['message,reply,good\na,b,maybe\n', 'row 1: good is "maybe"'],
    ['message,reply\na,b\n', 'row 1: good is missing'],
    ['message,answer,good\na,b,true\n', 'row 1: a message and a reply are needed'],
    [`message,reply,good\n${'a,b,true\n'.repeat(1001)}`, '1001 rows are too many'],
  ])('%j', async (text, words) => {
    const { home, ask } = await stored()
    home.write('bad.csv', text)
    const { code, stderr } = await ask('bad.csv')
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
    expect(stderr).not.toContain('asking')
  })

  test('a file that is not there, and labels without a judge', async () => {
    const { home, ask } = await stored()
    expect(await ask('nope.csv')).toMatchObject({ code: 7, stderr: expect.stringContaining('nope.csv') })
    const { code, stderr } = await home.call(['report', '--quality', 'run', '--labels', 'labels.csv'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('--labels goes with --judge')])
  })
})
