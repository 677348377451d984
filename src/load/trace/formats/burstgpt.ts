import { needed, numberIn, type TraceFormat, textIn, tokensIn } from './format.ts'

/** The format of BurstGPT traces. A response of 0 tokens marks a failed request, whose length is not known. */
export const burstGpt: TraceFormat = {
  name: 'burstgpt',
  describe: 'BurstGPT, CSV: `Timestamp` (s), `Model`, `Request tokens`, `Response tokens`; later files also `Session ID`',
  file: 'csv',
  isTimed: true,
  fits: (row) => 'Timestamp' in row && 'Request tokens' in row,
  read: (row) => {
    const outputTokens = needed(row, 'Response tokens', tokensIn)
    return [
      {
        atMs: needed(row, 'Timestamp', numberIn) * 1000,
        session: textIn(row, 'Session ID'),
        inputTokens: needed(row, 'Request tokens', tokensIn),
        outputTokens: outputTokens === 0 ? undefined : outputTokens,
        model: textIn(row, 'Model'),
      },
    ]
  },
}
