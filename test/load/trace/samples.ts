/** A trace of each format, with texts, names and ids of people in every field that can hold them. */

/** The text of a trace file, and what must not be found in a file that is handed on. */
export interface SampleTrace {
  readonly format: string
  readonly text: string
  readonly secrets: readonly string[]
  /** For a format without times: sessions that start per second. */
  readonly ratePerSecond?: number
}

const jsonl = (...rows: unknown[]) => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`

/** Returns a trace of each format, with sessions, rows out of order and rows without a request where the format has them. */
export function tracesOfEachFormat(): SampleTrace[] {
  return [own(), mooncake(), azure(), burstGpt(), shareGpt()]
}

function own(): SampleTrace {
  return {
    format: 'burn',
    text: jsonl(
      { atMs: 1_700_000_000_123, session: 'ann@example.org', prompt: 'My salary is low', outputTokens: 7, model: 'inner-model' },
      { session: 'ann@example.org', delayMs: 2000, prompt: 'Ask again', answer: 'Refused politely', user: 'Ann Smith' },
      { atMs: 1_700_000_000_500.25, inputTokens: 900, session: 'bob' },
      { atMs: 1_700_000_000_400, session: 'bob', delayMs: 5, inputTokens: 12, tier: 'gold' },
      { atMs: 1_700_000_004_000 },
    ),
    secrets: [
      ...['ann@example.org', 'My salary is low', 'inner-model', 'Ask again', 'Refused politely', 'Ann Smith', 'bob', 'gold'],
      '1700000000',
    ],
  }
}

function mooncake(): SampleTrace {
  return {
    format: 'mooncake',
    text: jsonl(
      { timestamp: 27_482, input_length: 1030, output_length: 20, hash_ids: [46_001, 46_002], session_id: 'carol' },
      { timestamp: 27_500, output_length: 3, text_input: 'Where does she live?', session_id: 'dave' },
      { session_id: 'carol', delay: 200, messages: [{ role: 'user', content: 'In Lyon, by the river' }] },
      { timestamp: 30_000, input_length: 600, output_length: 9, hash_ids: [46_001, 46_005], extra: { key: 'hidden' } },
    ),
    secrets: ['carol', 'dave', 'Where does she live?', 'In Lyon, by the river', '46001', '46002', '46005', 'hidden', '27482'],
  }
}

function azure(): SampleTrace {
  return {
    format: 'azure-llm',
    text: [
      'TIMESTAMP,ContextTokens,GeneratedTokens,Tenant',
      '2023-11-16 18:17:03.9799600,374,44,contoso',
      '2023-11-16 18:17:04.0319600,396,109,fabrikam',
      '2023-11-16 18:17:04.0019600,5,0,contoso\n',
    ].join('\n'),
    secrets: ['contoso', 'fabrikam', '2023-11-16', '18:17'],
  }
}

function burstGpt(): SampleTrace {
  return {
    format: 'burstgpt',
    text: [
      'Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type',
      '50005,uid-ann,1,ChatGPT,472,18,490,Conversation log',
      '50045.5,uid-bob,0,GPT-4,1087,0,1087,API log',
      '50046,uid-ann,1,ChatGPT,3,4,7,Conversation log\n',
    ].join('\n'),
    secrets: ['uid-ann', 'uid-bob', 'ChatGPT', 'GPT-4', 'Conversation log', 'API log', '50005'],
  }
}

function shareGpt(): SampleTrace {
  const said = (from: string, value: string) => ({ from, value })
  return {
    format: 'sharegpt',
    text: JSON.stringify([
      { id: 'talk-1', conversations: [said('gpt', 'Unasked.')] },
      { id: 'talk-2', conversations: [said('human', 'What is a queue?'), said('gpt', 'A line.'), said('user', 'And a stack?')] },
      { id: 'talk-2', conversations: [said('system', 'Be brief.'), said('human', 'Hello'), said('gpt', 'Hi there')] },
      { id: 'talk-3', conversations: [said('human', 'Bye')] },
    ]),
    secrets: [
      'talk-',
      'Unasked.',
      'What is a queue?',
      'A line.',
      'And a stack?',
      'Be brief.',
      'Hello',
      'Hi there',
      'Bye',
      'human',
    ],
    ratePerSecond: 4,
  }
}
