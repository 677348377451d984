import type { ChatOptions, Turn } from '../parts/dialect.ts'
import { asObject, mergeBody } from '../parts/json.ts'
import { compilePlace, writePath } from '../parts/path.ts'
import { splitSystem } from '../parts/turns.ts'
import type { GenericMapping, RequestMapping } from './mapping.ts'

const NONE: RequestMapping = {}

/**
 * Returns the body of a request in the dialect `generic`. It is the JSON in `request.structure` of the scenario, or `{}`, with the message, the
 * history and the system prompt put at the paths that the mapping names for them. The target's extra fields, `options.body`, are then merged into it,
 * and win over members of the same name. A structure that is a plain text is sent unchanged.
 */
export function encodeGeneric(turns: readonly Turn[], options: ChatOptions, mapping: GenericMapping | undefined): unknown {
  const request = mapping?.request ?? NONE
  if (typeof request.structure === 'string') return request.structure
  let body: unknown = request.structure === undefined ? {} : structuredClone(request.structure)
  body = placeHistory(body, turns, request)
  const messagePath =
    request.messagePath ?? (request.structure === undefined && request.historyPath === undefined ? 'message' : undefined)
  body = place(body, messagePath, turns.at(-1)?.content ?? '')
  const object = asObject(body)
  return object === undefined || options.body === undefined ? body : mergeBody(object, options.body)
}

function placeHistory(body: unknown, turns: readonly Turn[], request: RequestMapping): unknown {
  const { system, rest } = splitSystem(turns)
  const placed = system === undefined ? body : place(body, request.systemPath, system)
  if (request.historyPath === undefined) return placed
  const shown = request.systemPath === undefined ? turns : rest
  const history = request.messagePath === undefined ? shown : shown.slice(0, -1)
  return place(
    placed,
    request.historyPath,
    history.map((turn) => ({ role: request.roles?.[turn.role] ?? turn.role, content: turn.content })),
  )
}

function place(body: unknown, path: string | undefined, value: unknown): unknown {
  const compiled = path === undefined ? undefined : compilePlace(path)
  return compiled === undefined ? body : writePath(compiled, body, value)
}
