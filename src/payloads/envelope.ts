import type { JsonDraft } from '../text/json.ts'
import type { PayloadSpec } from './schema.ts'
import type { PayloadContext } from './types.ts'

/** Converts a field name in snake_case, such as `event_count`, to the given spelling: `camel` gives `eventCount`, `snake` changes nothing. */
export function spell(name: string, spelling: 'snake' | 'camel'): string {
  return spelling === 'snake' ? name : name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
}

/**
 * Returns a copy of the object `fields` whose keys have the given spelling: snake_case or camelCase. Only keys of the object itself are renamed, not
 * those of objects inside it.
 */
export function renameFields(fields: JsonDraft, spelling: 'snake' | 'camel'): JsonDraft {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [spell(name, spelling), value]))
}

/**
 * Wraps generated data in the message format that the key `envelope` of a `payload:` block chooses: `sync_data`, `graphql` (a GraphQL mutation) or
 * `raw` (the data alone).
 */
export function wrap(data: JsonDraft, spec: PayloadSpec, spelling: 'snake' | 'camel', context: PayloadContext): JsonDraft {
  switch (spec.envelope) {
    case 'raw':
      return data
    case 'sync_data':
      return syncData(data, spec, spelling, context)
    case 'graphql':
      return mutation(data, spec, context)
  }
}

function syncData(
  data: JsonDraft,
  { connectionType }: PayloadSpec,
  spelling: 'snake' | 'camel',
  context: PayloadContext,
): JsonDraft {
  const { wallNowMs: timestamp, random } = context
  const ids = { timestamp, message_id: random.uuid(), connection_type: connectionType }
  return renameFields(
    { type: 'sync_data', correlation_id: random.uuid(), timestamp, data: { ...renameFields(ids, spelling), ...data } },
    spelling,
  )
}

/** Returns a GraphQL mutation that contains the data. The names of the mutation itself are always in camel case. */
function mutation(data: JsonDraft, { service, query }: PayloadSpec, { random, wallNowMs, clientId }: PayloadContext): JsonDraft {
  const ids = { timestamp: wallNowMs, messageId: random.uuid(), ...(clientId === undefined ? {} : { clientId }) }
  return { serviceName: service, uuids: [random.uuid()], query, variables: { input: { ...ids, ...data } }, timestamp: wallNowMs }
}
