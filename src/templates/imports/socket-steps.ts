import type { LiteralNames, Vault } from '../foreign/common/literal.ts'
import type { Data } from '../template.ts'
import { hideSecrets } from './hide.ts'
import type { ImportedFrame, ImportedSocket } from './request/request.ts'

/** The targets of imported WebSocket connections by name, and the steps of each connection. */
interface SocketParts {
  readonly targets: Readonly<Record<string, Data>>
  readonly steps: readonly (readonly Data[])[]
}

/**
 * Returns targets and steps for the WebSocket connections in another tool's file. Connections to the same address get one target, with the headers
 * and subprotocols of the first.
 */
export function socketParts(sockets: readonly ImportedSocket[], names: LiteralNames, vault: Vault): SocketParts {
  const targets = new Map<string, { name: string; block: Data }>()
  const steps = sockets.map((socket) => {
    const { url, headers } = hideSecrets(
      { name: '', method: 'GET', url: socket.url, headers: socket.headers, body: undefined },
      vault,
    )
    const known = targets.get(url)
    const name = known?.name ?? `websocket${targets.size === 0 ? '' : `-${targets.size + 1}`}`
    const { subprotocols } = socket
    const block = {
      url,
      ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers.map(([key, value]) => [key.toLowerCase(), value])) }),
      ...(subprotocols.length === 0 ? {} : { websocket: { subprotocols } }),
    }
    targets.set(url, known ?? { name, block })
    return socket.frames.flatMap((frame) => stepsOf(frame, name, names, vault))
  })
  return { targets: Object.fromEntries([...targets.values()].map(({ name, block }) => [name, block])), steps }
}

function stepsOf(frame: ImportedFrame, target: string, names: LiteralNames, vault: Vault): Data[] {
  const { body } = hideSecrets({ name: '', method: 'GET', url: '', headers: [], body: frame.body }, vault)
  const content =
    body?.kind === 'json' ? { json: body.value } : { [frame.binary ? 'binary' : 'text']: body?.kind === 'text' ? body.text : '' }
  const replies = frame.replies === 1 ? {} : { await: frame.replies === 0 ? 'none' : { count: frame.replies } }
  const step = { request: { ...content, ...replies }, name: names.take(target, 'message'), target }
  return frame.delayMs > 0 ? [{ delay: `${frame.delayMs}ms` }, step] : [step]
}
