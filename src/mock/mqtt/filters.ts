/** MQTT topics and topic filters, and the table of all subscriptions. */
import type { QoS } from 'mqtt-packet'

/** The options of an MQTT subscription that the mock's broker has accepted, such as its QoS. */
export interface Grant {
  readonly qos: QoS
  /** True when messages that the client itself publishes are not sent to it. */
  readonly noLocal: boolean
  /** True when messages are forwarded to this subscriber with the retain flag that their publisher set. */
  readonly asPublished: boolean
}

/** True for a valid MQTT topic name, which is not empty and has no wildcards. */
export function isTopic(topic: string): boolean {
  return topic !== '' && !/[+#\0]/.test(topic)
}

/** True for a valid MQTT topic filter. The wildcard `+` must stand for a whole level, and `#` for all remaining levels. */
export function isFilter(filter: string): boolean {
  return filter !== '' && !filter.includes('\0') && !/[^/]\+|\+[^/]|[^/]#|#./.test(filter)
}

/** True when an MQTT topic filter matches a topic. @see MQTT 5.0, section 4.7 */
export function fits(filter: string, topic: string): boolean {
  // a leading wildcard does not match topics that begin with $
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false
  const names = topic.split('/')
  const levels = filter.split('/')
  const open = levels.at(-1) === '#'
  if (open) levels.pop()
  if (open ? levels.length > names.length : levels.length !== names.length) return false
  return levels.every((level, i) => level === '+' || level === names[i])
}

/**
 * All MQTT subscriptions at the mock's broker; `Owner` is the type of a subscriber. Filters without wildcards are looked up in a map, so that a
 * search stays fast when there are many.
 */
export class Subscriptions<Owner> {
  private readonly exact = new Map<string, Map<Owner, Grant>>()
  private readonly wild = new Map<string, Map<Owner, Grant>>()
  private readonly filtersOf = new Map<Owner, Set<string>>()

  /** Adds a subscription; returns false when it replaces one of the same owner with the same filter. */
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

  /** Removes a subscription; returns false when there was none. */
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

  /** True when one of the owner's topic filters matches the topic. */
  takesIn(owner: Owner, topic: string): boolean {
    return [...(this.filtersOf.get(owner) ?? [])].some((filter) => fits(filter, topic))
  }

  /** Returns the owners of the filters that match a topic, each with its highest QoS. Subscriptions of `sender` with `noLocal` are left out. */
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
