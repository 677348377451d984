/** Reads the messages to webhooks of an earlier run from its file deliveries.jsonl. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { InputError } from '../../errors.ts'
import { DELIVERIES_NAME } from '../../store/files/names.ts'
import { jsonIn } from '../../text/json.ts'

/** The schema of a line of deliveries.jsonl: a message with its body, or one try to deliver it. */
const lineSchema = z.object({
  id: z.string(),
  event: z.string(),
  webhook: z.int(),
  body: z.string().optional(),
  delivered: z.boolean().optional(),
})

/** A message to a webhook that an earlier run has sent or tried to send. */
interface StoredMessage {
  readonly id: string
  readonly event: string
  readonly webhook: number
  readonly body: string
}

/**
 * Returns the notifications of a stored run that its webhooks did not accept or, when `id` is given, only the one with this id, accepted or not.
 * @throws InputError
 */
export function messagesOf(folder: string, id: string | undefined): StoredMessage[] {
  const file = join(folder, DELIVERIES_NAME)
  if (!existsSync(file)) throw new InputError(`${folder} has no ${DELIVERIES_NAME}: that run has told no webhook anything`)
  const texts = readFileSync(file, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
  const lines = texts.flatMap((text) => lineSchema.safeParse(jsonIn(text)).data ?? [])
  if (lines.length < texts.length)
    throw new InputError(
      `${file} is damaged: ${texts.length - lines.length} of ${texts.length} lines cannot be read, and may be messages`,
      'remove these lines to send what is left',
    )
  const taken = new Set(lines.flatMap((line) => (line.delivered ? [line.id] : [])))
  const messages = lines.flatMap(({ id: own, event, webhook, body }) =>
    body === undefined ? [] : [{ id: own, event, webhook, body }],
  )
  if (id === undefined) return messages.filter((message) => !taken.has(message.id))
  const found = messages.filter((message) => message.id === id)
  if (found.length === 0) throw new InputError(`${file} holds no message ${id}`, 'each line begins with the id of its message')
  return found
}
