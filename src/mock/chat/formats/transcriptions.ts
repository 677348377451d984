import { type ChatFormat, type FormatRequest, type MockFrame, MockRefusal } from './format.ts'
import { openaiChat } from './openai-chat.ts'

/** The mock's OpenAI transcription API: `POST /v1/audio/transcriptions`. The mock ignores the sound; it generates the text as for any other reply. */
export const transcriptions: ChatFormat = {
  ...openaiChat,
  name: 'openai-transcriptions',
  matches: (method, path) => method === 'POST' && path === '/v1/audio/transcriptions',
  ask(request: FormatRequest) {
    const fields = formOf(request)
    const file = fields.get('file')
    if (!file?.filename || file.value === '') throw new MockRefusal(400, 'file: a sound is required')
    if (!fields.get('model')?.value) throw new MockRefusal(400, 'model: a model is required')
    const usage = ({ usage: { inputTokens, outputTokens } }: MockUsage) => ({
      usage: { type: 'tokens', input_tokens: inputTokens, output_tokens: outputTokens, total_tokens: inputTokens + outputTokens },
    })
    return {
      turns: [{ role: 'user', text: fields.get('prompt')?.value || file.filename }],
      framing: fields.get('stream')?.value === 'true' ? 'sse' : undefined,
      frames: (reply): MockFrame[] => [
        ...reply.units
          .filter(({ kind }) => kind === 'text')
          .map(({ text, delayMs }) => frame('unit', delayMs, 'transcript.text.delta', { delta: text })),
        frame('end', reply.endMs, 'transcript.text.done', { text: reply.text, ...usage(reply) }),
      ],
      whole: (reply) => ({ text: reply.text, ...usage(reply) }),
    }
  },
}

interface MockUsage {
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number }
}

function frame(kind: MockFrame['kind'], dueMs: number, type: string, rest: object): MockFrame {
  return { kind, dueMs, event: type, data: { type, ...rest } }
}

/**
 * Returns the parts of a multipart form by name. Bytes of files were decoded as text, so only their names and whether they are empty are reliable.
 */
function formOf({ headers, body }: FormatRequest): Map<string, { value: string; filename: string | undefined }> {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)/i.exec(headers['content-type'] ?? '')?.[1]
  if (boundary === undefined) throw new MockRefusal(400, 'the body is not a form: multipart/form-data with a boundary')
  const parts = body.split(`--${boundary}`).slice(1, -1)
  return new Map(
    parts.flatMap((part) => {
      const [head = '', ...rest] = part.split('\r\n\r\n')
      const name = /[; ]name="([^"]*)"/.exec(head)?.[1]
      const value = rest.join('\r\n\r\n').replace(/\r\n$/, '')
      return name === undefined ? [] : [[name, { value, filename: /filename="([^"]*)"/.exec(head)?.[1] }] as const]
    }),
  )
}
