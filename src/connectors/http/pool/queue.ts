interface Link<T> {
  readonly item: T
  before: Link<T> | undefined
  after: Link<T> | undefined
}

/**
 * A first-in, first-out queue. All operations take constant time, even the removal of any item. Callers must not add an item that is in the queue.
 */
export class Queue<T extends object> {
  private readonly links = new Map<T, Link<T>>()
  private head: Link<T> | undefined
  private tail: Link<T> | undefined

  get size(): number {
    return this.links.size
  }

  has(item: T): boolean {
    return this.links.has(item)
  }

  /** Adds an item at the end. */
  push(item: T): void {
    const link: Link<T> = { item, before: this.tail, after: undefined }
    if (this.tail) this.tail.after = link
    else this.head = link
    this.tail = link
    this.links.set(item, link)
  }

  /** Adds an item at the head, before all others. */
  unshift(item: T): void {
    const link: Link<T> = { item, before: undefined, after: this.head }
    if (this.head) this.head.before = link
    else this.tail = link
    this.head = link
    this.links.set(item, link)
  }

  /** Removes and returns the item at the head; undefined when the queue is empty. */
  shift(): T | undefined {
    const item = this.head?.item
    if (item) this.delete(item)
    return item
  }

  /** Removes an item, if it is in the queue. */
  delete(item: T): void {
    const link = this.links.get(item)
    if (!link) return
    this.links.delete(item)
    if (link.before) link.before.after = link.after
    else this.head = link.after
    if (link.after) link.after.before = link.before
    else this.tail = link.before
  }
}
