/** Counts the connections of the tested client to the mock. Connections used only for control requests (`/__mock/…`) do not count. */

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

  /** Marks a connection as used for a request that is not a control request, so that the connection counts. */
  use(socket: object): void {
    if (this.open.get(socket) === 'control') this.accepted += 1
    this.open.set(socket, 'used')
  }

  /** Marks a connection as used for a control request. It does not count any more, unless it was used for another request before. */
  control(socket: object): void {
    if (this.open.get(socket) !== 'fresh') return
    this.open.set(socket, 'control')
    this.accepted -= 1
  }

  drop(socket: object): void {
    this.open.delete(socket)
  }

  /** Sets the count of accepted connections to zero. A later control request on a connection that is open now does not lower the count. */
  reset(): void {
    this.accepted = 0
    for (const [socket, state] of this.open) if (state === 'fresh') this.open.set(socket, 'used')
  }

  stats(): ConnectionStats {
    const open = [...this.open.values()].filter((state) => state !== 'control').length
    return { connectionsOpen: open, connectionsAccepted: this.accepted }
  }
}
