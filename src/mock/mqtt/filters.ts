/** Topics, topic filters, and who has subscribed to what. */
import type { QoS } from 'mqtt-packet'

/** What a client asked for with a filter. */
export interface Grant {
  readonly qos: QoS
  /** Not what it published itself. */
  readonly noLocal: boolean
  /** Keep the retain flag of what is published while it listens. */
  readonly asPublished: boolean
}

/** A name to publish to: something, and no wildcard in it. */
export function isTopic(topic: string): boolean {
  return topic !== '' && !/[+#\0]/.test(topic)
}

/** + stands alone in its level, # alone in the last one. */
export function isFilter(filter: string): boolean {
  return filter !== '' && !filter.includes('\0') && !/[^/]\+|\+[^/]|[^/]#|#./.test(filter)
}

/** Whether a filter takes in a topic. @see MQTT 5.0, section 4.7 */
export function fits(filter: string, topic: string): boolean {
  // wildcards in the first place do not take in the broker's own topics
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false
  const names = topic.split('/')
  const levels = filter.split('/')
  const open = levels.at(-1) === '#'
  if (open) levels.pop()
  if (open ? levels.length > names.length : levels.length !== names.length) return false
  return levels.every((level, i) => level === '+' || level === names[i])
}

/** Filters of many owners. Those without wildcards are found by their name, however many there are. */
export class Subscriptions<Owner> {
  private readonly exact = new Map<string, Map<Owner, Grant>>()
  private readonly wild = new Map<string, Map<Owner, Grant>>()
  private readonly filtersOf = new Map<Owner, Set<string>>()

  /** False when it replaced one with the same filter. */
  add(owner: Owner, filter: string, grant: Grant): boolean {
    const table = this.tableOf(filter)
    const owners = table.get(filter) ?? new Map<Owner, Grant>()
    const filters = this.filtersOf.get(owner) ?? new Set<string>()
    table.set(filter, owners.set(owner, grant))
    this.filtersOf.set(owner, filters)
    const isNew = !filters.has(filter)
    filters.add(filter)
    return isNew
  }

  /** False when there was none. */
  remove(owner: Owner, filter: string): boolean {
    if (!this.filtersOf.get(owner)?.delete(filter)) return false
    const owners = this.tableOf(filter).get(filter)
    owners?.delete(owner)
    if (owners?.size === 0) this.tableOf(filter).delete(filter)
    return true
  }

  forget(owner: Owner): void {
    for (const filter of [...(this.filtersOf.get(owner) ?? [])]) this.remove(owner, filter)
    this.filtersOf.delete(owner)
  }

  /** Whether one of the owner's filters takes in a topic. */
  takesIn(owner: Owner, topic: string): boolean {
    return [...(this.filtersOf.get(owner) ?? [])].some((filter) => fits(filter, topic))
  }

  /** Everybody whose filters take in a topic, once, with the highest QoS of them. `sender` does not get what it wants no echo of. */
  matching(topic: string, sender: Owner | undefined): Map<Owner, Grant> {
    const found = new Map<Owner, Grant>()
    const collect = (owners: ReadonlyMap<Owner, Grant>) => {
      for (const [owner, grant] of owners) {
        const other = found.get(owner)
        if (owner !== sender || !grant.noLocal) found.set(owner, other ? both(grant, other) : grant)
      }
    }
    const owners = this.exact.get(topic)
    if (owners) collect(owners)
    for (const [filter, each] of this.wild) if (fits(filter, topic)) collect(each)
    return found
  }

  private tableOf(filter: string): Map<string, Map<Owner, Grant>> {
    return /[+#]/.test(filter) ? this.wild : this.exact
  }
}

function both(one: Grant, other: Grant): Grant {
  return {
    qos: one.qos > other.qos ? one.qos : other.qos,
    noLocal: false,
    asPublished: one.asPublished || other.asPublished,
  }
}
