interface SharedTransport {
  readonly thing: { close(): Promise<void> | void }
  users: number
}

/** The shared things, by the options object of the target, which all its users have in common. */
const common = new WeakMap<object, SharedTransport>()

/** One user's share of a common thing. */
interface SharedUse<T> {
  readonly thing: T
  /** Gives up the share; the last user closes the thing and waits until it is closed. Later calls do nothing. */
  leave(): Promise<void>
}

/** Returns the object that all users with the same `key` share. The first one makes it; when the last one leaves, it closes. */
export function join<T extends { close(): Promise<void> | void }>(key: object, make: () => T): SharedUse<T> {
  const entry = common.get(key) ?? { thing: make(), users: 0 }
  common.set(key, entry)
  entry.users += 1
  let left = false
  return {
    // the key is the options of one target, whose things are all of one type
    thing: entry.thing as T,
    async leave() {
      if (left) return
      left = true
      entry.users -= 1
      if (entry.users > 0) return
      common.delete(key)
      await entry.thing.close()
    },
  }
}
