import { type JsonMisfit, JsonReader } from '../json/read.ts'
import { type FieldNames, writeMessage } from '../json/write.ts'
import type { Method } from './protos.ts'
import { UnknownMethod } from './protos.ts'

/**
 * Returns the bytes of a JSON value that is encoded as a request message of a gRPC method.
 * @throws UnknownMethod when the value does not fit the type of the message
 */
export function encodeRequest(method: Method, message: unknown): Buffer {
  const reader = new JsonReader()
  const fields = reader.message(method.request, message)
  const [misfit] = reader.misfits
  if (misfit) throw new UnknownMethod(`not a message of ${method.path}: ${misfitText(misfit)}`)
  return Buffer.from(method.request.encode(fields ?? {}).finish())
}

/**
 * Decodes a reply message of a gRPC method to JSON; `names` says how its fields are named.
 * @throws Error when the bytes do not fit the type of the message
 */
export function decodeReply({ response }: Method, bytes: Buffer, names: FieldNames = 'proto'): unknown {
  return writeMessage(response, response.decode(bytes) as unknown as Record<string, unknown>, names)
}

/** Returns a misfit as text for an error message: its path in the message, then the reason. */
function misfitText({ path, text }: JsonMisfit): string {
  const place = path.reduce<string>(
    (before, part) => (typeof part === 'number' ? `${before}[${part}]` : before === '' ? part : `${before}.${part}`),
    '',
  )
  return place === '' ? text : `${place}: ${text}`
}
