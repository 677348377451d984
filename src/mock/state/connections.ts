/** Counts the connections of the client under test, without those used only for control requests (`/__mock/…`). */

/** Counts of connections to the mock, except those used only for control requests (`/__mock/…`). */
export interface ConnectionStats {
  readonly connectionsOpen: number
  /** Connections accepted since the start or the last reset. */
  readonly connectionsAccepted: number
}

/** Counts connections to the mock. Those whose first request is a control request (`/__mock/…`) stop counting then. */
export class Connections {
  private readonly open = new Map<object, 'fresh' | 'used' | 'control'>()
  private accepted = 0

  accept(socket: object): void {
    this.open.set(socket, 'fresh')
    this.accepted += 1
  }

  /** Marks a connection as used by the client under test. */
  use(socket: object): void {
    if (this.open.get(socket) === 'control') this.accepted += 1
    this.open.set(socket, 'used')
  }

  /** Marks a connection as used for a control request; it no longer counts unless it was used otherwise before. */
  control(socket: object): void {
    if (this.open.get(socket) !== 'fresh') return
    this.open.set(socket, 'control')
    this.accepted -= 1
  }

  drop(socket: object): void {
    this.open.delete(socket)
  }

  /** Sets the count of accepted connections to zero. Open ones become "used", so that a control request cannot lower the new count. */
  reset(): void {
    this.accepted = 0
    for (const [socket, state] of this.open) if (state === 'fresh') this.open.set(socket, 'used')
  }

  stats(): ConnectionStats {
    const open = [...this.open.values()].filter((state) => state !== 'control').length
    return { connectionsOpen: open, connectionsAccepted: this.accepted }
  }
}
