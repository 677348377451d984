/** Ctrl-C while the judge is asked ends the questions, and not the load, which is over. */
import { expect, test } from 'vitest'
import { chat, Home, mockFor, OUT } from '../harness.ts'

test('the verdict is that of the load, the exit code that of the signal, and the judge was cut short', async () => {
  const home = new Home()
  const [mock, judge] = [await mockFor(), await mockFor({ replies: 'grades', firstTokenMs: 300 })]
  home.write(
    's.json',
    chat(mock.url, {
      load: [{ iterations: 100, users: 4 }],
      judge: { target: { url: `${judge.url}/v1`, preset: 'openai-chat', model: 'grader' }, sample: 100, concurrency: 1 },
    }),
  )
  const run = home.start(['run', 's.json', ...OUT])
  await run.until(({ stderr }) => stderr.includes('asking the judge'))
  run.kill('SIGINT')
  const { code, stderr } = await run.finished
  expect(code, stderr).toBe(130)
  expect(stderr).toContain('a signal ended the questions to the judge')
  const { verdict, status, exitCode, judge: said, total } = home.result()
  expect({ verdict, status, exitCode }).toEqual({ verdict: 'passed', status: 'completed', exitCode: 0 })
  expect(said).toMatchObject({ sampled: 100, stopped: 'signal' })
  expect(total.counts).toMatchObject({ planned: 100, ok: 100 })
})
