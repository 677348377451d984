import { RecordError, type Row } from '../../../records/record.ts'
import { isMap } from '../../../text/json.ts'
import { BLOCK_TOKENS, idsIn, needed, numberIn, type TraceFormat, textIn, tokensIn } from './format.ts'

/** Returns the text of the last user message; undefined when the row has no messages. @throws RecordError */
function lastUserText({ messages }: Row): string | undefined {
  if (messages === undefined || messages === null) return undefined
  const said = Array.isArray(messages) ? messages.filter((message) => isMap(message) && message.role === 'user') : []
  const content: unknown = said.at(-1)?.content
  if (typeof content === 'string') return content
  throw new RecordError('messages: expected a list of maps with role and content, one of them of the role user')
}

/** The format of Mooncake traces, with the fields that AIPerf adds to it. */
export const mooncake: TraceFormat = {
  name: 'mooncake',
  describe:
    'Mooncake, JSON Lines: `timestamp` (ms), `input_length`, `output_length`, `hash_ids`; of AIPerf: `session_id`, `delay` (ms), `text_input`, `messages`',
  file: 'lines',
  isTimed: true,
  blockTokens: BLOCK_TOKENS,
  fits: (row) => 'timestamp' in row || 'input_length' in row || 'hash_ids' in row,
  read: (row) => {
    const session = textIn(row, 'session_id')
    const delayMs = numberIn(row, 'delay', 0)
    const atMs = session !== undefined && delayMs !== undefined ? numberIn(row, 'timestamp') : needed(row, 'timestamp', numberIn)
    const prompt = lastUserText(row) ?? textIn(row, 'text_input')
    const inputTokens = tokensIn(row, 'input_length')
    if (row.messages !== undefined && inputTokens !== undefined)
      throw new RecordError('a row has either messages or input_length: they may contradict each other')
    const blocks = idsIn(row, 'hash_ids')
    return [{ atMs, delayMs, session, prompt, inputTokens, outputTokens: tokensIn(row, 'output_length'), blocks }]
  },
}
