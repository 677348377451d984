import { BLOCK_TOKENS, idsIn, needed, numberIn, type TraceFormat, textIn, tokensIn } from './format.ts'

/** burn's own format of traces: a JSON object on each line, with the time `atMs` and other facts of the request, such as its session or prompt. */
export const own: TraceFormat = {
  name: 'burn',
  describe: 'JSON Lines with `atMs`, and any of `session`, `delayMs`, `prompt`, `inputTokens`, `outputTokens`, `model`, `blocks`',
  file: 'lines',
  isTimed: true,
  blockTokens: BLOCK_TOKENS,
  fits: (row) => 'atMs' in row || 'delayMs' in row,
  read: (row) => {
    const session = textIn(row, 'session')
    const delayMs = numberIn(row, 'delayMs', 0)
    const atMs = session !== undefined && delayMs !== undefined ? numberIn(row, 'atMs') : needed(row, 'atMs', numberIn)
    return [
      {
        atMs,
        delayMs,
        session,
        prompt: textIn(row, 'prompt'),
        answer: textIn(row, 'answer'),
        inputTokens: tokensIn(row, 'inputTokens'),
        outputTokens: tokensIn(row, 'outputTokens'),
        model: textIn(row, 'model'),
        blocks: idsIn(row, 'blocks'),
      },
    ]
  },
}
