/** Converts WebSocket connections of an archive as Chrome records them: messages sent, and the number of replies to each. */
import { asString } from '../../../dialects/parts/json.ts'
import { isMap } from '../../../text/json.ts'
import { literal, mapTexts } from '../../foreign/common/literal.ts'
import type { Data } from '../../template.ts'
import { bodyOf, mapBody } from '../request/body.ts'
import type { ImportedFrame, ImportedSocket } from '../request/request.ts'
import { isAddress } from '../request/sendable.ts'

/** Pauses below the first bound are the page's own work and dropped; longer ones than the second, a person's absence, are cut to it. */
const [SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS] = [100, 30_000]
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** True when a recorded request in an HTTP archive (HAR) opens a WebSocket. */
export function isSocket(entry: Data): boolean {
  const { request } = entry
  return entry._resourceType === 'websocket' || (isMap(request) && /^wss?:/i.test(asString(request.url)))
}

/**
 * Returns the WebSocket connection that a recorded request in an HTTP archive (HAR) opens. If its address is invalid or nothing was sent on it, adds
 * a note and returns undefined.
 */
export function socketOf(entry: Data, notes: string[]): ImportedSocket | undefined {
  const request = isMap(entry.request) ? entry.request : {}
  const url = asString(request.url).replace(/^http/i, 'ws').replace(/#.*$/, '')
  if (!isAddress(literal(url), /^wss?:\/\//i)) {
    notes.push(`the WebSocket ${url} was left out: this is no address`)
    return undefined
  }
  const frames = framesOf(Array.isArray(entry._webSocketMessages) ? entry._webSocketMessages.filter(isMap) : [], url, notes)
  if (frames.length > 0) return { url: literal(url), ...handshakeOf(request.headers), frames }
  notes.push(`the WebSocket ${url} was left out: the archive has no message that was sent on it`)
  return undefined
}

function handshakeOf(value: unknown): Pick<ImportedSocket, 'headers' | 'subprotocols'> {
  const headers = (Array.isArray(value) ? value.filter(isMap) : []).map(
    ({ name, value: text }) => [asString(name), asString(text)] as const,
  )
  const offered = headers.find(([name]) => /^sec-websocket-protocol$/i.test(name))?.[1] ?? ''
  return {
    // The origin header is kept, because servers check it.
    headers: headers
      .filter(([name]) => /^(?:origin|cookie|authorization|x-.*)$/i.test(name))
      .map(([name, text]) => [name, literal(text)]),
    subprotocols: [...new Set(offered.split(/\s*,\s*/).filter((name) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)))],
  }
}

/** Returns the messages that the page sent, each with the number of messages received before the next one. */
function framesOf(messages: readonly Data[], url: string, notes: string[]): ImportedFrame[] {
  const frames: { frame: Omit<ImportedFrame, 'replies'>; replies: number }[] = []
  let ended: number | undefined
  let first = 0
  for (const message of messages.filter(({ opcode }) => opcode === undefined || opcode === 1 || opcode === 2)) {
    const last = frames.at(-1)
    const at = typeof message.time === 'number' ? message.time * 1000 : undefined
    if (message.type === 'receive' && last) last.replies += 1
    else if (message.type === 'receive') first += 1
    else {
      const content = contentOf(message)
      const pause = at === undefined || ended === undefined ? 0 : Math.round(at - ended)
      const delayMs = pause >= SHORTEST_PAUSE_MS ? Math.min(pause, LONGEST_PAUSE_MS) : 0
      if (content) frames.push({ frame: { ...content, delayMs }, replies: 0 })
      else notes.push(`${url}: a binary message that is no Base64 was left out`)
    }
    ended = at
  }
  if (first > 0)
    notes.push(
      `${url}: ${first === 1 ? 'a message comes' : `${first} messages come`} before anything is sent: name it in websocket.ready or reply.ignore`,
    )
  if (frames.some(({ replies }) => replies > 1))
    notes.push(
      `${url}: replies of several messages are counted as they were recorded: await: { until: … } fits where their number varies`,
    )
  return frames.map(({ frame, replies }) => ({ ...frame, replies }))
}

function contentOf({ opcode, data }: Data): Pick<ImportedFrame, 'body' | 'binary'> | undefined {
  const text = asString(data)
  if (opcode === 2) return BASE64.test(text) ? { body: { kind: 'text', text }, binary: true } : undefined
  const body = /^\s*[{[]/.test(text) ? bodyOf(text, 'application/json') : bodyOf(text, undefined)
  return { body: mapBody(body, (value) => mapTexts(value, literal)), binary: false }
}
