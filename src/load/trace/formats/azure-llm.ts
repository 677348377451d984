import { RecordError, type Row } from '../../../records/record.ts'
import { needed, type TraceFormat, textIn, tokensIn } from './format.ts'

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?\s*(Z|[+-]\d\d:?\d\d)?$/

/** Returns the time in a field, such as "2023-11-16 18:17:03.9799600" in ms; without a zone it is UTC. @throws RecordError for any other text */
function timeIn(row: Row, name: string): number {
  const text = needed(row, name, textIn)
  const [, day = '', time = '', fraction = '', zone = 'Z'] = TIME.exec(text) ?? []
  const seconds = Date.parse(`${day}T${time}${zone}`)
  // JavaScript reads 30 February as 2 March, so the day is compared.
  if (!Number.isNaN(seconds) && new Date(day).toISOString().startsWith(day))
    return seconds + (fraction === '' ? 0 : Number(`0${fraction}`) * 1000)
  throw new RecordError(`${name}: expected a time such as 2023-11-16 18:17:03.9799600, got ${JSON.stringify(text.slice(0, 40))}`)
}

/** The format of the Azure LLM inference traces of 2023 and 2024. */
export const azureLlm: TraceFormat = {
  name: 'azure-llm',
  describe: 'Azure LLM inference traces, CSV: `TIMESTAMP`, `ContextTokens`, `GeneratedTokens`',
  file: 'csv',
  isTimed: true,
  fits: (row) => 'TIMESTAMP' in row && 'ContextTokens' in row,
  read: (row) => [
    {
      atMs: timeIn(row, 'TIMESTAMP'),
      inputTokens: needed(row, 'ContextTokens', tokensIn),
      outputTokens: needed(row, 'GeneratedTokens', tokensIn),
    },
  ],
}
