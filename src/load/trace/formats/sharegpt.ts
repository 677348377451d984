import { RecordError, type Row } from '../../../records/record.ts'
import { isMap } from '../../../text/json.ts'
import { type TracedTurn, type TraceFormat, textIn } from './format.ts'

const ASKING = new Set(['human', 'user'])

/** Returns one message of a conversation. @throws RecordError when it is malformed */
function lineOf(line: unknown, index: number): { from: string; text: string } {
  if (isMap(line) && typeof line.from === 'string' && typeof line.value === 'string') return { from: line.from, text: line.value }
  throw new RecordError(`conversations[${index}]: expected {"from": "human", "value": "…"}`)
}

function turnsOf(row: Row): TracedTurn[] {
  const { conversations } = row
  if (!Array.isArray(conversations)) throw new RecordError('conversations: expected a list')
  const lines = conversations.map(lineOf)
  const session = textIn(row, 'id') ?? ''
  return lines.flatMap(({ from, text }, index) => {
    if (!ASKING.has(from) || text === '') return []
    const next = lines[index + 1]
    return [{ session, prompt: text, answer: next && !ASKING.has(next.from) ? next.text : undefined }]
  })
}

/**
 * The format of ShareGPT, whose rows have no times. Each conversation is one session, even when several have the same id. Recorded replies are not
 * sent: the conversation continues with the replies of the target.
 */
export const shareGpt: TraceFormat = {
  name: 'sharegpt',
  describe:
    'ShareGPT, one JSON list: `conversations` of `from` and `value`. It has no times: `rate` says how many start per second',
  file: 'list',
  isTimed: false,
  fits: (row) => 'conversations' in row,
  read: turnsOf,
}
