/** Counts the connections of the client under test, without those used only for control requests (`/__mock/…`). */

/** How many connections clients have made to the mock. Connections used only for control requests (`/__mock/…`) do not count. */
export interface ConnectionStats {
  readonly connectionsOpen: number
  /** Connections accepted since the start or the last reset. */
  readonly connectionsAccepted: number
}

/** Counts the connections that clients make to the mock. Connections used only for control requests (`/__mock/…`) do not count. */
export class Connections {
  private readonly open = new Map<object, 'fresh' | 'used' | 'control'>()
  private accepted = 0

  accept(socket: object): void {
    this.open.set(socket, 'fresh')
    this.accepted += 1
  }

  /** Notes that a connection was used for a request that is not a control request, so that it counts. */
  use(socket: object): void {
    if (this.open.get(socket) === 'control') this.accepted += 1
    this.open.set(socket, 'used')
  }

  /** Notes that a connection was used for a control request; it counts no longer, unless `use` was called for it before. */
  control(socket: object): void {
    if (this.open.get(socket) !== 'fresh') return
    this.open.set(socket, 'control')
    this.accepted -= 1
  }

  drop(socket: object): void {
    this.open.delete(socket)
  }

  /** Sets the count of accepted connections to zero. A control request on a connection now open will not lower it. */
  reset(): void {
    this.accepted = 0
    for (const [socket, state] of this.open) if (state === 'fresh') this.open.set(socket, 'used')
  }

  stats(): ConnectionStats {
    const open = [...this.open.values()].filter((state) => state !== 'control').length
    return { connectionsOpen: open, connectionsAccepted: this.accepted }
  }
}
