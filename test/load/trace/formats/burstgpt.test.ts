/** Traces in the format of BurstGPT. */
import { expect, test } from 'vitest'
import { played, values } from '../played.ts'

test('BurstGPT: seconds, models, sessions of later files; a failed request has no known length', () => {
  const head = 'Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type'
  const load = played(
    `${head}\n5,a,1,ChatGPT,472,18,490,Conversation log\n45.5,b,0,GPT-4,1087,0,1087,API log\n46,a,1,ChatGPT,3,4,7,"Conversation log"\n`,
  )
  expect(values(load)).toMatchObject([
    { at: 0, session: 'a', turn: 0, model: 'ChatGPT', inputTokens: 472, outputTokens: 18 },
    { at: 40_500, session: 'b', model: 'GPT-4', inputTokens: 1087, outputTokens: null },
    { at: 41_000, session: 'a', turn: 1, last: true },
  ])
})
