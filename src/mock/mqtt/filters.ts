/** Which topic filters each client of the mock's broker has subscribed to. */
import type { Aedes } from 'aedes'

/** The filters of all clients, by client id. */
export interface Filters {
  /** Whether one of the client's filters takes in a topic. */
  takesIn(clientId: string, topic: string): boolean
}

/** Follows the subscriptions of a broker; those of a session that is kept outlive its connection. */
export function trackFilters(broker: Aedes): Filters {
  const filters = new Map<string, Set<string>>()
  broker.on('subscribe', (subscriptions, client) => {
    const own = filters.get(client.id) ?? new Set()
    filters.set(client.id, own)
    for (const { topic } of subscriptions) own.add(topic)
  })
  broker.on('unsubscribe', (topics, client) => {
    for (const topic of topics) filters.get(client.id)?.delete(topic)
  })
  broker.on('clientDisconnect', (client) => {
    if (client.clean) filters.delete(client.id)
  })
  return {
    takesIn: (clientId, topic) => [...(filters.get(clientId) ?? [])].some((filter) => fits(filter, topic)),
  }
}

/** MQTT 3.1.1, section 4.7: + is one level, # all that follow. */
function fits(filter: string, topic: string): boolean {
  const names = topic.split('/')
  const levels = filter.split('/')
  const open = levels.at(-1) === '#'
  if (open) levels.pop()
  if (open ? levels.length > names.length : levels.length !== names.length) return false
  return levels.every((level, i) => level === '+' || level === names[i])
}
