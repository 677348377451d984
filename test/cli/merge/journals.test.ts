/** The journals of shards in one file. */
import { expect, test } from 'vitest'
import { mergeJournals } from '../../../src/cli/merge/journals.ts'
import { Home } from '../harness.ts'

test('a last line that a killed process left torn is in no merged journal', async () => {
  const home = new Home()
  const line = (endedAtMs: number) => `${JSON.stringify({ runId: 'own', endedAtMs })}\n`
  home.write('1.jsonl', `{"runId":"own"}\n${line(1)}${line(3)}{"runId":"own","endedAt`)
  home.write('2.jsonl', `{"runId":"own"}\n${line(2)}${line(4)}`)
  await mergeJournals([home.file('1.jsonl'), home.file('2.jsonl')], home.file('whole.jsonl'), 'all')
  const lines = home.read('whole.jsonl').trim().split('\n')
  expect(lines.slice(1)).toEqual([1, 2, 3, 4].map((endedAtMs) => JSON.stringify({ runId: 'all', endedAtMs })))
})
