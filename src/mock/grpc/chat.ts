/** The chat service of protos/chat.proto, with the same delays and faults as the mock's other chat APIs. */
import {
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { monotonicMs } from '../persona/pace.ts'
import { type MockReply, type MockTurn, plainDelayMs, type ReplyUnit, replyFor } from '../persona/reply.ts'
import type { MockState } from '../state/state.ts'
import { type AnyCall, BROKEN, type CallError, type PlannedCall, planCall } from './call.ts'

interface ChatRequest {
  readonly message: string
  readonly history: readonly { readonly role: string; readonly content: string }[]
  readonly conversation_id: string
  readonly max_tokens: number
}

/** Resets the TCP connection of a client, which is named by its address and port. */
type Reset = (peer: string) => void

/** How long a stalled call stays open before the mock ends it, in ms. */
const STALL_MS = 300_000
const ROLES: Readonly<Record<string, MockTurn['role']>> = { system: 'system', assistant: 'assistant' }

/** Returns the handlers of the mock's gRPC chat service. For the fault `reset`, they call `reset`, which resets a client's TCP connection. */
export function chatHandlers(state: MockState, reset: Reset): UntypedServiceImplementation {
  return {
    SendMessage(call: ServerUnaryCall<ChatRequest, object>, reply: sendUnaryData<object>) {
      void sendWhole(state, reset, call, reply)
    },
    StreamMessage(call: ServerWritableStream<ChatRequest, object>) {
      const planned = planCall(state, call, 'grpc-stream', call.request)
      void streamReply(state, reset, call, planned, call.request).then((open) => open && finish(call, planned))
    },
    Converse(call: ServerDuplexStream<ChatRequest, object>) {
      converse(state, reset, call)
    },
  }
}

async function sendWhole(
  state: MockState,
  reset: Reset,
  call: ServerUnaryCall<ChatRequest, object>,
  answer: sendUnaryData<object>,
): Promise<void> {
  const planned = planCall(state, call, 'grpc-chat', call.request)
  const { fault, settings, entry } = planned
  const refuse = (error: CallError) => {
    planned.ended(error.code)
    answer(error, null)
  }
  if (planned.error) {
    if (await planned.until('waitMs' in fault ? fault.waitMs : 0)) refuse(planned.error)
    return
  }
  const { reply, keep } = replyOf(state, planned, call.request, [])
  if (!(await planned.until(plainDelayMs(settings, entry.k) ?? reply.endMs))) return
  if (fault.outcome === 'midstream_error') refuse(BROKEN)
  // a unary call cannot end with OK without its reply
  else if (fault.outcome === 'truncated') refuse({ code: status.DATA_LOSS, details: 'planned truncated' })
  else if (await breaksOff(planned, reset, call)) return
  else {
    planned.wrote()
    planned.ended(status.OK)
    answer(null, { reply: reply.text, ...tail(reply, keep()) })
  }
}

/** Sends one reply in pieces; resolves with true when all are sent and the call is still open. */
async function streamReply(
  state: MockState,
  reset: Reset,
  call: AnyCall & Pick<ServerWritableStream<ChatRequest, object>, 'write' | 'emit'>,
  planned: PlannedCall,
  request: ChatRequest,
  earlier: readonly MockTurn[] = [],
): Promise<boolean> {
  const { fault, settings } = planned
  if (planned.error) {
    if (await planned.until('waitMs' in fault ? fault.waitMs : 0)) refuse(call, planned, planned.error)
    return false
  }
  const { reply, keep } = replyOf(state, planned, request, earlier)
  const broken = ['midstream_error', 'truncated', 'reset', 'stalled'].includes(fault.outcome)
  const units = broken ? reply.units.slice(0, Math.floor(reply.units.length * settings.faultAfter)) : reply.units
  for (const unit of units) {
    if (!(await planned.until(unit.delayMs))) return false
    planned.entry.firstTokenAt ??= monotonicMs()
    planned.wrote()
    call.write(chunkOf(unit, settings.stamps))
  }
  if (units.length === 0 && !(await planned.until(reply.endMs))) return false
  if (fault.outcome === 'midstream_error') {
    refuse(call, planned, BROKEN)
    return false
  }
  if (await breaksOff(planned, reset, call)) return false
  if (!broken && settings.endMarker) call.write({ done: true, ...tail(reply, keep()) })
  return true
}

/** Serves a conversation inside one bidirectional call: each message is answered after the reply before it is complete. */
function converse(state: MockState, reset: Reset, call: ServerDuplexStream<ChatRequest, object>): void {
  let queue: Promise<boolean> = Promise.resolve(true)
  let planned: PlannedCall | undefined
  const turns: MockTurn[] = []
  call.on('data', (request: ChatRequest) => {
    const first = planned === undefined
    planned ??= planCall(state, call, 'grpc-converse', request)
    const now = planned
    queue = queue.then(async (open) => {
      if (!open) return false
      const from = { ...now, ...(first ? {} : restarted(now)) }
      const going = await streamReply(state, reset, call, from, request, [...turns])
      turns.push({ role: 'user', text: request.message })
      return going
    })
  })
  call.on('end', () => {
    void queue.then((open) => {
      if (open) finish(call, planned ?? planCall(state, call, 'grpc-converse', null))
    })
  })
}

/** Returns a wait that counts from now. In a call with several messages, due times count from the start of each answer, not of the call. */
function restarted({ pacer }: PlannedCall): Pick<PlannedCall, 'until'> {
  const startMs = monotonicMs()
  return { until: (dueMs) => pacer.until(startMs + dueMs) }
}

function finish(call: { end(): unknown }, planned: PlannedCall): void {
  planned.ended(status.OK)
  call.end()
}

function refuse(call: Pick<ServerWritableStream<ChatRequest, object>, 'emit'>, planned: PlannedCall, error: CallError): void {
  planned.ended(error.code)
  call.emit('error', error)
}

/** Applies the faults `reset` and `stalled`, after which a call gets no status; resolves with false for other faults. */
async function breaksOff({ fault, pacer }: PlannedCall, reset: Reset, call: AnyCall): Promise<boolean> {
  if (fault.outcome === 'reset') {
    // lets written data be sent first
    await new Promise((resolve) => setImmediate(resolve))
    reset(call.getPeer())
  } else if (fault.outcome === 'stalled') await pacer.until(monotonicMs() + STALL_MS)
  else return false
  return true
}

/** Makes the reply to a chat request, and a function that stores the reply as part of its conversation. */
function replyOf(state: MockState, { settings, fault, entry }: PlannedCall, request: ChatRequest, earlier: readonly MockTurn[]) {
  const id = request.conversation_id === '' ? `conv-mock-${entry.k}` : request.conversation_id
  const given = request.history.map(({ role, content }): MockTurn => ({ role: ROLES[role] ?? 'user', text: content }))
  const known = given.length > 0 ? given : (state.memory.recall(id) ?? earlier)
  const turns: MockTurn[] = [...known, { role: 'user', text: request.message }]
  const limit = request.max_tokens > 0 ? request.max_tokens : Number.POSITIVE_INFINITY
  const empty = fault.outcome === 'empty' ? { tokens: 0, reasoningTokens: 0 } : {}
  const reply = replyFor(turns, { ...settings, ...empty }, entry.k, limit)
  const keep = () => {
    state.memory.keep(id, [...turns, { role: 'assistant', text: reply.text }])
    return id
  }
  return { reply, keep }
}

function tail({ finish: reason, usage }: MockReply, id: string): object {
  return {
    conversation_id: id,
    finish_reason: reason,
    usage: { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens, reasoning_tokens: usage.reasoningTokens },
  }
}

function chunkOf({ kind, text }: ReplyUnit, stamps: boolean): object {
  return { ...(kind === 'text' ? { delta: text } : { reasoning: text }), ...(stamps ? { mock_sent_ms: monotonicMs() } : {}) }
}
