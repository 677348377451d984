/** Ollama's chat: one JSON object per line. */
import * as z from 'zod'
import type { Reply, ReplyUnit } from '../persona/reply.ts'
import { type ChatFormat, createdAt, type Frame, limited, message, readJson, type SentSoFar, toTurns } from './format.ts'

const chatBody = z.object({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  stream: z.boolean().default(true),
  options: z.object({ num_predict: z.int().optional() }).nullish(),
})

const NS_PER_MS = 1e6

/** `POST /api/chat`. */
export const ollama: ChatFormat = {
  name: 'ollama',
  matches: (method, path) => method === 'POST' && path === '/api/chat',
  ask(request) {
    const body = readJson(request.body, chatBody)
    const head = { model: body.model, created_at: new Date(createdAt(request.k) * 1000).toISOString() }
    const limit = body.options?.num_predict
    return {
      turns: toTurns(body.messages),
      // A negative number of tokens means "without limit" there.
      ...limited(limit !== undefined && limit < 0 ? undefined : limit),
      framing: body.stream ? 'ndjson' : undefined,
      frames: (reply) => lines(reply, head),
      whole: (reply, sent) => ({ ...head, message: wholeMessage(reply), ...terminal(reply, sent) }),
    }
  },
  errorBody: ({ message: error }) => ({ error }),
  errorFrames: ({ message: error }) => [{ kind: 'end', dueMs: 0, data: { error } }],
  rateLimitHeaders: (seconds) => ({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': `${seconds}s` }),
  ping: undefined,
}

function wholeMessage(reply: Reply): object {
  return { role: 'assistant', content: reply.text, ...(reply.reasoning === '' ? {} : { thinking: reply.reasoning }) }
}

function lines(reply: Reply, head: object): Frame[] {
  const line = (unit: ReplyUnit): Frame => ({
    kind: 'unit',
    dueMs: unit.delayMs,
    data: { ...head, message: unitMessage(unit), done: false },
  })
  const last = (sent: SentSoFar): object => ({ ...head, message: { role: 'assistant', content: '' }, ...terminal(reply, sent) })
  return [...reply.units.map(line), { kind: 'end', dueMs: reply.endMs, data: last }]
}

function unitMessage(unit: ReplyUnit): object {
  if (unit.kind === 'text') return { role: 'assistant', content: unit.text }
  return { role: 'assistant', content: '', thinking: unit.text }
}

/** Counts and measured durations in ns; the real server leaves zero counts out. */
function terminal({ finish, usage }: Reply, sent: SentSoFar): object {
  return {
    done: true,
    done_reason: finish,
    total_duration: Math.round(sent.nowMs * NS_PER_MS),
    ...(usage.inputTokens > 0 ? { prompt_eval_count: usage.inputTokens } : {}),
    prompt_eval_duration: Math.round(sent.firstTokenMs * NS_PER_MS),
    ...(usage.outputTokens > 0 ? { eval_count: usage.outputTokens } : {}),
    eval_duration: Math.round((sent.nowMs - sent.firstTokenMs) * NS_PER_MS),
  }
}
