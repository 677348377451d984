/** What the users of one target have in common: made for the first of them, closed by the last. */

interface Common {
  readonly thing: { close(): Promise<void> | void }
  users: number
}

/** By the options of the target, which all of its users have from the plan. */
const common = new WeakMap<object, Common>()

/** A user's share. */
interface Share<T> {
  readonly thing: T
  /** This user is over; whoever is the last closes the thing, and waits until it is closed. Later calls do nothing. */
  leave(): Promise<void>
}

/** Joins the others who have the same `key`. */
export function join<T extends { close(): Promise<void> | void }>(key: object, make: () => T): Share<T> {
  const entry = common.get(key) ?? { thing: make(), users: 0 }
  common.set(key, entry)
  entry.users += 1
  let left = false
  return {
    // a key stands for one target, and that has things of one kind only
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
